"""What people let pass: bound to one revision and one rule, and never waited for long."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from handrail import Action, Item, Policy
from handrail_store import Approval, Store, Verdict, _approvals
from handrail_store._schema import approvals, audit

TEXT = "block this"


def until(true, seconds=60):
    """Ask until it is true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


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


class TestElsewhere:
    """What another process lets pass counts here within a second, and no call waits for it."""

    def test_counts_once_it_is_read(self, store, ask, approval):
        """The thread of its own reads what is new."""
        before = ask().action
        with store.write() as connection:
            _approvals.approve(store, connection, approval, "rev")

        assert Action.BLOCK is before
        until(lambda: ask().action is Action.ALLOW)

    def test_is_undone_once_it_is_read(self, store, ask, approval):
        """What is taken back elsewhere is no longer let pass."""
        store.approve(approval, by="rev")
        before = ask().action
        with store.write() as connection:
            _approvals.undo(store, connection, approval, "rev")

        assert Action.ALLOW is before
        until(lambda: ask().action is Action.BLOCK)

    def test_clocks_may_be_a_little_apart(self, store, ask, approval, clock):
        """One whose clock is behind is read all the same."""
        store.approve(approval._replace(item="other"), by="rev")
        clock.forward(seconds=-50)
        with store.write() as connection:
            _approvals.approve(store, connection, approval, "rev")
        store.approvals.refresh()

        assert Action.ALLOW is ask().action

    def test_what_is_gone_goes_when_the_whole_is_read(self, store, ask, approval, monkeypatch):
        """Rows that are deleted are let go of."""
        store.approve(approval, by="rev")
        with store.write() as connection:
            connection.execute(approvals.delete())
        before = ask().action
        monkeypatch.setattr(_approvals, "WHOLE_S", 0)
        store.approvals.refresh()

        assert (Action.ALLOW, Action.BLOCK) == (before, ask().action)

    def test_a_case_that_is_decided_counts_at_once(self, store, open_safety):
        """Who lets a case pass here need not wait for the thread."""
        comments = open_safety(budget_ms=60_000).feature("video_comments")
        store.approvals.close()
        item = Item("c1", "hold this")
        made = comments.pre_publish(item)
        (case,) = store.cases.list()
        store.cases.decide(case.id, Verdict(by="rev", action=Action.ALLOW))

        assert (Action.HOLD, Action.ALLOW) == (made.action, comments.pre_publish(item).action)


class TestAway:
    """A database that does not answer costs a fault, and no time."""

    @pytest.fixture(name="away")
    def _away(self, ask, store, monkeypatch):
        """A database that is away, and has been for longer than an answer holds."""
        ask()
        gate, asked, known = threading.Event(), threading.Event(), store.approvals

        def slow(*_):
            asked.set()
            gate.wait(60)
            raise OSError

        monkeypatch.setattr(type(store), "read", slow)
        assert asked.wait(60)  # What was read before is read: it makes nothing new any more.
        yield known
        gate.set()

    def test_what_is_known_holds_for_a_while(self, ask, away):
        """For some seconds what was read before is the answer."""
        assert () == ask().faults

    def test_is_a_fault_in_the_end(self, ask, away):
        """Then nobody let it pass, and the decision says that it could not be asked."""
        away._at = -1e9
        made = ask()

        assert (Action.BLOCK, ["approvals"]) == (made.action, [f.source for f in made.faults])

    def test_nobody_waits(self, away):
        """The call returns while the database is still being asked: it never opens here."""
        away._at = -1e9
        with pytest.raises(_approvals.LateError):
            away.approved("video_comments", Item("c1"), "integrity.spam", "0" * 64)


def test_a_worker_waits(ask, store, approval):
    """A thread that has patience reads what is old itself."""
    with store.write() as connection:
        _approvals.approve(store, connection, approval, "rev")
    known = store.approvals
    known.close()
    known._at = -1e9
    with known.patience():
        assert known.approved("video_comments", Item("c1"), approval.issue, approval.rule)


def test_a_call_asks_no_database(ask, store, monkeypatch):
    """What the hot path does is a look into memory."""
    ask()

    def never(*_):
        raise AssertionError

    store.approvals.close()
    monkeypatch.setattr(type(store), "read", never)

    assert () == ask().faults


def test_is_kept_up_before_anybody_asks(store):
    """The first call may come long after the start: by then nothing is old."""
    known = store.approvals
    known._at = -1e9

    until(lambda: known._at > 0)


