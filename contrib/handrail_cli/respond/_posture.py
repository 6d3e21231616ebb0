"""``handrail respond posture``: put in force what the team approved before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from handrail import HandrailError, load_yaml
from handrail_cli import show
from handrail_cli._start import config_option, json_option
from handrail_cli.policy._load import Refused, items_of, open_bundle, policies_option, say, tried
from handrail_cli.respond._dry import check_features, dry_run, tell
from handrail_cli.respond._exemplar import where_for
from handrail_cli.respond._log import Log
from handrail_cli.respond._response import Response, duration, new_id, now, written

NORMAL = "normal"
"""No posture: the policies as they are."""

ENDLESS = ("exceptions", "faults")
"""What a posture cannot hold, for it would loosen, or could not end by itself."""


@click.command()
@click.argument("name")
@policies_option
@click.option("--for", "ttl", help="How long it lives, such as 6h; not for normal.")
@click.option("--reason", required=True, help="Why.")
@click.option("--by", required=True, help="Who says so.")
@click.option("--on", "file", type=click.Path(path_type=Path), help="Items to try it on first.")
@config_option
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
@show.apart()
def posture(
    *, name: str, policies: Path, ttl: str | None, reason: str, by: str, file: Path | None,
    config: Path | None, yes: bool, as_json: bool,
) -> None:  # fmt: skip
    """Switch to the posture NAME, such as normal, elevated or lockdown.

    normal is no posture. Any other is a policy that the team has written and approved before, in
    the folder postures; it is copied to the folder emergency with an end, in place of the posture
    that was in force.

    Exit code: 0 if it is in force, 1 if it was refused, 2 if nothing could start.
    """
    log = Log.read(policies)
    former = log.posture
    response = None if name == NORMAL else _made(policies, name, ttl, reason, by)
    changes: dict[str, str | None] = {former.file: None} if former else {}
    text = "" if response is None else written(response, _ending(policies, response))
    if response is not None:
        changes[response.file] = text
    bundle = open_bundle(policies)
    with tried(policies, changes) as new:
        where = where_for(bundle, (), (), config)
        check_features(new.policies, where)
        if file is not None and response is not None:
            items, _ = items_of(file, as_json=as_json)
            made = dry_run(bundle.policies, new.policies, response.id, where, items)
            if not as_json:
                tell(made, show_text=False)
    if not yes:
        click.confirm(f"Switch to the posture {name}?", abort=True)
    # The new one first: for a moment both hold, and never none.
    if response is not None:
        log.apply(response, text)
    if former is not None:
        log.revert(former, by)
    _tell(name, response, as_json=as_json)


def _tell(name: str, response: Response | None, *, as_json: bool) -> None:
    if as_json:
        batch, ends = (response.id, str(response.over)) if response else (None, None)
        show.emit({"posture": name, "batch": batch, "ends": ends})
    elif response is None:
        say("Posture: normal.")
    else:
        until = f"{response.over:%Y-%m-%d %H:%M} UTC"
        say(f"Posture: {name} until {until} ({response.id}).")


def _made(policies: Path, name: str, ttl: str | None, reason: str, by: str) -> Response:
    if not (policies / "postures" / f"{name}.yaml").is_file():
        known = sorted(p.stem for p in policies.glob("postures/*.yaml"))
        raise show.Stop(f"No posture {name!r}. There are: {', '.join([NORMAL, *known])}.")
    if ttl is None:
        raise click.UsageError("Say how long it lives: --for 6h.")
    begun = now()
    return Response(
        id=new_id(begun), kind="posture", value=name, reason=reason, by=by, begun=begun,
        ends=begun + duration(ttl), cap=100,
    )  # fmt: skip


def _ending(policies: Path, response: Response) -> dict[str, Any]:
    """A posture's policy, each part of it with an end."""
    path = policies / "postures" / f"{response.value}.yaml"
    try:
        data = dict(load_yaml(path).value)
    except HandrailError as error:
        raise Refused(str(error)) from None
    for key in ENDLESS:
        if key in data:
            raise Refused(f"{path}: a posture has no {key}: it only makes stricter, and ends.")
    data["policy"] = response.id
    data["rules"] = [_ended(rule, response.over) for rule in data.get("rules", ())]
    overrides = [_while(each, response.over) for each in data.get("overrides", ())]
    if (ladders := data.pop("issues", None)) is not None:
        overrides.append({"id": "ladders", "when": _until(response.over), "issues": ladders})
    data["overrides"] = overrides
    return {key: value for key, value in data.items() if value != []}


def _ended(rule: Mapping[str, Any], over: datetime) -> dict[str, Any]:
    given = rule.get("ends")
    ends = min(over, datetime.fromisoformat(given)) if given is not None else over
    return {**rule, "ends": ends.isoformat()}


def _while(override: Mapping[str, Any], over: datetime) -> dict[str, Any]:
    return {**override, "when": f"({override.get('when')}) && {_until(over)}"}


def _until(over: datetime) -> str:
    return f'now < timestamp("{over:%Y-%m-%dT%H:%M:%SZ}")'
