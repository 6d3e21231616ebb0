"""The progress bar of ``check``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn

from handrail_cli import show
from handrail_cli._read import Line

STEP = 100
"""The bar moves once in so many lines."""


def watched(lines: Iterable[Line], size: int | None, *, on: bool) -> Iterator[Line]:
    """Yield *lines*, moving a bar on standard error if *on*.

    Args:
        lines: What is read.
        size: Bytes in all; None if that is not known, and then lines are only counted.
        on: Whether anybody watches.
    """
    if not on:
        yield from lines
        return
    bar = [BarColumn(), TaskProgressColumn()] if size else [SpinnerColumn()]
    columns = [TextColumn("{task.description}"), *bar]
    with Progress(*columns, console=show.screen(error=True), transient=True) as progress:
        task = progress.add_task("", total=size)
        for count, line in enumerate(lines, start=1):
            if count % STEP == 1:
                progress.update(task, completed=line.end, description=f"{count - 1:,} lines")
            yield line
