"""Precision-recall curves and reliability diagrams in one SVG, without a library to draw it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape

import attrs

from handrail_eval._judge import TOGETHER
from handrail_eval._measure import Measured, Result, Task
from handrail_eval.intervals import wilson

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
"""Colours that colour-blind people tell apart (Okabe and Ito)."""

DASHES = ("none", "6 2", "2 2", "8 2 2 2")
SIDE = 150
CELL = (210, 226)
HEAD = 44
COLUMNS = 4
POINTS = 150
"""Points of a curve at most; more cannot be seen."""


@attrs.frozen
class Panel:
    """One diagram: its two lines of title, the names of its axes, and what is drawn in it."""

    title: str
    subtitle: str
    axes: tuple[str, str]
    marks: tuple[str, ...]


def picture(results: Iterable[Result]) -> str:
    """Return an SVG with two diagrams for each label of each set."""
    tasks = [(result, task) for result in results for task in result.tasks]
    names = list(dict.fromkeys(m.contender for _, task in tasks for m in task.whole))
    panels = [p for result, task in tasks for p in _panels(result, task, names)]
    rows = -(-len(panels) // COLUMNS)
    columns = min(COLUMNS, len(panels)) or 1
    legend = 44 + sum(_room(name) for name in names)
    width, height = max(columns * CELL[0] + 20, legend), rows * CELL[1] + HEAD
    body = [*_legend(names)]
    for place, panel in enumerate(panels):
        row, column = divmod(place, COLUMNS)
        body.append(
            f'<g transform="translate({column * CELL[0] + 44},{row * CELL[1] + HEAD + 30})">'
        )
        body += [*_panel(panel), "</g>"]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" font-family="sans-serif" font-size="10" fill="#222">\n'
        f'<rect width="{width}" height="{height}" fill="#fff"/>\n' + "\n".join(body) + "\n</svg>\n"
    )


def _legend(names: Sequence[str]) -> Iterator[str]:
    x = 44
    for number, name in enumerate(names):
        yield f'<path d="M{x},20h24" {_stroke(number)}/>'
        yield f'<text x="{x + 30}" y="24" font-size="12">{escape(name)}</text>'
        x += _room(name)


def _room(name: str) -> int:
    """How wide a name and its line are in the legend."""
    return 46 + 7 * len(name)


def _stroke(number: int) -> str:
    colour, dash = COLOURS[number % len(COLOURS)], DASHES[number % len(DASHES)]
    return f'fill="none" stroke="{colour}" stroke-width="1.6" stroke-dasharray="{dash}"'


def _panels(result: Result, task: Task, names: Sequence[str]) -> Iterator[Panel]:
    first = task.whole[0]
    title, size = result.name, f"{first.positives:,} of {first.rows:,}"
    marks = [f'<text x="8" y="{SIDE / 2}" fill="#888">only one of the two labels</text>']
    if first.curve:
        base = _y(first.positives / first.rows)
        marks = [f'<path d="M0,{base}h{SIDE}" stroke="#888" stroke-dasharray="2 3"/>']
        marks += [_curve(m, names.index(m.contender)) for m in task.whole]
    yield Panel(title, f"{task.label}: {size}", ("recall", "precision"), tuple(marks))
    single = [m for m in task.whole if m.contender != TOGETHER]  # Nobody calibrates a maximum.
    if any(m.bins for m in single):
        marks = [f'<path d="M0,{SIDE}L{SIDE},0" stroke="#888" stroke-dasharray="2 3"/>']
        marks += [mark for m in single for mark in _bins(m, names.index(m.contender))]
        yield Panel(
            title, f"{task.label}: calibration", ("score", "rate of positives"), tuple(marks)
        )


def _panel(panel: Panel) -> Iterator[str]:
    across, up = panel.axes
    yield f'<text y="-19" font-weight="bold">{escape(panel.title[:30])}</text>'
    yield f'<text y="-7" fill="#555">{escape(panel.subtitle[:34])}</text>'
    for share in (0, 0.5, 1):
        at = _number(share * SIDE)
        yield f'<path d="M0,{at}h{SIDE}M{at},0v{SIDE}" stroke="#ddd"/>'
        down = _number(SIDE - share * SIDE + 3)
        yield f'<text x="-4" y="{down}" text-anchor="end">{share:g}</text>'
        yield f'<text x="{at}" y="{SIDE + 12}" text-anchor="middle">{share:g}</text>'
    yield from panel.marks
    yield f'<text x="{SIDE / 2}" y="{SIDE + 24}" text-anchor="middle">{across}</text>'
    middle = f'transform="translate(-26,{SIDE / 2}) rotate(-90)" text-anchor="middle"'
    yield f"<text {middle}>{up}</text>"


def _curve(measured: Measured, number: int) -> str:
    """The curve as steps: nothing between two scores was measured."""
    path: list[str] = []
    before = 0.0
    for recall, precision in measured.curve:
        if not path:
            path.append(f"M0,{_y(precision)}")
        if recall - before >= 1 / POINTS or recall == 1:
            path.append(f"V{_y(precision)}H{_x(recall)}")
            before = recall
    return f'<path d="{"".join(path)}" {_stroke(number)}/>'


def _bins(measured: Measured, number: int) -> Iterator[str]:
    colour = COLOURS[number % len(COLOURS)]
    for each in measured.bins:
        low, high = wilson(each.positives, each.rows) or (0.0, 1.0)
        x, y = _x(each.mean), _y(each.positives / each.rows)
        yield f'<path d="M{x},{_y(low)}V{_y(high)}" stroke="{colour}"/>'
        radius = _number(1.6 + 2.4 * (each.rows / measured.rows) ** 0.5)
        yield f'<circle cx="{x}" cy="{y}" r="{radius}" fill="{colour}"/>'


def _x(share: float) -> str:
    return _number(share * SIDE)


def _y(share: float) -> str:
    return _number((1 - share) * SIDE)


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
