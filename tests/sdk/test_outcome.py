"""The effects of rows that match together are merged once, unless they belong to one call."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from handrail import Condition, Feature, Policy, Stage
from handrail import _outcome as outcomes
from handrail._outcome import NOBODY, Merged, effects_of
from handrail._table import Table

HATE, SPAM, BULLYING = "hate.speech", "integrity.spam", "harassment.bullying"
CHAT = Feature(name="chat", surface="messaging")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
YOUNG = Condition(["recipient.age"], lambda age: age < 16)
LADDERS = {
    HATE: {"hold": 0.5},
    SPAM: {"limit": {"at": 0.5, "reach": 0.1}},
    BULLYING: {"limit": {"at": 0.5, "reach": 0.9, "for": "7d"}},
}


@pytest.fixture(name="rows", scope="module")
def _rows():
    """Of each issue a row that matched."""
    holds = {"within": "24h", "otherwise": "limit"}
    policy = Policy(issues=LADDERS, holds=holds, limits={"reach": 0.2})
    rows = Table([policy], CHAT, Stage.PRE_PUBLISH).rows
    return {row.issue: (row, 0.9, row.action, ()) for row in rows}


@pytest.mark.parametrize("issues", [[HATE], [SPAM], [HATE, SPAM], [SPAM, HATE], [SPAM, BULLYING]])
def test_merged_effects(rows, issues):
    """They are those of the rows, the first time and the second."""
    matched, merged = [rows[issue] for issue in issues], Merged()
    expected = effects_of(matched, NOW, NOBODY)

    assert [expected] * 2 == [merged.effects_of(matched, NOW, NOBODY) for _ in range(2)]


def test_ends_are_those_of_a_call(rows):
    """An effect with an end ends so much later than the call it belongs to."""
    merged, calls = Merged(), [NOW, NOW + timedelta(days=1)]
    ends = [merged.effects_of([rows[BULLYING]], now, NOBODY)[0].until for now in calls]

    assert [now + timedelta(days=7) for now in calls] == ends


def test_recipients_are_those_of_a_call():
    """Whom an effect is about is told by each call."""
    rule = {
        "id": "r", "issue": HATE, "each": "recipients", "unknown": "skip",
        "then": {"deny": ["direct_message"], "on": "pair"}, "when": YOUNG,
    }  # fmt: skip
    (row,) = Table([Policy(rules=[rule])], CHAT, Stage.PRE_PUBLISH).rows
    merged, matched = Merged(), [(row, 0.9, row.action, ())]
    about = [
        {e.subject for e in merged.effects_of(matched, NOW, {id(row.guard): (who,)})}
        for who in ("b", "c")
    ]

    assert [{"b"}, {"c"}] == about


def test_kept_effects_are_bounded(rows, monkeypatch):
    """A table with many rows does not keep every set of them."""
    monkeypatch.setattr(outcomes, "MERGED_MOST", 2)
    merged = Merged()
    for issues in ([HATE], [SPAM], [HATE, SPAM], [SPAM, HATE], [HATE]):
        merged.effects_of([rows[issue] for issue in issues], NOW, NOBODY)

    assert len(merged._kept) <= 2
