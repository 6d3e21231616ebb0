"""``handrail enforcements``: what has to reach the features."""

from __future__ import annotations

import click

from handrail_cli import show
from handrail_cli._start import json_option
from handrail_cli.show import emit
from handrail_cli.work._open import Opened, by_option, with_opened

STATES = ("waiting", "delivered", "carried_out", "failed", "void", "overtaken")


@click.group()
def enforcements() -> None:
    """See what was decided after publishing, and what became of it."""


@enforcements.command("list")
@click.option("--state", type=click.Choice(STATES), help="Only in this state.")
@click.option("--feature", help="Only of this feature.")
@click.option("--batch", help="Only of this sweep.")
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="How many at most."
)
@json_option
@with_opened
def list_enforcements(  # noqa: PLR0913 - one for each option
    *, opened: Opened, state: str | None, feature: str | None, batch: str | None, limit: int,
    as_json: bool,
) -> None:  # fmt: skip
    """List enforcements, the latest first."""
    found = opened.store.enforcements.all(state=state, feature=feature, batch=batch, most=limit)
    if as_json:
        emit([
            {**each.enforcement.to_json(), "state": each.state, "tries": each.tries,
             "error": each.error} for each in found
        ])  # fmt: skip
        return
    for each in found:
        made = each.enforcement
        tried = f"tried {each.tries}" if each.tries else ""
        batch = f"batch {made.batch}" if made.batch else ""
        show.screen().print(show.entry(
            (made.id, each.state, f"{made.kind} {show.action(made.action)}"), made.feature,
            f"item {show.printable(made.item, 80)}", made.reason, batch, tried, each.error or "",
        ))  # fmt: skip
    if not found:
        show.screen().print("No enforcements.")


@enforcements.command()
@click.argument("ids", nargs=-1, required=True, metavar="IDS")
@by_option
@json_option
@with_opened
def retry(*, opened: Opened, ids: tuple[str, ...], by: str, as_json: bool) -> None:
    """Have enforcements that failed tried again.

    Exit code: 0, or 1 if some of them had not failed.
    """
    done = opened.store.enforcements.retry(ids, by=by)
    _said(done, "to be tried again", len(ids), as_json=as_json)


@enforcements.command()
@click.argument("ids", nargs=-1, required=True, metavar="IDS")
@json_option
@with_opened
def ack(*, opened: Opened, ids: tuple[str, ...], as_json: bool) -> None:
    """Note that enforcements were carried out.

    Exit code: 0, or 1 if some of them were not open: carried out already, or not there.
    """
    done = sum(opened.store.carried_out(each) for each in ids)
    _said(done, "noted", len(ids), as_json=as_json)


def _said(done: int, what: str, asked: int, *, as_json: bool) -> None:
    """Say how many were done; where some were not, say so and end with 1."""
    left = asked - done
    if as_json:
        emit({"done": done})
    else:
        rest = f", {left} not: see handrail enforcements list" if left else ""
        click.echo(f"{done} {what}{rest}.")
    if left:
        click.get_current_context().exit(1)
