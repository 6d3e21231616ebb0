"""The parts of a policy: ladders, rules, overrides, exceptions, fault rules; plain data."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from itertools import pairwise
from types import MappingProxyType, NoneType
from typing import Any, Literal, TypeAlias, TypeGuard, TypeVar

import attrs

from handrail._condition import Condition, Unknown
from handrail._decision import Action, Cause, Stage, read_action
from handrail._effect import Effect, effect_specs
from handrail._issues import expand, flagged
from handrail._values import FrozenMap, aware, duration, member, sequence, strings
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
    """

    action: Action | None = None
    effects: tuple[Effect, ...] = ()
    lasts: timedelta | None = None


Ask: TypeAlias = "Then | Action | str | Mapping[str, Any]"
"""What a rule asks for, as it may be written."""


def then(value: Ask, issue: str | None = None) -> Then:
    """Read what a rule asks for.

    That is ``"hold"``, or ``{"action": …, effect: value, "on": target, "audience": …,
    "for": "7d"}``. A number for ``strike`` means that weight for *issue*.
    """
    if isinstance(value, Then):
        return value
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


@attrs.frozen
class Rung:
    """One step of a ladder: from this score on, this action and these effects."""

    action: Action
    at: float
    effects: tuple[Effect, ...] = ()
    lasts: timedelta | None = None


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
            check_soft(pattern, Then(action=rung.action, effects=rung.effects), "ladder")
    return MappingProxyType(read)


def check_soft(issue: str | None, ask: Then, where: str) -> None:
    """Refuse punishment for an issue that is about a person at risk."""
    if issue is None or not flagged(issue, "non_punitive"):
        return
    if (ask.action or Action.ALLOW) not in (Action.ALLOW, Action.LIMIT) or any(
        e.name not in SOFT for e in ask.effects
    ):
        raise PolicyError(
            f"{where}: {issue} is non_punitive: it accepts {', '.join(sorted(SOFT))} only"
        )


def _condition(value: Condition) -> Condition:
    if not isinstance(value, Condition):
        raise PolicyError("when: expected a Condition(inputs, test)")
    return value


def _maybe_condition(value: Condition | None) -> Condition | None:
    return None if value is None else _condition(value)


def _unknown(value: Unknown | str | None) -> Unknown | None:
    return None if value is None else member(Unknown, value, "unknown")


def _check_unknown(where: str, when: Condition | None, choice: Unknown | None) -> None:
    if when is not None and when.may_miss and choice is None:
        needed = ", ".join(i for i in when.inputs if not i.endswith("?"))
        raise PolicyError(
            f"{where}: a value it needs ({needed}) may be missing: "
            f"say unknown: match, skip or fault"
        )


def _check_id(instance: object, _: attrs.Attribute[T], value: T) -> None:
    if not isinstance(value, str) or not 0 < len(value) <= 200:
        raise PolicyError(f"{type(instance).__name__}: id: expected 1 to 200 characters")


def _unread(value: Ask) -> Ask:
    """Leave it: what it means depends on the rule's issue, known once all fields are set."""
    return value


def _starts(value: datetime | str | None) -> datetime | None:
    return aware(value, "starts")


def _ends(value: datetime | str | None) -> datetime | None:
    return aware(value, "ends")


