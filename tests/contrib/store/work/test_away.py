"""A database that is full, locked, slow, stopped or restarted under a worker: nothing is lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import pytest
from contrib.store.conftest import KEY
from contrib.store.work.actors import PACE, item
from contrib.store.work.conftest import Grumpf, given
from servers.process import wait_until
from servers.proxy import proxied
from sqlalchemy import create_engine, func, make_url, select, text
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from handrail import Action, Item, Policy, Safety, hookimpl
from handrail_store import Store, Worker
from handrail_store._audit import verify
from handrail_store._schema import decisions, enforcements, outbox, outcomes

TESTS = Path(__file__).parents[3]

LOCKER = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.readline()
"""


class Feature:
    """Carries out each enforcement once, whoever delivers it how often."""

    def __init__(self):
        self.delivered, self.applied = [], {}

    def deliver(self, enforcement):
        """Carry it out, unless that was done."""
        self.delivered.append(enforcement.id)
        self.applied[enforcement.id] = enforcement
        return True


@pytest.fixture(name="feature")
def _feature():
    return Feature()


@contextmanager
def running(worker):
    """Have a worker run meanwhile, on a thread; stop it at the end."""
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        yield
    finally:
        worker.stop()
        thread.join(60)


def count(store, table, *where):
    """How many rows a table has."""
    with store.read() as connection:
        wanted = select(func.count()).select_from(table).where(*where)
        return connection.execute(wanted).scalar_one()


def done(store):
    """Whether nothing that is due waits to be worked or delivered; a second look is due later."""
    told = enforcements.c.state.in_(["waiting", "delivered"])
    due = outbox.c.due_at <= store.now()
    return not count(store, outbox, due) + count(store, enforcements, told)


def check(store, accepted, applied, said=""):
    """Compare what was accepted, recorded and applied, and print it."""
    store.chain()
    with store.read() as connection:
        recorded = Counter(connection.execute(select(outcomes.c.item)).scalars())
        made = set(connection.execute(select(enforcements.c.id)).scalars())
        broken = [each.what for each in verify(connection)]
    print(f"accepted {len(accepted)}, recorded {recorded.total()}, applied {len(applied)}{said}")

    assert Counter(accepted) == recorded
    assert sum(int(name[1:]) % 5 == 0 for name in accepted) == len(applied)
    assert made == set(applied)
    assert [] == broken


def publish(comments, numbers):
    """Hand in items with these numbers; return their ids."""
    for number in numbers:
        assert "accepted" == comments.post_publish(item(number)).status
    return [f"c{number}" for number in numbers]


def away(events):
    """How often a worker said that the database is away."""
    return sum(each["event"] == "handrail.store_away" for each in events)


def filled(url, sabotage=""):
    """What a host and a worker say whose disk was full for a while."""
    Store(url, key=KEY, upgrade=True).close()
    process = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "contrib.store.work.full", url],
        cwd=TESTS, env={**os.environ, "HANDRAIL_SABOTAGE": sabotage}, stdout=subprocess.PIPE,
        check=True, timeout=280,
    )  # fmt: skip
    said = json.loads(process.stdout.splitlines()[-1])
    figures = ", ".join(f"{name} {len(each)}" for name, each in said.items())
    print(figures)
    return said


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
def test_disk_is_full(tmp_path):
    """What was accepted is worked once there is room; what was not is refused, and says so."""
    said = filled(f"sqlite:///{tmp_path}/x.db")

    assert said["refused"]
    assert Counter(said["accepted"]) == Counter(said["recorded"])
    assert set(said["made"]) == set(said["applied"])
    assert sum(int(name[1:]) % 5 == 0 for name in said["accepted"]) == len(said["made"])
    assert [] == said["broken"]


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
def test_disk_is_full_and_sabotage_is_noticed(tmp_path):
    """Who acknowledges before it is written loses what did not fit."""
    said = filled(f"sqlite:///{tmp_path}/x.db", "early")

    assert set(said["accepted"]) - set(said["recorded"])


@contextmanager
def locked(url):
    """Somebody else holds the database: another process, or a session that locks tables."""
    if make_url(url).get_backend_name() == "sqlite":
        process = subprocess.Popen(
            [sys.executable, "-c", LOCKER, make_url(url).database],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        process.stdout.readline()
        try:
            yield
        finally:
            process.communicate(b"\n", timeout=60)
        return
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("LOCK TABLE outbox, outcomes IN ACCESS EXCLUSIVE MODE"))
        yield
    engine.dispose()


def test_database_is_locked_for_long(url, feature, monkeypatch):
    """A hand-in is refused and says so, a worker waits however long, and then goes on."""
    monkeypatch.setattr("handrail_store._engine.BUSY_MS", 50)
    store = Store(url, key=KEY, upgrade=True)
    with Safety(**given(store=store)) as safety, capture_logs() as events:
        comments = safety.feature("video_comments")
        accepted = publish(comments, range(20))
        with locked(url):
            late = comments.post_publish(item(20))
            with running(Worker(safety, store, PACE, channels={"*": feature})):
                wait_until(lambda: away(events) >= 5, "five tries")
        accepted += publish(comments, [20])
        with running(Worker(safety, store, PACE, channels={"*": feature})):
            wait_until(lambda: done(store), "an end of the work")
        check(store, accepted, feature.applied, f", refused {late.status}")
    store.close()

    assert "pending" == late.status


