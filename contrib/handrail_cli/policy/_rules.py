"""Rules, overrides and exceptions in a few words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import TypeAlias

import attrs

from handrail import Action, ExceptionRule, Mode, Override, Policy, Rollout, Rule, expand
from handrail_cli import show

Part: TypeAlias = "Rule | Override | ExceptionRule"
"""What of a policy may have a condition."""


@attrs.frozen
class Told:
    """A rule in words.

    Attributes:
        policy, rule: Whose it is. when: Its condition, in CEL. then: What it asks for.
        state: Mode, share and dates, where they are not the usual.
    """

    policy: str
    rule: str
    when: str
    then: str
    state: str


def conditional(policy: Policy, now: datetime, only: frozenset[str]) -> Iterator[Told]:
    """Yield what of a policy depends on a condition and is about *only* these issues, or more."""
    for each in policy.overrides:
        if only.isdisjoint(expand(each.issues)):
            continue
        asked = f"stricter: {', '.join(each.issues)}"
        yield Told(policy.name, each.id, _when(each), asked, state(each, policy, now))
    for rule in policy.rules:
        if rule.when is not None and (rule.issue is None or rule.issue in only):
            yield Told(policy.name, rule.id, _when(rule), then(rule), state(rule, policy, now))
    for ease in policy.exceptions:
        if only.isdisjoint(expand(ease.issues)):
            continue
        asked = f"at most {ease.at_most.name}: {', '.join(ease.issues)}"
        yield Told(policy.name, ease.id, _when(ease), asked, state(ease, policy, now))


def source(part: Part) -> str | None:
    """Return a condition as it was written; None where there is none, or none in CEL."""
    if part.when is None or part.when.source is None:
        return None
    return part.when.source.partition("  // lists.")[0]


def _when(part: Part) -> str:
    written = " ".join((source(part) or "a condition in code").split())
    if isinstance(part, Rule) and part.issue is not None and part.at is not None:
        written = f"{part.issue} >= {part.at:g} and {written}"
    return written if part.unknown is None else f"{written}  (unknown: {part.unknown.value})"


def then(rule: Rule) -> str:
    """Return what a rule asks for, such as ``HOLD, label be_careful``."""
    action = [] if rule.then.action is None else [rule.then.action.name]
    return (
        ", ".join([*action, *(show.effect(e) for e in rule.then.all_effects)]) or Action.ALLOW.name
    )


def state(part: Part, policy: Policy, now: datetime) -> str:
    """Return mode, share and dates, where they are not the usual."""
    words = [
        each.mode.value for each in (part, policy)
        if not isinstance(each, ExceptionRule) and each.mode is not Mode.ENFORCE
    ]  # fmt: skip
    if not isinstance(part, ExceptionRule):
        words += [f"for {told}" for each in (part, policy) if (told := shares(each.rollout))]
        words += [f"until {part.expires}"] if part.mode is Mode.SHADOW else []
    starts, ends = getattr(part, "starts", None), getattr(part, "ends", None)
    if starts is not None and starts > now:
        words.append(f"from {_day(starts)}")
    if ends is not None:
        words.append(f"{'ended' if ends <= now else 'ends'} {_day(ends)}")
    return ", ".join(dict.fromkeys(words))


def shares(rollout: Rollout | None) -> str:
    """Return a rollout in words, such as ``DE 5 %, elsewhere 0 %``; nothing if it is for all."""
    table: Mapping[str, float] = {"*": 100} if rollout is None else rollout.shares
    if table == {"*": 100}:
        return ""
    if set(table) == {"*"}:
        return f"{table['*']:g} %"
    named = sorted(table.items(), key=lambda row: (row[0] == "*", row))
    return ", ".join(f"{'elsewhere' if r == '*' else r} {percent:g} %" for r, percent in named)


def _day(value: date | datetime) -> str:
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else f"{value}"
