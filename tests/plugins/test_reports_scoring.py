"""The scoring of reports: reputation, triage, duplicates and waves, as pure functions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail import InvalidValueError
from handrail_reports import (
    Filed,
    Outcome,
    Reputation,
    Suspicion,
    Wave,
    brigading,
    clusters,
    reputation,
)
from handrail_reports._prints import alike, bands, prints

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
LETTER = "This video breaks rule five of the community guidelines, remove it at once"
OTHER = "They have been following my sister around for weeks and it has to stop"


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
