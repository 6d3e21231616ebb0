"""The intervals of ``handrail eval``, against published numbers and what must hold."""

from __future__ import annotations

from math import isclose
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail_eval import part
from handrail_eval.intervals import bootstrap, clustered, grouped, hull, rates, wilson
from handrail_eval.metrics import average_precision, levels, roc_auc

AUPRC = {"auprc": average_precision}


def made(groups, per_group, seed=1):
    """Rows whose labels agree inside their group, and whose scores say a little about them."""
    random = Random(seed)
    for group in range(groups):
        label = random.random() < 0.4
        for _ in range(per_group):
            yield round(min(1.0, max(0.0, random.gauss(0.4 + 0.2 * label, 0.2))), 2), label, group


def spans(rows, seed=0, resamples=200):
    """The interval of the average precision."""
    return bootstrap(grouped(rows), AUPRC, resamples=resamples, seed=seed)["auprc"]


class TestWilson:
    """The score interval of a proportion."""

    # Computed with NumPy and SciPy.
    @pytest.mark.parametrize(
        ("hits", "rows", "low", "high"),
        [
            (60, 50000, 0.0009324670604951862, 0.0015441718377918658),
            (0, 1000, 0.0, 0.0038267584855551234),
            (1, 1000, 0.00017654637062607809, 0.0056425585979579355),
            (0, 300, 0.0, 0.012642971224546034),
            (372, 400, 0.9006910535722495, 0.9511283733002555),
            (9, 20000, 0.00023677111614002098, 0.0008550921075141102),
            (5, 10, 0.236593090512564, 0.7634069094874361),
        ],
    )
    def test_is_as_computed_elsewhere(self, hits, rows, low, high):
        """The interval is that of the test vectors."""
        got = wilson(hits, rows)

        assert (True, True) == tuple(
            isclose(a, b, rel_tol=1e-9, abs_tol=1e-15)
            for a, b in zip((low, high), got, strict=True)
        )

    def test_all_hits_reach_one(self):
        """Nothing missed is no proof that nothing will be: only the upper end is 1."""
        low, high = wilson(10, 10)

        assert (True, 1.0) == (0.6 < low < 0.8, high)

    def test_nothing_has_none(self):
        """Of no rows nothing is known."""
        assert wilson(0, 0) is None


class TestClustered:
    """A proportion over groups."""

    def test_single_rows_are_plain_wilson(self):
        """Where every row is its own group, the interval is that of the rows."""
        p, got = clustered([(1, 1, 30), (0, 1, 70)])

        assert (0.3, True) == (
            p,
            all(isclose(a, b) for a, b in zip(wilson(30, 100), got, strict=True)),
        )

    def test_rows_that_agree_count_once(self):
        """Ten groups of a hundred equal rows are worth ten rows."""
        p, (low, high) = clustered([(100, 100, 3), (0, 100, 7)])
        plain = wilson(3, 10)

        assert (0.3, True) == (p, isclose(plain[0], low, rel_tol=0.1) and high > 0.55)

    def test_no_hit_in_few_groups_proves_little(self):
        """Without a hit the size is that of the groups, not of the rows."""
        _, (_, high) = clustered([(0, 1000, 4)])

        assert isclose(wilson(0, 4)[1], high)

    def test_two_groups_that_differ_say_next_to_nothing(self):
        """The design effect counts groups less one: four rows are then worth four thirds."""
        _, got = clustered([(2, 2, 1), (0, 2, 1)])

        assert all(isclose(a, b) for a, b in zip(wilson(2 / 3, 4 / 3), got, strict=True))

    @given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(1, 4))))
    def test_is_never_narrower_than_rows_allow(self, counts):
        """Groups that happen to balance out do not make an interval narrower."""
        counts = [(min(k, n), n, t) for k, n, t in counts]
        rows, hits = sum(n * t for _, n, t in counts), sum(k * t for k, _, t in counts)
        p, got = clustered(counts)
        if not rows:
            assert (None, None) == (p, got)
        else:
            low, high = wilson(hits, rows)
            assert (True, True) == (got[0] <= low + 1e-9, got[1] >= high - 1e-9)


