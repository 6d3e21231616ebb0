"""Events per second of a worker, beside a bare client that sends the database the very same.

``PYTHONPATH=tests python tests/bench/worker.py [sqlite] [postgres]``. What a worker sends while it
works a number of events (claims, writes, acknowledgements, commits, in the same batches) is written
down once; then a worker works a copy of the database, and a client of the driver alone, without
SQLAlchemy and Handrail, sends what was written down to another copy. Only its own reads are left
out. Also: two workers beside one, with a module that waits, and how long after a crash all is
worked.
"""

from __future__ import annotations

import logging
import os
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from by_hand import ByHand, counts
from contrib.store.conftest import KEY
from contrib.store.work.actors import PACE
from contrib.store.work.conftest import WORDS, Grumpf, given
from sqlalchemy import event, func, make_url, select

from handrail import Finding, Item, Safety, hookimpl
from handrail_store import Pace, Store, Worker
from handrail_store._engine import LARGE
from handrail_store._schema import outbox

TESTS = Path(__file__).parents[1]
EVENTS, BATCH, ROUNDS = 2_000, 100, 9
WAITING, WAIT_S = 300, 0.005


def item(number: int) -> Item:
    """The item with that number: one in twenty is bad, and has to be taken down."""
    return Item(f"c{number}", "fine" if number % 20 else "GRUMPF")


class Silent(Grumpf):
    """A module that looks at nothing: a call costs what a call costs."""

    @hookimpl
    def post_publish(self) -> None:
        """Find nothing."""


class Waiting(Grumpf):
    """A module that waits, as for a service."""

    @hookimpl
    def post_publish(self, item: Any) -> Iterator[Finding]:
        """Wait."""
        time.sleep(WAIT_S)
        yield from self._find(item)