def test_stays_new_while_the_whole_is_read(store, approval, monkeypatch):
    """What is new is read in between, however long the whole takes; nothing is forgotten."""
    known = store.approvals
    known.close()
    for number in range(3):
        store.approve(approval._replace(revision=number + 1), by="rev")
    for name, value in {"CHUNK": 1, "EVERY_S": 0, "WHOLE_S": 0}.items():
        monkeypatch.setattr(_approvals, name, value)
    read = []
    once = known._read_new
    monkeypatch.setattr(known, "_read_new", lambda *asked: (read.append(1), once(*asked))[1])
    known.refresh()

    assert 3 + 1 == len(read)
    assert known.approved("video_comments", Item("c1", revision=3), *approval[3:])


class TestWhole:
    """The whole, read for what is gone, which may take long."""

    @pytest.fixture(name="known")
    def _known(self, store, approval, monkeypatch):
        """Approvals of which the whole is read with each refresh, and nothing in between."""
        known = store.approvals
        known.close()
        store.approve(approval, by="rev")
        monkeypatch.setattr(_approvals, "WHOLE_S", -1)
        return known

    def test_is_as_old_as_what_was_read_last(self, known, monkeypatch):
        """However long it took, nobody has a fault afterwards."""
        now, mark = [1e6], known._mark

        def slow(key):
            now[0] += 60
            return mark(key)

        monkeypatch.setattr(_approvals, "monotonic", lambda: now[0])
        monkeypatch.setattr(_approvals, "EVERY_S", 1e9)
        monkeypatch.setattr(known, "_mark", slow)
        known.refresh()

        assert 1e6 < known._at

    def test_forgets_nothing_that_happens_meanwhile(self, known, store, approval, monkeypatch):
        """What is taken back while it is read does not count, and what is let pass does."""
        later, mark, went = approval._replace(revision=2), known._mark, []

        def meanwhile(key):
            if not went:
                went.append(1)
                with store.write() as connection:
                    _approvals.undo(store, connection, approval, "rev")
                    _approvals.approve(store, connection, later, "rev")
            return mark(key)

        monkeypatch.setattr(known, "_mark", meanwhile)
        known.refresh()
        asked = [Item("c1", revision=number) for number in (1, 2)]

        assert [False, True] == [known.approved("video_comments", i, *approval[3:]) for i in asked]

    def test_a_clock_that_is_ahead_hides_nothing(
        self, known, store, approval, clock, monkeypatch
    ):  # fmt: skip
        """What others write after a row of tomorrow is read all the same."""
        clock.forward(days=1)
        store.approve(approval._replace(item="c2"), by="rev")
        clock.forward(days=-1)
        known.refresh()
        with store.write() as connection:
            _approvals.undo(store, connection, approval, "rev")
        monkeypatch.setattr(_approvals, "WHOLE_S", 3600)
        known.refresh()

        assert not known.approved("video_comments", Item("c1"), *approval[3:])


def test_the_thread_ends_with_the_store(store):
    """Nothing goes on after close, and nothing starts again."""
    known = store.approvals
    known.approved("video_comments", Item("c1"), "integrity.spam", "0" * 64)
    thread = known._thread
    store.close()
    known.approved("video_comments", Item("c1"), "integrity.spam", "0" * 64)

    assert (False, thread) == (thread.is_alive(), known._thread)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes fork on POSIX")
def test_goes_on_in_a_forked_child(store, approval):
    """A child reads for itself what is let pass after the fork."""
    store.approvals.approved("video_comments", Item("c1"), "integrity.spam", "0" * 64)

    def looks():
        until(lambda: store.approvals.approved("video_comments", Item("c1"), *approval[3:]))

    context = multiprocessing.get_context("fork")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Of a fork beside threads.
        child = context.Process(target=looks)
        child.start()
    with store.write() as connection:
        _approvals.approve(store, connection, approval, "rev")
    child.join(60)

    assert 0 == child.exitcode


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 3)), max_size=12))
@settings(deadline=None, max_examples=25)
def test_knows_what_the_table_says(tmp_path_factory, steps):
    """After any doing and undoing, what is known is what stands in the table."""
    store = Store(f"sqlite:///{tmp_path_factory.mktemp('a')}/handrail.db")
    known = store.approvals
    standing = set()
    for made, number in steps:
        key = Approval("video_comments", f"c{number}", 1, "integrity.spam", "0" * 64)
        if made:
            store.approve(key, by="rev")
            standing.add(number)
        else:
            store.undo_approval(key, by="rev")
            standing.discard(number)
    found = {
        n for n in range(4)
        if known.approved("video_comments", Item(f"c{n}"), "integrity.spam", "0" * 64)
    }  # fmt: skip
    store.close()

    assert standing == found
