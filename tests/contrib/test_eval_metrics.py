"""The metrics of ``handrail eval``, against counting pair by pair and threshold by threshold."""

from __future__ import annotations

from math import inf, isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail_eval import metrics

# Rounded scores, so that ties are common.
ROWS = st.lists(st.tuples(st.sampled_from([0.0, 0.2, 0.5, 0.55, 0.9, 1.0]), st.booleans()))
BOTH = ROWS.filter(lambda rows: {True, False} == {label for _, label in rows})


def flagged(rows, threshold):
    """The labels of what a threshold flags."""
    return [label for score, label in rows if score >= threshold]


def recall(rows, threshold):
    """The share of positives that a threshold flags."""
    return sum(flagged(rows, threshold)) / sum(label for _, label in rows)


class TestAveragePrecision:
    """The area under the precision-recall curve."""

    @given(BOTH)
    def test_is_precision_weighted_by_the_gain_in_recall(self, rows):
        """Each threshold adds its precision, times what recall gains there."""
        area, before = 0.0, 0.0
        for threshold in sorted({score for score, _ in rows}, reverse=True):
            found = flagged(rows, threshold)
            area += (recall(rows, threshold) - before) * sum(found) / len(found)
            before = recall(rows, threshold)

        assert isclose(area, metrics.average_precision(metrics.levels(rows)), abs_tol=1e-12)

    def test_of_one_score_is_the_share_of_positives(self):
        """Ties flatter nobody: whoever cannot tell rows apart gets what chance gets."""
        rows = [(0.0, True), (0.0, False), (0.0, False), (0.0, False)]

        assert 0.25 == metrics.average_precision(metrics.levels(rows))


class TestRocAuc:
    """The chance that a positive scores above a negative."""

    @given(BOTH)
    def test_counts_pairs(self, rows):
        """A pair in the right order counts one, a tie half."""
        pairs = [(p, n) for p, yes in rows if yes for n, no in rows if not no]
        won = sum(1.0 if p > n else 0.5 if p == n else 0.0 for p, n in pairs)

        assert isclose(won / len(pairs), metrics.roc_auc(metrics.levels(rows)))


class TestRecallAtFpr:
    """The recall at a share of false positives."""

    @given(BOTH, st.sampled_from([0.0, 0.01, 0.2, 0.5, 1.0]))
    def test_is_the_best_of_all_thresholds(self, rows, most):
        """No threshold with so few false positives finds more."""
        negatives = sum(not label for _, label in rows)
        best = max(
            recall(rows, t)
            for t in [inf, *(score for score, _ in rows)]
            if len(flagged(rows, t)) - sum(flagged(rows, t)) <= most * negatives
        )

        assert best == metrics.recall_at_fpr(metrics.levels(rows), most)

    def test_no_threshold_will_do(self):
        """Where the highest score is a negative's, nothing may be flagged."""
        steps = metrics.levels([(1.0, False), (0.5, True)])

        assert (inf, 0.0) == (metrics.threshold_at_fpr(steps), metrics.recall_at_fpr(steps))


class TestThreshold:
    """What a threshold makes of the rows."""

    STEPS = metrics.levels([(0.9, True), (0.5, True), (0.5, False), (0.2, True), (0.1, False)])

    def test_a_score_at_the_threshold_is_found(self):
        """The threshold itself is enough."""
        assert (2, 1, 1, 1) == metrics.confusion(self.STEPS, 0.5)

    def test_f1(self):
        """F1 is the harmonic mean of precision and recall."""
        precision = recall = 2 / 3

        assert isclose(2 * precision * recall / (precision + recall), metrics.f1(self.STEPS, 0.5))

    def test_f1_without_positives_is_not_known(self):
        """Where there is nothing to find, F1 is no figure."""
        assert metrics.f1(metrics.levels([(0.9, False)]), 0.5) is None


class TestCalibration:
    """Whether a score is a rate."""

    @given(ROWS.filter(bool))
    def test_brier_is_the_mean_squared_distance(self, rows):
        """Each row counts its distance from its label."""
        mean = sum((score - label) ** 2 for score, label in rows) / len(rows)

        assert isclose(mean, metrics.brier(metrics.levels(rows)), abs_tol=1e-12)

    def test_error_of_what_is_calibrated_is_nothing(self):
        """One in five of 0.2 is as it should be."""
        rows = [(0.2, True), *[(0.2, False)] * 4]

        assert isclose(0, metrics.calibration_error(metrics.levels(rows)), abs_tol=1e-12)

    def test_error_is_weighted_by_rows(self):
        """Three of four rows off by 0.9, one by 0.1."""
        rows = [(0.9, False)] * 3 + [(0.1, False)]

        assert isclose((3 * 0.9 + 0.1) / 4, metrics.calibration_error(metrics.levels(rows)))

    def test_a_score_of_one_is_in_the_last_bin(self):
        """The last bin has both its ends."""
        (last,) = metrics.bins(metrics.levels([(1.0, True), (0.95, False)]))

        assert (0.9, 1.0, 2, 1, 0.975) == last

    @given(ROWS)
    def test_bins_hold_every_row(self, rows):
        """No row is lost between two bins."""
        assert len(rows) == sum(b.rows for b in metrics.bins(metrics.levels(rows)))


class TestCurve:
    """The points of the precision-recall curve."""

    def test_has_a_point_for_each_score(self):
        """From the highest score on, recall and precision."""
        steps = metrics.levels([(0.9, True), (0.5, False), (0.5, True), (0.1, False)])

        assert ((0.5, 1.0), (1.0, 2 / 3), (1.0, 0.5)) == metrics.curve(steps)


@pytest.mark.parametrize("name", ["auprc", "roc_auc", "recall_at_fpr"])
@pytest.mark.parametrize("label", [True, False])
def test_one_label_ranks_nothing(name, label):
    """Where all rows are alike there is nothing to rank, and no figure is made up."""
    assert metrics.RANKING[name](metrics.levels([(0.9, label), (0.1, label)])) is None


@pytest.mark.parametrize("name", metrics.RANKING)
def test_nothing_has_no_figure(name):
    """No rows, no figure, no error."""
    assert metrics.RANKING[name](()) is None
