"""The tables of ``eval`` on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from rich.table import Table
from rich.text import Text

from handrail_cli import show
from handrail_eval import _words
from handrail_eval._measure import Result, Slice, Task

FEW = 2
"""Of so many, figures and their intervals have room beside each other."""


def tell(results: Iterable[Result], text: Callable[[str], str]) -> None:
    """Print what came out for each set; *text* says how an example's text is shown."""
    screen = show.screen()
    for result in results:
        screen.print(
            Text.assemble((show.printable(result.name), "bold"), f": {result.rows:,} rows")
        )
        for task in result.tasks:
            screen.print()
            screen.print(Text(f"{show.printable(task.label)}: {_words.size(task.whole[0])}"))
            screen.print(_whole(task))
            if task.slices:
                screen.print()
                screen.print(_slices(task))
            for (contender, positive), examples in task.worst.items():
                what = "positive, scored lowest" if positive else "negative, scored highest"
                rows = [(e.id, abs(positive - e.wrong), text(e.text)) for e in examples]
                screen.print()
                screen.print(_examples(f"{what} by {contender}", rows))
        for remark in _words.remarks(result):
            screen.print(Text(remark, "dim"))
        screen.print()


def _whole(task: Task) -> Table:
    names = [m.contender for m in task.whole]
    gap = " " if len(names) <= FEW else "\n"
    table = show.grid("figure", *names, whole=["figure"])
    for name, title in _words.titles(task).items():
        cells = [_words.figure(m.figures.get(name)).replace(" ", gap) for m in task.whole]
        table.add_row(title, *cells)
    return table


def _slices(task: Task) -> Table:
    who = _words.leading(task).contender
    titles = [_words.titles(task)[name].partition(" (")[0] for name in _words.SLICED]
    table = show.grid(f"{who} on", "rows", "positive", *titles, right=["rows", "positive"])
    for each in task.slices:
        if each.measured.contender == who:
            table.add_row(*_slice(each))
    return table


def _slice(each: Slice) -> list[str]:
    m = each.measured
    name = show.printable(f"{each.field.rpartition('.')[2]} {each.value}", 40)
    figures = [_words.figure(m.figures.get(name)) for name in _words.SLICED]
    return [name, f"{m.rows:,}", f"{m.positives:,}", *figures]


def _examples(title: str, rows: Iterable[tuple[str, float, str]]) -> Table:
    table = show.grid(title, "score", "text", right=["score"])
    for name, score, text in rows:
        table.add_row(Text(show.printable(name, 24)), f"{score:.2f}", Text(text, "italic"))
    return table
