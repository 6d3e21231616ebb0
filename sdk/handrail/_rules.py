"""Rules, overrides and exceptions: the parts of a policy that have conditions; plain data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, ClassVar, Final

import attrs

from handrail._condition import Condition, Unknown
from handrail._effect import Effect, Target
from handrail._fallbacks import Holds
from handrail._finding import Action, Stage, read_action
from handrail._issues import expand, flagged
from handrail._ladders import (
    Ask,
    Mode,
    Rung,
    Then,
    check_soft,
    day,
    is_score,
    ladders,
    mode,
    then,
)
from handrail._parts import (
    check_id,
    check_span,
    check_when,
    condition,
    ends,
    maybe_condition,
    starts,
    unknown,
)
from handrail._rollout import Rollout, rollout
from handrail._values import FrozenMap, built, member, sequence, strings
from handrail.errors import PolicyError

OF_A_PERSON: Final = frozenset({Target.PAIR, Target.ACTOR})
"""The targets of effects that a rule with ``each`` may have."""


def _unread(value: Ask) -> Ask:
    """Leave it: what it means depends on the rule's issue, known once all fields are set."""
    return value


def _stages(value: Iterable[Stage | str]) -> tuple[Stage, ...]:
    return tuple(member(Stage, s, "stages") for s in sequence(value, "stages"))


def _hold(value: Holds | Mapping[str, Any] | None) -> Holds | None:
    return None if value is None else built(Holds, value, "hold")


def _approvers(value: Iterable[str] | str) -> tuple[str, ...]:
    return strings(value, "approvers")


def _word(value: str | None, known: Iterable[str], where: str) -> None:
    if value is not None and value not in known:
        raise PolicyError(f"{where}: expected {' or '.join(known)}")


@attrs.frozen(kw_only=True)
class Rule:
    """One rule: when it matches, what it asks for.

    Attributes:
        LEVELS: Whose demand a rule can be, the weightiest first: of several as severe, the
            weightiest names the ground. NOTICES: What the author can be told. SWEEPS: What else
            it can be applied to.
        id: Unique within the policy. issue: What it is about; also what ``at`` looks at.
        at: Least score of that issue (``score >= at``); None if the condition alone decides.
        when: A condition; None if the score alone decides. unknown: Where a value is missing.
        then: What it asks for (see ``then``). hold: How its HOLD ends, where not as the policy's.
        stages: When it is looked at; empty is always.
        each: ``recipients`` tests the condition for each of them; effects on a pair or an actor
            then name the one they are for.
        mode: off, shadow or enforce. rollout: Percent of people it counts for, or percents by
            region. expires: When a shadow rule ends. review_by: When to look at an enforced one
            again; it nags and never switches off. starts, ends: When it holds, with a time zone.
        existing: ``new``, or ``sweep`` where whoever stores items is to apply it to what is
            published already; it is carried here, and nothing else.
        source: ``{"law": …, "ground": …}`` where a law asks for it; exceptions pass it by.
        clause: ``{"id": …, "url": …}`` of the terms. level: One of LEVELS, or None to derive it.
        notice: ``usual``, ``neutral`` (tips nobody off) or ``none`` (only where a law forbids it).
        cap: Percent of established actors it may act on before it is demoted, where not the
            general one. owner: Who answers for it. approvers: Who signed it,
            for people to read.
    """

    LEVELS: ClassVar[tuple[str, ...]] = (
        "law",
        "mandatory_report",
        "age",
        "jurisdiction",
        "product",
    )
    NOTICES: ClassVar[tuple[str, ...]] = ("usual", "neutral", "none")
    SWEEPS: ClassVar[tuple[str, ...]] = ("new", "sweep")

    id: str = attrs.field(validator=check_id)
    issue: str | None = None
    at: float | None = None
    when: Condition | None = attrs.field(default=None, converter=maybe_condition)
    unknown: Unknown | None = attrs.field(default=None, converter=unknown)
    then: Then = attrs.field(converter=_unread)
    hold: Holds | None = attrs.field(default=None, converter=_hold)
    stages: tuple[Stage, ...] = attrs.field(default=(), converter=_stages)
    each: str | None = None
    mode: Mode = attrs.field(default=Mode.ENFORCE, converter=mode)
    rollout: Rollout | None = attrs.field(default=None, converter=rollout)
    expires: date | None = attrs.field(default=None, converter=day)
    review_by: date | None = attrs.field(default=None, converter=day)
    starts: datetime | None = attrs.field(default=None, converter=starts)
    ends: datetime | None = attrs.field(default=None, converter=ends)
    existing: str = "new"
    source: FrozenMap = attrs.field(factory=FrozenMap, converter=FrozenMap)
    clause: FrozenMap = attrs.field(factory=FrozenMap, converter=FrozenMap)
    level: str | None = None
    notice: str = "usual"
    cap: float | None = None
    owner: str | None = None
    approvers: tuple[str, ...] = attrs.field(default=(), converter=_approvers)

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
        check_when(where, self.when, self.unknown, self.each)
        check_soft(self.issue, self.then, where)
        check_span(where, self.starts, self.ends)
        if self.mode is Mode.SHADOW and self.expires is None:
            raise PolicyError(
                f"{where}: a shadow rule says when it expires, such as expires: 2027-01-15"
            )
        self._check_words(where)
        self._check_each(where)

    def _check_words(self, where: str) -> None:
        _word(self.existing, self.SWEEPS, f"{where}: existing")
        _word(self.level, self.LEVELS, f"{where}: level")
        _word(self.notice, self.NOTICES, f"{where}: notice")
        if self.notice == "none" and "law" not in self.source:
            raise PolicyError(f"{where}: notice: none needs a source with the law that forbids one")
        if self.cap is not None and not (is_score(self.cap / 100) and self.cap > 0):
            raise PolicyError(f"{where}: cap: expected a percent above 0, at most 100")
        if self.hold is not None and self.then.action is not Action.HOLD:
            raise PolicyError(f"{where}: hold: it says how a HOLD ends, and then asks for none")

    def _check_each(self, where: str) -> None:
        _word(self.each, ("recipients",), f"{where}: each")
        if self.each is not None:
            if self.when is None:
                raise PolicyError(f"{where}: each: it needs a condition to test (when)")
            if any(e.target not in OF_A_PERSON for e in self.then.all_effects):
                raise PolicyError(
                    f"{where}: each: say in then whom effects are for, on: pair or on: actor"
                )

    @property
    def protected(self) -> bool:
        """Whether no exception reaches it: a law or a mandatory report stands behind it."""
        return (
            "law" in self.source
            or self.level in ("law", "mandatory_report")
            or (self.issue is not None and flagged(self.issue, "mandatory_report"))
        )


