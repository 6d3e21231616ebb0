"""What a decision rests on: rules that matched, the end of a HOLD, the policy, the shadow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import attrs

from handrail._effect import Effect
from handrail._finding import Action, Finding, read_action
from handrail._values import (
    aware,
    built,
    strings,
)


def _maybe_action(value: Action | str | None) -> Action | None:
    return None if value is None else read_action(value)


def _eased_by(value: Iterable[str] | str) -> tuple[str, ...]:
    return strings(value, "Match.eased_by")


@attrs.frozen(kw_only=True)
class Match:
    """A rule that matched.

    Attributes:
        rule: Its id within the policy. policy: The policy's name. issue: What it is about.
        action: What it asks for. score: The score it saw. at: Its threshold (``score >= at``).
        hash: Hash of what the rule matches and asks for: approvals bind to it.
        level: Whose demand it is: ``law``, ``mandatory_report``, ``age``, ``jurisdiction`` or
            ``product``. clause: The id of the clause of the terms that it enforces.
        eased_by: The exceptions that lowered it, or ``approval`` where a person let it pass.
        asked: What it would have asked for, where it was lowered.
        notice: ``usual``, ``neutral`` or ``none``, as its rule says; what comes later keeps to it.
    """

    rule: str
    policy: str
    issue: str | None
    action: Action = attrs.field(converter=read_action)
    score: float | None = None
    at: float | None = None
    hash: str = ""
    level: str = "product"
    clause: str | None = None
    eased_by: tuple[str, ...] = attrs.field(default=(), converter=_eased_by)
    asked: Action | None = attrs.field(default=None, converter=_maybe_action)
    notice: str = "usual"


def read_effects(value: Iterable[Effect | Mapping[str, Any]]) -> tuple[Effect, ...]:
    """Read a decision's effects, as objects or in their JSON form."""
    return tuple(built(Effect, v) for v in value)


def _until(value: datetime | str) -> datetime:
    return aware(value, "Hold.until")


@attrs.frozen(kw_only=True)
class Hold:
    """How a HOLD ends.

    Attributes:
        until: When it ends by itself. otherwise: The action taken then.
        waits_for: ``staff`` or ``creator``.
        effects: What a LIMIT comes with then: the limits of the policies that held.
    """

    until: datetime = attrs.field(converter=_until)
    otherwise: Action = attrs.field(converter=read_action)
    waits_for: str = "staff"
    effects: tuple[Effect, ...] = attrs.field(default=(), converter=read_effects)


@attrs.frozen(kw_only=True)
class PolicyRef:
    """Which policy decided.

    Attributes:
        name: Of several, their names joined by ``+``. revision: The hash of their content.
        bundle: The revision of the bundle of files they came in, under which it is archived;
            None for policies in code.
    """

    name: str
    revision: str
    bundle: str | None = None


def read_matches(value: Iterable[Match | Mapping[str, Any]]) -> tuple[Match, ...]:
    """Read a decision's matches, as objects or in their JSON form."""
    return tuple(built(Match, v) for v in value)


def read_findings(value: Iterable[Finding | Mapping[str, Any]]) -> tuple[Finding, ...]:
    """Read a decision's findings, as objects or in their JSON form."""
    return tuple(built(Finding, v) for v in value)


@attrs.frozen(kw_only=True)
class Shadow:
    """What the decision would have been with everything in shadow enforced.

    Attributes:
        action, effects, rules: As on a Decision. differs: Whether action or effects differ.
        findings: What modules in shadow noticed; a decision's own findings are without them.
    """

    action: Action = attrs.field(converter=read_action)
    effects: tuple[Effect, ...] = attrs.field(default=(), converter=read_effects)
    rules: tuple[Match, ...] = attrs.field(default=(), converter=read_matches)
    differs: bool = False
    findings: tuple[Finding, ...] = attrs.field(default=(), converter=read_findings)
