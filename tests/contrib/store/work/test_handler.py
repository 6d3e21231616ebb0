"""The handler: what came of work is written in one transaction, once."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from handrail import Action, FeatureError, Item, Report, Stage
from handrail_store import Work
from handrail_store._approvals import Approval
from handrail_store._schema import decisions, outbox, outcomes


def count(store, table):
    """How many rows a table has."""
    with store.read() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def work(clock, text="GRUMPF", **more):
    """Accepted work on an item."""
    return Work.of("video_comments", Item("c1", text, **more), at=clock.at)


def test_item_is_decided(store, handler, clock):
    """Work on an item ends in an outcome, and a decision in the record."""
    outcome = handler.handle(work(clock))
    with store.read() as connection:
        found = connection.execute(select(decisions)).mappings().one()

    assert ("decided", outcome.decision, "block", "post_publish") == (
        outcome.kind, found["id"], found["action"], found["stage"],
    )  # fmt: skip


def test_report_is_decided(handler, clock):
    """Work on a report is looked at in its own stage."""
    report = Report(id="r1", item=Item("c1", "GRUMPF"))
    outcome = handler.handle(Work.of("video_comments", report, at=clock.at))

    assert (Stage.REPORT, 1) == (outcome.stage, outcome.revision)


def test_delivered_twice_is_decided_once(store, handler, clock):
    """A second delivery finds the outcome of the first."""
    outcomes_ = [handler.handle(work(clock)) for _ in range(2)]

    assert (1, 1) == (len({o.decision for o in outcomes_}), count(store, decisions))


def test_twice_in_a_batch_is_decided_once(store, handler, clock):
    """The same work twice in one batch has one outcome."""
    one, two = handler.handle_all([work(clock), work(clock)])

    assert (one, 1) == (two, count(store, decisions))


def test_looked_at_twice_in_a_batch_is_settled_by_the_first(store, handler, clock):
    """Two deliveries in one batch leave one outcome, and the decision that it names."""
    again = work(clock)
    looked = [(again, handler.look(again)) for _ in range(2)]
    settled = handler.settle(looked)
    with store.read() as connection:
        kept = [*connection.execute(select(decisions.c.id)).scalars()]
        ended = connection.execute(select(outcomes.c.decision)).scalar_one()

    assert ([looked[0][1].id], kept[0]) == (kept, ended)
    assert ended == settled[again.key].decision


def test_two_at_once_settle_once(store, handler, clock, monkeypatch):
    """Of two that looked at the same time, one is recorded; the other returns its outcome."""
    first = handler.handle(work(clock))
    monkeypatch.setattr("handrail_store._handler._known", blind_once())
    second = handler.handle(work(clock))

    assert (first, 1) == (second, count(store, decisions))


def blind_once():
    """Sees no outcome the first time, as one that looks before the other has written."""
    from handrail_store import _handler

    see, calls = _handler._known, []

    def known(connection, works):
        calls.append(1)
        return {} if len(calls) == 1 else see(connection, works)

    return known


def test_nothing_is_half_written(store, handler, clock):
    """Where the transaction fails, there is neither outcome nor decision."""

    def fail(connection):
        connection.execute(text("SELECT nothing FROM nowhere"))

    with pytest.raises(DBAPIError):
        handler.handle_all([work(clock)], fail)

    assert (0, 0) == (count(store, outcomes), count(store, decisions))


def test_work_is_forgotten_in_the_same_transaction(store, handler, comments):
    """What is settled waits no more."""
    comments.post_publish(Item("c1"))
    works = store.outbox.claim(10)
    handler.handle_all(works, lambda connection: store.outbox.settled(connection, works))

    assert (0, 1) == (count(store, outbox), count(store, outcomes))


def test_approval_is_asked_for_patiently(store, comments, handler, clock):
    """A worker waits for the database, where a call before publishing would not."""
    for match in handler.look(work(clock)).rules:
        key = Approval("video_comments", "c1", 1, "harassment.bullying", match.hash)
        store.approve(key, by="reviewer")

    assert Action.ALLOW is handler.look(work(clock)).action


def test_unknown_feature_raises(handler, clock):
    """Work for a feature that is not declared is the caller's to bury."""
    with pytest.raises(FeatureError):
        handler.handle(Work.of("reviews", Item("c1"), at=clock.at))


def test_trace_goes_on(store, handler, clock):
    """The decision belongs to the trace of the call that handed in."""
    trace = "0af7651916cd43dd8448eb211c80319c"
    carrier = {"traceparent": f"00-{trace}-b7ad6b7169203331-01"}
    handler.handle(Work.of("video_comments", Item("c1"), at=clock.at, carrier=carrier))
    with store.read() as connection:
        assert trace == connection.execute(select(decisions.c.trace)).scalar_one()
