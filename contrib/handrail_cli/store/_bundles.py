"""``handrail db bundles``: the policies of the past."""

from __future__ import annotations

from pathlib import Path

import click

from handrail_cli import show
from handrail_cli.store._place import Place, placed


@click.command()
@click.option(
    "--keep", type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="An archive whose bundles are taken into the database.",
)  # fmt: skip
@click.option(
    "--into", type=click.Path(file_okay=False, path_type=Path),
    help="Where all bundles are written to, for policy explain --archive.",
)  # fmt: skip
@placed
def bundles(*, place: Place, keep: Path | None, into: Path | None, as_json: bool) -> None:
    """List the bundles of policies that the database keeps; take some in, or write all out.

    Exit code: 0, or 2 if nothing could start.
    """
    with place.store() as store:
        from handrail_store import keep_bundles, restore_bundle, revisions

        new = keep_bundles(store, keep) if keep else ()
        kept = list(revisions(store))
        for revision in kept if into else ():
            restore_bundle(store, revision, into or Path())
    if as_json:
        show.emit({"kept": kept, "new": list(new)})
        return
    for revision in kept:
        show.screen().print(revision + ("  new" if revision in new else ""))
    if not kept:
        show.screen().print("No bundles are kept.")
