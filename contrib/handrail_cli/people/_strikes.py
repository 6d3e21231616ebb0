"""``handrail strikes``: confirmed violations of somebody."""

from __future__ import annotations

import click

from handrail_cli import show
from handrail_cli.people._say import by_option, moment, plain
from handrail_cli.store._place import Place, placed


@click.group()
def strikes() -> None:
    """See what was confirmed against somebody, and take it back.

    Exit code: 0 if it was done, 2 if it could not be.
    """


@strikes.command("show")
@click.argument("actor")
@placed
def show_strikes(*, place: Place, actor: str, as_json: bool) -> None:
    """Show somebody's strikes, the latest first, and what they weigh now."""
    with place.store() as store:
        found, weight = store.strikes.of(actor), store.strikes.weight(actor)
    if as_json:
        show.emit({"weight": weight, "strikes": [plain(each) for each in found]})
        return
    for each in found:
        left = "explained" if each.education else f"{each.left:.2f} left"
        undone = f"undone {moment(each.undone_at)}" if each.undone_at else ""
        show.screen().print(show.entry(
            (each.id, left, undone), each.issue, each.feature,
            f"confirmed {moment(each.confirmed_at)} by {each.confirmed_by}",
        ))  # fmt: skip
    if not found:
        show.screen().print("No strikes.")
    click.echo(f"They weigh {weight:.2f} now.")


@strikes.command("undo")
@click.argument("strike")
@by_option
@placed
def undo_strike(*, place: Place, strike: str, by: str, as_json: bool) -> None:
    """Take one strike back; it stays to be seen, and counts no more."""
    with place.store() as store, store.write() as connection:
        done = store.strikes.undo(connection, id=strike, by=by)
    if not done:
        raise show.Stop("There is no strike with that id that still counts.")
    if as_json:
        show.emit({"done": done})
    else:
        click.echo("Undone.")
