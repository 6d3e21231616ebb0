"""The parts of a policy: ladders, rules, overrides, exceptions, fault rules; plain data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

import attrs

from handrail._condition import Condition, Unknown
from handrail._finding import Action, Cause, Stage, read_action
from handrail._issues import expand, flagged
from handrail._ladders import (
    Ask,
    Mode,
    Rung,
    T,
    Then,
    check_soft,
    day,
    is_score,
    ladders,
    mode,
    then,
)
from handrail._values import FrozenMap, aware, duration, member, sequence, strings
from handrail.errors import PolicyError


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
