"""What goes wrong around a store: full, locked, slow, killed. What was said to be kept is kept."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from handrail import Action, Decision, Item
from handrail_store import Store, _engine
from handrail_store import _schema as t

KEY = bytes(range(32))

BEGIN = """
import json, resource, signal, sys
sys.path.insert(0, sys.argv[2])
from conftest import FEATURES, POLICY, READER
from handrail import Item, Safety
from handrail_store import Store
import handrail._writer
handrail._writer.COMMIT_GRACE_S = 30
store = Store(sys.argv[1], key=bytes(range(32)), upgrade=False)
safety = Safety(FEATURES, modules=[READER], policy=POLICY, store=store, budget_ms=10_000)
comments = safety.feature("video_comments")
comments.pre_publish(Item("first", "hold it"))
"""

FULL = """
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
held = comments.pre_publish(Item("held", "hold it"))
for number in range(50):
    comments.pre_publish(Item(f"c{number}", "fine"))
safety.flush()
failures = sum(safety.counts("handrail.sink.failures").values())
resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
safety.flush()
kept = [decision.item for decision in store.decisions()]
said = {"held": held.action.name, "recorded": held.recorded, "failures": failures, "kept": kept}
print(json.dumps(said))
safety.close()
"""

HOLDS = """
for number in range(100_000):
    made = comments.pre_publish(Item(f"c{number}", "hold it"))
    if made.recorded:
        print(made.id, flush=True)
"""


def child(script, url, *, out=subprocess.PIPE):
    """A process of its own with a store on that database."""
    here = str(Path(__file__).parent)
    return subprocess.Popen(
        [sys.executable, "-c", BEGIN + script, url, here], stdout=out, text=True
    )


def count(store, table):
    """How many rows a table has."""
    with store.read() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
def test_full_disk_loses_nothing_that_waits(tmp_path):
    """A HOLD stands and says that it is not recorded; what waits is there once there is room."""
    url = f"sqlite:///{tmp_path}/x.db"
    Store(url, key=KEY, upgrade=True).close()
    process = child(FULL, url)
    said = json.loads(process.communicate(timeout=120)[0].splitlines()[-1])

    assert ("HOLD", False) == (said["held"], said["recorded"])
    assert said["failures"] > 0
    assert {"first", "held", *(f"c{n}" for n in range(50))} == set(said["kept"])


@pytest.fixture(name="hasty")
def _hasty(url, clock, monkeypatch):
    """A store that does not wait long for a lock."""
    monkeypatch.setattr(_engine, "BUSY_MS", 100)
    made = Store(url, key=KEY, clock=clock, upgrade=True)
    yield made
    made.close()


def test_locked_database_is_tried_again(hasty):
    """A batch that could not be written raises, and is written when the lock is gone."""
    made = Decision(action="block", id="a" * 24, item="c1", feature="video_comments")
    _ = hasty.sink
    with hasty.write() as other:
        if other.dialect.name == "postgresql":
            other.execute(text("LOCK TABLE decisions IN EXCLUSIVE MODE"))
        with pytest.raises(OperationalError):
            hasty.sink.write([made])
    hasty.sink.write([made])

    assert 1 == count(hasty, t.decisions)


def test_slow_database_holds_nobody_up(open_safety, store, monkeypatch):
    """A HOLD returns after its grace without a record, and is recorded all the same, later."""
    gate, write = threading.Event(), store.write
    safety = open_safety()
    monkeypatch.setattr("handrail._writer.COMMIT_GRACE_S", 0.01)
    monkeypatch.setattr(store, "write", lambda: (gate.wait(60), write())[1])
    made = safety.feature("video_comments").pre_publish(Item("c1", "hold it"))
    gate.set()
    safety.close()
    again = Store(store.engine.url, key=KEY)
    kept = again.decision(made.id)
    again.close()

    assert (Action.HOLD, False, True) == (made.action, made.recorded, made.degraded)
    assert kept is not None


def test_a_clock_set_back_changes_no_order_of_ids(store, clock):
    """Rows that are made later stand later in the audit log, whatever the clock says."""
    for _ in range(3):
        with store.write() as connection:
            store.audit(connection, "decided", subject="c")
        clock.forward(days=-1)
    with store.read() as connection:
        rows = connection.execute(select(t.audit.c.id).order_by(t.audit.c.number)).scalars()
        ids = list(rows)

    assert sorted(ids) == ids
    assert 3 == store.chain()


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
@pytest.mark.parametrize("after", [1, 40, 117])
def test_killed_process_loses_nothing_that_it_said_was_recorded(url, after):
    """Each decision that was returned as recorded is there, whole and with its case."""
    Store(url, key=KEY, upgrade=True).close()
    process = child(HOLDS, url)
    said = [process.stdout.readline().strip() for _ in range(after)]
    process.kill()
    said += [line.strip() for line in process.stdout.read().splitlines() if len(line) == 24]
    process.wait(60)
    process.stdout.close()
    store = Store(url, key=KEY)
    kept = {decision.id for decision in store.decisions()}
    with store.read() as connection:
        cases = set(connection.execute(select(t.cases.c.decision)).scalars())
        found = set(connection.execute(select(t.findings.c.decision)).scalars())
    store.close()
    print(f"said {len(said)}, kept {len(kept)}, cases {len(cases)}")

    assert after <= len(said)
    assert set() == set(said) - kept
    assert kept == cases == found


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_process_has_connections_of_its_own(store, url):
    """Who forks with an open store ruins neither."""
    with store.write() as connection:
        store.audit(connection, "decided", subject="parent")
    pid = os.fork()
    if not pid:
        try:
            with store.write() as connection:
                store.audit(connection, "decided", subject="child")
            os._exit(0)
        finally:
            os._exit(1)
    _, status = os.waitpid(pid, 0)

    assert (0, 2) == (status, count(store, t.audit))
