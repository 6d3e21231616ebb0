"""A small store for the tests of a stream: events, and what became of them, in one SQLite file."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import attrs

SCHEMA = """
create table outbox (
    number integer primary key, key text unique, sort text, place integer, carrier text,
    leased integer not null default 0
);
create table outcomes (number integer primary key, key text, sort text, place integer, pid integer);
create index by_key on outcomes (key);
create table dead (body blob primary key, key text, reason text);
create table seen (key text, pid integer, trace text);
"""


@attrs.frozen
class Event:
    """Work: the *place*-th of its *order*."""

    key: str
    order: str
    place: int
    carrier: Mapping[str, str] = attrs.field(factory=dict)
    accepted_at: datetime = attrs.field(factory=lambda: datetime.now(UTC))


def events(number: int, orders: int) -> list[Event]:
    """Events in the order of acceptance; their orders take turns."""
    return [Event(key=f"e{n}", order=f"item{n % orders}", place=n // orders) for n in range(number)]


class Ledger:
    """An outbox and a handler over one file, which several processes may share."""

    def __init__(self, path: Path, *, idempotent: bool = True, die_after: int | None = None):
        self.path, self._idempotent, self._die_after = path, idempotent, die_after
        self._own = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._handled = 0
        self.fail: dict[str, int] = {}
        """How often an event fails before it is handled."""
        self.away = threading.Event()
        """Set while the database is not to be reached."""
        self.released = 0
        """How often a relay gave events back."""
        self.pause = 0.0
        """Seconds that handling takes."""

    def connection(self) -> sqlite3.Connection:
        """This thread's connection."""
        if not hasattr(self._own, "connection"):
            self._own.connection = sqlite3.connect(
                self.path, timeout=30, isolation_level=None, check_same_thread=False
            )
            self._opened.append(self._own.connection)
            self._own.connection.execute("pragma journal_mode=wal")
            self._own.connection.execute("pragma synchronous=off")
        return self._own.connection

    def close(self) -> None:
        """Close every thread's connection."""
        while self._opened:
            self._opened.pop().close()

    @contextlib.contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction that writes."""
        if self.away.is_set():
            raise sqlite3.OperationalError("the database is away")
        connection = self.connection()
        connection.execute("begin immediate")
        try:
            yield connection
        except BaseException:
            connection.execute("rollback")
            raise
        connection.execute("commit")

    def create(self) -> Ledger:
        """Make the tables."""
        self.connection().executescript(SCHEMA)
        return self

    def accept(self, accepted: Sequence[Event]) -> None:
        """Accept events, all or none."""
        rows = [(e.key, e.order, e.place, json.dumps(dict(e.carrier))) for e in accepted]
        with self.write() as connection:
            connection.executemany(
                "insert into outbox (key, sort, place, carrier) values (?, ?, ?, ?)", rows
            )

    def claim(self, most: int) -> list[Event]:
        """Lease the first that wait; nothing while another relay holds some."""
        now = time.time()
        with self.write() as connection:
            if connection.execute("select 1 from outbox where leased > ?", (now,)).fetchone():
                return []
            rows = connection.execute(
                "select number, key, sort, place, carrier from outbox order by number limit ?",
                (most,),
            ).fetchall()
            if rows:
                connection.execute(
                    "update outbox set leased = ? where number <= ?", (now + 5, rows[-1][0])
                )
        return [Event(*facts, json.loads(carrier)) for _, *facts, carrier in rows]

    def sent(self, works: Sequence[Event]) -> None:
        """Forget."""
        with self.write() as connection:
            connection.executemany("delete from outbox where key = ?", [(w.key,) for w in works])

    def release(self, works: Sequence[Event]) -> None:
        """Give back."""
        self.released += 1
        with self.write() as connection:
            connection.executemany(
                "update outbox set leased = 0 where key = ?", [(w.key,) for w in works]
            )

    def seal(self, work: Event) -> bytes:
        """JSON will do here."""
        return json.dumps(attrs.asdict(work), default=datetime.isoformat).encode()

    def unseal(self, body: bytes) -> Event:
        """Read it back."""
        read = json.loads(body)
        return Event(**{**read, "accepted_at": datetime.fromisoformat(read["accepted_at"])})

    def bury(self, body: bytes, work: Event | None, reason: str) -> None:
        """Keep a dead letter."""
        with self.write() as connection:
            connection.execute(
                "insert or ignore into dead values (?, ?, ?)", (body, work and work.key, reason)
            )

    def handle(self, work: Event) -> None:
        """Record the one outcome of an event; then die, if this is when."""
        self._note(work)
        with self.write() as connection:
            known = connection.execute("select 1 from outcomes where key = ?", (work.key,))
            if not (self._idempotent and known.fetchone()):
                connection.execute(
                    "insert into outcomes (key, sort, place, pid) values (?, ?, ?, ?)",
                    (work.key, work.order, work.place, os.getpid()),
                )
        self._handled += 1
        if self._handled == self._die_after:
            os.kill(os.getpid(), signal.SIGKILL)

    def _note(self, work: Event) -> None:
        if self.pause:
            time.sleep(self.pause)
        if left := self.fail.get(work.key, 0):
            self.fail[work.key] = left - 1
            raise ValueError("a text that must not be kept")

    def count(self, table: str) -> int:
        """Rows of a table."""
        return self.connection().execute(f"select count(*) from {table}").fetchone()[0]

    def ended(self) -> int:
        """Events that have an outcome or are dead letters."""
        rows = self.connection().execute(
            "select (select count(distinct key) from outcomes) + (select count(*) from dead)"
        )
        return rows.fetchone()[0]

    def doubles(self) -> int:
        """Outcomes that an event has beyond its one."""
        rows = self.connection().execute("select count(*) - count(distinct key) from outcomes")
        return rows.fetchone()[0]

    def overtaken(self) -> list[str]:
        """Orders whose first outcomes are not in the order of acceptance."""
        first = self.connection().execute(
            "select sort, place from outcomes group by key order by min(number)"
        )
        last: dict[str, int] = {}
        wrong = []
        for sort, place in first:
            if place <= last.get(sort, -1):
                wrong.append(sort)
            last[sort] = place
        return wrong

    def dead(self) -> list[tuple[str | None, str]]:
        """Dead letters: key and reason."""
        return self.connection().execute("select key, reason from dead order by key").fetchall()

    def workers(self) -> dict[int, int]:
        """Outcomes by process."""
        rows = self.connection().execute("select pid, count(*) from outcomes group by pid")
        return dict(rows.fetchall())
