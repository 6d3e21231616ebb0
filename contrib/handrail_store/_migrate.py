"""Bringing a database to the schema of this version, and telling where it is."""

from __future__ import annotations

from pathlib import Path

import attrs
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect

from handrail import HandrailError
from handrail_store._engine import transaction
from handrail_store._schema import METADATA

HERE = Path(__file__).parent / "migrations"

VERSION_TABLE = "handrail_version"
"""Where a database says what it has: not alembic's own name, which may be the host's."""

LATER = frozenset({"http_rates", "http_answers", "leases", "erasures"})
"""Tables that came after the first step; some first steps made them already."""

BEFORE = "alembic_version"
"""Where it was said before there was a name of our own; the next upgrade says it there as well."""


class SchemaError(HandrailError):
    """The database is not of the schema that this version of Handrail works with."""


@attrs.frozen
class Standing:
    """Where a database is.

    Attributes:
        has: Its revision; None before there is a schema. wants: The one this version works with.
        known: Whether this version knows what the database has; a later one made it otherwise.
        missing: The file that is not there, where the database is a file.
        taken: Tables and the like of somebody else that have names of ours, in the way of a schema.
    """

    has: str | None
    wants: str
    known: bool = True
    missing: Path | None = None
    taken: tuple[str, ...] = ()

    @property
    def current(self) -> bool:
        """Whether nothing is to be done."""
        return self.has == self.wants

    def fault(self) -> SchemaError:
        """What is wrong, and what to do."""
        if not self.known:
            return SchemaError(
                f"The database has schema {self.has}, which a later version of Handrail made; this "
                f"one works with {self.wants}: install the later version"
            )
        if self.missing is not None:
            return SchemaError(
                f"There is no file {self.missing}: see that this is the right place, and run "
                "handrail db upgrade"
            )
        if self.taken:
            return SchemaError(
                f"The database has tables that are not Handrail's and have their names: "
                f"{', '.join(self.taken)}. Give Handrail a schema of its own on PostgreSQL "
                "(?options=-csearch_path%3Dhandrail in the URL, after CREATE SCHEMA handrail), "
                "a file of its own on SQLite"
            )
        has = "no schema" if self.has is None else f"schema {self.has}"
        return SchemaError(
            f"The database has {has}, this version of Handrail needs {self.wants}: "
            "run handrail db upgrade"
        )


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def standing(engine: Engine) -> Standing:
    """Say where the database is; a file that is not there is not made."""
    steps = ScriptDirectory.from_config(_config())
    wants = steps.get_current_head()
    ours = {step.revision for step in steps.walk_revisions()}
    if (missing := _missing(engine)) is not None:
        return Standing(None, str(wants), missing=missing)
    with transaction(engine, write=False) as connection:
        has = said = _revision(connection, VERSION_TABLE)
        if has is None and inspect(connection).has_table("audit_chain"):
            before = _revision(connection, BEFORE)
            has = before if before in ours else None
        known = has is None or has in ours
        taken = _taken(connection, has) if known and has != wants else ()
        if taken and _revision(connection, VERSION_TABLE) != said:
            return standing(engine)  # Another has just made them.
    return Standing(has, str(wants), known, taken=taken)


def _taken(connection: Connection, has: str | None) -> tuple[str, ...]:
    """What is somebody else's and has names of tables which are to be made."""
    wanted = METADATA.tables if has is None else LATER
    there = connection.exec_driver_sql(_NAMES[connection.dialect.name]).scalars()
    taken = sorted(name for name in there if name.lower() in wanted)
    return tuple(n for n in taken if has is None or not _is_ours(connection, n))


_NAMES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type IN ('table', 'view', 'index')",
    "postgresql": (
        "SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace "
        "WHERE nspname = current_schema() AND relname = lower(relname) "
        "UNION SELECT typname FROM pg_type JOIN pg_namespace n ON n.oid = typnamespace "
        "WHERE nspname = current_schema() AND typname = lower(typname)"
    ),
}
"""What has a name that no table may have: views, sequences, indexes and types too."""


def _is_ours(connection: Connection, name: str) -> bool:
    found, table = inspect(connection), METADATA.tables[name.lower()]
    if not found.has_table(name):
        return False
    return {column["name"] for column in found.get_columns(name)} >= {c.name for c in table.c}


def _missing(engine: Engine) -> Path | None:
    """The file of SQLite's that is not there: to ask it would make one."""
    name = engine.url.database
    if engine.dialect.name != "sqlite" or not name or name.startswith((":memory:", "file:")):
        return None
    try:
        (path := Path(name)).stat()
    except (FileNotFoundError, NotADirectoryError):
        return path
    except (OSError, ValueError):  # SQLite says better what cannot be opened.
        return None
    return None


def _revision(connection: Connection, table: str) -> str | None:
    return MigrationContext.configure(
        connection, opts={"version_table": table}
    ).get_current_revision()


def upgrade(engine: Engine) -> Standing:
    """Bring the database up to date; return where it was. Several processes may ask at once.

    Raises SchemaError where a later version made it, for nothing is taken back, and where tables
    of somebody else have names of ours; nothing is changed then.
    """
    before = standing(engine)
    if not before.known or before.taken:
        raise before.fault()
    if not before.current:
        with transaction(engine, write=True) as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("SELECT pg_advisory_xact_lock(4711)")
            if before.has is not None and _revision(connection, VERSION_TABLE) is None:
                command.stamp(_config(connection), before.has)
            command.upgrade(_config(connection), "head")
    return before


def check(engine: Engine) -> None:
    """Raise SchemaError unless the database is of this version."""
    found = standing(engine)
    if not found.current:
        raise found.fault()
