"""How far a figure may be off: Wilson for proportions, bootstrap by group for the rest.

Rows of one thread, template or author are alike, and count for less than as many rows of many. A
proportion is therefore given the size that independent rows would need for the same variance, and
the bootstrap draws whole groups.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from math import ceil, floor, isclose, sqrt
from random import Random
from typing import TypeAlias

import attrs

from handrail_eval.metrics import Level, Levels

Z = 1.959963984540054
"""The standard normal quantile of a two-sided 95 % interval."""

FEWEST = 10
"""Groups below which a bootstrap says nothing: its draws are too much alike."""

Interval: TypeAlias = tuple[float, float]

Cell: TypeAlias = tuple[int, int, int]
"""The number of a level, and how many positives and negatives a group has there."""

Profile: TypeAlias = tuple[Cell, ...]
"""What a group looks like; groups that look alike are drawn alike."""


@attrs.frozen
class Grouped:
    """Scores and labels by group, without the groups' names.

    Attributes:
        scores: Each score once, the highest first. profiles: How many groups look like that.
    """

    scores: tuple[float, ...]
    profiles: Mapping[Profile, int]

    @property
    def groups(self) -> int:
        """How many groups there are."""
        return sum(self.profiles.values())

    def levels(self) -> tuple[Level, ...]:
        """All rows, as metrics take them."""
        return _levels(self.scores, self.profiles.items())


def grouped(rows: Iterable[tuple[float, bool, int]]) -> Grouped:
    """Take in rows: score, whether positive, and a number that stands for the group."""
    kept = sorted(rows, key=lambda row: (row[2], -row[0]))
    scores = tuple(sorted({row[0] for row in kept}, reverse=True))
    place = {score: i for i, score in enumerate(scores)}
    profiles: Counter[Profile] = Counter()
    cells: dict[int, list[int]] = {}
    last = None
    for score, positive, group in kept:
        if group != last and cells:
            profiles[_profile(cells)] += 1
            cells = {}
        last = group
        cells.setdefault(place[score], [0, 0])[not positive] += 1
    if cells:
        profiles[_profile(cells)] += 1
    return Grouped(scores, {key: profiles[key] for key in sorted(profiles)})


def wilson(hits: float, rows: float) -> Interval | None:
    """Return the 95 % Wilson score interval of a proportion, or None of nothing.

    *hits* and *rows* need not be whole where *rows* is an effective size.
    """
    if rows <= 0:
        return None
    p, add = hits / rows, Z * Z / rows
    middle = (p + add / 2) / (1 + add)
    half = Z * sqrt(p * (1 - p) / rows + add / (4 * rows)) / (1 + add)
    low = 0.0 if isclose(p, 0, abs_tol=1e-12) else max(0.0, middle - half)
    high = 1.0 if isclose(p, 1, abs_tol=1e-12) else min(1.0, middle + half)
    return low, high


def clustered(counts: Iterable[tuple[int, int, int]]) -> tuple[float | None, Interval | None]:
    """Return a proportion over groups and its Wilson interval at the effective size.

    Args:
        counts: Hits, rows, and how many groups have just these. Groups without rows do not count.
    """
    there = [c for c in counts if c[1]]
    rows, hits = sum(n * t for _, n, t in there), sum(k * t for k, _, t in there)
    if not rows:
        return None, None
    p = hits / rows
    size = _effective(there, p, rows)
    return p, wilson(p * size, size)


def _effective(counts: list[tuple[int, int, int]], p: float, rows: int) -> float:
    """How many independent rows would vary as much: rows / design effect, never above rows."""
    groups = sum(t for _, _, t in counts)
    spread = sum(t * (k - p * n) ** 2 for k, n, t in counts)
    if isclose(spread, 0, abs_tol=1e-12):  # All alike: a group is then worth one row or so.
        return rows * rows / sum(t * n * n for _, n, t in counts)
    if groups < 2:
        return 1.0
    effect = (groups / (groups - 1)) * spread / (rows * rows) / (p * (1 - p) / (rows - 1))
    return min(float(rows), rows / effect)


def rates(rows: Grouped, threshold: float) -> dict[str, tuple[float | None, Interval | None]]:
    """Return precision, recall, false-positive rate and accuracy at *threshold*, with intervals."""
    counts = [
        (_confusion(rows.scores, profile, threshold), times)
        for profile, times in rows.profiles.items()
    ]
    return {
        "precision": clustered((tp, tp + fp, t) for (tp, fp, _, _), t in counts),
        "recall": clustered((tp, tp + fn, t) for (tp, _, fn, _), t in counts),
        "false_positive_rate": clustered((fp, fp + tn, t) for (_, fp, _, tn), t in counts),
        "accuracy": clustered((tp + tn, tp + fp + fn + tn, t) for (tp, fp, fn, tn), t in counts),
    }


def bootstrap(
    rows: Grouped,
    measures: Mapping[str, Callable[[Levels], float | None]],
    *,
    resamples: int,
    seed: int,
) -> dict[str, Interval | None]:
    """Return 95 % percentile intervals of *measures*: whole groups are drawn with replacement.

    None of fewer than 10 groups, where one of the two labels is missing, and where all draws come
    out alike: then nothing was found, or everything, and draws cannot say how surely.
    """
    values: dict[str, list[float]] = {name: [] for name in measures}
    if rows.groups >= FEWEST:
        for drawn in _draws(rows, resamples, seed):
            for name, measure in measures.items():
                if (value := measure(drawn)) is not None:
                    values[name].append(value)
    return {n: _percentiles(v) if v else None for n, v in values.items()}


def _draws(rows: Grouped, resamples: int, seed: int) -> Iterator[tuple[Level, ...]]:
    random, profiles = Random(seed), list(rows.profiles)
    ends, end = [], 0
    for times in rows.profiles.values():
        end += times
        ends.append(end)
    for _ in range(resamples):
        drawn = Counter(random.choices(range(len(profiles)), cum_weights=ends, k=end))
        yield _levels(rows.scores, ((profiles[i], times) for i, times in drawn.items()))


def _levels(scores: tuple[float, ...], drawn: Iterable[tuple[Profile, int]]) -> tuple[Level, ...]:
    up, down = [0] * len(scores), [0] * len(scores)
    for profile, times in drawn:
        for place, positives, negatives in profile:
            up[place] += times * positives
            down[place] += times * negatives
    return tuple(Level(*each) for each in zip(scores, up, down, strict=True) if each[1] or each[2])


def hull(one: Interval | None, other: Interval | None) -> Interval | None:
    """Return the interval that holds both; either may be missing."""
    if one is None or other is None:
        return one or other
    return min(one[0], other[0]), max(one[1], other[1])


def _percentiles(values: list[float]) -> Interval | None:
    ordered = sorted(values)
    if isclose(ordered[0], ordered[-1], abs_tol=1e-12):
        return None
    last = len(ordered) - 1
    return ordered[floor(0.025 * last)], ordered[ceil(0.975 * last)]


def _profile(cells: Mapping[int, list[int]]) -> Profile:
    return tuple((place, *cells[place]) for place in sorted(cells))  # type: ignore[misc]  # Two counts each.


def _confusion(
    scores: tuple[float, ...], profile: Profile, threshold: float
) -> tuple[int, int, int, int]:
    tp = fp = fn = tn = 0
    for place, positives, negatives in profile:
        if scores[place] >= threshold:
            tp, fp = tp + positives, fp + negatives
        else:
            fn, tn = fn + positives, tn + negatives
    return tp, fp, fn, tn
