"""What people let pass: bound to one revision and one rule, and never waited for long."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select

from handrail import Action, Item, Policy
from handrail_store import Approval, _approvals
from handrail_store._schema import audit

TEXT = "block this"


@pytest.fixture(name="ask")
def _ask(open_safety):
    """Ask about a comment with no budget to run out of."""
    policy = Policy(issues={"integrity.spam": {"block": 0.8}})
    safety = open_safety(budget_ms=60_000, policy=policy)

    def ask(feature="video_comments", revision=1):
        return safety.feature(feature).pre_publish(Item("c1", TEXT, revision=revision))

    return ask


@pytest.fixture(name="approval")
def _approval(ask):
    """The approval of what was blocked."""
    made = ask()
    (match,) = (m for m in made.rules if m.rule == made.decided_by)
    return Approval("video_comments", "c1", 1, match.issue, match.hash)


def test_is_let_pass(store, ask, approval):
    """What a person let pass is not asked about again, here at once."""
    store.approve(approval, by="rev")

    assert Action.ALLOW is ask().action


@pytest.mark.parametrize(
    "other",
    [{"feature": "reviews"}, {"item": "c2"}, {"revision": 2}, {"issue": "hate.speech"},
     {"rule": "0" * 64}],
    ids=["feature", "item", "revision", "issue", "rule"],
)  # fmt: skip
def test_binds_to_all_of_it(store, ask, approval, other):
    """Of another item, revision, issue, rule or feature it says nothing."""
    store.approve(approval._replace(**other), by="rev")

    assert Action.BLOCK is ask().action


def test_is_undone(store, ask, approval):
    """Who let something pass may take that back."""
    store.approve(approval, by="rev")

    assert store.undo_approval(approval, by="rev2")
    assert Action.BLOCK is ask().action
    assert not store.undo_approval(approval, by="rev2")


def test_is_given_again(store, ask, approval):
    """What was taken back may be given again."""
    store.approve(approval, by="rev")
    store.undo_approval(approval, by="rev")
    store.approve(approval, by="rev")

    assert Action.ALLOW is ask().action


def test_is_in_the_audit_log(store, approval):
    """Who let something pass, and who took it back, is known."""
    store.approve(approval, by="rev")
    store.undo_approval(approval, by="rev2")
    with store.read() as connection:
        said = connection.execute(select(audit.c.what, audit.c.by).order_by(audit.c.number))
        assert [("approved", "rev"), ("approval_undone", "rev2")] == [tuple(row) for row in said]


def test_one_made_elsewhere_counts_in_a_while(store, ask, approval, monkeypatch):
    """An answer is kept for a moment, then asked for anew."""
    with store.write() as connection:
        _approvals.approve(store, connection, approval, "rev")
    before = ask().action
    monkeypatch.setattr(_approvals, "FRESH_S", 0)

    assert (Action.BLOCK, Action.ALLOW) == (before, ask().action)


class TestSlow:
    """A database that does not answer costs a fault, and hardly any time."""

    @pytest.fixture(name="gate")
    def _gate(self, ask, monkeypatch):
        """A database that answers when the gate opens."""
        ask()
        gate = threading.Event()

        def slow(*_):
            gate.wait(60)
            return False

        monkeypatch.setattr(_approvals, "is_approved", slow)
        monkeypatch.setattr(_approvals, "WAIT_S", 0.01)
        monkeypatch.setattr(_approvals, "FRESH_S", 0)
        yield gate
        gate.set()

    def test_is_a_fault(self, ask, gate):
        """Nobody let it pass, and the decision says that it could not be asked."""
        made = ask()

        assert (Action.BLOCK, ["approvals"]) == (made.action, [f.source for f in made.faults])
        assert not gate.is_set()

    def test_is_left_alone_for_a_while(self, ask, gate, store):
        """The next call does not even ask."""
        ask()
        slots = store.approvals._slots._value
        made = ask()

        assert (["approvals"], slots) == ([f.source for f in made.faults], slots)
        assert slots == store.approvals._slots._value

    def test_never_more_than_a_few_wait(self, ask, gate, store, monkeypatch):
        """Threads that wait for a database are bounded."""
        monkeypatch.setattr(_approvals, "REST_S", 0)
        for number in range(3 * _approvals.ASKING_MOST):
            ask(revision=number)

        waiting = [t for t in threading.enumerate() if t.name == "handrail-approvals"]
        assert _approvals.ASKING_MOST == len(waiting)


def test_a_database_that_fails_is_a_fault(ask, monkeypatch):
    """An error of the database is no exception of the caller's."""

    def fail(*_):
        raise OSError

    ask()
    monkeypatch.setattr(_approvals, "FRESH_S", 0)
    monkeypatch.setattr(_approvals, "is_approved", fail)

    assert ["approvals"] == [fault.source for fault in ask().faults]
