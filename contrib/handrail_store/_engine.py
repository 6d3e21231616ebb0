"""One engine on SQLite or PostgreSQL, and what a transaction is on each."""

from __future__ import annotations

import os
import select
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from time import monotonic
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, InvalidatePoolError, NoSuchModuleError
from sqlalchemy.pool import ConnectionPoolEntry

from handrail import InvalidValueError
from handrail_store._types import dump, load

BUSY_MS = 5_000
"""How long a transaction waits for a lock before it fails."""

LARGE = ("cache_size=-16384", "wal_autocheckpoint=16384")
"""What SQLite needs for gigabytes: 16 MB of pages kept, 64 MB of changes before they go back."""

ALIVE = {
    "connect_timeout": 10, "keepalives_idle": 30, "keepalives_interval": 10,
    "keepalives_count": 3, "tcp_user_timeout": 60_000,
}  # fmt: skip
"""After how long a server that is gone without a word is noticed; a URL may say otherwise."""

FRESH_S = 0.25
"""For how long a connection is taken to be there after it was used; no server starts so fast."""

ENGINES = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}
"""What a URL may begin with, and the driver that is used for it."""


def open_engine(url: str | URL, *, pool: int = 5) -> Engine:
    """Return an engine for *url*, ``sqlite:///handrail.db`` or ``postgresql://…``.

    What a URL of PostgreSQL says in ``options``, such as a ``search_path``, is added to ours.

    Raises InvalidValueError, without repeating the URL: it may hold a password.
    """
    try:
        made = make_url(url)
        kind = made.get_backend_name()
    except (ArgumentError, NoSuchModuleError):
        kind = ""
    if kind not in ENGINES:
        raise InvalidValueError("store: url: expected sqlite:///FILE or postgresql://…")
    made = made.set(drivername=ENGINES[kind])
    if kind == "sqlite":
        engine = create_engine(
            made, connect_args={"timeout": BUSY_MS / 1000}, pool_size=pool,
            json_serializer=dump, json_deserializer=load,
        )  # fmt: skip
        event.listen(engine, "connect", _connect_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        _open.add(engine)
        return engine
    given = made.query.get("options", ())
    more = given if isinstance(given, str) else " ".join(given)
    options = f"-c lock_timeout={BUSY_MS} -c idle_in_transaction_session_timeout=60000 {more}"
    alive = {name: value for name, value in ALIVE.items() if name not in made.query}
    engine = create_engine(
        made, pool_size=pool, connect_args={"options": options, **alive},
        json_serializer=dump, json_deserializer=load,
    )  # fmt: skip
    _ask_first(engine)
    _open.add(engine)
    return engine


def _ask_first(engine: Engine) -> None:
    """Ask the server whether a connection is there still, but for one used or made just now.

    That the server has ended that one, too, is seen without asking: it has said something.
    """

    def made(_: Any, record: ConnectionPoolEntry) -> None:
        # A pool that is given none that lives raises what does not say that the server is away.
        record.info["used"] = inf

    def used(_: Any, record: ConnectionPoolEntry) -> None:
        record.info["used"] = monotonic()

    def taken(connection: Any, record: ConnectionPoolEntry, _: object) -> None:
        last = record.info.get("used", 0.0)
        if last == inf:
            return
        try:
            if monotonic() < last + FRESH_S and _is_quiet(connection):
                return
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error

    event.listen(engine, "connect", made)
    event.listen(engine, "checkin", used)
    event.listen(engine, "checkout", taken)


def _is_quiet(connection: Any) -> bool:
    """Whether nothing waits to be read: neither a word of the server nor the end."""
    if hasattr(select, "poll"):
        waiting = select.poll()
        waiting.register(connection.fileno(), select.POLLIN)
        return not waiting.poll(0)
    return not select.select([connection.fileno()], [], [], 0)[0]


_open: weakref.WeakSet[Engine] = weakref.WeakSet()


def _after_fork() -> None:
    """Leave connections to the parent: two processes on one would ruin both."""
    for engine in list(_open):
        engine.dispose(close=False)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def _connect_sqlite(connection: Any, _: object) -> None:
    # Transactions are begun below: the driver would begin them late, and never for reading.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", *LARGE):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("handrail_write")
    # Two readers that both go on to write would wait for each other.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def transaction(engine: Engine, *, write: bool) -> Iterator[Connection]:
    """A connection in a transaction: committed at the end, rolled back where something raises."""
    marked = engine.execution_options(handrail_write=write)
    with marked.begin() as connection:
        yield connection
