"""The durable store at ten million decisions: what goes in, what is asked, what goes.

    python tests/bench/at_size.py [--decisions 10000000] [--url URL] [--old 419] [--most N]

Without a URL a SQLite file is filled, and removed at the end; a database that is full already is
taken as it is, and stays. Each question is asked in turns of a small store of the same engine,
whose ``--small`` decisions make the ratio: how much size costs. Times are by the clock on the
wall. Plans of the database that
read a large table through are printed, and those that begin at its end and stop soon.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from itertools import count as numbered
from statistics import median
from time import perf_counter
from typing import Any
from uuid import uuid4

import attrs
import size
from harness import quartiles
from sqlalchemy import event, make_url, select, text
from sqlalchemy.exc import OperationalError

from handrail import Actor, Clean, Decision, Item
from handrail_store import Database, Keep, Store, Wanted, erase, export, purge
from handrail_store import _schema as t
from handrail_store._record import add_clean
from handrail_store._rows import Rows

ROUNDS = 40
LARGE = 100_000
BATCH = 512


@attrs.define
class Place:
    """A store, how many decisions it has, and the statements that were sent to it."""

    store: Store
    count: int
    sent: list[tuple[str, Any]] = attrs.field(factory=list)

    def watch(self) -> None:
        """Note each statement."""

        def note(_c: object, _k: object, statement: str, given: Any, *_: object) -> None:
            self.sent.append((statement, given))

        event.listen(self.store.engine, "before_cursor_execute", note)

    def item(self) -> str:
        """The id of an item, by chance."""
        number = random.randrange(self.count)
        return f"comment-{number - (number % 10 == 9):010}"

    def author(self) -> str:
        """An author who has some items, by chance."""
        return f"user-{random.randrange(1, min(self.count, 1_000_003))}"

    def decision(self) -> str:
        """The id of a decision, by chance."""
        return f"{random.randrange(self.count):024x}"


QUESTIONS: Mapping[str, Callable[[Place], object]] = {
    "a decision by id": lambda p: p.store.decision(p.decision()),
    "history of an item": lambda p: [
        *p.store.decisions(Wanted(feature="video_comments", item=p.item()))
    ],
    "latest 20 of a person": lambda p: [
        *p.store.decisions(Wanted(author=p.author(), newest=True, most=20))
    ],
    "latest 20 of a rule": lambda p: [
        *p.store.decisions(Wanted(rule="spam", newest=True, most=20))
    ],
    "a thousand from some day on": lambda p: [*p.store.decisions(_since(p))],
    "open cases of a queue, 50": lambda p: p.store.cases.list(queue="spam", most=50),
    "open cases, 50": lambda p: p.store.cases.list(most=50),
    "open reports, 50": lambda p: p.store.reports.list(most=50),
    "strikes of a person": lambda p: p.store.strikes.of(p.author()),
    "what of a person is exported": lambda p: [*export(p.store, p.author(), by="dpo")],
    "what waits, for the gauges": lambda p: p.store.outbox.waiting(),
    "100 new rows into the audit chain": lambda p: _chained(p.store),
    "the last 1,000 links verified": lambda p: _verified(p.store),
}


def _since(place: Place) -> Wanted:
    since = place.store.now() - timedelta(days=random.uniform(size.DAYS / 2, size.DAYS - 1))
    return Wanted(since=since, most=1000)


def _chained(store: Store) -> None:
    with store.write() as connection:
        for _ in range(100):
            store.audit(connection, "decided", subject="bench")
    store.chain()


def _verified(store: Store) -> None:
    with Database(store.engine.url) as database:
        assert not database.verify(last=1000).broken


def questions(small: Place, large: Place) -> None:
    """Ask each in turns; print times, ratios, and plans that read a large table through."""
    for what, ask in QUESTIONS.items():
        times = [(_timed(ask, small), _timed(ask, large)) for _ in range(ROUNDS + 1)]
        low, middle, high = quartiles([each[1] for each in times[1:]])
        a, b, c = quartiles([big / little for little, big in times[1:]])
        print(f"{what}: {middle:.2f} ms ({low:.2f} to {high:.2f}); {b:.1f} x ({a:.1f} to {c:.1f})")
        large.sent.clear()
        ask(large)
        scans(large)


def _timed(ask: Callable[[Place], object], place: Place) -> float:
    start = perf_counter()
    ask(place)
    return (perf_counter() - start) * 1e3


def scans(place: Place) -> None:
    """Print which of the statements sent read a large table through, or sort much of it."""
    engine = place.store.engine
    sqlite = engine.dialect.name == "sqlite"
    sent, place.sent = list(place.sent), []
    for statement, given in dict(sent).items():
        if statement.split()[0] not in {"SELECT", "DELETE", "UPDATE"} or isinstance(given, list):
            continue
        with engine.connect() as connection:
            explain = "EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN "
            rows = connection.exec_driver_sql(explain + statement, given).all()
        for row in rows:
            said = str(row[-1]).strip()
            whole = (
                said.startswith("SCAN") and "USING" not in said if sqlite else "Seq Scan" in said
            )
            name = next((n for n in t.METADATA.tables if f" {n}" in f" {said}"), None)
            if whole and name and _rows(place, name) > LARGE:
                print(f"    reads through: {said}: {' '.join(statement.split())[:90]}")


def _rows(place: Place, table: str) -> int:
    with place.store.engine.connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def inserts(small: Place, large: Place, batches: int = 30) -> None:
    """Clean decisions with their items a second, ids of items in order and by chance."""
    counter = numbered(10**12)
    names = {"in order": lambda: f"comment-{next(counter)}", "by chance": lambda: uuid4().hex}
    shared = Decision(action="allow", id="0" * 24, item="i", feature="video_comments").to_json()
    for what, name in names.items():
        rates: list[tuple[float, float]] = []
        for _ in range(batches):
            took = []
            for place in (small, large):
                clean = [
                    Clean("bench", uuid4().hex[:24], place.store.now(),
                          Item(name(), "fine", author=Actor(place.author())), 200, None)
                    for _ in range(BATCH)
                ]  # fmt: skip
                start = perf_counter()
                with place.store.write() as connection:
                    rows = Rows(connection)
                    add_clean(place.store, rows, clean, {"bench": shared})
                    rows.write()
                took.append(BATCH / (perf_counter() - start))
            rates.append((took[0], took[1]))
        low, middle, high = quartiles([each[1] for each in rates])
        a, b, c = quartiles([big / little for little, big in rates])
        print(f"decisions in, ids of items {what}: {middle:,.0f}/s ({low:,.0f} to {high:,.0f}); "
              f"{b:.2f} x ({a:.2f} to {c:.2f})")  # fmt: skip


@contextmanager
def locked(store: Store) -> Iterator[list[float]]:
    """How long each transaction that writes takes meanwhile, in ms."""
    times: list[float] = []
    write = store.write

    @contextmanager
    def timed() -> Iterator[object]:
        with write() as connection:
            start = perf_counter()
            yield connection
        times.append((perf_counter() - start) * 1e3)

    store.write = timed  # type: ignore[method-assign,assignment]
    yield times
    del store.write


def gone(large: Place, old: int, most: int | None) -> None:
    """Purge what is *old* days old, erase people; how long it takes, and how long others wait."""
    store = large.store
    day = timedelta(days=old)
    names = [f.name for f in attrs.fields(Keep) if f.name not in {"opted", "snapshots"}]
    store.keep = Keep(**dict.fromkeys(names, day))
    large.sent.clear()
    _told("what is old purged", large, lambda: sum(purge(store, most=most).values()))
    for who in [large.author(), large.author(), "user-0"]:
        large.sent.clear()
        _told("a person erased", large, lambda w=who: sum(erase(store, w, by="dpo").values()))


def _told(what: str, large: Place, act: Callable[[], int]) -> None:
    over, waits = threading.Event(), []

    def write() -> None:
        other = Store(large.store.engine.url, key=bytes(32), upgrade=False)
        while not over.is_set():
            start = perf_counter()
            with suppress(OperationalError), other.write() as connection:
                other.audit(connection, "decided", subject="bench")
            waits.append((perf_counter() - start) * 1e3)
            over.wait(0.01)
        other.close()

    thread = threading.Thread(target=write)
    thread.start()
    start = perf_counter()
    with locked(large.store) as times:
        rows = act()
    took = perf_counter() - start
    over.set()
    thread.join()
    print(f"{what}: {rows:,} rows in {took:.1f} s, {rows / took:,.0f}/s; transactions: median "
          f"{median(times):.0f} ms, longest {max(times):.0f}; another writer waited at most "
          f"{max(waits):.0f} ms, median {median(waits):.1f}")  # fmt: skip
    scans(large)


def main() -> None:
    """Fill where needed, and ask."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--decisions", type=int, default=10_000_000)
    parser.add_argument("--small", type=int, default=10_000)
    parser.add_argument("--most", type=int, help="rows of each table that are purged")
    parser.add_argument("--url")
    parser.add_argument("--old", type=int, default=size.DAYS - 1, help="days; the rest is purged")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="size") as folder:
        url = make_url(asked.url or f"sqlite:///{folder}/large.db")
        places = [
            Place(_filled(_beside(url, folder), asked.small), asked.small),
            Place(_filled(url, asked.decisions), asked.decisions),
        ]
        for place in places:
            place.watch()
        small, large = places
        questions(small, large)
        inserts(small, large)
        gone(large, asked.old, asked.most)
        for place in places:
            place.store.close()


def _beside(url: object, folder: str) -> object:
    """Where the small store is: another file, or another database of the server."""
    made = make_url(url)
    if made.get_backend_name() == "sqlite":
        return f"sqlite:///{folder}/small.db"
    name = f"small{random.randrange(10**6)}"
    with Store(made, key=bytes(32), upgrade=True).engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(
            text(f"CREATE DATABASE {name}")
        )
    return made.set(database=name)


def _filled(url: object, count: int) -> Store:
    store = Store(url, key=bytes(32), upgrade=True)  # type: ignore[arg-type]
    with store.read() as connection:
        there = connection.execute(select(t.decisions.c.id).limit(1)).first()
    if there is None:
        size.fill(store, count)
    return store


if __name__ == "__main__":
    main()