class TestRates:
    """Figures at a threshold, by group."""

    def test_are_those_of_the_rows(self):
        """Precision, recall, false positives and accuracy count rows."""
        rows = [(0.9, True, 1), (0.6, False, 1), (0.1, True, 2), (0.2, False, 3), (0.5, True, 3)]
        got = {name: value for name, (value, _) in rates(grouped(rows), 0.5).items()}

        assert {
            "precision": 2 / 3, "recall": 2 / 3, "false_positive_rate": 0.5, "accuracy": 0.6,
        } == got  # fmt: skip

    def test_precision_of_nothing_found_is_not_known(self):
        """Where nothing is flagged, precision is no figure."""
        assert (None, None) == rates(grouped([(0.1, True, 1)]), 0.5)["precision"]


class TestGrouped:
    """Rows by group."""

    @given(st.lists(st.tuples(st.sampled_from([0.0, 0.5, 1.0]), st.booleans(), st.integers(0, 4))))
    def test_keeps_every_row(self, rows):
        """Levels over groups are the levels of the rows."""
        assert levels((score, label) for score, label, _ in rows) == grouped(rows).levels()

    def test_order_of_rows_does_not_matter(self):
        """The same rows in another order are the same."""
        rows = list(made(20, 3))

        assert grouped(rows) == grouped(reversed(rows))

    def test_counts_groups(self):
        """A group counts once, however many rows it has."""
        assert 20 == grouped(made(20, 3)).groups


class TestBootstrap:
    """Intervals of what is no proportion."""

    def test_same_seed_same_interval(self):
        """Whoever repeats a run gets the same figures."""
        assert spans(made(50, 2)) == spans(made(50, 2))

    def test_another_seed_another_interval(self):
        """The seed decides what is drawn."""
        assert spans(made(50, 2)) != spans(made(50, 2), seed=1)

    def test_holds_the_figure(self):
        """The figure of the rows lies inside."""
        low, high = spans(made(60, 1))
        value = average_precision(grouped(made(60, 1)).levels())

        assert low < value < high

    def test_groups_make_it_wider(self):
        """As many rows from fewer groups say less."""
        rows = list(made(30, 20))
        alone = [(score, label, i) for i, (score, label, _) in enumerate(rows)]
        wide, narrow = spans(rows), spans(alone)

        assert wide[1] - wide[0] > 1.5 * (narrow[1] - narrow[0])

    def test_few_groups_have_none(self):
        """Nine groups are too few to draw from."""
        assert spans(made(9, 50)) is None

    def test_draws_that_are_all_alike_have_none(self):
        """Where nothing was found, draws cannot say how surely."""
        rows = [(0.0, i % 2 == 0, i) for i in range(40)]
        got = bootstrap(grouped(rows), {"roc_auc": roc_auc}, resamples=50, seed=0)

        assert {"roc_auc": None} == got

    def test_one_label_has_none(self):
        """Where a figure is not known, neither is its interval."""
        assert spans([(i / 40, True, i) for i in range(40)]) is None

    def test_no_draws_have_none(self):
        """Whoever asks for no draws gets no interval, and no error."""
        assert spans(made(50, 1), resamples=0) is None

    def test_covers_the_truth(self):
        """Of 95 % intervals over sets drawn anew, nearly all hold the figure of a huge set."""
        truth = average_precision(grouped(made(20_000, 1, seed=99)).levels())
        held = sum(
            low <= truth <= high
            for low, high in (spans(made(80, 1, seed=s), resamples=100) for s in range(60))
        )

        assert 50 <= held


class TestHull:
    """The interval that holds two."""

    def test_holds_both(self):
        """It begins where the first begins and ends where the last ends."""
        assert (0.1, 0.6) == hull((0.1, 0.5), (0.2, 0.6))

    def test_one_missing_is_the_other(self):
        """Where one is not known, the other holds."""
        assert ((0.1, 0.5), (0.2, 0.6)) == (hull((0.1, 0.5), None), hull(None, (0.2, 0.6)))


class TestPart:
    """Parts of a set by group."""

    def test_stays_for_good(self):
        """A group's part is the same in every version: figures would not compare otherwise."""
        assert [1, 3, 3, 3, 1, 3] == [part(name) for name in "abcdef"]

    def test_parts_are_of_one_size(self):
        """Each of three parts has about a third of many groups."""
        sizes = [[part(str(i)) for i in range(9_000)].count(which) for which in (1, 2, 3)]

        assert all(2_800 < size < 3_200 for size in sizes)

    def test_any_text_is_a_group(self):
        """Half a surrogate pair has its part as well."""
        assert part("\ud800") in {1, 2, 3}
