"""``handrail check``: decide the items of a file, line by line."""

from __future__ import annotations

import io
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

import click

from handrail import HandrailError
from handrail_cli import show
from handrail_cli._progress import watched
from handrail_cli._read import read
from handrail_cli._report import Report
from handrail_cli._start import Wanted, json_option, wanted_options


@click.command()
@click.argument("file", type=click.Path(allow_dash=True, dir_okay=False), default="-")
@wanted_options
@click.option(
    "--format",
    "form",
    type=click.Choice(["auto", "jsonl", "text"]),
    default="auto",
    help="JSON Lines, or one text a line; auto looks.",
)
@click.option("--show-text", is_flag=True, help="Show the texts, unmasked.")
@json_option
@show.apart()
def check(*, file: str, wanted: Wanted, form: str, show_text: bool, as_json: bool) -> None:
    """Decide items before they are published.

    FILE (or standard input) holds one item a line: a JSON object with id, text, and whatever else
    an item has, or a plain text, whose line number becomes its id.

    \b
    handrail check comments.jsonl --feature video_comments --config handrail.yaml
    echo "hello" | handrail check --surface comments

    Exit code: 0 if every line was decided, whatever the decisions; 1 if a line could not be
    read; 2 if nothing could start.
    """  # noqa: D301
    with ExitStack() as stack:
        stream, size = _open(file, stack)
        safety = stack.enter_context(wanted.safety())
        show.quarantined(show.screen(error=True), safety.quarantined)
        try:
            feature = safety.feature(wanted.name)
        except HandrailError as error:
            raise show.Stop(str(error)) from None
        lines = read(stream, _form(form, file))
        report = Report(as_json=as_json, show_text=show_text)
        typed = file == "-" and sys.stdin.isatty()
        for line in watched(lines, size, on=show.watching(as_json=as_json) and not typed):
            report.add(line, feature.pre_publish(line.item) if line.item else None)
    report.close()
    raise SystemExit(1 if report.errors else 0)


def _form(form: str, file: str) -> str:
    return "jsonl" if form == "auto" and Path(file).suffix in {".jsonl", ".ndjson"} else form


def _open(file: str, stack: ExitStack) -> tuple[BinaryIO, int | None]:
    """Open the input, and say how many bytes it has, if that is known."""
    if file == "-":
        if sys.stdin.isatty():
            click.echo("One item a line; end with Ctrl-D.", err=True)
        stream = sys.stdin.buffer
        return stream if hasattr(stream, "peek") else io.BufferedReader(
            io.BytesIO(stream.read())
        ), None
    path = Path(file)
    try:
        return stack.enter_context(path.open("rb")), path.stat().st_size or None
    except OSError as error:
        raise show.Stop(f"{file}: {error.strerror or type(error).__name__}.") from None
