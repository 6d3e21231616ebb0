"""What came out, as a page of Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import attrs

from handrail import Json
from handrail_eval import _words
from handrail_eval._measure import Result, Task

SHOWN = ("auprc", "roc_auc", "recall_at_fpr", "f1")
"""The figures of the overview."""

METHOD = """\
In brackets stand 95 % intervals, or a question mark where too few groups tell.
Rows of one thread, template or author are alike: precision, recall and false positives have \
Wilson intervals at the size that independent rows would need, \
and the other figures {resamples} bootstrap draws of whole groups (seed {seed}).
What a module finds nothing in has the score 0.
Scores are severities unless the module's own page calls them calibrated.
What an AUPRC means depends on the share of positives, so compare modules on one set, not sets.
A set's language and tone are its own: a rate of false positives holds for texts like those."""


@attrs.frozen(kw_only=True)
class Made:
    """How the figures were made.

    Attributes:
        date: When, as ``2026-11-22``. handrail: Its version. by: ``module`` or ``policy``.
        measured: Versions of modules, or revisions of policies, by name.
        part: Which part of the rows, such as ``3/3``; empty for all. resamples, seed: Of the
            bootstrap. picture: The file of the picture, seen from the page; empty for none.
    """

    date: str
    handrail: str
    by: str
    measured: Mapping[str, str]
    part: str
    resamples: int
    seed: int
    picture: str = ""

    def to_json(self) -> dict[str, Json]:
        """Return the JSON form, without the picture."""
        return {**attrs.asdict(self, filter=lambda field, _: field.name != "picture")}


def page(results: Sequence[Result], made: Made) -> str:
    """Return the page."""
    parts = [
        "# Quality",
        "<!-- Made by handrail eval with --out; measure again instead of editing. -->",
        "\n".join(_method(made)),
        "## Overview",
        _overview(results),
    ]
    if made.picture:
        parts.append(f"![Precision and recall, and calibration, of each set]({made.picture})")
    for result in results:
        parts += [f"## `{result.name}`", *_set(result)]
    parts += ["## Sets", _sources(results)]
    return "\n\n".join(parts) + "\n"


def _method(made: Made) -> Iterator[str]:
    measured = ", ".join(f"`{name}` {version}" for name, version in made.measured.items())
    what = "the modules" if made.by == "module" else "what policies do:"
    yield f"Measured on {made.date} with Handrail {made.handrail}: {what} {measured}."
    yield f"Rows: part {made.part} by group." if made.part else "Rows: all of each set."
    yield METHOD.format(resamples=made.resamples, seed=made.seed)


def _overview(results: Iterable[Result]) -> str:
    titles = [_words.TITLES[name].partition(" at {")[0] for name in SHOWN]
    rows = [
        [f"`{result.name}`", _cell(task.label), f"{m.rows:,}", f"{m.positives:,}", m.contender]
        + [_words.figure(m.figures.get(name)) for name in SHOWN]
        for result in results
        for task in result.tasks
        for m in (_words.leading(task),)
    ]
    return _table(("set", "label", "rows", "positive", "measured", *titles), rows)


def _set(result: Result) -> Iterator[str]:
    for task in result.tasks:
        issues = ", ".join(f"`{name}`" for name in task.issues)
        many = f"{len(task.issues)} issues" if len(task.issues) > 8 else issues
        yield f"`{task.label}`, which is {many}: {_words.size(task.whole[0])}."
        yield _whole(task)
        if task.slices:
            yield _slices(task)
    if remarks := list(_words.remarks(result)):
        yield "Not covered:"
        yield "\n".join(f"- {remark}" for remark in remarks)


def _whole(task: Task) -> str:
    rows = [
        [title, *(_words.figure(m.figures.get(name)) for m in task.whole)]
        for name, title in _words.titles(task).items()
    ]
    return _table(("figure", *(m.contender for m in task.whole)), rows)


def _slices(task: Task) -> str:
    who, titles = _words.leading(task).contender, _words.titles(task)
    rows = [
        [_cell(f"{each.field.rpartition('.')[2]} {each.value}"), f"{m.rows:,}", f"{m.positives:,}"]
        + [_words.figure(m.figures.get(name)) for name in _words.SLICED]
        for each in task.slices
        if (m := each.measured).contender == who
    ]
    head = (f"{who} on", "rows", "positive", *(titles[name] for name in _words.SLICED))
    return _table(head, rows)


def _sources(results: Iterable[Result]) -> str:
    rows = [
        [f"`{r.name}`", _cell(r.shape.title), _cell(r.shape.licence), f"{r.rows:,}"]
        for r in results
    ]
    return _table(("set", "from", "licence", "rows"), rows)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")
