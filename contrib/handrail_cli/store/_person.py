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
@click.option("--whole", is_flag=True,
              help="Withhold nothing, such as for a court; the audit log says so.")  # fmt: skip
@placed
def export(*, place: Place, actor: str, by: str, whole: bool, as_json: bool) -> None:
    """Print what is known of a person, one JSON object a line, kept content opened.

    What would tip somebody off that they are reported or looked into is withheld; how much that
    was stands on standard error.

    Exit code: 0, or 2 if nothing could start.
    """
    with place.store() as store:
        from handrail_store import export as export_person

        withheld: list[int] = []
        rows = export_person(store, actor, by=by, whole=whole, on_withheld=withheld.append)
        count = 0
        try:
            for row in rows:
                show.emit(row)
                count += 1
        except HandrailError as error:
            raise show.Stop(str(error)) from None
    if sum(withheld):
        _say_withheld(sum(withheld))
    elif not count:
        click.echo("Nothing is known of this person.", err=True)


def _say_withheld(rows: int) -> None:
    """To whoever hands it out, beside what is handed out."""
    what = "1 row is" if rows == 1 else f"{rows:,} rows are"
    click.echo(
        f"{what} withheld: about children, what must be reported or preserved, or under a rule "
        "without the usual notice (GDPR Art. 15(4), 23). --whole withholds nothing.",
        err=True,
    )
