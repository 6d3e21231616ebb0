"""Clocks that jump: nothing is lost or done twice, and what is new waits for no clock."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from contrib.store.work.actors import item
from contrib.store.work.conftest import given
from hypothesis import HealthCheck, settings
from hypothesis import given as tried
from hypothesis import strategies as st
from sqlalchemy import func, select

from handrail import Item, Safety
from handrail_store import Outbox, Pace, Worker
from handrail_store._audit import verify, waiting
from handrail_store._backoff import Backoff
from handrail_store._schema import dead, decisions, enforcements, outbox, outcomes

PACE = Pace(batch=5, backoff=Backoff(first=timedelta(seconds=8)))


class Applied:
    """Takes enforcements; carries out each once, whoever delivers it how often."""

    def __init__(self):
        self.delivered, self.applied = 0, {}

    def deliver(self, enforcement):
        """Carry it out, unless that was done."""
        self.delivered += 1
        self.applied[enforcement.id] = enforcement
        return True


@pytest.fixture(name="feature")
def _feature():
    return Applied()


def count(store, table):
    """How many rows a table has."""
    with store.read() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_new_work_waits_for_no_clock(safety, store, comments, clock, feature):
    """What was accepted before the clock was set back is worked and delivered at once."""
    comments.post_publish(item(0))
    clock.forward(hours=-1)
    Worker(safety, store, PACE, channels={"*": feature}).run(once=True)

    assert (1, 1) == (count(store, outcomes), len(feature.applied))


def test_enforcement_waits_for_no_clock(safety, store, comments, handler, clock, feature):
    """A takedown that was made before the clock was set back reaches the feature at once."""
    comments.post_publish(item(0))
    Worker(safety, store, PACE, channels={}).run(once=True)
    clock.forward(hours=-1)
    Worker(safety, store, PACE, channels={"*": feature}).run(once=True)

    assert 1 == len(feature.applied)


def test_lease_is_over_early_where_the_clock_is_set_forward(store, comments, handler, clock):
    """Two may have the same work then; it is settled once, with one decision."""
    comments.post_publish(item(0))
    (mine,) = Outbox(store).claim(1)
    clock.forward(hours=1)
    (theirs,) = Outbox(store).claim(1)
    first, second = handler.handle(theirs), handler.handle(mine)

    assert first == second
    assert (1, 1, 1) == (
        count(store, outcomes),
        count(store, decisions),
        count(store, enforcements),
    )


def test_lease_of_who_died_waits_for_a_clock_that_was_set_back(store, comments, clock):
    """What a dead worker had is taken by another once the clock is where its lease ends."""
    comments.post_publish(item(0))
    Outbox(store).claim(1)
    clock.forward(hours=-1)
    early = Outbox(store).claim(1)
    clock.forward(hours=1, seconds=61)

    assert (0, 1) == (len(early), len(Outbox(store).claim(1)))


def test_work_that_is_put_off_dies_no_sooner(safety, store, clock):
    """Where the clock is set back, what fails still waits between its tries."""
    store.outbox.accept("no_feature", Item("c1", "fine"))
    worker = Worker(safety, store, PACE)
    worker.run(once=True)
    clock.forward(hours=-1)
    for _ in range(20):
        worker.run(once=True)
    with store.read() as connection:
        tries = connection.execute(select(outbox.c.tries)).scalar_one()

    assert (1, 0) == (tries, count(store, dead))


def test_hold_ends_once(open_safety, store, clock, feature):
    """A hold that ended while the clock was ahead neither comes back nor ends again."""
    safety = open_safety()
    held = safety.feature("video_comments").pre_publish(Item("c1", "hold it"))
    worker = Worker(safety, store, PACE, channels={"*": feature})
    for hours in (-1, 1, -48, 48, -1, 30):
        clock.at = held.hold.until + timedelta(hours=hours)
        worker.run(once=True)

    assert ["block"] == [each.action.name.lower() for each in feature.applied.values()]
    assert 1 == count(store, enforcements)


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@tried(jumps=st.lists(st.integers(-7_200, 7_200), min_size=12, max_size=12), data=st.randoms())
def test_any_jumps_lose_nothing(store, clock, jumps, data):
    """Two workers under a clock that jumps: each event has one outcome, each is applied once."""
    run, feature = data.getrandbits(64), Applied()
    with Safety(**given(store=store)) as safety:
        comments = safety.feature("video_comments")
        workers = [Worker(safety, store, PACE, channels={"*": feature}) for _ in range(2)]
        for number, jump in enumerate(jumps):
            for each in range(5 * number, 5 * number + 5):
                comments.post_publish(Item(f"{run}-{each}", item(each).text))
            workers[number % 2].step()
            clock.forward(seconds=jump)
        clock.forward(days=1)
        workers[0].run(once=True)
    store.chain()
    with store.read() as connection:
        mine = outcomes.c.item.startswith(f"{run}-")
        recorded = Counter(connection.execute(select(outcomes.c.item).where(mine)).scalars())
        broken, unlinked = list(verify(connection)), waiting(connection)
    print(f"accepted 60, recorded {recorded.total()}, applied {len(feature.applied)}")

    assert Counter({f"{run}-{n}": 1 for n in range(60)}) == recorded
    assert 12 == len(feature.applied)
    assert ([], 0) == (broken, unlinked)
