"""The order of work: every part moves a case one way, and nobody is silenced."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail import issues
from handrail_store._priority import Around, Said, priority
from handrail_store._reporters import Reporter

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
SHARES = st.floats(0, 1)
SOURCES = st.sampled_from(["user", "notice", "trusted_flagger", "authority"])
SAID = st.builds(
    Said, issue=st.sampled_from(sorted(issues())), source=SOURCES, credibility=SHARES,
    reporter=st.none() | st.sampled_from(["a", "b", "c", "d"]),
)  # fmt: skip
MANY = st.lists(SAID, min_size=1, max_size=8)
SPANS = st.timedeltas(timedelta(0), 30 * DAY)
AROUND = st.builds(
    Around, views=st.none() | st.integers(0, 10**9), minor=st.booleans(), suspicion=SHARES,
    waiting=SPANS, left=st.none() | SPANS,
)  # fmt: skip


@given(MANY, AROUND)
def test_is_a_share(said, around):
    """Every case has a place from 0 to 1, and none is at the very end."""
    assert 0 < priority(said, around) <= 1


@given(MANY, SAID, AROUND)
def test_one_more_report_never_lowers_it(said, more, around):
    """Who adds to a claim does not take from it."""
    assert priority([*said, more], around) >= priority(said, around) - 1e-9


@given(MANY, AROUND, st.integers(0, 10**9), st.integers(0, 10**9))
def test_more_views_never_lower_it(said, around, one, two):
    """What more people have seen is more urgent."""
    fewer, more = (attrs.evolve(around, views=n) for n in sorted((one, two)))

    assert priority(said, more) >= priority(said, fewer) - 1e-9


@given(MANY, AROUND, SPANS, SPANS)
def test_less_time_never_lowers_it(said, around, one, two):
    """What is due sooner is more urgent."""
    sooner, later = (attrs.evolve(around, left=span) for span in sorted((one, two)))

    assert priority(said, sooner) >= priority(said, later) - 1e-9


@given(MANY, AROUND, SHARES)
def test_more_credible_never_lowers_it(said, around, better):
    """Being relied on more helps."""
    first, *rest = said
    raised = attrs.evolve(first, credibility=max(better, first.credibility))

    assert priority([raised, *rest], around) >= priority(said, around) - 1e-9


@pytest.mark.parametrize("issue", ["violence.threat", "self_harm.at_risk", "child_safety.csam"])
@given(suspicion=SHARES)
def test_life_and_children_are_never_silenced(issue, suspicion):
    """A threat by whom nobody believes comes before bullying that everybody confirms."""
    wolf = Said(issue=issue, source="user", credibility=0.0, reporter="a")
    bullied = Said(issue="harassment.bullying", source="user", credibility=1.0, reporter="b")

    assert priority([wolf], Around(suspicion=suspicion)) > priority([bullied], Around())


class TestReporter:
    """What is remembered of who reports fades."""

    @given(st.floats(0, 1000), SPANS, SPANS)
    def test_only_ever_fades(self, upheld, one, two):
        """Later, less is left."""
        who = Reporter(id="a", upheld=upheld, as_of=NOON, day=NOON)
        sooner, later = (who.at(NOON + span, 90 * DAY).upheld for span in sorted((one, two)))

        assert upheld >= sooner >= later >= 0

    @given(SPANS, SPANS)
    def test_in_steps_or_at_once(self, one, two):
        """It does not matter how often one looks."""
        who = Reporter(id="a", upheld=10.0, as_of=NOON, day=NOON)
        steps = who.at(NOON + one, 90 * DAY).at(NOON + one + two, 90 * DAY)

        assert pytest.approx(who.at(NOON + one + two, 90 * DAY).upheld) == steps.upheld

    def test_clock_set_back(self):
        """A clock that is set back makes nothing grow."""
        who = Reporter(id="a", upheld=10.0, as_of=NOON, day=NOON)

        assert 10.0 == who.at(NOON - DAY, 90 * DAY).upheld

    @given(st.integers(0, 50), st.integers(0, 50))
    def test_right_helps_and_wrong_does_not(self, upheld, dismissed):
        """One more right report never lowers what somebody counts for; a wrong one never raises."""
        who = Reporter(id="a", upheld=upheld, dismissed=dismissed, as_of=NOON, day=NOON)
        better, worse = who.judged(upheld=True), who.judged(upheld=False)

        assert better.credibility >= who.credibility >= worse.credibility > 0
