"""Writing in the host's own transaction, so that content and its check stand or fall together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import Connection, Dialect, Table
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.orm import Session

from handrail import InvalidValueError
from handrail_store._sql import insert_new

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

Write: TypeAlias = Callable[[Table, Mapping[str, Any]], None]
"""Writes one row, unless its key is there."""

_JOINED: ContextVar[tuple[object, Write] | None] = ContextVar("handrail_store_joined", default=None)


def joined(store: object) -> Write | None:
    """What writes in the host's transaction, where the caller has said which it is."""
    found = _JOINED.get()
    return found[1] if found is not None and found[0] is store else None


@contextmanager
def joining(store: object, connection: object) -> Iterator[None]:
    """Have what is accepted meanwhile written by *connection*; it is committed by its owner."""
    token = _JOINED.set((store, _writer(connection)))
    try:
        yield
    finally:
        _JOINED.reset(token)


def _writer(connection: object) -> Write:
    if type(connection).__module__.startswith("sqlalchemy.ext.asyncio"):
        # Not looked at by class: the import wants greenlet, which only its users have.
        asynchronous: Any = connection
        return partial(_by_loop, asyncio.get_running_loop(), asynchronous)
    if isinstance(connection, (Connection, Session)):
        return partial(_by_alchemy, connection)
    if callable(getattr(connection, "cursor", None)):
        return partial(_by_cursor, connection, _dialect(connection))
    raise InvalidValueError(
        "within: expected a connection or session of SQLAlchemy, a connection of Django, "
        f"sqlite3 or psycopg, got {type(connection).__name__}"
    )


def _by_alchemy(connection: Connection | Session, table: Table, row: Mapping[str, Any]) -> None:
    if isinstance(connection, Session):
        connection = connection.connection()
    statement = insert_new(connection.dialect.name, table).values(row)
    if connection.dialect.name != "postgresql":
        # On SQLite a statement that fails ends nothing, and releasing a savepoint may commit.
        connection.execute(statement)
        return
    with connection.begin_nested():
        connection.execute(statement)


def _by_loop(
    loop: asyncio.AbstractEventLoop, connection: AsyncConnection | AsyncSession, table: Table,
    row: Mapping[str, Any],
) -> None:  # fmt: skip
    """Write from the thread that hands in, while the owner of the connection waits for it."""
    try:
        if asyncio.get_running_loop() is loop:
            raise InvalidValueError("within: an asynchronous connection needs AsyncSafety")
    except RuntimeError:
        pass

    async def write() -> None:
        await connection.run_sync(_by_alchemy, table, row)

    asyncio.run_coroutine_threadsafe(write(), loop).result()


def _dialect(connection: Any) -> Dialect:
    """How to speak to a connection that is not SQLAlchemy's."""
    vendor = getattr(connection, "vendor", None)
    module = type(connection).__module__.partition(".")[0]
    if vendor == "postgresql" or (vendor is None and module in {"psycopg", "psycopg2"}):
        return PGDialect_psycopg(paramstyle="format")  # type: ignore[no-untyped-call]  # theirs
    if vendor == "sqlite":
        return SQLiteDialect_pysqlite(paramstyle="format")
    if vendor is None and module == "sqlite3":
        return SQLiteDialect_pysqlite(paramstyle="qmark")
    raise InvalidValueError(f"within: no store on {vendor or module}: expected SQLite, PostgreSQL")


def _by_cursor(connection: Any, dialect: Dialect, table: Table, row: Mapping[str, Any]) -> None:
    statement = insert_new(dialect.name, table).values(row).compile(dialect=dialect)
    values = [_bound(table, dialect, name, row) for name in statement.positiontup or ()]
    guarded = dialect.name == "postgresql" and not _autocommits(connection)
    cursor = connection.cursor()
    try:
        if guarded:
            cursor.execute("SAVEPOINT handrail")
        try:
            cursor.execute(str(statement), values)
        except BaseException:
            if guarded:
                cursor.execute("ROLLBACK TO SAVEPOINT handrail")
            raise
        if guarded:
            cursor.execute("RELEASE SAVEPOINT handrail")
    finally:
        cursor.close()


def _autocommits(connection: Any) -> bool:
    """Whether there is no transaction to guard; Django knows once it is connected."""
    asked = getattr(connection, "get_autocommit", None)
    return bool(asked() if callable(asked) else getattr(connection, "autocommit", False))


def _bound(table: Table, dialect: Dialect, name: str, row: Mapping[str, Any]) -> Any:
    """A value as the driver takes it."""
    processor = table.c[name].type.dialect_impl(dialect).bind_processor(dialect)
    return row[name] if processor is None else processor(row[name])