@attrs.frozen(kw_only=True)
class Rule:
    """One rule: when it matches, what it asks for.

    Attributes:
        id: Unique within the policy. issue: What it is about; also what ``at`` looks at.
        at: Least score of that issue (``score >= at``); None if the condition alone decides.
        when: A condition; None if the score alone decides. unknown: Where a value is missing.
        then: What it asks for (see ``then``).
        mode: off, shadow or enforce. expires: When a shadow rule ends. review_by: When to look
            at an enforced one again; it nags and never switches off.
        starts, ends: When it holds, with a time zone.
        source: ``{"law": …, "ground": …}`` where a law asks for it; exceptions pass it by.
        clause: ``{"id": …, "url": …}`` of the terms. owner: Who answers for it.
    """

    id: str = attrs.field(validator=_check_id)
    issue: str | None = None
    at: float | None = None
    when: Condition | None = attrs.field(default=None, converter=_maybe_condition)
    unknown: Unknown | None = attrs.field(default=None, converter=_unknown)
    then: Then = attrs.field(converter=_unread)
    mode: Mode = attrs.field(default=Mode.ENFORCE, converter=mode)
    expires: date | None = attrs.field(default=None, converter=day)
    review_by: date | None = attrs.field(default=None, converter=day)
    starts: datetime | None = attrs.field(default=None, converter=_starts)
    ends: datetime | None = attrs.field(default=None, converter=_ends)
    source: FrozenMap = attrs.field(factory=FrozenMap, converter=FrozenMap)
    clause: FrozenMap = attrs.field(factory=FrozenMap, converter=FrozenMap)
    owner: str | None = None

    def __attrs_post_init__(self) -> None:
        where = f"rule {self.id!r}"
        if self.issue is not None:
            expand([self.issue], where=where)
            if "*" in self.issue:
                raise PolicyError(f"{where}: issue: name one issue, not a pattern")
        object.__setattr__(self, "then", then(self.then, self.issue))
        if self.at is None and self.when is None:
            raise PolicyError(f"{where}: it needs a score (at) or a condition (when), or both")
        if self.at is not None and (self.issue is None or not is_score(self.at)):
            raise PolicyError(f"{where}: at: a score from 0 to 1 of the issue it names")
        _check_unknown(where, self.when, self.unknown)
        check_soft(self.issue, self.then, where)
        if self.mode is Mode.SHADOW and self.expires is None:
            raise PolicyError(f"{where}: a shadow rule says when it expires")

    @property
    def protected(self) -> bool:
        """Whether no exception reaches it: a law or a mandatory report stands behind it."""
        return "law" in self.source or (
            self.issue is not None and flagged(self.issue, "mandatory_report")
        )


@attrs.frozen(kw_only=True)
class Override:
    """Stricter ladders where a condition holds; on each rung the strictest threshold wins.

    Attributes:
        id: Unique within the policy. when: Its condition. unknown: Where a value is missing.
        issues: Ladders by issue or pattern, as in a Policy.
    """

    id: str = attrs.field(validator=_check_id)
    when: Condition = attrs.field(converter=_condition)
    unknown: Unknown | None = attrs.field(default=None, converter=_unknown)
    issues: Mapping[str, tuple[Rung, ...]] = attrs.field(converter=ladders)

    def __attrs_post_init__(self) -> None:
        _check_unknown(f"override {self.id!r}", self.when, self.unknown)


def _excepted(value: Iterable[str] | str) -> tuple[str, ...]:
    return strings(value, "exception: issues")


def _review_by(value: date | str) -> date:
    read = day(value)
    if read is None:
        raise PolicyError("exception: review_by: an exception has a date")
    return read


@attrs.frozen(kw_only=True)
class ExceptionRule:
    """The only thing that loosens: a ceiling for automation, named, owned and dated.

    What would have gone above ``at_most`` opens a case instead. A law and a mandatory report
    are out of its reach.

    Attributes:
        id: Unique within the policy. when: Its condition.
        unknown: Where a value is missing: skip or fault; match would loosen on ignorance.
        issues: Issues or patterns it loosens. at_most: The ceiling for automation.
        owner: Who answers for it. review_by: When to look at it again.
    """

    id: str = attrs.field(validator=_check_id)
    when: Condition = attrs.field(converter=_condition)
    unknown: Unknown | None = attrs.field(default=None, converter=_unknown)
    issues: tuple[str, ...] = attrs.field(converter=_excepted)
    at_most: Action = attrs.field(converter=read_action)
    owner: str
    review_by: date = attrs.field(converter=_review_by)

    def __attrs_post_init__(self) -> None:
        where = f"exception {self.id!r}"
        _check_unknown(where, self.when, self.unknown)
        if self.unknown is Unknown.MATCH:
            raise PolicyError(f"{where}: unknown: match would loosen where nothing is known")
        if not self.owner:
            raise PolicyError(f"{where}: an exception has an owner and a review_by date")
        for name in expand(self.issues, where=where):
            if flagged(name, "mandatory_report"):
                raise PolicyError(f"{where}: {name} must be reported; nothing excepts it")


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
