"""How much a transaction changes: as much as takes no longer than others may wait."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail_store._stride import FEW, LEAST, LONG_S, Stride


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
