"""What was counted survives a restart, sealed and within bounds."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta

import pytest
import structlog
from sqlalchemy import select

from handrail import Count, InvalidValueError, MemoryState
from handrail_store import Saving, Store, load_counts, save_counts
from handrail_store._saving import Saver
from handrail_store._schema import counters

HOUR = timedelta(hours=1)


@pytest.fixture(name="counted")
def _counted(clock):
    """A state in which something was counted."""
    state = MemoryState()
    state.add([Count("sent", "ana", member="ben"), Count("gifts", "ana", by=2.5)], clock.at)
    state.add([Count("sent", "ana", member="cid")], clock.at)
    return state


def test_comes_back(store, clock, counted):
    """A new process knows what the one before had counted."""
    save_counts(store, "web-1", counted)
    state = MemoryState()

    assert load_counts(store, "web-1", state)
    assert (2, 2, 2.5) == (
        state.recent("sent", "ana", HOUR, clock.at),
        state.distinct("sent", "ana", HOUR, clock.at),
        state.recent("gifts", "ana", HOUR, clock.at),
    )


def test_what_was_counted_since_stays(store, clock, counted):
    """A key that the new process has counted already is not made older."""
    save_counts(store, "web-1", counted)
    state = MemoryState()
    state.add([Count("sent", "ana")] * 5, clock.at)
    load_counts(store, "web-1", state)

    assert 5 == state.recent("sent", "ana", HOUR, clock.at)


def test_nothing_kept_is_nothing_loaded(store):
    """A process that never was begins from nothing."""
    assert not load_counts(store, "web-1", MemoryState())


def test_what_does_not_fit_is_unknown(clock, counted):
    """A snapshot with fewer keys says so: what is missing is unknown, not zero."""
    state = MemoryState()
    state.restore(counted.snapshot(most=2))

    assert (2, None) == (
        state.recent("sent", "ana", HOUR, clock.at), state.recent("gifts", "ana", HOUR, clock.at)
    )  # fmt: skip


def test_is_sealed(store, counted):
    """Whose counters they are stands nowhere in the open."""
    save_counts(store, "web-1", counted)
    with store.read() as connection:
        assert b"ana" not in connection.execute(select(counters.c.packed)).scalar_one()


class TestName:
    """A name is one process's at a time."""

    @pytest.fixture(name="process")
    def _process(self, store, clock):
        """Begin to keep what was counted, so often, as a process does: ``process(sent)``."""
        made = []

        def process(sent, every="1h"):
            state = MemoryState()
            state.add([Count("sent", "ana")] * sent, clock.at)
            made.append(Saver(store, state, Saving(name="web-1", every=every)))
            return made[-1]

        yield process
        for saver in made:
            saver.close()

    @staticmethod
    def _kept(store, clock):
        state = MemoryState()
        load_counts(store, "web-1", state)
        return state.recent("sent", "ana", HOUR, clock.at)

    def test_a_second_process_says_so_and_keeps_nothing(self, store, clock, process):
        """Two of one name never write over each other, and it is logged once."""
        first = process(2)
        with structlog.testing.capture_logs() as logs:
            second = process(7)
            for _ in range(2):
                second._save()
        second.close()
        first.close()

        assert [("handrail.counters_name_taken", "web-1")] == [
            (each["event"], each["name"]) for each in logs
        ]
        assert 2 == self._kept(store, clock)

    def test_one_that_ended_leaves_it(self, store, clock, process):
        """After a restart the name is there at once."""
        process(2).close()
        process(7).close()

        assert 7 == self._kept(store, clock)

    def test_one_that_was_killed_leaves_it_after_a_while(self, store, clock, process):
        """Nobody renews it, so another may have it."""
        process(2)
        second = process(7)
        clock.forward(hours=4)
        second._save()
        clock.forward(hours=-4)

        assert 7 == self._kept(store, clock)


def test_counts_of_a_lost_key_begin_from_nothing(url, store, clock, counted):
    """A process starts all the same, and says so."""
    save_counts(store, "web-1", counted)
    with closing(Store(url, key=bytes(32), clock=clock)) as other:
        state = MemoryState()
        with structlog.testing.capture_logs() as logs:
            Saver(other, state, Saving(name="web-1")).close()

    assert 0 == state.recent("sent", "ana", HOUR, clock.at)
    assert [("handrail.counters_lost", "web-1")] == [(e["event"], e["name"]) for e in logs]


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"keys": [1], "forgot": False},
        {"keys": [["a", [], [1], 0, None]], "forgot": False},
    ],
)
def test_what_is_no_snapshot_is_refused(data):
    """Garbage is not counted with."""
    with pytest.raises(InvalidValueError, match="counts"):
        MemoryState().restore(data)
