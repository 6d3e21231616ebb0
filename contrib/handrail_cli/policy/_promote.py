"""``handrail policy promote``: change mode and share of a rule, in its file, checked first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from difflib import unified_diff
from pathlib import Path
from typing import Any

import attrs
import click

from handrail import Override, Policy, Rule
from handrail_cli import show
from handrail_cli._start import config_option, config_path, json_option
from handrail_cli.policy import _edit as edit
from handrail_cli.policy._load import (
    Refused,
    check_directory,
    directory_argument,
    open_bundle,
    put,
    say,
    tried,
)
from handrail_cli.policy._markets import catalogue, markets, silent
from handrail_policyfiles import Bundle

SHADOW_DAYS = 28
"""For so long a shadow runs where nobody says."""


@click.command()
@directory_argument("directory")
@click.argument("rule")
@click.option("--to", type=click.Choice(["shadow", "enforce"]), help="The mode; enforce unless "
              "only --rollout is given.")  # fmt: skip
@click.option("--rollout", type=click.FloatRange(0, 100), help="The percent of people it is for.")
@click.option("--expires", help=f"The last day of a shadow; in {SHADOW_DAYS} days by default.")
@click.option("--market", multiple=True, help="Markets, beside those of the settings' features.")
@config_option
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@json_option
@show.apart()
def promote(
    *, directory: Path, rule: str, to: str | None, rollout: float | None, expires: str | None,
    market: tuple[str, ...], config: Path | None, dry_run: bool, as_json: bool,
) -> None:  # fmt: skip
    """Put RULE into another mode, or count it for another share of people.

    RULE is the id of a rule or override (or POLICY/ID), or the name of a policy. Its file in
    DIRECTORY is changed where the value stands. It is refused where the policies cannot be used
    then, and, when it is to be enforced, where a market of the features it is for has no notice
    in its language.

    Exit code: 0 if it was done, 1 if it was refused, 2 if nothing could start.
    """
    check_directory(directory)
    with tried(directory, {}):
        bundle = open_bundle(directory)
    target = edit.found(directory, rule)
    part = _part(bundle, target)
    mode = to or ("enforce" if rollout is None else part.mode.value)
    keys = _keys(part, mode, rollout, expires)
    if mode == "enforce" and keys:
        _check_notices(_policy(bundle, target), part, market, config_path(config))
    before, after = edit.changed(target, keys)
    with tried(directory, {target.path.name: after}) as new:
        _check_meaning(bundle, new, target, part, keys)
    if not dry_run and after != before:
        put(target.path, after)
    _tell(target, (before, after), new, as_json=as_json)


def _policy(bundle: Bundle, target: edit.Target) -> Policy:
    return next(p for p in bundle.policies if p.name == target.policy)


def _part(bundle: Bundle, target: edit.Target) -> Rule | Override | Policy:
    policy = _policy(bundle, target)
    parts: tuple[Rule | Override, ...] = (*policy.rules, *policy.overrides)
    return policy if not target.part else next(p for p in parts if p.id == target.name)


def _keys(
    part: Rule | Override | Policy, mode: str, rollout: float | None, expires: str | None
) -> dict[str, str]:
    """The keys to be set, as they are written."""
    keys = {} if part.mode.value == mode else {"mode": mode}
    if mode == "shadow" and (expires is not None or part.expires is None):
        keys["expires"] = expires or f"{datetime.now(UTC).date() + timedelta(days=SHADOW_DAYS)}"
    shares = {} if part.rollout is None else dict(part.rollout.shares)
    if rollout is not None and shares != {"*": rollout}:
        keys["rollout"] = f"{rollout:g}"
    return keys


def _check_notices(
    policy: Policy, part: Rule | Override | Policy, more: tuple[str, ...], config: Path | None
) -> None:
    names = sorted({*more, *(markets(config, policy) if config else ())})
    if not names and config is None:
        click.echo("No settings, no --market: no market's notices were looked at.", err=True)
        return
    without = silent(names, part, catalogue(config))
    if without:
        raise Refused(
            f"Nothing was changed: no notice for it in a language of {', '.join(without)}. "
            f"Name more languages under notices in the settings, or write the messages."
        )


def _check_meaning(
    old: Bundle, new: Bundle, target: edit.Target, part: Rule | Override | Policy,
    keys: dict[str, str],
) -> None:  # fmt: skip
    """Refuse an edit that means anything but what was asked for."""
    given: dict[str, Any] = {k: float(v) if k == "rollout" else v for k, v in keys.items()}
    wanted = attrs.evolve(part, **given)
    policy = wanted if isinstance(wanted, Policy) else _policy(old, target)
    if target.part:
        members = getattr(policy, target.part)
        changed: dict[str, Any] = {
            target.part: tuple(wanted if each.id == target.name else each for each in members)
        }
        policy = attrs.evolve(policy, **changed)
    said = {p.name: p.revision for p in new.policies}
    if said != {**{p.name: p.revision for p in old.policies}, target.policy: policy.revision}:
        raise Refused(f"{target.path}: it cannot be changed in place; change it by hand.")


def _tell(target: edit.Target, texts: tuple[str, str], new: Bundle, *, as_json: bool) -> None:
    before, after = (text.splitlines() for text in texts)
    name = target.path.as_posix()
    lines = list(unified_diff(before, after, name, name, n=2, lineterm=""))
    doubts = [w for w in new.warnings if target.path.name in w.file]
    if as_json:
        show.emit({"file": name, "rule": target.name, "revision": new.revision, "diff": lines,
                   "warnings": [w.message for w in doubts]})  # fmt: skip
        return
    if not lines:
        say(f"{target.name} is like that already: nothing was changed.")
    for line in lines:
        say(line)
    for doubt in doubts:
        click.echo(f"{name}:{doubt.line}:{doubt.column}: warning: {doubt.message}", err=True)
