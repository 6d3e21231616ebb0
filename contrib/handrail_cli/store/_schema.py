"""``handrail db upgrade`` and ``check``: the schema of the database."""

from __future__ import annotations

import click

from handrail_cli import show
from handrail_cli.store._place import Place, placed


@click.command()
@placed
def upgrade(*, place: Place, as_json: bool) -> None:
    """Bring the schema up to date; what is up to date already is left alone.

    Where tables of somebody else have names of ours, nothing is changed, and they are named.

    Exit code: 0, or 2 if that could not be done.
    """
    with place.database() as database:
        before = database.upgrade()
    if as_json:
        show.emit({"had": before.has, "has": before.wants})
    else:
        had = "no schema" if before.has is None else f"schema {before.has}"
        now = "as it should" if before.current else f"now {before.wants}"
        show.screen().print(f"The database had {had}, {now}.")


@click.command()
@placed
def check(*, place: Place, as_json: bool) -> None:
    """Say whether the schema is the one that this version works with.

    Exit code: 0 if it is, 1 if it is not, 2 if the database could not be asked.
    """
    with place.database() as database:
        found = database.standing()
    if as_json:
        said = {"has": found.has, "wants": found.wants, "known": found.known}
        show.emit({**said, "current": found.current, "taken": [*found.taken]})
    else:
        right = f"The database has schema {found.has}, as it should."
        show.screen().print(right if found.current else f"{found.fault()}.")
    if not found.current:
        click.get_current_context().exit(1)
