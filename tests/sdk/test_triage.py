"""Triage: how far reporters can be relied on, and which report is looked at first."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail import InvalidValueError, UnknownNameError, issues
from handrail._beta import below, quantile
from handrail.triage import SEVERITY, Claim, Voice, belief, triage

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
SHARES = st.floats(0, 1)
VOICES = st.lists(st.builds(Voice, SHARES, SHARES), max_size=12)
CLAIMS = st.builds(
    Claim,
    st.sampled_from(sorted(issues())),
    source=st.sampled_from(["user", "notice", "trusted_flagger", "authority"]),
    views=st.none() | st.integers(0, 10**9),
    age=st.none() | st.timedeltas(timedelta(0), 1000 * DAY),
    waiting=st.timedeltas(timedelta(0), 30 * DAY),
    minor=st.booleans(),
)


class TestBeta:
    """The Beta distribution agrees with SciPy 1.17, whose values are recorded here."""

    @pytest.mark.parametrize(
        ("x", "a", "b", "expected"),
        [
            (0.3, 2, 5, 0.5798250000000003), (0.9, 2, 5, 0.999945), (0.5, 0.5, 0.5, 0.5),
            (0.02, 1, 40, 0.5542995960490489), (0.71, 700, 300, 0.7533879734343395),
            (0.6999, 70_000, 30_000, 0.47212784032580607), (0, 2, 2, 0), (1, 2, 2, 1),
        ],
    )  # fmt: skip
    def test_share_below(self, x, a, b, expected):
        """So much lies below a point."""
        assert pytest.approx(expected, abs=1e-8) == below(x, a, b)

    @pytest.mark.parametrize(
        ("a", "b", "expected"),
        [
            (2, 2, 0.13535036217158378), (3, 2, 0.2486046257301818), (10, 4, 0.5053502698486345),
            (82, 22, 0.7198442157017755), (2, 12, 0.02805337732017585), (1, 1, 0.05),
            (0.5, 0.5, 0.0061558297024311365), (202, 3, 0.9694616055380572),
            (30_000, 70_000, 0.2976186670390936), (0.01, 3, 0),
        ],
    )  # fmt: skip
    def test_point_below_which_a_twentieth_lies(self, a, b, expected):
        """The 5 % quantile is where SciPy has it."""
        assert pytest.approx(expected, abs=1e-8) == quantile(0.05, a, b)

    @given(st.floats(0.01, 1e6), st.floats(0.01, 1e6), st.floats(0.001, 0.999))
    def test_quantile_is_inside(self, a, b, level):
        """Every Beta has its quantiles between 0 and 1."""
        assert 0 <= quantile(level, a, b) <= 1


class TestBelief:
    """Several who say the same are believed more than one, and not for ever more."""

    def test_one_is_believed_as_far_as_they_go(self):
        """A single voice is worth its credibility."""
        assert pytest.approx(0.7) == belief([Voice(0.7)])

    def test_ten_are_worth_about_five(self):
        """People who look at one thing judge alike."""
        five = 1 - (1 - 0.2) ** (10 / 1.9)

        assert pytest.approx(five) == belief([Voice(0.2)] * 10)

    def test_crowd_of_strangers_is_no_proof(self):
        """Any number of strangers is worth ten independent ones at most."""
        assert belief([Voice(0.135)] * 100_000) < 0.77

    @given(VOICES, st.builds(Voice, SHARES, SHARES))
    def test_one_more_voice_never_lowers_it(self, voices, more):
        """Who adds to a claim does not take from it."""
        assert belief([*voices, more]) >= belief(voices) - 1e-9

    @given(VOICES, st.data())
    def test_more_credible_voice_never_lowers_it(self, voices, data):
        """Being relied on more, or seeming less part of a wave, helps."""
        if not voices:
            return
        first, *others = voices
        better = Voice(
            data.draw(st.floats(first.credibility, 1)), data.draw(st.floats(0, first.wave))
        )

        assert belief([better, *others]) >= belief(voices) - 1e-9

    @given(VOICES)
    def test_does_not_depend_on_the_order(self, voices):
        """Who reports first counts no more."""
        assert pytest.approx(belief(voices)) == belief(voices[::-1])

    @given(VOICES)
    def test_wave_is_worth_its_best_voice(self, voices):
        """However it looks, a crowd is worth its most credible member."""
        best = max((min(v.credibility, 0.999) for v in voices), default=0)

        assert belief(voices) >= best - 1e-9


class TestTriage:
    """A claim's urgency is explained, bounded, and moved one way by each part."""

    @given(CLAIMS, VOICES)
    def test_parts_add_up(self, claim, voices):
        """The score is the sum of its parts, and lies between 0 and 1."""
        result = triage(claim, voices)

        assert pytest.approx(result.score) == sum(part for _, part in result.parts)
        assert 0 < result.score <= 1

    @given(CLAIMS, VOICES, st.builds(Voice, SHARES, SHARES))
    def test_one_more_report_never_lowers_it(self, claim, voices, more):
        """Reporting too is never a disservice."""
        assert triage(claim, [*voices, more]).score >= triage(claim, voices).score - 1e-9

    @given(CLAIMS, VOICES)
    def test_authority_never_comes_after_a_user(self, claim, voices):
        """By source: authority, trusted flagger, notice, user."""
        scores = [
            triage(Claim(claim.issue, source=source, views=claim.views), voices).score
            for source in ("user", "notice", "trusted_flagger", "authority")
        ]

        assert sorted(scores) == scores

    @given(CLAIMS, VOICES, st.integers(0, 10**7), st.timedeltas(timedelta(0), 9 * DAY))
    def test_reach_and_waiting_never_lower_it(self, claim, voices, views, hours):
        """More people who see it, and more time, make it more urgent."""
        more = Claim(
            claim.issue,
            source=claim.source,
            views=(claim.views or 0) + views,
            age=claim.age,
            waiting=claim.waiting + hours,
            minor=True,
        )

        assert triage(more, voices).score >= triage(claim, voices).score - 1e-9

    @given(CLAIMS, VOICES)
    def test_life_and_children_are_never_silenced(self, claim, voices):
        """Nine tenths of the severity stand, whatever is thought of who says so."""
        weight = SEVERITY[issues()[claim.issue].severity]

        assert triage(claim, voices).score >= weight * (0.9 if claim.protected else 0.5) - 1e-9

    @pytest.mark.parametrize(
        ("source", "least"), [("notice", 0.3), ("trusted_flagger", 0.6), ("authority", 0.8)]
    )
    def test_law_has_a_least_score(self, source, least):
        """What the law asks to be answered in time is not left behind for being mild."""
        assert pytest.approx(least) == triage(Claim("other.terms", source=source), []).score

    def test_trusted_flagger_is_not_weighed(self):
        """Whom the law trusts is believed without a record."""
        claim = Claim("hate.speech", source="trusted_flagger")

        assert triage(claim, []).score == triage(claim, [Voice(0.01, 1.0)]).score

    def test_says_what_counted(self):
        """Each part has its name."""
        claim = Claim("violence.threat", views=1000, waiting=MINUTE, minor=True, age=DAY)
        names = [name for name, _ in triage(claim, [Voice(0.3)]).parts]

        assert names == [
            "severity", "reporters", "imminent_harm", "minor", "reach", "waiting", "fresh",
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("fields", "error"),
        [
            ({"issue": "rudeness"}, UnknownNameError),
            ({"issue": "hate.speech", "source": "friend"}, InvalidValueError),
            ({"issue": "hate.speech", "views": -1}, InvalidValueError),
            ({"issue": "hate.speech", "age": -DAY}, InvalidValueError),
            ({"issue": "hate.speech", "waiting": None}, InvalidValueError),
            ({"issue": "hate.speech", "minor": 1}, InvalidValueError),
        ],
    )
    def test_nonsense_is_refused(self, fields, error):
        """A claim that cannot be meant is refused where it is made."""
        with pytest.raises(error):
            Claim(**fields)
