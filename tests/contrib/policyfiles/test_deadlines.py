"""Legal deadlines are dated data: the day says which row counts."""

from __future__ import annotations

from datetime import date
from itertools import combinations

import pytest

from handrail import Effect
from handrail_policyfiles import deadlines
from handrail_policyfiles._deadlines import deadline, resolve

ROWS = deadlines()


def test_rows_are_whole():
    """Each row has a source, how it was checked, and a duration that the SDK reads."""
    assert all(row.source and row.what and row.clock_start for row in ROWS)
    assert {"yes", "secondary", "from memory"} >= {row.verified for row in ROWS}
    assert all(Effect("preserve", row.within) for row in ROWS)


def test_no_two_rows_count_on_one_day():
    """Rows of one id follow one another."""
    overlapping = [
        (a.id, a.starts, b.starts)
        for a, b in combinations(ROWS, 2)
        if a.id == b.id
        and (a.starts or date.min) < (b.ends or date.max)
        and (b.starts or date.min) < (a.ends or date.max)
    ]

    assert [] == overlapping


@pytest.mark.parametrize(
    ("day", "expected"), [(date(2026, 2, 19), "36h"), (date(2026, 2, 20), "3h")]
)
def test_the_day_decides(day, expected):
    """From the day an amendment is in force, its row counts."""
    assert expected == deadline("in-court-or-government-order", day, ROWS).within


def test_a_law_that_is_no_longer():
    """An id whose rows have all ended is refused, with what they said."""
    with pytest.raises(ValueError, match="not the law on 2026-01-01: 7d from ever to 2024-02-17"):
        deadline("de-unlawful", date(2026, 1, 1), ROWS)


def test_a_plain_duration_is_left_alone():
    """Only what begins with law: is looked up."""
    assert "24h" == resolve("24h", date(2026, 1, 1), ROWS)
