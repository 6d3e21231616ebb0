"""The markets that would be left without a notice in a language of theirs."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from handrail import (
    Action,
    Feature,
    HandrailError,
    Override,
    Policy,
    Rule,
    Stage,
    load_yaml,
    market_languages,
)
from handrail.errors import unknown
from handrail_cli._start import configured
from handrail_cli.show import Stop

if TYPE_CHECKING:
    from handrail_notices import Catalogue


def markets(config: Path, policy: Policy) -> tuple[str, ...]:
    """Return the markets of the features that a policy covers."""
    with configured(config) as safety:
        return tuple(sorted({m for f in safety.features if _covers(policy, f) for m in f.markets}))


def _covers(policy: Policy, feature: Feature) -> bool:
    return any(policy.covers(feature.surface, feature.name, stage) for stage in Stage)


def catalogue(config: Path | None) -> Catalogue:
    """Return the notices of the settings; without any, authors are told in English only."""
    try:
        # Its package needs the extra policy; the other commands do without.
        from handrail_notices import Catalogue, load

        node = load_yaml(config).keys().get("notices") if config else None
        if node is not None:
            return load(node)
        return Catalogue() if config is None else Catalogue(languages=["en"])
    except HandrailError as error:
        raise Stop(str(error)) from None


def silent(names: Iterable[str], part: Rule | Override | Policy, notices: Catalogue) -> list[str]:
    """Return the markets in none of whose languages all notices of *part* can be given."""
    if isinstance(part, Rule) and part.notice == "none":
        return []
    issues, actions = asked(part)
    spoken = market_languages()
    for market in names:
        if market not in spoken:
            raise Stop(str(unknown("market", market, spoken)))
    return [
        market
        for market in names
        if all(notices.missing([tag], issues, actions) for tag in spoken[market])
    ]


def asked(part: Rule | Override | Policy) -> tuple[list[str], list[Action]]:
    """Return what a rule, override or policy is about, and the actions it may ask for."""
    if isinstance(part, Rule):
        action = part.then.action or Action.ALLOW
        found, actions = [part.issue or "*"], [action]
    else:
        found = list(part.issues)
        actions = [rung.action for rungs in part.issues.values() for rung in rungs]
    if isinstance(part, Policy):
        for rule in part.rules:
            more, also = asked(rule)
            found, actions = [*found, *more], [*actions, *also]
    told = {action for action in actions if action is not Action.ALLOW}
    return sorted(set(found)), sorted(told)
