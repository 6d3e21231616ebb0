"""What is remembered of calls is bounded."""

import pytest

from handrail._tally import shorten


@pytest.mark.parametrize(
    ("had", "left"),
    [
        pytest.param(110, range(110), id="a tenth above"),
        pytest.param(111, range(11, 111), id="more"),
    ],
)
def test_the_oldest_are_forgotten(had, left):
    """Beyond a tenth above the bound the oldest go, until the bound is kept."""
    kept = dict.fromkeys(map(str, range(had)))
    shorten(kept, 100)

    assert [*map(str, left)] == list(kept)
