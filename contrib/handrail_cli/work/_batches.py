"""``handrail batches``: the sweeps that there were, for ``handrail revert``."""

from __future__ import annotations

import click

from handrail_cli import show
from handrail_cli.people._say import moment, rows
from handrail_cli.store._place import Place, placed


@click.group()
def batches() -> None:
    """See which sweeps there were, and how far each came."""


_DONE = {"looked": "looked at", "acted": "acted on", "told": "enforcements made"}
"""What is counted of a batch, in words."""


@batches.command("list")
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="How many at most."
)
@placed
def list_batches(*, place: Place, limit: int, as_json: bool) -> None:
    """List sweeps, the latest first; `handrail revert BATCH` takes one back."""
    with place.store() as store:
        found = store.batches(most=limit)
    if rows(found, as_json=as_json):
        return
    for each in found:
        done = [f"{each.body[n]} {said}" for n, said in _DONE.items() if n in each.body]
        ended = f"ended {moment(each.ended_at)}" if each.ended_at else ""
        by = f"by {show.printable(each.by)}" if each.by else ""
        show.screen().print(show.entry(
            (each.id, each.state, f"begun {moment(each.made_at)}"), each.kind, by, *done, ended,
        ))  # fmt: skip
    if not found:
        show.screen().print("No batches.")