@pytest.fixture(name="proxy")
def _proxy(postgres_url):
    with proxied(make_url(postgres_url).port) as made:
        yield made


@pytest.fixture(name="near")
def _near(postgres_url, clock):
    """A store right at the database."""
    made = Store(postgres_url, key=KEY, clock=clock, upgrade=True)
    yield made
    made.close()


@pytest.fixture(name="far")
def _far(near, proxy, clock):
    """A store behind the proxy."""
    made = Store(near.engine.url.set(port=proxy.port), key=KEY, clock=clock)
    yield made
    made.close()


@pytest.mark.server("postgres")
def test_database_is_slow(near, proxy, far, feature):
    """Two workers for whom each answer takes 40 ms work everything once."""
    with Safety(**given(store=near)) as safety:
        accepted = publish(safety.feature("video_comments"), range(40))
    proxy.delay = 0.02
    with Safety(**given(store=far)) as safety:
        workers = [Worker(safety, far, PACE, channels={"*": feature}) for _ in range(2)]
        with running(workers[0]), running(workers[1]):
            wait_until(lambda: done(near), "an end of the work")

    check(near, accepted, feature.applied)


class Waits(Grumpf):
    """Waits at its first look until it is told to go on."""

    def __init__(self):
        self.looks, self.goes_on = threading.Event(), threading.Event()

    @hookimpl
    def post_publish(self, item):
        """Wait, and find."""
        self.looks.set()
        assert self.goes_on.wait(120)
        return self._find(item)


@pytest.mark.server("postgres")
def test_database_stops_answering_one_worker(near, proxy, far, feature, clock):
    """Another takes over what the first has in hand; when that comes back nothing is twice."""
    waits = Waits()
    with Safety(**given(store=far, modules=[waits], budget_ms=60_000)) as safety:
        accepted = publish(safety.feature("video_comments"), range(20))
        with running(Worker(safety, far, PACE, channels={"*": feature})):
            assert waits.looks.wait(60)
            proxy.flows.clear()
            waits.goes_on.set()
            clock.forward(seconds=61)
            with Safety(**given(store=near)) as other:
                Worker(other, near, PACE, channels={"*": feature}).run(once=True)
            taken_over = count(near, outcomes)
            proxy.flows.set()

    assert 20 == taken_over
    check(near, accepted, feature.applied)


@pytest.mark.server("postgres")
def test_database_stops_answering_the_host(near, proxy, far, monkeypatch):
    """Nobody who asks before publishing waits; what was decided is recorded when it can be."""
    monkeypatch.setattr("handrail._writer.COMMIT_GRACE_S", 0.05)
    stage = {"stages": ["pre_publish"]}
    holds = {"within": "24h", "otherwise": "block"}
    issues = {"harassment.bullying": {"hold": 0.4}}
    asks = Policy(name="pre", applies=stage, issues=issues, holds=holds)

    class Before(Grumpf):
        """Finds it before publishing."""

        @hookimpl
        def pre_publish(self, item):
            """Find it."""
            return self._find(item)

    with Safety(**given(store=far, modules=[Before()], policy=[asks])) as safety:
        comments = safety.feature("video_comments")
        _ = far.sink
        proxy.flows.clear()
        fine = [comments.pre_publish(Item(f"f{n}", "fine")) for n in range(50)]
        held = comments.pre_publish(Item("h", "GRUMPF"))
        proxy.flows.set()
        safety.flush()
        wait_until(lambda: count(near, decisions) == 51, "a record of all")

    assert {Action.ALLOW} == {each.action for each in fine}
    assert (Action.HOLD, False) == (held.action, held.recorded)


@pytest.mark.server("postgres")
@pytest.mark.parametrize("how", ["stop", "kill"])
def test_database_is_restarted_under_a_worker(postgres_of_its_own, feature, how):
    """What the worker has in hand meanwhile is worked when the database is back, once."""
    server, waits = postgres_of_its_own(), Waits()
    store = Store(server.url, key=KEY, upgrade=True)
    more = {"store": store, "modules": [waits], "budget_ms": 60_000}
    with Safety(**given(**more)) as safety, capture_logs() as events:
        accepted = publish(safety.feature("video_comments"), range(40))
        with running(Worker(safety, store, PACE, channels={"*": feature})):
            assert waits.looks.wait(60)
            getattr(server, how)()
            waits.goes_on.set()
            wait_until(lambda: away(events), "a word")
            server.start()
            wait_until(lambda: done(store), "an end of the work")
        check(store, accepted, feature.applied)
    store.close()


@pytest.mark.server("postgres")
def test_server_that_is_silent_is_given_up(near, proxy):
    """Nobody waits for a connection for ever; the URL says for how long."""
    proxy.flows.clear()
    url = near.engine.url.set(port=proxy.port).update_query_dict({"connect_timeout": "2"})

    with pytest.raises(OperationalError, match="timeout"):
        Store(url, key=KEY, upgrade=False)


@pytest.mark.server("postgres")
def test_server_that_is_gone_without_a_word_is_noticed(near):
    """A connection that is idle, or waits for an answer, asks whether anybody is there."""
    with near.read() as connection:
        said = connection.connection.driver_connection.info.get_parameters()

    assert ("30", "60000") == (said["keepalives_idle"], said["tcp_user_timeout"])