@attrs.frozen(kw_only=True)
class Override:
    """Stricter ladders where a condition holds; on each rung the strictest threshold wins.

    Attributes:
        id: Unique within the policy. when: Its condition. unknown: Where a value is missing.
        issues: Ladders by issue or pattern, as in a Policy.
        mode, expires, rollout: As on a Rule.
    """

    id: str = attrs.field(validator=check_id)
    when: Condition = attrs.field(converter=condition)
    unknown: Unknown | None = attrs.field(default=None, converter=unknown)
    issues: Mapping[str, tuple[Rung, ...]] = attrs.field(converter=ladders)
    mode: Mode = attrs.field(default=Mode.ENFORCE, converter=mode)
    rollout: Rollout | None = attrs.field(default=None, converter=rollout)
    expires: date | None = attrs.field(default=None, converter=day)

    def __attrs_post_init__(self) -> None:
        where = f"override {self.id!r}"
        check_when(where, self.when, self.unknown)
        if self.mode is Mode.SHADOW and self.expires is None:
            raise PolicyError(
                f"{where}: a shadow override says when it expires, such as expires: 2027-01-15"
            )


def _excepted(value: Iterable[str] | str) -> tuple[str, ...]:
    return strings(value, "exception: issues")


def _review_by(value: date | str) -> date:
    read = day(value)
    if read is None:
        raise PolicyError("exception: review_by: an exception has a date")
    return read


def _review(value: Effect | Mapping[str, Any] | str | None) -> Effect | str | None:
    if value is None or value == "none" or isinstance(value, Effect):
        return value
    return Effect("review", value)


@attrs.frozen(kw_only=True)
class ExceptionRule:
    """The only thing that loosens: a ceiling for automation, named, owned and dated.

    What would have gone above ``at_most`` opens a case instead. A law and a mandatory report
    are out of its reach.

    Attributes:
        id: Unique within the policy. when: Its condition.
        unknown: Where a value is missing: skip or fault; match would loosen on ignorance.
        issues: Issues or patterns it loosens. at_most: The ceiling for automation; below LIMIT
            it takes away effects that restrict as well.
        below: It eases findings with a score below this one only; None eases all.
        review: ``{"queue": …, "within": …}`` of the case it opens, where not the issue's own;
            ``none`` opens none, and then what it lets pass is only counted.
        owner: Who answers for it. review_by: When to look at it again.
        starts, ends: When it holds, with a time zone.
    """

    id: str = attrs.field(validator=check_id)
    when: Condition = attrs.field(converter=condition)
    unknown: Unknown | None = attrs.field(default=None, converter=unknown)
    issues: tuple[str, ...] = attrs.field(converter=_excepted)
    at_most: Action = attrs.field(converter=read_action)
    below: float | None = None
    review: Effect | str | None = attrs.field(default=None, converter=_review)
    owner: str
    review_by: date = attrs.field(converter=_review_by)
    starts: datetime | None = attrs.field(default=None, converter=starts)
    ends: datetime | None = attrs.field(default=None, converter=ends)

    def __attrs_post_init__(self) -> None:
        where = f"exception {self.id!r}"
        check_when(where, self.when, self.unknown)
        check_span(where, self.starts, self.ends)
        if self.below is not None and not is_score(self.below):
            raise PolicyError(f"{where}: below: expected a score from 0 to 1")
        if self.unknown is Unknown.MATCH:
            raise PolicyError(f"{where}: unknown: match would loosen where nothing is known")
        if not self.owner:
            raise PolicyError(f"{where}: an exception has an owner and a review_by date")
        for name in expand(self.issues, where=where):
            if flagged(name, "mandatory_report"):
                raise PolicyError(f"{where}: {name} must be reported; nothing excepts it")
