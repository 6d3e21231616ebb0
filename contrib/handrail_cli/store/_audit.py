"""``handrail audit verify`` and ``show``."""

from __future__ import annotations

import json
import re

import attrs
import click

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
    table = show.grid("at", "what", "by", "subject", "", whole=["at", "what"])
    with place.database() as database:
        for row in database.audit(most, what=what, subject=subject):
            if as_json:
                show.emit(row)
                continue
            said = json.dumps(row["body"], sort_keys=True) if row["body"] else ""
            cells = (row["at"], row["what"], row["by"] or "", row["subject"], said)
            table.add_row(*[show.printable(str(cell)) for cell in cells])
    if not as_json:
        show.screen().print(table if table.row_count else "The audit log has no such rows.")
