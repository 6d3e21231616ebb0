"""``handrail db purge``, ``hold``, ``release``, ``holds``: what goes by age, and what may not."""

from __future__ import annotations

from datetime import UTC, datetime, time

import click

from handrail_cli import show
from handrail_cli.store._place import Place, placed

DAY_END = time(23, 59, 59)
"""When a day that is named as the last one ends."""

KIND = click.Choice(["actor", "item"])


@click.command()
@click.option("--most", type=click.IntRange(1), help="Rows of each table, at most.")
@placed
def purge(*, place: Place, most: int | None, as_json: bool) -> None:
    """Delete what is older than the settings keep it.

    A worker does the same from time to time. Legal holds, preserved content and what open cases
    are about stay; what erasing a person had to leave for one of them goes once that is over.

    Exit code: 0, or 2 if nothing could start.
    """
    with place.store() as store:
        from handrail_store import finish
        from handrail_store import purge as purge_store

        owed = finish(store)
        gone = {**purge_store(store, most=most), "erasures": owed}
    say(gone, as_json=as_json, none="Nothing is over its time.")


def say(gone: object, *, as_json: bool, none: str) -> None:
    """Print how many rows of each table."""
    counts = dict(gone) if isinstance(gone, dict) else {}
    if as_json:
        show.emit(counts)
        return
    table = show.grid("table", "rows")
    for name, count in counts.items():
        if count:
            table.add_row(name, f"{count:,}")
    show.screen().print(table if table.row_count else none)


@click.command()
@click.argument("kind", metavar="KIND", type=KIND)
@click.argument("id_", metavar="ID")
@click.option("--reason", required=True, help="Why, such as the number of a case.")
@click.option("--by", required=True, help="Who says so.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day of the hold, UTC.")
@placed
def hold(  # noqa: PLR0913 - an option each, all by keyword
    *, place: Place, kind: str, id_: str, reason: str, by: str, until: datetime | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Hold all of a person (actor ID) or of an item (item ID): nothing of it is purged or erased.

    Exit code: 0, or 2 if nothing could start.
    """
    end = None if until is None else datetime.combine(until, DAY_END, UTC)
    with place.store() as store:
        from handrail_store import LegalHold
        from handrail_store import hold as hold_it

        hold_it(store, LegalHold(kind, id_, reason, by, end))
    if as_json:
        show.emit({"kind": kind, "held": True, "until": end and end.isoformat()})
    else:
        show.screen().print(f"This {kind} is held until {_end(end)}.")


@click.command()
@click.argument("kind", metavar="KIND", type=KIND)
@click.argument("id_", metavar="ID")
@click.option("--by", required=True, help="Who says so.")
@placed
def release(*, place: Place, kind: str, id_: str, by: str, as_json: bool) -> None:
    """Let go of what was held; what erasing a person had to leave for it is erased now.

    Exit code: 0 if it was held, 1 if it was not, 2 if nothing could start.
    """
    with place.store() as store:
        from handrail_store import release as release_it

        done = release_it(store, kind, id_, by=by)
    if as_json:
        show.emit({"kind": kind, "released": done})
    else:
        show.screen().print(f"This {kind} is held no more." if done else f"No such {kind} is held.")
    if not done:
        click.get_current_context().exit(1)


@click.command()
@placed
def holds(*, place: Place, as_json: bool) -> None:
    """List what is held.

    Exit code: 0, or 2 if nothing could start.
    """
    table = show.grid("kind", "id", "reason", "by", "until")
    with place.store() as store:
        from handrail_store import holds as all_holds

        for held in all_holds(store):
            if as_json:
                said = {"kind": held.kind, "id": held.id, "reason": held.reason, "by": held.by}
                show.emit({**said, "until": held.until and held.until.isoformat()})
            cells = (held.kind, held.id, held.reason, held.by, _end(held.until))
            table.add_row(*[show.printable(cell) for cell in cells])
    if not as_json:
        show.screen().print(table if table.row_count else "Nothing is held.")


def _end(until: datetime | None) -> str:
    """When a hold ends, in words that go on from "until"."""
    return "it is released" if until is None else f"{until.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
