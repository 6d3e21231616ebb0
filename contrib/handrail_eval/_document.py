"""What came out, as one object of JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from handrail import Json
from handrail_eval._measure import Figure, Measured, Result, Slice, Task
from handrail_eval.intervals import wilson

DIGITS = 6
"""Digits of a figure behind the point: more differ from machine to machine."""


def document(results: Iterable[Result], *, show_text: bool) -> list[Json]:
    """Return the results; texts of examples only with *show_text*."""
    return [_result(each, show_text=show_text) for each in results]


def _result(result: Result, *, show_text: bool) -> Json:
    return {
        "set": result.name,
        "title": result.shape.title,
        "licence": result.shape.licence,
        "rows": result.rows,
        "in_another_part": result.elsewhere,
        "tasks": [_task(task, show_text=show_text) for task in result.tasks],
        "not_covered": [
            {"module": contender, "reason": reason, "rows": count}
            for (contender, reason), count in result.missed.items()
        ],
        "found_by_none": dict(result.unfound),
        "unlabelled": dict(result.unlabelled),
        "absent": list(result.absent),
        "unread": _reasons(result.unread),
        "text_only": _reasons(result.bare),
    }


def _reasons(reasons: Mapping[str, tuple[int, int]]) -> Json:
    return [
        {"reason": reason, "rows": count, "first_line": first}
        for reason, (count, first) in reasons.items()
    ]


def _task(task: Task, *, show_text: bool) -> Json:
    return {
        "label": task.label,
        "issues": list(task.issues),
        "modules": [_measured(m, task) for m in task.whole],
        "slices": [_slice(each, task) for each in task.slices],
        "worst": [
            {
                "module": contender,
                "positive": positive,
                "id": e.id,
                "score": round(abs(positive - e.wrong), DIGITS),
                **({"text": e.text} if show_text else {}),
            }
            for (contender, positive), examples in task.worst.items()
            for e in examples
        ],
    }


def _slice(each: Slice, task: Task) -> Json:
    return {"field": each.field, "value": each.value, **_measured(each.measured, task)}


def _measured(measured: Measured, task: Task) -> dict[str, Json]:
    return {
        "module": measured.contender,
        "rows": measured.rows,
        "positives": measured.positives,
        "groups": measured.groups,
        "threshold": task.threshold[measured.contender],
        "figures": {name: _figure(f) for name, f in measured.figures.items()},
        "calibration": [
            {
                "from": b.low,
                "to": b.high,
                "rows": b.rows,
                "mean_score": round(b.mean, DIGITS),
                "rate": _figure(Figure(b.positives / b.rows, wilson(b.positives, b.rows))),
            }
            for b in measured.bins
        ],
    }


def _figure(figure: Figure) -> Json:
    if figure.value is None:
        return None
    low, high = figure.interval or (None, None)
    return {
        "value": round(figure.value, DIGITS),
        "low": None if low is None else round(low, DIGITS),
        "high": None if high is None else round(high, DIGITS),
    }
