"""What a rule asks for, and ladders from scores to it."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from types import MappingProxyType, NoneType
from typing import Any, Literal, TypeAlias, TypeGuard, TypeVar

import attrs

from handrail._effect import Effect, effect_specs
from handrail._finding import Action
from handrail._issues import expand, flagged
from handrail._values import duration, member
from handrail.errors import InvalidValueError, PolicyError, unknown

T = TypeVar("T")


SOFT = frozenset({"support", "review", "reach"})
"""The effects that an issue flagged ``non_punitive`` accepts."""


class Mode(enum.StrEnum):
    """Whether a policy, rule or module counts: not at all, for comparison only, or for real."""

    OFF = "off"
    SHADOW = "shadow"
    ENFORCE = "enforce"


def mode(value: Mode | str | Literal[False]) -> Mode:
    """Read a mode; YAML 1.1 reads a bare ``off`` as false."""
    return member(Mode, "off" if value is False else value, "mode")


def day(value: date | str | None) -> date | None:
    """Read a date; a time of day is refused, for nobody would see it cut off."""
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise InvalidValueError("expected a date such as 2027-01-15") from None
    if isinstance(value, datetime) or not isinstance(value, (date, NoneType)):
        raise InvalidValueError("expected a date such as 2027-01-15")
    return value


@attrs.frozen(kw_only=True)
class Then:
    """What a rule asks for: an action, effects, or both.

    Attributes:
        action: None leaves the action alone. effects: With target and audience set.
        lasts: How long the effects last from the decision on; None is as long as it stands.
        also: Further effects, with another target, audience or end.
    """

    action: Action | None = None
    effects: tuple[Effect, ...] = ()
    lasts: timedelta | None = None
    also: tuple[Then, ...] = ()

    @property
    def all_effects(self) -> tuple[Effect, ...]:
        """The effects of all its parts."""
        return (*self.effects, *(e for part in self.also for e in part.effects))


Ask: TypeAlias = "Then | Action | str | Mapping[str, Any] | Sequence[Mapping[str, Any]]"
"""What a rule asks for, as it may be written."""


def then(value: Ask, issue: str | None = None) -> Then:
    """Read what a rule asks for.

    That is ``"hold"``, or ``{"action": …, effect: value, "on": target, "audience": …,
    "for": "7d"}``, or a list of such maps where targets, audiences or ends differ; the most
    severe action of them counts. A number for ``strike`` means that weight for *issue*.
    """
    if isinstance(value, Then):
        return value
    if isinstance(value, (list, tuple)):
        return _several([then(each, issue) for each in value])
    if not isinstance(value, Mapping):
        return Then(action=Action.parse(value))
    rest = dict(value)
    action, target = rest.pop("action", None), rest.pop("on", None)
    audience, lasts = rest.pop("audience", None), rest.pop("for", None)
    for key in rest:
        if key not in effect_specs():
            raise unknown("effect", key, [*effect_specs(), "action", "on", "audience", "for"])
    if issue and isinstance(rest.get("strike"), (int, float)):
        rest["strike"] = {issue: rest["strike"]}
    effects = tuple(
        Effect(k, v, target if target in effect_specs()[k].targets else None, audience=audience)
        for k, v in rest.items()
    )
    if target is not None and all(e.target != target for e in effects):
        raise InvalidValueError(f"no effect here can act on {str(target)!r}")
    if not effects and (audience is not None or lasts is not None):
        raise InvalidValueError("audience and for say something about effects, and here is none")
    return Then(
        action=None if action is None else Action.parse(action),
        effects=effects,
        lasts=None if lasts is None else duration(lasts),
    )


def _several(parts: Sequence[Then]) -> Then:
    if not parts:
        raise InvalidValueError("then: an empty list asks for nothing")
    action = max((p.action for p in parts if p.action is not None), default=None)
    also = tuple(attrs.evolve(p, action=None) for p in parts[1:])
    return attrs.evolve(parts[0], action=action, also=also)


@attrs.frozen
class Rung:
    """One step of a ladder.

    Attributes:
        action: What is asked for.
        at: From this score on (``score >= at``), 0 to 1.
        effects: What is asked for beside the action.
        lasts: How long the effects last; None is as long as the decision stands.
    """

    action: Action
    at: float
    effects: tuple[Effect, ...] = ()
    lasts: timedelta | None = None

    @property
    def then(self) -> Then:
        """What it asks for, as a rule says it."""
        return Then(action=self.action, effects=self.effects, lasts=self.lasts)


def ladder(value: Mapping[str, Any], where: str) -> tuple[Rung, ...]:
    """Read ``{"nudge": 0.55, "limit": {"at": 0.6, "reach": 0.2}, "block": 0.92}``."""
    if not isinstance(value, Mapping):
        raise PolicyError(f"{where}: expected thresholds by action, such as {{hold: 0.7}}")
    rungs = [_rung(Action.parse(k), v, where) for k, v in value.items()]
    rungs.sort(key=lambda r: r.action)
    for low, high in pairwise(rungs):
        if high.at < low.at:
            raise PolicyError(
                f"{where}: {high.action.name.lower()} at {high.at} comes before "
                f"{low.action.name.lower()} at {low.at}, which could never decide"
            )
    return tuple(rungs)


def _rung(action: Action, value: Any, where: str) -> Rung:
    ask = Then()
    if isinstance(value, Mapping):
        rest = dict(value)
        value = rest.pop("at", None)
        if "action" in rest:
            raise PolicyError(f"{where}: {action.name.lower()}: it is the action already")
        ask = then(rest)
    if not is_score(value):
        raise PolicyError(f"{where}: {action.name.lower()}: expected a threshold from 0 to 1")
    return Rung(action, float(value), ask.effects, ask.lasts)


def is_score(value: object) -> TypeGuard[float]:
    """Whether *value* is a number from 0 to 1."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1


def ladders(value: Mapping[str, Any]) -> Mapping[str, tuple[Rung, ...]]:
    """Read ladders by issue pattern; punishment for a non_punitive issue is refused."""
    if not isinstance(value, Mapping):
        raise PolicyError("issues: expected ladders by issue")
    read: dict[str, tuple[Rung, ...]] = {}
    for pattern, rungs in value.items():
        expand([pattern], where="issues")
        read[pattern] = rungs if isinstance(rungs, tuple) else ladder(rungs, f"issues: {pattern}")
        for rung in read[pattern] if "*" not in pattern else ():
            check_soft(pattern, rung.then, "ladder")
    return MappingProxyType(read)


def check_soft(issue: str | None, ask: Then, where: str) -> None:
    """Refuse punishment for an issue that is about a person at risk."""
    if issue is None or not flagged(issue, "non_punitive"):
        return
    if (ask.action or Action.ALLOW) not in (Action.ALLOW, Action.LIMIT) or any(
        e.name not in SOFT for e in ask.all_effects
    ):
        raise PolicyError(
            f"{where}: {issue} is non_punitive: it accepts {', '.join(sorted(SOFT))} only"
        )
