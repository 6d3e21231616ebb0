"""``handrail eval``: measure modules or a policy on labelled sets."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import click
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from handrail import HandrailError
from handrail_cli import show
from handrail_eval._asked import Asked
from handrail_eval._document import document
from handrail_eval._judge import Judge
from handrail_eval._measure import Result
from handrail_eval._options import measured_options, set_options, shown_options
from handrail_eval._page import Made, page
from handrail_eval._picture import picture
from handrail_eval._run import Bar, Run
from handrail_eval._table import tell


@click.command("eval")
@click.argument("setfile", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@measured_options
@set_options
@shown_options
@show.apart()
def evaluate(**options: object) -> None:
    """Measure modules, or a whole policy, on labelled sets.

    SETFILE holds one row a line: a JSON object with a text and labels; gzip is read too.

    \b
    handrail eval comments.jsonl --label labels.toxic 'harassment.*,hate.*'
    handrail eval set.jsonl.gz --shape shapes.yaml --part 3/3 --out quality.md

    Exit code: 0 if all was measured; 1 if a line could not be read, a module failed, or a set has
    no label that anybody could find; 2 if nothing could start.
    """  # noqa: D301
    asked = Asked(**options)  # type: ignore[arg-type]  # The options have its names and types.
    with _refusals(), _bar(asked) as bar, asked.judge() as judge:
        results = tuple(Run(asked, judge, bar).results())
        made = _made(asked, judge)
    with _refusals():
        _write(asked, results, made)
    if asked.as_json:
        show.emit({**made.to_json(), "sets": document(results, show_text=asked.show_text)})
    else:
        tell(results, show.printable if asked.show_text else show.masked)
    raise SystemExit(0 if all(r.sound for r in results) else 1)


@contextmanager
def _refusals() -> Iterator[None]:
    """Say in one line what cannot be."""
    try:
        yield
    except HandrailError as error:
        raise show.Stop(str(error)) from None
    except OSError as error:
        what = error.strerror or str(error)
        raise show.Stop(f"{error.filename}: {what}." if error.filename else f"{what}.") from None


@contextmanager
def _bar(asked: Asked) -> Iterator[Bar]:
    """Yield what shows how far it is, on standard error, if anybody watches."""
    columns = [TextColumn("{task.description}"), BarColumn(), TaskProgressColumn()]
    on = show.watching(as_json=asked.as_json)
    with Progress(
        *columns, console=show.screen(error=True), transient=True, disable=not on
    ) as progress:
        task = progress.add_task("", total=sum(path.stat().st_size for path in asked.setfile))

        def move(what: str, done: int | None = None) -> None:
            progress.update(task, description=show.printable(what, 40), completed=done)

        yield move


def _made(asked: Asked, judge: Judge) -> Made:
    beside = ""
    if asked.picture is not None and asked.out is not None:
        beside = Path(os.path.relpath(asked.picture, asked.out.parent)).as_posix()
    return Made(
        date=f"{asked.day:%Y-%m-%d}",
        handrail=version("handrail"),
        by=asked.by,
        measured=dict(judge.versions()),
        part="/".join(map(str, asked.part)) if asked.part else "",
        resamples=asked.resamples,
        seed=asked.seed,
        picture=beside,
    )


def _write(asked: Asked, results: Sequence[Result], made: Made) -> None:
    if asked.out is not None:
        asked.out.write_text(page(results, made), encoding="utf-8")
    if asked.picture is not None:
        asked.picture.write_text(picture(results), encoding="utf-8")
