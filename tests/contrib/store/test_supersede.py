"""A later answer about the same revision: what the earlier one asked for is over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from handrail import Action, Actor, Item, Policy
from handrail_store._cases import GENERAL, QUEUE
from handrail_store._schema import cases, enforcements, standing
from handrail_store._timers import end_due

ANN = Actor("ann")
HELD = Item("i", "hold", author=ANN)


@pytest.fixture(name="strict")
def _strict(open_safety):
    return open_safety()


@pytest.fixture(name="lax")
def _lax(open_safety):
    """Under other rules nothing is wrong."""
    return open_safety(policy=Policy())


@pytest.fixture(name="held")
def _held(strict):
    """The decision that held a comment."""
    held = strict.feature("video_comments").pre_publish(HELD)
    strict.flush()
    return held


def ended(store, clock, held):
    """Let the time of a hold be over; return what features are told."""
    clock.at = held.hold.until + timedelta(seconds=1)
    end_due(store)
    with store.read() as connection:
        rows = connection.execute(select(enforcements.c.body)).scalars().all()
        return [row["action"] for row in rows]


def lapsed(store):
    """What cases are, and what they say of it."""
    return [(case.state, dict(case.body)) for case in store.cases.list(state=None)]


def states(store):
    with store.read() as connection:
        return connection.execute(select(standing.c.state).order_by(standing.c.made_at)).scalars()


def test_clean_answer_supersedes(store, lax, held, clock):
    """What passed the second time is not taken down for the first."""
    lax.feature("video_comments").pre_publish(HELD)
    lax.flush()

    assert ["superseded"] == [*states(store)]
    assert [] == ended(store, clock, held)


def test_without_it_the_hold_ends(store, held, clock):
    """What nobody answered ends as its hold says."""
    assert ["block"] == ended(store, clock, held)


@pytest.mark.parametrize("queue", [QUEUE, GENERAL])
def test_case_of_the_hold_alone_is_over(store, lax, held, queue):
    """Nobody need look at what has passed, where no rule named a queue for it; it says why."""
    with store.write() as connection:
        connection.execute(cases.update().values(queue=queue))
    lax.feature("video_comments").pre_publish(HELD)
    lax.flush()

    assert [("lapsed", {"lapsed": "superseded"})] == lapsed(store)


def test_case_of_a_hold_that_ended_is_over(store, held, clock):
    """What became of the item by itself waits for nobody any more."""
    ended(store, clock, held)

    assert [("lapsed", {"lapsed": "hold_ended"})] == lapsed(store)


def test_case_that_was_reported_stays(store, held, clock):
    """Who reported is owed an answer, whatever became of the hold."""
    with store.write() as connection:
        connection.execute(cases.update().values(reports=1))
    ended(store, clock, held)

    assert [("open", {})] == lapsed(store)


def test_case_of_a_rule_stays(store, open_safety, lax):
    """What a rule has a queue look at is looked at all the same."""
    then = {"action": "hold", "review": {"queue": "legal", "within": "1h"}}
    rule = {"id": "law", "issue": "integrity.spam", "at": 0.5, "then": then}
    safety = open_safety(policy=Policy(rules=[rule], holds={"within": "1h", "otherwise": "block"}))
    safety.feature("video_comments").pre_publish(HELD)
    lax.feature("video_comments").pre_publish(HELD)
    lax.flush()

    assert ["legal"] == [case.queue for case in store.cases.list()]


def test_limit_supersedes_a_hold(store, held, open_safety, clock):
    """A milder answer is what stands."""
    milder = open_safety(policy=Policy(issues={"integrity.spam": {"limit": 0.1}}))
    made = milder.feature("video_comments").pre_publish(HELD)
    milder.flush()

    assert Action.LIMIT is made.action
    assert [] == ended(store, clock, held)


def test_other_revision_supersedes_nothing(store, lax, held, clock):
    """An edit is another item: what is held stays so."""
    lax.feature("video_comments").pre_publish(Item("i", "hold", author=ANN, revision=2))
    lax.flush()

    assert ["block"] == ended(store, clock, held)


def test_other_feature_supersedes_nothing(store, lax, held, clock):
    """Ids are a feature's own."""
    lax.feature("reviews").pre_publish(HELD)
    lax.flush()

    assert ["block"] == ended(store, clock, held)


def test_earlier_answer_that_is_written_later(store, strict, lax, clock):
    """An ALLOW waits to be written, a HOLD never does: which came later is what counts."""
    lax.feature("video_comments").pre_publish(HELD)
    held = strict.feature("video_comments").pre_publish(HELD)
    lax.flush()

    assert ["block"] == ended(store, clock, held)


def test_waiting_takedown_never_comes(store, lax, held, clock):
    """What an ended hold was about to do is void once the revision passes."""
    ended(store, clock, held)
    lax.feature("video_comments").pre_publish(HELD)
    lax.flush()
    with store.read() as connection:
        assert ["void"] == connection.execute(select(enforcements.c.state)).scalars().all()


def test_what_was_told_last_is_the_answer(store, lax, held):
    """After it, a feature hears of an ALLOW only where it was told otherwise."""
    from handrail_store import Handler, Work

    lax.feature("video_comments").pre_publish(HELD)
    lax.flush()
    Handler(lax, store).handle(Work.of("video_comments", HELD, at=store.now()))
    with store.read() as connection:
        assert [] == connection.execute(select(enforcements.c.id)).scalars().all()
