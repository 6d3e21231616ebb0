"""Transactions take hold of items, reporters and cases in one order: none waits in a circle."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from contrib.store.conftest import FEATURES, KEY, POLICY, READER
from sqlalchemy import text

from handrail import Actor, InvalidValueError, Item, Report, Safety
from handrail_store import Handler, Store, Verdict, Work, _decide, _settle, _taking

pytestmark = pytest.mark.server("postgres")

WAITING = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
TRIES = 6_000


@pytest.fixture(name="store")
def _store(postgres_url, clock):
    made = Store(postgres_url, key=KEY, clock=clock, upgrade=True)
    yield made
    made.close()


@pytest.fixture(name="aside")
def _aside(store):
    """A Safety without workers: the sink itself takes reports in."""
    with Safety(FEATURES, modules=[READER], policy=POLICY, sink=store.sink) as safety:
        yield safety


def said(number, issue="integrity.spam"):
    """A report by bo."""
    about = Item("i", "fine", author=Actor("ann"))
    return Report(id=f"r{number}", item=about, issue=issue, reporter=Actor("bo"))


def waits(store, event):
    """Wait until *event*, or until somebody waits for a lock; fail where neither comes."""
    for _ in range(TRIES):
        with store.read() as connection:
            if event.is_set() or connection.execute(WAITING).scalar_one():
                return
        event.wait(0.01)
    pytest.fail("nobody came")


def test_sink_and_decision(store, aside, monkeypatch):
    """A report of bo comes in while a case is decided that bo's other report joined."""
    first = Work.of("video_comments", said(1), at=store.now())
    with Safety(FEATURES, modules=[READER], policy=POLICY, store=store) as safety:
        Handler(safety, store).handle(first)
    (case,) = store.cases.list()
    deciding, taking, load = threading.Event(), threading.Event(), _taking.load

    def held_by_intake(*arguments):
        people = load(*arguments)
        taking.set()
        return people

    def wanted_by_decision(*arguments):
        deciding.set()
        waits(store, taking)  # By now the case is locked, and the reporter wanted.
        return load(*arguments)

    monkeypatch.setattr(_taking, "load", held_by_intake)
    monkeypatch.setattr(_settle, "load", wanted_by_decision)
    with ThreadPoolExecutor(2) as pool:
        verdict = Verdict(by="rita", action="block")
        decided = pool.submit(store.cases.decide, case.id, verdict)
        assert deciding.wait(60)
        aside.feature("video_comments").report(said(2, "hate.speech"))
        flushed = pool.submit(aside.flush)
        made = decided.result(60)
        flushed.result(60)

    assert made.id == store.cases.show(case.id).outcome
    assert 2 == len(store.reports.list(state=None))


def test_taking_up_and_decision(store, aside, monkeypatch):
    """What was set aside is taken up while the case about the same item is decided."""
    with Safety(FEATURES, modules=[READER], policy=POLICY, store=store) as safety:
        handler = Handler(safety, store)
        handler.handle(Work.of("video_comments", said(1), at=store.now()))
        with store.write() as connection:
            connection.execute(text("UPDATE reporters SET suspended_until = '2027-01-01+00'"))
        other = Work.of("video_comments", said(9, "hate.speech"), at=store.now())
        handler.handle(other)
    (case,) = store.cases.list()
    (aside_,) = store.reports.list(state="set_aside")
    deciding, done, settle = threading.Event(), threading.Event(), _decide.settle

    def slow(*arguments):
        deciding.set()
        waits(store, done)  # By now the case is locked, and the report wanted.
        return settle(*arguments)

    monkeypatch.setattr(_decide, "settle", slow)
    with ThreadPoolExecutor(2) as pool:
        decided = pool.submit(store.cases.decide, case.id, Verdict(by="rita", action="block"))
        assert deciding.wait(60)
        taken = pool.submit(store.reports.take_up, aside_.id, by="saul")
        decided.result(60)
        with pytest.raises(InvalidValueError, match="acted_on, not set_aside"):
            taken.result(60)
