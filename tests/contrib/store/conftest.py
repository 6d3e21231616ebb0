"""What the tests of the durable store stand on: a store on each engine, and a clock to turn."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import event

from handrail import Feature, Finding, Manifest, Policy, Rule, Safety, hookimpl
from handrail_store import Store

KEY = bytes(range(32))


class Clock:
    """A clock that goes on when it is told to."""

    def __init__(self):
        self.at = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def __call__(self):
        return self.at

    def forward(self, **span):
        """Turn it forward, or back."""
        self.at += timedelta(**span)


def plans_of(store, call):
    """How the database looks up what *call* asks it for; a table that is read through shows."""
    asked = []

    def note(connection, cursor, statement, parameters, *_):
        asked.append((statement, parameters))

    event.listen(store.engine, "before_cursor_execute", note)
    call()
    event.remove(store.engine, "before_cursor_execute", note)
    explain = "EXPLAIN QUERY PLAN"
    with store.read() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")  # Small tables.
            explain = "EXPLAIN"
        return [
            str(row[-1]) for said, given in asked if said.startswith("SELECT")
            for row in connection.exec_driver_sql(f"{explain} {said}", given)
        ]  # fmt: skip


@pytest.fixture(autouse=True)
def _patience(monkeypatch):
    """A busy machine is no slow disk, and no slow database."""
    monkeypatch.setattr("handrail_store._approvals.STALE_S", 60)
    monkeypatch.setattr("handrail._writer.COMMIT_GRACE_S", 60)


@pytest.fixture(name="clock")
def _clock():
    return Clock()


@pytest.fixture(
    name="url",
    params=["sqlite", pytest.param("postgres", marks=pytest.mark.server("postgres"))],
)
def _url(request, tmp_path):
    """A database with nothing in it, on each engine."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/handrail.db"
    return request.getfixturevalue("postgres_url")


@pytest.fixture(name="store")
def _store(url, clock):
    """A store on each engine, with its schema."""
    made = Store(url, key=KEY, clock=clock, upgrade=True)
    yield made
    for thread in threading.enumerate():  # They have connections of the store.
        if thread.name == "handrail-caps":
            thread.join(60)
    made.close()


ISSUE = "integrity.spam"
"""What the module of these tests finds: as much of it as the first word of a text says."""

SCORES = {"nudge": 0.2, "limit": 0.4, "hold": 0.6, "block": 0.8, "preserve": 0.9}

FEATURES = [Feature(name=name, surface="comments") for name in ("video_comments", "reviews")]


def _looks(item):
    score = SCORES.get(item.text.partition(" ")[0])
    return [] if score is None else [Finding(ISSUE, score, "as it says")]


READER = SimpleNamespace(
    MANIFEST=Manifest(name="reader", version="1", issues={ISSUE}, surfaces="*", languages="*"),
    pre_publish=hookimpl(_looks),
    post_publish=hookimpl(_looks),
    report=hookimpl(_looks),
)

POLICY = Policy(
    issues={ISSUE: {"nudge": 0.2, "limit": 0.4, "hold": 0.6, "block": 0.8}},
    rules=[Rule(id="keep", issue=ISSUE, at=0.9, then={"preserve": "400d"})],
    holds={"within": "24h", "otherwise": "block"},
)


@pytest.fixture(name="open_safety")
def _open_safety(store):
    """Make a Safety on the store: what an item's first word says becomes of it."""
    made = []

    def open_safety(**options):
        options = {"features": FEATURES, "modules": [READER], "policy": POLICY, **options}
        made.append(Safety(store=store, **options))
        return made[-1]

    yield open_safety
    for safety in made:
        safety.close()