class Sqlite:
    """Databases that are files."""

    name = "SQLite"

    def __init__(self, folder: Path) -> None:
        self._folder, self._made = folder, 0

    def new(self) -> str:
        """The URL of an empty database."""
        self._made += 1
        return f"sqlite:///{self._folder}/{self._made}.db"

    def copy(self, url: str) -> str:
        """The URL of a database with the same in it."""
        made = self.new()
        shutil.copy(str(make_url(url).database), str(make_url(made).database))
        return made

    def connect(self, url: str) -> Any:
        """The driver's own connection, as a worker has it."""
        made = sqlite3.connect(str(make_url(url).database), isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", *LARGE):
            made.execute(f"PRAGMA {pragma}")
        return made


class Postgres:
    """Databases of a server of its own."""

    name = "PostgreSQL"

    def __init__(self, url: str) -> None:
        self._url, self._made = make_url(url), 0

    def new(self, template: str = "template1") -> str:
        """The URL of an empty database."""
        import psycopg

        self._made += 1
        name = f"bench{self._made}"
        plain = self._url.set(drivername="postgresql")
        with psycopg.connect(plain.render_as_string(hide_password=False), autocommit=True) as asked:
            asked.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self._url.set(database=name).render_as_string(hide_password=False)

    def copy(self, url: str) -> str:
        """The URL of a database with the same in it."""
        return self.new(str(make_url(url).database))

    def connect(self, url: str) -> Any:
        """The driver's own connection, as a worker has it."""
        import psycopg

        plain = make_url(url).set(drivername="postgresql")
        return psycopg.connect(plain.render_as_string(hide_password=False))


def filled(engine: Sqlite | Postgres, events: int) -> str:
    """A database with so many events that wait."""
    url = engine.new()
    store = Store(url, key=KEY, upgrade=True)
    with Safety(**given(store=store)) as safety:
        comments = safety.feature("video_comments")
        for first in range(0, events, BATCH):
            with store.write() as connection, store.within(connection):
                for number in range(first, first + BATCH):
                    comments.post_publish(item(number))
    return url


class Took(NamedTuple):
    """Seconds, by the wall and of this process's CPU."""

    wall: float
    cpu: float


def timed(run: Callable[[], object]) -> Took:
    """What a run took."""
    wall, cpu = time.perf_counter(), time.process_time()
    run()
    return Took(time.perf_counter() - wall, time.process_time() - cpu)


def nothing(_: Store) -> None:
    """Watch nothing."""


def work(url: str, modules: list[object], watch: Callable[[Store], object] = nothing) -> Took:
    """Have one worker work all there is; return what it took after its first batch."""
    store = Store(url, key=KEY, upgrade=False)
    with Safety(**given(store=store, modules=modules)) as safety:
        worker = Worker(safety, store, Pace(batch=BATCH))
        worker.step()
        watch(store)
        took = timed(lambda: worker.run(once=True))
    store.close()
    return took


def written_down(url: str, modules: list[object]) -> list[tuple[str, Any, bool]]:
    """What a worker sends: claims, writes and commits; its other reads are left out."""
    sent: list[tuple[str, Any, bool]] = []
    mine = threading.get_ident()  # Others only read, in transactions of their own.

    def execute(_: Any, __: Any, statement: str, given_: Any, ___: Any, many: bool) -> None:
        reads = statement.lstrip().startswith("SELECT")
        wanted = not reads or "outbox" in statement or "advisory" in statement
        if wanted and threading.get_ident() == mine:
            sent.append((statement, given_, many))

    def commit(_: Any) -> None:
        if threading.get_ident() == mine:
            sent.append(("COMMIT", None, False))

    def watch(store: Store) -> None:
        event.listen(store.engine, "before_cursor_execute", execute)
        event.listen(store.engine, "commit", commit)

    work(url, modules, watch)
    return sent


def send(connection: Any, sent: list[tuple[str, Any, bool]]) -> Took:
    """Send it by the driver alone; return what it took."""
    cursor = connection.cursor()

    def run() -> None:
        for statement, values, many in sent:
            if statement == "COMMIT":
                if getattr(connection, "in_transaction", True):
                    connection.commit()
            elif many and isinstance(values, list):
                cursor.executemany(statement, values)
            else:
                cursor.execute(statement, values or ())
                if cursor.description is not None:
                    cursor.fetchall()

    took = timed(run)
    connection.close()
    return took


def by_hand(engine: Sqlite | Postgres, url: str, worked: str, modules: list[object]) -> Took:
    """Have a worker by hand work all there is; return what it took after its first batch."""
    connection, other = engine.connect(url), engine.connect(worked)
    finds = not isinstance(modules[0], Silent)
    find = (lambda text: any(word in text for word in WORDS)) if finds else None
    worker = ByHand(connection, other, find, KEY)
    other.close()
    worker.step(BATCH)
    worker.chain()

    def run() -> None:
        while worker.step(BATCH):
            pass
        worker.chain()

    took = timed(run)
    connection.close()
    return took


def the_same(engine: Sqlite | Postgres, first: str, second: str) -> None:
    """Check that both wrote as many rows into every table."""
    found = []
    for url in (first, second):
        connection = engine.connect(url)
        found.append(counts(connection))
        connection.close()
    if found[0] != found[1]:
        raise SystemExit(f"not the same writes: {found[0]}, by hand {found[1]}")


def beside_the_bare_client(engine: Sqlite | Postgres, modules: list[object], said: str) -> None:
    """Print events per second, and the ratios of rounds."""
    full = filled(engine, EVENTS + BATCH)
    worked = engine.copy(full)
    work(worked, modules)
    sent = written_down(engine.copy(full), modules)
    took: dict[str, list[Took]] = {"a worker": [], "by hand": [], "replayed": []}
    for number in range(ROUNDS + 1):
        first, second = engine.copy(full), engine.copy(full)
        each = [work(first, modules), by_hand(engine, second, worked, modules)]
        the_same(engine, first, second)
        each.append(send(engine.connect(engine.copy(full)), sent))
        for name, one in zip(took, each, strict=True):
            took[name] += [one] * bool(number)  # The first warms up.
    ours = took.pop("a worker")
    for name, bare in took.items():
        for clock in Took._fields:
            show(f"{engine.name}, {said}, {clock}: a worker", name, clock, ours, bare)


def show(what: str, name: str, clock: str, ours: list[Took], bare: list[Took]) -> None:
    """Print events a second of both, and the quartiles of their ratios."""
    pairs = [(getattr(a, clock), getattr(b, clock)) for a, b in zip(ours, bare, strict=True)]
    low, middle, high = statistics.quantiles([b / a for a, b in pairs], n=4)
    rates = [EVENTS / statistics.median(side) for side in zip(*pairs, strict=True)]
    print(
        f"{what} {rates[0]:.0f} events/s, {name} {rates[1]:.0f}: "
        f"{middle:.2f} × ({low:.2f} to {high:.2f})",
        flush=True,
    )


def two_beside_one(engine: Sqlite | Postgres) -> None:
    """Print how much more two workers do than one, with a module that waits."""
    full, ratios = filled(engine, WAITING), []
    for _ in range(3):
        rates = [WAITING / together(engine.copy(full), number) for number in (1, 2)]
        ratios.append(rates[1] / rates[0])
    low, middle, high = min(ratios), statistics.median(ratios), max(ratios)
    print(
        f"{engine.name}: two workers with a module that waits {WAIT_S * 1000:.0f} ms: "
        f"{middle:.2f} × one ({low:.2f} to {high:.2f})"
    )


def together(url: str, number: int) -> float:
    """Have several workers work all there is; return the seconds it took."""
    store = Store(url, key=KEY, upgrade=False)
    more = given(store=store, modules=[Waiting()], budget_ms=1_000)
    with Safety(**more) as safety:
        workers = [Worker(safety, store, Pace(batch=20)) for _ in range(number)]
        threads = [threading.Thread(target=each.run, kwargs={"once": True}) for each in workers]
        start = time.perf_counter()
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        return time.perf_counter() - start


def after_a_crash(engine: Sqlite | Postgres, folder: Path) -> None:
    """Print how long it takes until what a killed worker had in hand is worked by another."""
    url = filled(engine, EVENTS)
    store = Store(url, key=KEY, upgrade=False)
    ready = folder / f"{engine.name}.ready"
    command = [
        "-m",
        "contrib.store.work.actors",
        "worker",
        url,
        str(folder / "applied"),
        str(ready),
    ]
    victim = subprocess.Popen([sys.executable, "-W", "ignore", *command], cwd=TESTS)
    held = 0
    while not held:
        time.sleep(0.01)
        held = counted(store, outbox.c.claimed_until.is_not(None))
    os.kill(victim.pid, signal.SIGKILL)
    victim.wait()
    held, start = counted(store, outbox.c.claimed_until.is_not(None)), time.perf_counter()
    with Safety(**given(store=store)) as safety:
        worker = Worker(safety, store, PACE)
        thread = threading.Thread(target=worker.run)
        thread.start()
        while counted(store):
            time.sleep(0.02)
        took = time.perf_counter() - start
        worker.stop()
        thread.join()
    lease = PACE.lease.total_seconds()
    print(
        f"{engine.name}: {held} in hand at the kill, all worked {took:.1f} s later "
        f"(lease {lease:.0f} s)"
    )


def counted(store: Store, *where: Any) -> int:
    """How much waits."""
    with store.read() as connection:
        wanted = select(func.count()).select_from(outbox).where(*where)
        return int(connection.execute(wanted).scalar_one())


@contextmanager
def postgres(folder: Path) -> Iterator[Postgres]:
    """A server that waits for the disk, as in production."""
    from servers import postgres as servers
    from servers.process import running

    installed = contextmanager(servers.postgres_installed._get_wrapped_function())
    with installed() as programs, running(servers.make(programs, folder)) as server:
        yield Postgres(server.url)


def main() -> None:
    """Measure on the engines named, or on both."""
    logging.getLogger("handrail").setLevel(logging.ERROR)
    wanted = sys.argv[1:] or ["sqlite", "postgres"]
    with tempfile.TemporaryDirectory(prefix="bench") as made:
        folder = Path(made)
        folder.chmod(0o755)
        if "sqlite" in wanted:
            measure(Sqlite(folder), folder)
        if "postgres" in wanted:
            with postgres(folder) as engine:
                measure(engine, folder)


def measure(engine: Sqlite | Postgres, folder: Path) -> None:
    """All there is to measure."""
    beside_the_bare_client(engine, [Grumpf()], "one in twenty is taken down")
    beside_the_bare_client(engine, [Silent()], "looks at nothing")
    two_beside_one(engine)
    after_a_crash(engine, folder)


if __name__ == "__main__":
    main()
