"""Events per second of a worker, beside a bare client that sends the database the very same.

``PYTHONPATH=tests python tests/bench/worker.py [sqlite] [postgres]``. What a worker sends while it
works a number of events (claims, writes, acknowledgements, commits, in the same batches) is written
down once; then a worker works a copy of the database, and a client of the driver alone, without
SQLAlchemy and Handrail, sends what was written down to another copy. Only its own reads are left
out. Also: two workers beside one, with a module that waits, and how long after a crash all is
worked.
"""

from __future__ import annotations

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
from typing import Any

import structlog
from contrib.store.conftest import KEY
from contrib.store.work.actors import PACE
from contrib.store.work.conftest import Grumpf, given
from sqlalchemy import event, func, make_url, select

from handrail import Finding, Item, Safety, hookimpl
from handrail_store import Pace, Store, Worker
from handrail_store._schema import outbox

TESTS = Path(__file__).parents[1]
EVENTS, BATCH, ROUNDS = 1_000, 100, 7
WAITING, WAIT_S = 300, 0.005


def item(number: int) -> Item:
    """The item with that number: one in twenty is bad, and has to be taken down."""
    return Item(f"c{number}", "fine" if number % 20 else "GRUMPF")


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
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
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


def work(url: str, watch: Callable[[Store], object] = lambda store: None) -> float:
    """Have one worker work all there is; return the seconds it took."""
    store = Store(url, key=KEY, upgrade=False)
    with Safety(**given(store=store)) as safety:
        worker = Worker(safety, store, Pace(batch=BATCH))
        watch(store)
        start = time.perf_counter()
        worker.run(once=True)
        return time.perf_counter() - start


def written_down(url: str) -> list[tuple[str, Any, bool]]:
    """What a worker sends: claims, writes and commits; its other reads are left out."""
    sent: list[tuple[str, Any, bool]] = []

    def execute(_: Any, __: Any, statement: str, given_: Any, ___: Any, many: bool) -> None:
        reads = statement.lstrip().startswith("SELECT")
        if not reads or "outbox" in statement or "advisory" in statement:
            sent.append((statement, given_, many))

    def watch(store: Store) -> None:
        event.listen(store.engine, "before_cursor_execute", execute)
        event.listen(store.engine, "commit", lambda _: sent.append(("COMMIT", None, False)))

    work(url, watch)
    return sent


def send(connection: Any, sent: list[tuple[str, Any, bool]]) -> float:
    """Send it by the driver alone; return the seconds it took."""
    cursor = connection.cursor()
    start = time.perf_counter()
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
    took = time.perf_counter() - start
    connection.close()
    return took


def beside_the_bare_client(engine: Sqlite | Postgres) -> None:
    """Print events per second, and the ratio of rounds."""
    full = filled(engine, EVENTS)
    sent = written_down(engine.copy(full))
    ours, bare = [], []
    for number in range(ROUNDS + 1):
        first, second = engine.copy(full), engine.copy(full)
        took = work(first), send(engine.connect(second), sent)
        if number:  # The first warms up.
            ours.append(EVENTS / took[0])
            bare.append(EVENTS / took[1])
    low, middle, high = statistics.quantiles([a / b for a, b in zip(ours, bare, strict=True)], n=4)
    print(
        f"{engine.name}: a worker {statistics.median(ours):.0f} events/s, the bare client "
        f"{statistics.median(bare):.0f}: {middle:.2f} × ({low:.2f} to {high:.2f})"
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
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
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
    beside_the_bare_client(engine)
    two_beside_one(engine)
    after_a_crash(engine, folder)


if __name__ == "__main__":
    main()
