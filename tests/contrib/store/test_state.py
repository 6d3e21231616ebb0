"""State from the store: what hooks read of tags and strikes, without waiting long."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from handrail import Count, Item
from handrail_store._lookup import Lookup, Patience
from handrail_store._state import StoredState
from handrail_store._strikes import Offence

PATIENT_S = 30.0
DAY = timedelta(days=1)


@pytest.fixture(name="state")
def _state(store):
    """A state that waits for the database for as long as it takes."""
    made = StoredState(store)
    for lookup in (made._tags, made._strikes, made._outcomes):
        lookup._patience = Patience(PATIENT_S)
    yield made
    made.close()


def confirm(store, issue, item="i"):
    offence = Offence(actor="ann", issue=issue, feature="f", item=item, decision="d")
    with store.write() as connection:
        store.strikes.confirm(connection, offence, by="rita")


def test_tags(store, state):
    """Hooks see the tags that are kept."""
    store.tags.tag("actor", "ann", "creator")

    assert {"creator"} == state.tags("actor", "ann")


def test_nothing_kept_is_nothing(state):
    """Whoever has no tags and no strikes is known to have none."""
    assert (frozenset(), 0) == (state.tags("actor", "ann"), state.strikes("ann", "fraud", 90))


@pytest.mark.parametrize(
    ("issue", "expected"), [("violence.threat", 2), ("violence", 2), ("hate", 0)]
)
def test_strikes_of_issue_and_family(store, state, issue, expected):
    """A family stands for all of its issues."""
    confirm(store, "violence.threat")

    assert expected == state.strikes("ann", issue, 90)


def test_strikes_fade_as_the_ladder_says(store, state, clock):
    """What a policy reads is what the ladder weighs: one meaning for both."""
    confirm(store, "violence.threat")
    read = []
    for days in (179, 2, 180):
        clock.forward(days=days)
        state.forget("actor", "ann")
        read.append((state.strikes("ann", "violence", 400), store.strikes.weight("ann")))

    assert [(2, 2), (1, 1), (0.5, 0.5)] == read


def test_strikes_of_the_last_days(store, state, clock):
    """Older ones are not counted."""
    confirm(store, "violence.threat")
    clock.forward(days=91)

    assert 0 == state.strikes("ann", "violence", 90)


def test_explained_offence_does_not_count(store, state):
    """What was only explained is no strike for policies."""
    confirm(store, "harassment.bullying")

    assert 0 == state.strikes("ann", "harassment", 90)


def test_change_is_seen_once_it_is_said(store, state):
    """What was changed in this process need not wait a second."""
    assert frozenset() == state.tags("actor", "ann")
    store.tags.tag("actor", "ann", "creator")
    state.forget("actor", "ann")

    assert {"creator"} == state.tags("actor", "ann")


def test_counts_beside(state, clock):
    """What modules count is kept in the process."""
    state.add([Count("sent", "ann")], clock.at)

    assert 1 == state.recent("sent", "ann", DAY, clock.at)
    assert state.counter("sent", Item("i")) is None
    assert state.session("s", "hate.speech", 3) is None
    assert 0 == state.distinct("sent", "ann", DAY, clock.at)


def test_safety_takes_it(store):
    """The store gives its state to Safety."""
    assert isinstance(store.state, StoredState)


class TestLookup:
    """Answers that nobody waits long for."""

    @pytest.fixture(name="open_lookup")
    def _open_lookup(self):
        made = []

        def open_lookup(find, patience_s=PATIENT_S, **times):
            made.append(Lookup(find, Patience(patience_s), **times))
            return made[-1]

        yield open_lookup
        for lookup in made:
            lookup.close()

    def test_is_kept(self, open_lookup):
        """A second question is not asked."""
        asked = []
        lookup = open_lookup(lambda key: asked.append(key) or len(asked), fresh_s=60)

        assert [1, 1] == [lookup.get("k"), lookup.get("k")]

    def test_does_not_wait(self, open_lookup):
        """What cannot be had in time is unknown."""
        gate = threading.Event()
        lookup = open_lookup(lambda key: gate.wait(PATIENT_S), patience_s=0.0)

        assert lookup.get("k") is None
        gate.set()

    def test_several_are_waited_for_as_one(self, monkeypatch):
        """However much a call asks for, it waits no longer than for one answer."""
        waited, now = [], [0.0]

        class Slow:
            def wait(self, seconds):
                waited.append(seconds)
                now[0] += seconds
                return False

        monkeypatch.setattr("handrail_store._lookup.monotonic", lambda: now[0])
        patience = Patience(0.02)
        for _ in range(3):
            patience.wait(Slow())
        now[0] += 0.1
        patience.wait(Slow())

        assert [0.02, 0, 0, 0.02] == waited

    def test_comes_later(self, open_lookup):
        """An answer that was late is there the next time."""
        gate = threading.Event()
        lookup = open_lookup(lambda key: gate.wait(PATIENT_S), patience_s=0.0, fresh_s=60)
        lookup.get("k")
        gate.set()
        lookup._patience = Patience(PATIENT_S)

        assert lookup.get("k") is True

    def test_stale_answer_is_given_meanwhile(self, open_lookup):
        """While a newer one is looked up, the old one is good enough."""
        gate, asked = threading.Event(), []

        def find(key):
            asked.append(key)
            return len(asked) if len(asked) == 1 or gate.wait(PATIENT_S) else None

        lookup = open_lookup(find, fresh_s=0.0)
        assert 1 == lookup.get("k")
        assert 1 == lookup.get("k")
        gate.set()

    def test_database_that_is_away_is_unknown(self, open_lookup):
        """An error of the database is no answer, and the next question is asked again."""
        asked = threading.Semaphore(0)

        def fail(key):
            asked.release()
            raise OperationalError("select", {}, Exception("away"))

        lookup = open_lookup(fail, patience_s=0.0)
        assert lookup.get("k") is None
        assert asked.acquire(timeout=PATIENT_S)
        while not asked.acquire(blocking=False):
            assert lookup.get("k") is None

    def test_forgotten_is_asked_again(self, open_lookup):
        """What was changed is looked up anew."""
        asked = []
        lookup = open_lookup(lambda key: asked.append(key) or len(asked), fresh_s=60)
        lookup.get("k")
        lookup.forget("k")

        assert 2 == lookup.get("k")
