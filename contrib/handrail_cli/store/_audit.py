"""``handrail audit verify`` and ``show``."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import attrs
import click
from rich.console import RenderableType

from handrail_cli import show
from handrail_cli.store._place import Place, placed

_HASH = re.compile(r"[0-9a-f]{64}")


def _hash(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    if value is not None and not _HASH.fullmatch(value):
        raise click.BadParameter("expected 64 hexadecimal digits")
    return value


@click.command()
@click.option("--head", callback=_hash, help="A head that was noted: it must be in the chain.")
@click.option("--last", type=click.IntRange(1), help="Walk only so many links, from the end.")
@placed
def verify(*, place: Place, head: str | None, last: int | None, as_json: bool) -> None:
    """Walk the chain of the audit log from its start, and print its head.

    A row that was changed, removed, put elsewhere or put in between is found. That rows are gone
    from the end is found only with --head: note the head where nobody of the database can write.
    With --last it has to be among the links that are walked, or just before them.

    Exit code: 0 if the chain holds, 1 if it does not, 2 if nothing could start.
    """
    with place.database() as database:
        found = database.verify(head, last=last)
    if as_json:
        broken = [attrs.asdict(each) for each in found.broken]
        show.emit({"links": found.links, "head": found.head, "broken": broken})
    else:
        screen = show.screen()
        for each in found.broken:
            screen.print(f"link {each.link}: {each.what}", style="red")
        holds = "does not hold" if found.broken else "holds"
        screen.print(f"The chain of {found.links} links {holds}.")
        screen.print(f"Head: {found.head}", soft_wrap=True)
    if found.broken:
        click.get_current_context().exit(1)


@click.command("show")
@click.option("--most", type=click.IntRange(1), default=20, show_default=True, help="Rows.")
@click.option("--what", help="Only what was done so, such as erased.")
@click.option("--subject", help="Only what was done to this.")
@placed
def show_log(
    *, place: Place, most: int, what: str | None, subject: str | None, as_json: bool
) -> None:
    """Show the latest rows of the audit log, the last first.

    Exit code: 0, or 2 if nothing could start.
    """
    with place.database() as database:
        rows = list(database.audit(most, what=what, subject=subject))
    for row in rows:
        show.emit(row) if as_json else show.screen().print(_entry(row))
    if not rows and not as_json:
        show.screen().print("The audit log has no such rows.")


def _entry(row: Mapping[str, Any]) -> RenderableType:
    """A row of the log on two lines: what was done when and by whom; then to what."""
    by = f"by {row['by']}" if row["by"] else ""
    facts = (f"{key} {_fact(value)}" for key, value in sorted((row["body"] or {}).items()))
    at = f"{datetime.fromisoformat(row['at']).astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    head = (at, row["what"], by)
    told = (f"on {row['subject']}" if row["subject"] else "", *facts)
    return show.entry(map(show.printable, head), *map(show.printable, told))


def _fact(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
