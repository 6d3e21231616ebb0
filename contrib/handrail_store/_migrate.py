"""Bringing a database to the schema of this version, and telling where it is."""

from __future__ import annotations

from pathlib import Path

import attrs
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from handrail import HandrailError
from handrail_store._engine import transaction

HERE = Path(__file__).parent / "migrations"


class SchemaError(HandrailError):
    """The database is not of the schema that this version of Handrail works with."""


@attrs.frozen
class Standing:
    """Where a database is: its revision, and the one that this version wants."""

    has: str | None
    wants: str

    @property
    def current(self) -> bool:
        """Whether nothing is to be done."""
        return self.has == self.wants


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def standing(engine: Engine) -> Standing:
    """Say where the database is."""
    wants = ScriptDirectory.from_config(_config()).get_current_head()
    with transaction(engine, write=False) as connection:
        has = MigrationContext.configure(connection).get_current_revision()
    return Standing(has, str(wants))


def upgrade(engine: Engine) -> Standing:
    """Bring the database up to date; return where it was. Several processes may ask at once."""
    before = standing(engine)
    if not before.current:
        with transaction(engine, write=True) as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("SELECT pg_advisory_xact_lock(4711)")
            command.upgrade(_config(connection), "head")
    return before


def check(engine: Engine) -> None:
    """Raise SchemaError unless the database is of this version."""
    found = standing(engine)
    if not found.current:
        has = "no schema" if found.has is None else f"schema {found.has}"
        raise SchemaError(
            f"The database has {has}, this version of Handrail needs {found.wants}: "
            "run handrail db upgrade"
        )
