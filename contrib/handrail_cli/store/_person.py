"""``handrail db erase`` and ``export``: what is a person's."""

from __future__ import annotations

import click

from handrail import HandrailError
from handrail_cli import show
from handrail_cli.store._place import Place, placed
from handrail_cli.store._purge import say


class Refused(click.ClickException):
    """It was not done, and must not be: exit code 1."""

    exit_code = 1


@click.command()
@click.argument("actor")
@click.option("--by", required=True, help="Who does it.")
@click.option("--yes", is_flag=True, help="Do not ask: there is no way back.")
@placed
def erase(*, place: Place, actor: str, by: str, yes: bool, as_json: bool) -> None:
    """Erase a person: delete their content, and take their id out of the record.

    Exit code: 0 if it was done, 1 if they are under a legal hold, 2 if nothing could start.
    """
    if not yes:
        click.confirm("There is no way back. Erase this person?", abort=True, err=True)
    with place.store() as store:
        from handrail_store import HeldError
        from handrail_store import erase as erase_person

        try:
            gone = erase_person(store, actor, by=by)
        except HeldError as error:
            raise Refused(str(error)) from None
    say(gone, as_json=as_json, none="Nothing was known of this person.")


@click.command()
@click.argument("actor")
@click.option("--by", required=True, help="Who does it.")
@placed
def export(*, place: Place, actor: str, by: str, as_json: bool) -> None:
    """Print what is known of a person, one JSON object a line, kept content opened.

    Exit code: 0, or 2 if nothing could start.
    """
    with place.store() as store:
        from handrail_store import export as export_person

        try:
            for row in export_person(store, actor, by=by):
                show.emit(row)
        except HandrailError as error:
            raise show.Stop(str(error)) from None
