"""What is said about scores and labels: ranking, decisions at a threshold, calibration.

Everything starts from Levels: how many positive and negative rows each score was given to. Two
rows with one score are never told apart, so ties cannot flatter anybody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import inf
from typing import NamedTuple, TypeAlias

BINS = 10
"""Bins of a reliability diagram, of equal width."""

FPR = 0.01
"""The share of false positives at which recall is compared."""


class Level(NamedTuple):
    """One score: how many positive and negative rows have it."""

    score: float
    positives: int
    negatives: int


Levels: TypeAlias = Sequence[Level]
"""Each score once, the highest first."""


class Confusion(NamedTuple):
    """What a threshold makes of the rows: true and false, positives and negatives."""

    tp: int
    fp: int
    fn: int
    tn: int


class Bin(NamedTuple):
    """Rows with scores from *low* to below *high*; the last bin has its *high* too."""

    low: float
    high: float
    rows: int
    positives: int
    mean: float


def levels(rows: Iterable[tuple[float, bool]]) -> tuple[Level, ...]:
    """Return how often each score was given, the highest first."""
    counts: dict[float, list[int]] = {}
    for score, positive in rows:
        counts.setdefault(score, [0, 0])[not positive] += 1
    return tuple(Level(s, *counts[s]) for s in sorted(counts, reverse=True))


def totals(steps: Levels) -> tuple[int, int]:
    """Return how many rows are positive, and how many negative."""
    return sum(step[1] for step in steps), sum(step[2] for step in steps)


def average_precision(steps: Levels) -> float | None:
    """Return the area under the precision-recall curve, by steps: precision × gain in recall.

    Nothing is interpolated. None where one of the two labels is missing.
    """
    positives, negatives = totals(steps)
    if not positives or not negatives:
        return None
    tp = fp = 0
    area = 0.0
    for _, up, down in steps:
        tp, fp = tp + up, fp + down
        if up:
            area += up * tp / (tp + fp)
    return area / positives


def roc_auc(steps: Levels) -> float | None:
    """Return how often a positive scores above a negative; a tie counts half.

    None where one of the two labels is missing.
    """
    positives, negatives = totals(steps)
    if not positives or not negatives:
        return None
    tp = 0
    won = 0.0
    for _, up, down in steps:
        won += down * (tp + up / 2)
        tp += up
    return won / (positives * negatives)


def threshold_at_fpr(steps: Levels, most: float = FPR) -> float:
    """Return the lowest score that may be a threshold with at most so many false positives.

    *most* is a share of the negatives. Infinity where even the highest score has too many.
    """
    _, negatives = totals(steps)
    threshold, fp = inf, 0
    for score, _, down in steps:
        fp += down
        if fp > most * negatives:
            break
        threshold = score
    return threshold


def recall_at_fpr(steps: Levels, most: float = FPR) -> float | None:
    """Return the highest recall that a threshold reaches with at most so many false positives.

    None where one of the two labels is missing.
    """
    positives, negatives = totals(steps)
    if not positives or not negatives:
        return None
    return confusion(steps, threshold_at_fpr(steps, most)).tp / positives


def confusion(steps: Levels, threshold: float) -> Confusion:
    """Return what becomes of the rows when scores from *threshold* on are positive."""
    positives, negatives = totals(steps)
    tp = sum(step[1] for step in steps if step[0] >= threshold)
    fp = sum(step[2] for step in steps if step[0] >= threshold)
    return Confusion(tp, fp, positives - tp, negatives - fp)


def f1(steps: Levels, threshold: float) -> float | None:
    """Return the harmonic mean of precision and recall; None where there are no positives."""
    tp, fp, fn, _ = confusion(steps, threshold)
    return 2 * tp / (2 * tp + fp + fn) if tp + fn else None


def brier(steps: Levels) -> float | None:
    """Return the mean squared distance of scores from labels, 0 to 1; lower is better."""
    rows = sum(totals(steps))
    if not rows:
        return None
    return sum(up * (1 - s) ** 2 + down * s * s for s, up, down in steps) / rows


def bins(steps: Levels, count: int = BINS) -> tuple[Bin, ...]:
    """Return the bins of a reliability diagram that have rows, the lowest first."""
    sums = [[0, 0, 0.0] for _ in range(count)]
    for score, up, down in steps:
        into = sums[min(int(score * count), count - 1)]
        into[0] += up + down
        into[1] += up
        into[2] += score * (up + down)
    return tuple(
        Bin(i / count, (i + 1) / count, int(rows), int(up), total / rows)
        for i, (rows, up, total) in enumerate(sums)
        if rows
    )


def calibration_error(steps: Levels, count: int = BINS) -> float | None:
    """Return the expected calibration error: how far scores are from rates, weighted by rows."""
    rows = sum(totals(steps))
    if not rows:
        return None
    return sum(abs(b.positives - b.mean * b.rows) for b in bins(steps, count)) / rows


def curve(steps: Levels) -> tuple[tuple[float, float], ...]:
    """Return recall and precision at each score, from the highest on."""
    positives, _ = totals(steps)
    points = []
    tp = fp = 0
    for _, up, down in steps:
        tp, fp = tp + up, fp + down
        points.append((tp / positives if positives else 0.0, tp / (tp + fp)))
    return tuple(points)


RANKING: dict[str, Callable[[Levels], float | None]] = {
    "auprc": average_precision,
    "roc_auc": roc_auc,
    "recall_at_fpr": recall_at_fpr,
    "ece": calibration_error,
    "brier": brier,
}
"""What needs no threshold, by name; its intervals are drawn again and again by group."""
