"""``handrail dead``: work that could not be done, and what reached nobody."""

from __future__ import annotations

import attrs
import click

from handrail_cli import show
from handrail_cli._start import json_option
from handrail_cli.people._say import moment
from handrail_cli.show import emit
from handrail_cli.work._open import Opened, by_option, with_opened

MOST = 1_000

TOLD = ("enforcement", "reply")
"""What stands as the stage of an enforcement, or a reply, that failed."""


@click.group()
def dead() -> None:
    """See to dead letters: what was not done, or not carried out.

    Each has the class of error and its place, never a text. What was mended is tried again.
    """


@dead.command("list")
@click.option("--feature", help="Only of this feature.")
@click.option(
    "--limit", type=click.IntRange(1, MOST), default=50, show_default=True, help="How many at most."
)
@json_option
@with_opened
def list_dead(*, opened: Opened, feature: str | None, limit: int, as_json: bool) -> None:
    """List dead letters, the latest first."""
    letters = opened.store.letters.all(feature=feature, most=limit)
    if as_json:
        emit([attrs.asdict(each, value_serializer=_plain) for each in letters])
        return
    table = show.grid("key", "feature", "stage", "tries", "reason", "died", right=["tries"])
    for each in letters:
        died = moment(each.died_at)
        # Ids begin with the time, and what was made together begins alike.
        key = each.key if each.stage in TOLD else each.key[:12]
        table.add_row(key, each.feature, each.stage, str(each.tries), each.reason, died)
    show.screen().print(table if letters else "No dead letters.")


def _plain(_: object, __: object, value: object) -> object:
    return value.isoformat() if hasattr(value, "isoformat") else value


@dead.command()
@click.argument("keys", nargs=-1, metavar="KEYS")
@click.option("--all", "every", is_flag=True, help="All there are.")
@by_option
@json_option
@with_opened
def retry(*, opened: Opened, keys: tuple[str, ...], every: bool, by: str, as_json: bool) -> None:
    """Have dead letters worked, or delivered, again.

    KEYS may be cut short, as `dead list` shows them.
    """
    done = opened.store.letters.retry(_wanted(opened, keys, every=every), by=by)
    _say(done, "put back to be worked", as_json=as_json)


@dead.command()
@click.argument("keys", nargs=-1, metavar="KEYS")
@click.option("--all", "every", is_flag=True, help="All there are.")
@by_option
@json_option
@with_opened
def drop(*, opened: Opened, keys: tuple[str, ...], every: bool, by: str, as_json: bool) -> None:
    """Delete dead letters and what they hold; replies are never sent, enforcements stay."""
    done = opened.store.letters.drop(_wanted(opened, keys, every=every), by=by)
    _say(done, "dropped", as_json=as_json)


def _wanted(opened: Opened, keys: tuple[str, ...], *, every: bool) -> list[str]:
    if not keys and not every:
        raise click.UsageError("Name dead letters by their key, or say --all.")
    there = [each.key for each in opened.store.letters.all(most=MOST)]
    found = []
    for key in keys:
        fitting = [each for each in there if each.startswith(key)]
        if len(fitting) != 1:
            many = f"{len(fitting)} dead letters have a key that begins so: write more of it."
            none = "no dead letter has that key: see handrail dead list."
            raise click.UsageError(f"{key}: {many if fitting else none}")
        found += fitting
    return there if every else found


def _say(done: int, what: str, *, as_json: bool) -> None:
    if as_json:
        emit({"done": done})
    else:
        click.echo(f"{done} {what}.")
