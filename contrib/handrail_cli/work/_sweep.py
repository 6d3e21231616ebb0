"""``handrail sweep`` and ``handrail revert``: new rules on what is published, and taking back."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import attrs
import click

from handrail import HandrailError, Item
from handrail.settings import span
from handrail_cli._start import json_option
from handrail_cli.show import Stop, emit
from handrail_cli.work._open import Opened, by_option, with_opened


def _since(_context: click.Context, _option: click.Parameter, value: str) -> datetime:
    try:
        return datetime.now(UTC) - span(value)
    except HandrailError:
        pass
    try:
        read = datetime.fromisoformat(value)
    except ValueError:
        raise click.BadParameter("expected 30d, or 2026-03-01T00:00+00:00") from None
    return read if read.tzinfo is not None else read.replace(tzinfo=UTC)


@click.command()
@click.option("--since", required=True, callback=_since,
              help="How far back: 30d, or a time; without a zone it is UTC.")  # fmt: skip
@click.option("--contents", help="What gives the items: package.module:function(since).")
@click.option("--rate", type=click.FloatRange(0.01, 100_000), default=50.0, show_default=True,
              help="The most items per second.")  # fmt: skip
@by_option
@json_option
@with_opened
def sweep(  # noqa: PLR0913 - one for each option
    *, opened: Opened, since: datetime, contents: str | None, rate: float, by: str, as_json: bool
) -> None:
    """Apply the policies in force now to what is published.

    It looks at the content that is kept (`store: {keep: {opted: …}}`), or at what --contents
    yields: pairs of a feature's name and an Item. It only adds; `handrail revert BATCH` takes it
    back.
    """
    from handrail_store import Sweep, kept

    items = kept(opened.store, since) if contents is None else _contents(contents, since)
    made = Sweep(opened.safety, opened.store, by=by, rate=rate)
    swept = made.run(items, since=since)
    if as_json:
        emit(attrs.asdict(swept))
        return
    click.echo(f"Batch {swept.batch}: {swept.looked} looked at, {swept.told} enforcements made.")


def _contents(named: str, since: datetime) -> Iterable[tuple[str, Item]]:
    module, _, name = named.partition(":")
    sys.path.insert(0, str(Path.cwd()))
    try:
        function: Any = getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        kind = type(error).__name__
        raise Stop(f"--contents {named}: {kind}: expected package.module:function.") from None
    pairs: Iterable[tuple[str, Item]] = function(since)
    return pairs


@click.command()
@click.argument("batch")
@by_option
@json_option
@with_opened
def revert(*, opened: Opened, batch: str, by: str, as_json: bool) -> None:
    """Take back everything that a sweep did."""
    try:
        undone = opened.store.revert(batch, by=by)
    except HandrailError as error:
        raise Stop(str(error)) from None
    if as_json:
        emit({"undone": undone})
    elif undone:
        click.echo(f"{undone} decision{'s' if undone > 1 else ''} taken back.")
    else:
        click.echo("Nothing to take back: nothing that this sweep asked for stands any more.")
