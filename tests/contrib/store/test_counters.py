"""What was counted survives a restart, sealed and within bounds."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from handrail import Count, InvalidValueError, MemoryState
from handrail_store import load_counts, save_counts
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
