"""``handrail respond term`` and ``link``: a rule from an example of what comes in."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import attrs
import click

from handrail import Text
from handrail_cli import show
from handrail_cli._start import config_option, config_path, json_option
from handrail_cli.policy._load import (
    Refused,
    Where,
    items_of,
    open_bundle,
    policies_option,
    say,
    tried,
    where_of,
)
from handrail_cli.respond._dry import DryRun, check_features, dry_run, tell
from handrail_cli.respond._log import Log
from handrail_cli.respond._response import Response, duration, new_id, now, policy_text
from handrail_policyfiles import Bundle


@attrs.frozen(kw_only=True)
class Asked:
    """What was asked for on the command line; see the options."""

    policies: Path
    file: Path
    action: str
    ttl: str
    reason: str
    by: str
    cap: float
    issue: str
    feature: tuple[str, ...]
    surface: tuple[str, ...]
    config: Path | None
    yes: bool
    show_text: bool
    as_json: bool


_OPTIONS = (
    policies_option,
    click.option("--on", "file", type=click.Path(path_type=Path), required=True,
                 help="Items of the last minutes, one JSON object a line."),
    click.option("--action", type=click.Choice(["block", "hold", "limit"]), required=True,
                 help="What becomes of a hit."),
    click.option("--for", "ttl", required=True, help="How long it lives, such as 6h."),
    click.option("--reason", required=True, help="Why."),
    click.option("--by", required=True, help="Who says so."),
    click.option("--cap", type=click.FloatRange(0, 100, min_open=True), default=5.0,
                 show_default=True, help="The percent of established actors it may act on."),
    click.option("--issue", default="integrity.spam", show_default=True, help="What hits are."),
    click.option("--feature", multiple=True, help="Only this feature of the settings."),
    click.option("--surface", multiple=True, help="Only this kind of place."),
    config_option,
    click.option("--yes", is_flag=True, help="Do not ask."),
    click.option("--show-text", is_flag=True, help="Show the texts of hits, unmasked."),
    json_option,
)  # fmt: skip


def _options(command: Callable[[str, Asked], None]) -> Callable[..., None]:
    """Give *command* the options of a response, as one argument."""

    @functools.wraps(command)
    def with_options(*, value: str, **given: Any) -> None:
        with show.apart():
            command(value, Asked(**given))

    made: Callable[..., None] = with_options
    for option in reversed(_OPTIONS):
        made = option(made)
    return made


@click.command()
@click.argument("value")
@_options
def term(value: str, asked: Asked) -> None:
    """Act on items that mention VALUE, a word or a phrase.

    However it is written: letters are folded as modules fold them. First the items of --on are
    decided as if it were in force; you are told how many it hits, and how many of them come from
    people who have been around, and asked. Above --cap of those it is refused. People of unknown
    tenure are left out of that share.

    It ends after 24 hours unless another person signs it (handrail respond sign).

    Exit code: 0 if it is in force, 1 if it was refused, 2 if nothing could start.
    """
    if not Text(value).words:
        raise Refused("VALUE has no word in it that a text could mention.")
    _respond("term", " ".join(value.split()), asked)


@click.command()
@click.argument("value")
@_options
def link(value: str, asked: Asked) -> None:
    """Act on items with a link to VALUE, a host or an address of it.

    Hosts below it count as well. All else is as with term.

    Exit code: 0 if it is in force, 1 if it was refused, 2 if nothing could start.
    """
    _respond("link", host(value), asked)


def host(value: str) -> str:
    """Return the host that a link leads to, in ASCII; raises Refused for what is no link."""
    try:
        found = urlsplit(value if "//" in value else f"//{value}").hostname or ""
        # The hosts of links are compared in this form.
        found = found.strip(".").encode("idna").decode("ascii")
    except ValueError:
        found = ""
    if "." not in found:
        raise Refused("VALUE is no link: expected a host, or an address of it.")
    return found


def _respond(kind: str, value: str, asked: Asked) -> None:
    if asked.as_json and not asked.yes:
        raise click.UsageError("--json prints no question: say --yes as well.")
    log, bundle = Log.read(asked.policies), open_bundle(asked.policies)
    where = where_for(bundle, asked.feature, asked.surface, asked.config)
    response = _made(kind, value, asked)
    items, _ = items_of(asked.file, as_json=asked.as_json)
    text = policy_text(response)
    with tried(asked.policies, {response.file: text}) as new:
        check_features(new.policies, where)
        made = dry_run(bundle.policies, new.policies, response.id, where, items)
    log.add("tried", response.id, by=asked.by, hits=made.to_json())
    if not asked.as_json:
        tell(made, show_text=asked.show_text)
    _agree(made, response, log, asked)
    log.apply(response, text)
    if asked.as_json:
        show.emit({"batch": response.id, "dry_run": made.to_json(), "ends": str(response.over)})
    else:
        say(f"{response.id} is in force until {response.over:%Y-%m-%d %H:%M} UTC.")
        if response.over < response.ends:
            say(f"Once another person signs it, until {response.ends:%Y-%m-%d %H:%M} UTC:")
            say(f"  handrail respond sign {response.id} --by NAME --policies {asked.policies}")


def _made(kind: str, value: str, asked: Asked) -> Response:
    begun = now()
    places = {"surfaces": list(asked.surface), "features": list(asked.feature)}
    return Response(
        id=new_id(begun), kind=kind, value=value, action=asked.action, issue=asked.issue,
        reason=asked.reason, by=asked.by, begun=begun, ends=begun + duration(asked.ttl),
        cap=asked.cap, applies={key: names for key, names in places.items() if names},
    )  # fmt: skip


def _agree(made: DryRun, response: Response, log: Log, asked: Asked) -> None:
    """Refuse what would act on too many established people, and ask about the rest."""
    if made.share > response.cap:
        log.add("refused", response.id, by=asked.by, share=round(made.share, 2))
        raise Refused(
            f"Refused: it would act on {made.share:.1f} % of established actors, and --cap allows "
            f"{response.cap:g} %. Make it narrower, or raise --cap."
        )
    if not asked.yes:
        click.confirm(f"Put it in force, action {asked.action}?", abort=True)


def where_for(
    bundle: Bundle, features: tuple[str, ...], surfaces: tuple[str, ...], config: Path | None
) -> Where:
    """Return which features to try it on; without settings, a kind of place that policies name."""
    if config_path(config) is not None:
        return where_of(features, (), config)
    named = {s for policy in bundle.policies for s in policy.applies.surfaces} - {"*"}
    return where_of((), surfaces or tuple(sorted(named)) or ("any",), None)
