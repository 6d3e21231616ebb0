"""Killed at random points: every accepted event has one outcome, every enforcement is applied once.

On each engine one run of 20,000 events in which everything is killed, and short ones that kill one
thing each; ``HANDRAIL_EVENTS`` makes the long ones longer. Each prints what was accepted, recorded
and applied, and the seed of its kills.
"""

from __future__ import annotations

import contextlib
import faulthandler
import itertools
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from contrib.store.conftest import KEY
from contrib.store.work.actors import PUBLISHED, Applying, item
from servers.valkey import DURABLE
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from handrail_store import Store
from handrail_store._audit import verify, waiting
from handrail_store._schema import decisions, enforcements, outbox, outcomes

pytestmark = pytest.mark.once

TESTS = Path(__file__).parents[3]
PATIENCE_S = 120
"""How long nothing may move: a machine that does much else takes its time for the whole."""

EVENTS = int(os.environ.get("HANDRAIL_EVENTS", "20000"))
FEW = 1_500

BEHIND = EVENTS // 8
"""How many in a test of workers on a broker."""


class Play:
    """A host, two workers, and somebody who kills them.

    Args:
        url: Of the database. folder: Where the feature keeps what it applied.
        count: How many events. sabotage: Which promise is broken.
        broker: The URL of the broker that workers stand on, if any.
    """

    def __init__(self, url, folder, count, sabotage="", broker=""):
        self.url, self.folder, self.count = url, folder, count
        self.told = {"HANDRAIL_SABOTAGE": sabotage, "HANDRAIL_BROKER": broker}
        self.applied = folder / "applied.db"
        self.processes, self.ready = {}, {}
        Applying(self.applied).file.close()
        store = Store(url, key=KEY, upgrade=True)
        PUBLISHED.metadata.create_all(store.engine)
        store.close()

    def start(self, name):
        """Start an actor."""
        ready = self.ready[name] = self.folder / f"ready{len(list(self.folder.iterdir()))}"
        about = ["host", self.url, str(self.count), str(ready)]
        if name != "host":
            about = ["worker", self.url, str(self.applied), str(ready)]
        self.processes[name] = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "contrib.store.work.actors", *about],
            cwd=TESTS, env={**os.environ, **self.told},
        )  # fmt: skip

    def kill(self, name):
        """Kill an actor that has begun, and start it again; False where it has not, or is done."""
        if not self.ready[name].exists() or self.processes[name].poll() is not None:
            return False
        self.processes[name].kill()
        self.processes[name].wait()
        self.start(name)
        return True

    def out(self, worked):
        """How much is with the broker: what the outbox has let go and nobody has worked."""
        return self.count - worked if self.told["HANDRAIL_BROKER"] else 0

    def end(self):
        """Have all actors end."""
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        for process in self.processes.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(30)
            process.kill()
            process.wait()

    def run(self, kill, most, seed):
        """Play until all is done, with up to *most* kills at random points; return what is wrong.

        A point is a share of all events: so many are published and worked then.
        """
        chance, end = random.Random(seed), time.monotonic() + PATIENCE_S
        points = sorted(chance.uniform(0.02, 0.8) * 2 * self.count for _ in range(most))
        store = Store(self.url, key=KEY, upgrade=False)
        for name in ("host", "one", "two"):
            self.start(name)
        kills, before = 0, None
        try:
            while time.monotonic() < end:
                with contextlib.suppress(DBAPIError):
                    published, worked, left = now = progress(store)
                    if published == self.count and not left + self.out(worked):
                        break
                    if now != before:
                        before, end = now, time.monotonic() + PATIENCE_S
                    if kills < most and published + worked >= points[kills]:
                        time.sleep(chance.uniform(0, 0.2))
                        kills += kill(chance)
                time.sleep(0.1)
        finally:
            self.end()
        wrong = complaints(store, self.applied, self.count)
        print(f"seed {seed}: {kills} kills; {wrong.figures}")
        store.close()
        assert kills, "nobody was killed"
        return wrong


def progress(store):
    """How much is published, how much worked, and how much left to be worked or delivered."""
    with store.read() as connection:

        def count(table, *where):
            wanted = select(func.count()).select_from(table).where(*where)
            return connection.execute(wanted).scalar_one()

        # In this order: what moves on meanwhile is then seen twice rather than never.
        published, left = count(PUBLISHED), count(outbox, outbox.c.due_at <= store.now())
        left += count(enforcements, enforcements.c.state.in_(["waiting", "delivered"]))
        return published, count(outcomes), left


class Complaints(list):
    """What is wrong, in words; and what was counted."""

    figures = ""


