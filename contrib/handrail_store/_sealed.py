"""The key of a database that is given none, and what is sealed there already."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, inspect, select

from handrail import InvalidValueError
from handrail_store import _schema as t
from handrail_store._engine import transaction
from handrail_store._seal import key_beside, place_beside

COLUMNS = (
    t.snapshots.c.sealed, t.outbox.c.sealed, t.reports.c.sealed, t.dead.c.sealed, t.cases.c.sealed,
    t.appeals.c.sealed, t.counters.c.packed,
)  # fmt: skip
"""What lasts of all that is sealed; answers over HTTP are kept for minutes."""


def has_sealed(engine: Engine) -> bool:
    """Whether a database, whatever its schema, holds anything that a key has sealed."""
    with transaction(engine, write=False) as connection:
        there = {*inspect(connection).get_table_names()}
        return any(
            connection.execute(select(column).where(column != b"").limit(1)).first() is not None
            for column in COLUMNS
            if column.table.name in there
        )


def latest_sealed(engine: Engine) -> list[bytes]:
    """What was sealed last of what waits to be worked, and of content that is kept."""
    latest = (
        select(t.outbox.c.sealed).order_by(t.outbox.c.number.desc()),
        select(t.snapshots.c.sealed).order_by(t.snapshots.c.keep_until.desc()),
    )
    with transaction(engine, write=False) as connection:
        rows = [connection.execute(each.limit(1)).first() for each in latest]
    return [row.sealed for row in rows if row is not None]


def own_key(engine: Engine) -> bytes:
    """The key beside a SQLite file, made where the file holds nothing that is sealed.

    Raises InvalidValueError for PostgreSQL, which has no such place, and where the key is missing:
    such as of a file that was restored, or moved, without it.
    """
    database = engine.url.database
    if engine.dialect.name != "sqlite" or not database:
        raise InvalidValueError(
            "store: key: a database that others share needs a key: set HANDRAIL_STORE_KEY"
        )
    path = Path(database)
    place = place_beside(path)
    if not place.exists() and path.exists() and has_sealed(engine):
        raise InvalidValueError(
            f"store: key: {path} holds content that a key has sealed, and {place} is not there: "
            "put it back beside the file, or set HANDRAIL_STORE_KEY to that key; where it is lost, "
            "set it to a new one, and what the old one sealed is lost with it"
        )
    return key_beside(path)
