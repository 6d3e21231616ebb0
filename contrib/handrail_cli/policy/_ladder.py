"""The ladders that hold for somebody: found by asking what each score would lead to.

The engine itself answers, so overrides, exceptions and substitutes count as they do in a call.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import attrs

from handrail import (
    Action,
    Decision,
    Finding,
    Item,
    Match,
    Policy,
    Preview,
    Rung,
    expand,
    families,
    issues,
)
from handrail_cli import show


@attrs.frozen
class Step:
    """From a score on, something else is decided.

    Attributes:
        at: The least score. action, effects: What is decided then. by: The rules that say so.
    """

    at: float
    action: Action
    effects: tuple[str, ...]
    by: tuple[str, ...]


def ladders(
    preview: Preview, policies: Iterable[Policy], item: Item
) -> dict[str, tuple[Step, ...]]:
    """Return the ladder of each issue that has one, for an item and its author."""
    whole = [without_shares(policy) for policy in policies]
    asked = Preview(whole, preview.feature, preview.stage, now=preview.now)
    found = thresholds(whole)
    return {name: tuple(_steps(asked, item, name, found[name])) for name in sorted(found)}


def _steps(preview: Preview, item: Item, issue: str, scores: Iterable[float]) -> Iterable[Step]:
    before = _what(preview.decide(item))
    for score in sorted(scores):
        decision = preview.decide(item, [Finding(issue, score, "as if")])
        if (now := _what(decision)) != before:
            yield Step(score, *now, by=tuple(sorted({origin(m) for m in _new(decision, score)})))
        before = now


def _what(decision: Decision) -> tuple[Action, tuple[str, ...]]:
    return decision.action, tuple(sorted(show.effect(e) for e in decision.effects))


def _new(decision: Decision, score: float) -> list[Match]:
    """The rules that begin at a score."""
    return [match for match in decision.rules if match.at == score]


def origin(match: Match) -> str:
    """Return where a match comes from: a rule, an override, or a policy's ladder."""
    rule, _, rung = match.rule.partition("/")
    if rung:
        return rule
    return match.policy if match.issue and rule.startswith(f"{match.issue}:") else rule


def thresholds(policies: Iterable[Policy]) -> dict[str, set[float]]:
    """Return the scores at which something may change, by issue."""
    found: dict[str, set[float]] = {}
    for policy in policies:
        for table in (policy.issues, *(each.issues for each in policy.overrides)):
            for name, rungs in _expanded(table):
                found.setdefault(name, set()).update(rung.at for rung in rungs)
        for rule in policy.rules:
            if rule.issue is not None and rule.at is not None:
                found.setdefault(rule.issue, set()).add(rule.at)
        for ease in policy.exceptions:
            if ease.below is not None:
                for name in expand(ease.issues):
                    found.setdefault(name, set()).add(ease.below)
    return found


def _expanded(table: Mapping[str, tuple[Rung, ...]]) -> Iterable[tuple[str, tuple[Rung, ...]]]:
    return ((name, rungs) for pattern, rungs in table.items() for name in expand([pattern]))


def without_shares(policy: Policy) -> Policy:
    """Return a policy that counts for everybody, whatever share it is rolled out to."""
    return attrs.evolve(
        policy,
        rollout=None,
        rules=tuple(attrs.evolve(rule, rollout=None) for rule in policy.rules),
        overrides=tuple(attrs.evolve(each, rollout=None) for each in policy.overrides),
    )


def grouped(found: Mapping[str, tuple[Step, ...]]) -> dict[str, tuple[Step, ...]]:
    """Return ladders with the common one of a family under ``family.*``, and single ones after."""
    table: dict[str, tuple[Step, ...]] = {}
    for family in families():
        members = {name: found[name] for name in issues() if name.startswith(f"{family}.")
                   and found.get(name)}  # fmt: skip
        common, count = next(iter(Counter(members.values()).most_common(1)), ((), 0))
        if count > 1:
            table[f"{family}.*"] = common
        table.update({n: s for n, s in members.items() if count < 2 or s != common})
    return table