def complaints(store, path, count):
    """Compare what was accepted, recorded and applied."""
    wrong = Complaints()
    store.chain()
    with store.read() as connection:
        accepted = {f"c{n}" for n in connection.execute(select(PUBLISHED.c.number)).scalars()}
        # A second look, after one that the database could not be asked in, is not counted.
        first = select(outcomes.c.item).join_from(
            outcomes, decisions, outcomes.c.decision == decisions.c.id
        )
        recorded = Counter(connection.execute(first.where(decisions.c.revises.is_(None))).scalars())
        made = Counter(connection.execute(select(enforcements.c.item)).scalars())
        wrong += [f"audit chain: {each.what}" for each in verify(connection)]
        if unlinked := waiting(connection):
            wrong.append(f"{unlinked} audit rows in no link")
    with contextlib.closing(sqlite3.connect(path)) as file:
        delivered = {row[0] for row in file.execute("SELECT id FROM delivered")}
        applied = Counter(row[0] for row in file.execute("SELECT item FROM applied"))
    wrong.figures = (
        f"accepted {len(accepted)}, recorded {recorded.total()}, applied {applied.total()}"
    )
    bad = {name for name in accepted if item(int(name[1:])).text != "fine"}
    if len(accepted) != count:
        wrong.append("the host did not come to its end")
    if recorded != Counter(accepted):
        wrong.append("an accepted event has no outcome, or several")
    if made != Counter(bad):
        wrong.append("an enforcement is missing, or made twice")
    if applied != Counter(bad) or len(delivered) != len(bad):
        wrong.append("an enforcement was not delivered, or not applied once")
    return wrong


def restart(server, chance):
    """Kill a server, and start it again a moment later."""
    server.kill()
    time.sleep(chance.uniform(0, 0.5))
    server.start()
    return True


@pytest.fixture(autouse=True)
def _own_patience():
    """These have a patience of their own: on a busy machine a long run takes its time."""
    faulthandler.cancel_dump_traceback_later()


@pytest.fixture(name="seed")
def _seed():
    return random.randrange(10**6)


def killing(play, *names):
    """What kills one of these, by chance."""
    return lambda chance: play.kill(chance.choice(names))


def crashing(server):
    """What kills the database, which comes back soon."""
    return lambda chance: restart(server, chance)


def in_turn(*kills):
    """What kills in these ways, one after another."""
    turns = itertools.cycle(kills)

    def kill(chance):
        return next(turns)(chance)

    return kill


def test_everything_is_killed_on_one_machine(tmp_path, seed):
    """However a host and its workers end on SQLite, nothing is lost and nothing done twice."""
    play = Play(f"sqlite:///{tmp_path}/handrail.db", tmp_path, EVENTS)

    assert [] == play.run(killing(play, "one", "two", "host"), 10, seed)


@pytest.mark.server("postgres")
def test_everything_is_killed_on_a_server(postgres_of_its_own, tmp_path, seed):
    """However a host, its workers and PostgreSQL end, nothing is lost and nothing done twice."""
    server = postgres_of_its_own()
    play = Play(server.url, tmp_path, EVENTS)
    each = killing(play, "one", "two", "host")

    assert [] == play.run(in_turn(each, each, crashing(server)), 12, seed)


def test_workers_are_killed(url, tmp_path, seed):
    """What a worker had in hand is worked by the other."""
    play = Play(url, tmp_path, FEW)

    assert [] == play.run(killing(play, "one", "two"), 6, seed)


def test_host_is_killed(url, tmp_path, seed):
    """What a host published is worked, what it rolled back is not."""
    play = Play(url, tmp_path, FEW)

    assert [] == play.run(killing(play, "host"), 4, seed)


@pytest.mark.server("postgres")
def test_database_is_killed(postgres_of_its_own, tmp_path, seed):
    """A database that crashes and comes back has lost nothing, and nobody has to be told."""
    server = postgres_of_its_own()
    play = Play(server.url, tmp_path, FEW)

    assert [] == play.run(crashing(server), 3, seed)


@pytest.mark.server("nats")
def test_workers_on_a_broker_are_killed(url, nats_url, tmp_path, seed):
    """A broker between outbox and worker changes nothing of it."""
    play = Play(url, tmp_path, BEHIND, broker=nats_url)

    assert [] == play.run(lambda chance: play.kill(chance.choice(["one", "two"])), 4, seed)


@pytest.mark.server("valkey")
def test_broker_is_killed(url, valkey_of_its_own, tmp_path, seed):
    """A broker that crashes and comes back, durable as it is told to be, changes nothing of it."""
    server = valkey_of_its_own(*DURABLE)
    play = Play(url, tmp_path, BEHIND, broker=server.url)

    assert [] == play.run(lambda chance: restart(server, chance), 3, seed)


LOST = "an accepted event has no outcome, or several"


@pytest.mark.parametrize("sabotage", ["early", "forget"])
def test_sabotage_is_noticed_where_workers_are_killed(url, tmp_path, seed, sabotage):
    """Acknowledged too early, or without idempotency, the counts do not match."""
    play = Play(url, tmp_path, FEW, sabotage)

    assert LOST in play.run(killing(play, "one", "two"), 6, seed)


@pytest.mark.parametrize("sabotage", ["apart", "forget"])
def test_sabotage_is_noticed_where_the_host_is_killed(url, tmp_path, seed, sabotage):
    """Published before it is handed in, or without idempotency, the counts do not match."""
    play = Play(url, tmp_path, FEW, sabotage)

    assert LOST in play.run(killing(play, "host"), 4, seed)


@pytest.mark.server("postgres")
@pytest.mark.parametrize("sabotage", ["early", "forget"])
def test_sabotage_is_noticed_where_the_database_is_killed(
    postgres_of_its_own, tmp_path, seed, sabotage
):
    """Acknowledged too early, or without idempotency, the counts do not match."""
    server = postgres_of_its_own()
    play = Play(server.url, tmp_path, FEW, sabotage)

    assert LOST in play.run(crashing(server), 4, seed)
