"""``handrail respond sign``, ``list`` and ``revert``: what comes after."""

from __future__ import annotations

from pathlib import Path

import click
from rich.text import Text

from handrail_cli import show
from handrail_cli._start import json_option
from handrail_cli.policy._load import Refused, policies_option, put, say
from handrail_cli.respond._log import Log
from handrail_cli.respond._response import now, policy_text


@click.command()
@click.argument("batch")
@click.option("--by", required=True, help="Who signs it: another person.")
@policies_option
@json_option
def sign(*, batch: str, by: str, policies: Path, as_json: bool) -> None:
    """Sign the response BATCH as a second person, so that it lives as long as was asked.

    Exit code: 0 if it was signed, 1 if it was refused, 2 if nothing could start.
    """
    log = Log.read(policies)
    response = log.live(batch)
    if response.kind == "posture" or response.signed_by is not None:
        raise Refused(f"{batch} needs no signature.")
    if _same(by, response.by):
        raise Refused(f"{batch} was asked for by {response.by}: another person has to sign it.")
    if response.over <= now():
        raise Refused(f"{batch} has ended. Respond anew if you need it.")
    log.add("signed", batch, by=by)
    signed = log.responses[batch]
    put(policies / signed.file, policy_text(signed))
    if batch in (reverted := Log.read(policies).reverted):  # Meanwhile.
        put(policies / signed.file, None)
        raise Refused(f"{batch} was reverted by {reverted[batch]}.")
    if as_json:
        show.emit({"batch": batch, "by": by, "ends": str(signed.over)})
    else:
        say(f"{batch} is in force until {signed.over:%Y-%m-%d %H:%M} UTC.")


def _same(one: str, other: str) -> bool:
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


@click.command("list")
@policies_option
@click.option("--show-text", is_flag=True, help="Show what was responded to, unmasked.")
@json_option
def list_responses(*, policies: Path, show_text: bool, as_json: bool) -> None:
    """List the responses so far, the newest first, and how each stands.

    Exit code: 0, or 2 if nothing could start.
    """
    log = Log.read(policies)
    newest = list(reversed(log.responses.values()))
    if as_json:
        rows = [{**r.to_json(), "state": log.state(r), "over": str(r.over)} for r in newest]
        show.emit({"responses": rows})
        return
    table = show.grid("batch", "what", "state", whole=["batch"])
    for r in newest:
        open_ = show_text or r.kind == "posture"
        value = show.printable(r.value) if open_ else show.masked(r.value)
        what = Text(f"{r.action + ' ' if r.action else ''}{r.kind} {value}\n")
        what.append(f"{show.printable(r.reason)} ({r.by})", "dim")
        # When it would have ended says nothing of one that was taken back.
        until = "" if r.id in log.reverted else f"\nuntil {r.over:%Y-%m-%d %H:%M}"
        table.add_row(r.id, what, f"{log.state(r)}{until}")
    screen = show.screen()
    if newest:
        screen.print(table)
    else:
        screen.print("No response so far.")


@click.command()
@click.argument("batch")
@click.option("--by", required=True, help="Who takes it back.")
@policies_option
@json_option
def revert(*, batch: str, by: str, policies: Path, as_json: bool) -> None:
    """Take the response BATCH out again.

    Exit code: 0 if it was taken out, 1 if it was refused, 2 if nothing could start.
    """
    log = Log.read(policies)
    log.revert(log.there(batch), by)
    if as_json:
        show.emit({"batch": batch, "by": by})
    else:
        say(f"{batch} is out of force. What it did has the batch {batch} in the record.")
