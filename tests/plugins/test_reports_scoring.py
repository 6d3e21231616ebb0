"""The scoring of reports: reputation, triage, duplicates and waves, as pure functions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail import InvalidValueError, UnknownNameError, issues
from handrail_reports import (
    Claim,
    Filed,
    Outcome,
    Reputation,
    Suspicion,
    Voice,
    Wave,
    belief,
    brigading,
    clusters,
    reputation,
    triage,
)
from handrail_reports._beta import below, quantile
from handrail_reports._prints import alike, bands, prints
from handrail_reports._triage import SEVERITY

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
LETTER = "This video breaks rule five of the community guidelines, remove it at once"
OTHER = "They have been following my sister around for weeks and it has to stop"

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


def outcomes(upheld, dismissed, at=NOON):
    """So many reports that were right, and so many that were not."""
    return [Outcome(n < upheld, at) for n in range(upheld + dismissed)]


class TestReputation:
    """What became of earlier reports says how far somebody can be relied on."""

    @pytest.mark.parametrize(
        ("upheld", "dismissed", "mean", "lower"),
        [(8, 2, 0.7142857, 0.5053503), (1, 0, 0.6, 0.2486046), (80, 20, 0.7884615, 0.7198442)],
    )
    def test_agrees_with_the_vectors(self, upheld, dismissed, mean, lower):
        """With a prior of Beta(2, 2), 8 of 10, 1 of 1 and 80 of 100 have the known values."""
        got = reputation(outcomes(upheld, dismissed), NOON)

        assert pytest.approx((mean, lower), abs=1e-6) == (got.mean, got.lower)

    def test_without_outcomes_the_prior_holds(self):
        """Of who is new nothing is known."""
        assert Reputation() == reputation([], NOON)

    def test_half_is_left_after_a_half_life(self):
        """Ten outcomes of ninety days ago are worth five."""
        assert pytest.approx(5) == reputation(outcomes(10, 0, NOON - 90 * DAY), NOON).upheld

    def test_outcome_ahead_counts_in_full(self):
        """A clock that is behind takes nothing away."""
        assert 1 == reputation(outcomes(1, 0, NOON + DAY), NOON).upheld

    @given(st.integers(0, 300), st.integers(0, 300))
    def test_one_more_upheld_never_lowers_it(self, upheld, dismissed):
        """Being right helps, being wrong does not."""
        now = Reputation(upheld, dismissed).lower

        assert Reputation(upheld + 1, dismissed).lower >= now - 1e-9
        assert Reputation(upheld, dismissed + 1).lower <= now + 1e-9

    @given(st.integers(0, 300), st.integers(0, 300))
    def test_lower_bound_is_lower(self, upheld, dismissed):
        """What is taken for granted is less than what is likely."""
        got = Reputation(upheld, dismissed)

        assert 0 < got.lower < got.mean < 1

    @pytest.mark.parametrize(
        "make",
        [
            lambda: reputation([], NOON, timedelta(0)),
            lambda: Outcome(1, NOON),
            lambda: Outcome(True, NOON.replace(tzinfo=None)),
            lambda: Outcome(True, NOON, weight=-1),
            lambda: Reputation(prior=(0, 1)),
            lambda: Reputation(-1),
        ],
    )
    def test_nonsense_is_refused(self, make):
        """What cannot be meant is said at once."""
        with pytest.raises(InvalidValueError):
            make()


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


class TestPrints:
    """Texts are compared by prints, which do not have them."""

    @pytest.mark.parametrize(
        "same",
        [
            LETTER,
            LETTER.upper() + "!!!",
            LETTER.replace("e", "е"),  # Cyrillic.
            LETTER + " please",
        ],
    )
    def test_nearly_the_same(self, same):
        """Case, signs, look-alike letters and a word more change little."""
        assert alike(prints(LETTER), prints(same))

    @pytest.mark.parametrize("other", [OTHER, "spam", "", "\ud800" * 20])
    def test_different_or_too_short(self, other):
        """Other words are different, and few words say nothing."""
        assert not alike(prints(LETTER), prints(other))
        assert not alike(prints(other[:4]), prints(other[:4]))

    def test_half_the_same_is_not_alike(self):
        """Two letters with one opening are two letters."""
        opening = "I have seen this and I think that it is bad because"

        assert not alike(
            prints(f"{opening} it shows where somebody lives and works"),
            prints(f"{opening} the person in it is my friend from school"),
        )

    @given(st.text(max_size=300), st.text(max_size=300))
    def test_alike_share_a_band(self, one, other):
        """What is alike is found without comparing all with all."""
        a, b = prints(one + LETTER), prints(LETTER + other)

        assert not alike(a, b) or {*bands(a)} & {*bands(b)}


def filed(n, **fields):
    """The report number *n*, by a person of its own."""
    values = {"id": f"r{n}", "item": "i", "at": NOON + n * MINUTE / 2, "reporter": f"p{n}"}
    return Filed(**{**values, **fields})


class TestClusters:
    """Reports that belong together are found together."""

    def test_same_item(self):
        """Reports of one item are duplicates."""
        found = clusters([filed(1), filed(2), filed(3, item="j")])

        assert [("item", ("r1", "r2"))] == [(c.by, c.reports) for c in found]

    def test_same_words(self):
        """Reports of several items in the same words are one campaign."""
        found = clusters(
            [filed(n, item=f"i{n}", text=t) for n, t in enumerate([LETTER, OTHER, LETTER + " now"])]
        )

        assert [("text", ("r0", "r2"))] == [(c.by, c.reports) for c in found]

    def test_same_person(self):
        """Reports of several items of one person belong together."""
        found = clusters([filed(n, item=f"i{n}", target="ann") for n in range(3)])

        assert [("target", ("r0", "r1", "r2"))] == [(c.by, c.reports) for c in found]

    def test_one_item_of_a_person_is_no_cluster_of_theirs(self):
        """Reports of one item are duplicates, not reports of a person."""
        found = clusters([filed(n, target="ann") for n in range(3)])

        assert ["item"] == [c.by for c in found]

    def test_nothing_in_common(self):
        """Reports without anything in common are no cluster; neither are none."""
        assert () == clusters([filed(1), filed(2, item="j", text=OTHER)])
        assert () == clusters([])

    @given(
        st.lists(
            st.tuples(
                st.sampled_from("ij"),
                st.sampled_from([None, "a"]),
                st.sampled_from([LETTER, OTHER, ""]),
            ),
            max_size=12,
        )
    )
    def test_report_is_once_in_a_kind(self, drawn):
        """Of each kind a report is in one cluster at most, and clusters are of two or more."""
        found = clusters(filed(n, item=i, target=t, text=w) for n, (i, t, w) in enumerate(drawn))

        for kind in ("item", "text", "target"):
            listed = [r for c in found if c.by == kind for r in c.reports]
            assert len(listed) == len(set(listed))
        assert all(len(c.reports) > 1 for c in found)


class TestBrigading:
    """Strangers who act as one are suspicious; many who are appalled are not."""

    def test_burst_alone_stays_below_half(self):
        """Fifty people within minutes, of a fresh item or an old one, are no wave."""
        reports = [filed(n, at=NOON) for n in range(50)]

        assert 0 < brigading(reports).score < brigading(reports, made=NOON - 9 * DAY).score < 0.5

    def test_all_signs_together(self):
        """New accounts, at once, in the same words, together again: hardly a doubt is left."""
        reports = [filed(n, tenure_days=1, text=LETTER) for n in range(8)]
        found = brigading(reports, [{f"p{n}" for n in range(8)}])

        assert Suspicion(found.score, 8, 8, 8, 8, 8) == found
        assert found.score > 0.9

    def test_usual_share_of_new_accounts_is_nothing(self):
        """Where one in five is new, two of ten are no sign."""
        some = [filed(n, at=NOON + n * DAY, tenure_days=1 + 99 * (n > 1)) for n in range(10)]

        assert 0 == brigading(some).score

    def test_two_who_met_before_are_chance(self):
        """Fewer than three people in an earlier burst are no allies."""
        assert 0 == brigading([filed(n) for n in range(8)], [{"p1", "p2"}]).allies

    def test_unnamed_people_are_no_strangers(self):
        """Of who is unnamed nothing can be said."""
        assert Suspicion() == brigading([filed(n, reporter=None) for n in range(9)])

    @given(
        st.lists(
            st.tuples(st.integers(0, 9), st.integers(0, 10**6), st.none() | st.floats(0, 99)),
            max_size=20,
        ),
        st.sets(st.sampled_from([f"p{n}" for n in range(10)])),
    )
    def test_is_a_share_and_order_free(self, drawn, earlier):
        """Suspicion is between 0 and 1, and does not depend on the order of reports."""
        reports = [
            filed(n, reporter=f"p{p}", at=NOON + timedelta(seconds=s), tenure_days=t)
            for n, (p, s, t) in enumerate({d[0]: d for d in drawn}.values())
        ]
        found = brigading(reports, [earlier])

        assert 0 <= found.score < 1
        assert found == brigading(reports[::-1], [earlier])

    @pytest.mark.parametrize("fields", [{"people": 1}, {"standing": 2}, {"new_days": -1}])
    def test_nonsense_is_refused(self, fields):
        """A wave of one is none."""
        with pytest.raises(InvalidValueError):
            Wave(**fields)

    @pytest.mark.parametrize(
        "fields", [{"at": NOON.replace(tzinfo=None)}, {"source": "x"}, {"tenure_days": -1}]
    )
    def test_report_is_checked(self, fields):
        """A report that cannot be is refused where it is made."""
        with pytest.raises(InvalidValueError):
            filed(1, **fields)
