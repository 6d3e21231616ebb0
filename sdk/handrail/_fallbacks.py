"""What holds where nobody or nothing answers: how a HOLD ends, and what a fault means."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import attrs

from handrail._finding import Action, Cause, Stage, read_action
from handrail._issues import expand
from handrail._ladders import Then, then
from handrail._values import duration, member, sequence, strings
from handrail.errors import PolicyError


def _failed_issues(value: Iterable[str] | str) -> tuple[str, ...]:
    return strings(value, "faults: issues")


def _stages(value: Iterable[Stage | str]) -> tuple[Stage, ...]:
    return tuple(member(Stage, s, "faults: stages") for s in sequence(value, "faults: stages"))


def _causes(value: Iterable[Cause | str]) -> tuple[Cause, ...]:
    return tuple(member(Cause, c, "faults: causes") for c in sequence(value, "faults: causes"))


@attrs.frozen(kw_only=True)
class FaultRule:
    """What to do when something failed; of several, the first that fits an issue holds.

    Attributes:
        issues: Issues or patterns of what should have looked. stages, causes: Empty means any.
        then: As in a rule; a fault only ever raises the action.
    """

    issues: tuple[str, ...] = attrs.field(default=("*",), converter=_failed_issues)
    stages: tuple[Stage, ...] = attrs.field(default=(), converter=_stages)
    causes: tuple[Cause, ...] = attrs.field(default=(), converter=_causes)
    then: Then = attrs.field(converter=then)

    def __attrs_post_init__(self) -> None:
        expand(self.issues, where="faults")


@attrs.frozen(kw_only=True)
class Holds:
    """How a HOLD ends.

    Attributes:
        within: How long it waits, such as ``24h``. otherwise: The action taken then.
        waits_for: ``staff`` or ``creator``.
    """

    within: timedelta = attrs.field(converter=duration)
    otherwise: Action = attrs.field(converter=read_action)
    waits_for: str = attrs.field(default="staff")

    def __attrs_post_init__(self) -> None:
        if self.waits_for not in ("staff", "creator"):
            raise PolicyError("holds: waits_for: staff or creator")
        if self.otherwise is Action.HOLD:
            raise PolicyError("holds: otherwise: a hold that ends in a hold has no end")
