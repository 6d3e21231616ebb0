"""How much a transaction changes: as much as takes no longer than others may wait."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail_store import _stride, purge
from handrail_store._stride import ALONE_S, FEW, LEAST, LONG_S, Stride


@pytest.mark.parametrize(
    ("seconds", "rows"), [(0.001, 2 * FEW), (LONG_S / 2, FEW), (2 * LONG_S, FEW // 2)]
)
def test_follows_what_the_last_took(seconds, rows):
    """More after a quick one, fewer after a slow one, else as before."""
    stride = Stride(1_000)
    stride.took(seconds)

    assert rows == stride.rows


@given(most=st.integers(1, 2_000), times=st.lists(st.floats(0, 5), max_size=50))
def test_stays_within_its_bounds(most, times):
    """However long they take, something is done, and never more than was asked for."""
    stride = Stride(most)
    for each in times:
        stride.took(each)

    assert min(LEAST, most) <= stride.rows <= most


def test_comes_down_to_what_is_quick_enough():
    """Rows of 2 ms each end in transactions of no more than a fifth of a second."""
    stride = Stride(1_000)
    for _ in range(20):
        stride.took(stride.rows * 0.002)

    assert stride.rows * 0.002 <= LONG_S


class TestAlone:
    """Where nobody else writes meanwhile, as on SQLite."""

    @pytest.fixture(name="slept")
    def _slept(self, monkeypatch):
        slept = []
        monkeypatch.setattr(_stride, "sleep", slept.append)
        return slept

    def test_others_wait_no_longer_than_a_hold_may(self, slept):
        """Rows of 1 ms each end in transactions that leave a HOLD time to be written."""
        stride = Stride(1_000, alone=True)
        for _ in range(20):
            stride.took(stride.rows * 0.001)

        assert stride.rows * 0.001 <= ALONE_S < 0.05

    def test_others_have_as_long(self, slept):
        """Who waits finds the database free for as long as it was not, within reason."""
        stride = Stride(1_000, alone=True)
        for seconds in (0.01, 5.0):
            stride.took(seconds)

        assert [0.01, LONG_S] == slept

    def test_a_purge_stands_back(self, store, slept, clock):
        """Between two of its transactions others write, which PostgreSQL does not need."""
        store.tags.tag("actor", "ann", "creator", "1s")
        clock.forward(seconds=2)
        purge(store)

        assert (store.engine.dialect.name == "sqlite") == bool(slept)
