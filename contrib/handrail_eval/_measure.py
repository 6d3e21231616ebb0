"""From what was collected to figures with intervals: for a whole set, and for each slice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import attrs

from handrail_eval._judge import POLICY
from handrail_eval._scores import Collected, Column, Example
from handrail_eval._shape import Shape
from handrail_eval.intervals import Grouped, Interval, bootstrap, grouped, hull, rates
from handrail_eval.metrics import RANKING, Bin, Levels, bins, curve, f1, threshold_at_fpr, totals

ACTS = 0.25
"""From where a policy does something: NUDGE."""


@attrs.frozen
class Figure:
    """A figure and its 95 % interval; None where there is nothing to say."""

    value: float | None
    interval: Interval | None = None


@attrs.frozen
class Measured:
    """What one contender reached on some rows.

    Attributes:
        contender: Who. rows, positives, groups: On how much. figures: By name.
        bins: Its reliability. curve: Recall and precision, at each score from the highest on.
    """

    contender: str
    rows: int
    positives: int
    groups: int
    figures: Mapping[str, Figure]
    bins: tuple[Bin, ...] = ()
    curve: tuple[tuple[float, float], ...] = ()


@attrs.frozen
class Slice:
    """What one contender reached on the rows with one value of a field."""

    field: str
    value: str
    measured: Measured


@attrs.frozen
class Task:
    """One label of a set: who was measured on it, and what came out.

    Attributes:
        label: Its name. issues: What should be found. threshold: From which score on, by
            contender. whole: Each contender on all rows. slices: The same by language and slice.
        worst: Rows judged most wrongly, by contender and label.
    """

    label: str
    issues: tuple[str, ...]
    threshold: Mapping[str, float]
    whole: tuple[Measured, ...]
    slices: tuple[Slice, ...]
    worst: Mapping[tuple[str, bool], tuple[Example, ...]]


@attrs.frozen
class Result:
    """What came out for a set, and what did not come in; the fields are those of Collected."""

    name: str
    shape: Shape
    rows: int
    elsewhere: int
    tasks: tuple[Task, ...]
    unread: Mapping[str, tuple[int, int]]
    bare: Mapping[str, tuple[int, int]]
    unlabelled: Mapping[str, int]
    missed: Mapping[tuple[str, str], int]
    unfound: Mapping[str, int]
    absent: tuple[str, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether every line was read, no module failed, and there is something measured."""
        failed = any("failed:" in reason for _, reason in self.missed)
        return bool(self.tasks) and not self.unread and not failed


@attrs.frozen
class Method:
    """How figures are made.

    Attributes:
        threshold: From which score on a row counts as found; None for what suits the contender.
        resamples: Draws of the bootstrap; 0 for no intervals of what needs them. seed: Its seed.
        tick: Called once for each thing measured.
    """

    threshold: float | None = None
    resamples: int = 500
    seed: int = 0
    tick: Callable[[str], None] = lambda _: None

    def result(self, kept: Collected, shape: Shape) -> Result:
        """Return the figures of a set."""
        tasks = [
            self._task(kept.name, name, column)
            for name, column in sorted(kept.columns.items())
            if column.scores and column.positive
        ]
        shown = {m.contender for task in tasks for m in task.whole}
        missed = {key: n for key, n in sorted(kept.missed.items()) if key[0] in shown}
        return Result(
            kept.name,
            shape,
            kept.rows,
            kept.elsewhere,
            tuple(tasks),
            dict(sorted(kept.unread.items())),
            dict(sorted(kept.bare.items())),
            dict(sorted(kept.unlabelled.items())),
            missed,
            dict(sorted(kept.unfound.items())),
            tuple(sorted(kept.absent)) if kept.rows else (),
        )

    def _task(self, name: str, label: str, column: Column) -> Task:
        whole = []
        for contender in column.scores:
            self.tick(f"{name}: {label}, {contender}")
            whole.append(self._measured(contender, grouped(column.rows(contender))))
        return Task(
            label,
            tuple(sorted(column.label.issues)),
            {c: self._threshold(c) for c in column.scores},
            tuple(whole),
            tuple(self._slices(column)),
            {k: tuple(sorted(v, reverse=True)) for k, v in sorted(column.worst.items())},
        )

    def _slices(self, column: Column) -> Iterator[Slice]:
        """Each value of each field that has more than one."""
        for field, facet in column.facets.items():
            if len(facet.names) < 2:
                continue
            for value, place in sorted(facet.names.items()):
                for contender in column.scores:
                    rows = column.rows(contender, lambda i: facet.places[i] == place)  # noqa: B023 - used up at once.
                    yield Slice(field, value, self._measured(contender, grouped(rows)))

    def _threshold(self, contender: str) -> float:
        if self.threshold is not None:
            return self.threshold
        return ACTS if contender == POLICY else 0.5

    def _measured(self, contender: str, rows: Grouped) -> Measured:
        threshold = self._threshold(contender)
        measures: dict[str, Callable[[Levels], float | None]] = dict(RANKING)
        if contender == POLICY:  # Actions are ranks, no probabilities.
            del measures["ece"], measures["brier"]
        measures["f1"] = lambda steps: f1(steps, threshold)
        steps = rows.levels()
        spans = bootstrap(rows, measures, resamples=self.resamples, seed=self.seed)
        _, chance = rates(rows, threshold_at_fpr(steps))["recall"]
        spans["recall_at_fpr"] = hull(spans["recall_at_fpr"], chance)  # A proportion, too.
        figures = {n: Figure(measure(steps), spans[n]) for n, measure in measures.items()}
        figures |= {n: Figure(*each) for n, each in rates(rows, threshold).items()}
        positives, negatives = totals(steps)
        probable = contender != POLICY
        return Measured(
            contender,
            positives + negatives,
            positives,
            rows.groups,
            figures,
            bins(steps) if probable else (),
            curve(steps) if positives and negatives else (),
        )
