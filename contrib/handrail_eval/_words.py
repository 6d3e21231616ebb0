"""Figures in words: the same names, signs and remarks on the screen and on a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from handrail_cli import show
from handrail_eval._measure import Figure, Measured, Result, Task
from handrail_eval._scores import UNNAMED

TITLES: Mapping[str, str] = {
    "auprc": "AUPRC (average precision)",
    "roc_auc": "ROC AUC",
    "recall_at_fpr": "recall at 1 % false positives",
    "precision": "precision at {threshold:g}",
    "recall": "recall at {threshold:g}",
    "false_positive_rate": "false positives at {threshold:g}",
    "accuracy": "accuracy at {threshold:g}",
    "f1": "F1 at {threshold:g}",
    "ece": "calibration error (ECE)",
    "brier": "Brier score",
}
"""The figures, in the order in which they are shown."""

SLICED = ("auprc", "recall", "false_positive_rate")
"""The figures of slices."""


def figure(value: Figure | None) -> str:
    """Return a figure with its interval, such as ``0.81 (0.79–0.83)``; a dash for none.

    A question mark stands where too few groups say how far off it may be.
    """
    if value is None or value.value is None:
        return "–"
    if value.interval is None:
        return f"{value.value:.3f} (?)"
    low, high = value.interval
    return f"{value.value:.3f} ({low:.3f}–{high:.3f})"


def titles(task: Task) -> dict[str, str]:
    """Return the titles of the figures that a task has."""
    (threshold,) = set(task.threshold.values())
    there = {name for m in task.whole for name in m.figures}
    return {n: t.format(threshold=threshold) for n, t in TITLES.items() if n in there}


def leading(task: Task) -> Measured:
    """Return the contender that slices are shown for: all together, if there are several."""
    return task.whole[-1]


def size(measured: Measured) -> str:
    """Return how much a figure rests on."""
    share = measured.positives / measured.rows if measured.rows else 0.0
    alike = "" if measured.groups == measured.rows else f" in {measured.groups:,} groups"
    rows = f"{measured.rows:,} {'row' if measured.rows == 1 else 'rows'}{alike}"
    return f"{rows}, {measured.positives:,} positive ({share:.1%})"


def remarks(result: Result) -> Iterator[str]:
    """Yield what the figures do not cover, a line each."""
    for (contender, reason), count in result.missed.items():
        yield f"{show.printable(contender)}: {show.printable(reason)} ({_rows(count)})"
    for name, count in result.unfound.items():
        yield f"{show.printable(name)}: no module measured finds this ({_rows(count)})"
    nowhere = {label.name for label in result.shape.labels if label.asked in result.absent}
    for name, count in result.unlabelled.items():
        if name not in nowhere:
            yield f"{_unlabelled(name, every=count == result.rows)} ({_rows(count)})"
    for name in result.absent:
        yield f"{show.printable(name)}: no row has that field"
    for what, reasons in (("read", result.unread), ("used beyond its text", result.bare)):
        for reason, (count, first) in reasons.items():
            where = f"in line {first}" if count == 1 else f"the first in line {first}"
            yield f"could not be {what}: {show.printable(reason)} ({_rows(count)}, {where})"
    if result.elsewhere:
        yield f"in another part ({_rows(result.elsewhere)})"


def _unlabelled(name: str, *, every: bool) -> str:
    """What is wrong with rows that do not carry a label."""
    if name == UNNAMED:
        return "no label is an issue: say what a field means with --label FIELD ISSUES"
    if every:
        return (
            f"{show.printable(name)}: no row says yes or no there (true, false, 1, 0): "
            "say what means yes with --label FIELD=VALUE ISSUES"
        )
    return f"{show.printable(name)}: not labelled"


def _rows(count: int) -> str:
    return f"{count:,} {'row' if count == 1 else 'rows'}"
