"""What comes out: findings, faults, coverage, and the Decision or Receipt that carries them."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

import attrs

from handrail._effect import Effect
from handrail._values import (
    FrozenMap,
    Json,
    aware,
    built,
    fields_json,
    from_json,
    is_attrs,
    member,
    to_json,
)
from handrail.errors import InvalidValueError, unknown


class Stage(enum.StrEnum):
    """When something is looked at; the word is method, hook, span and heading."""

    PRE_PUBLISH = "pre_publish"
    POST_PUBLISH = "post_publish"
    REPORT = "report"


class Action(enum.IntEnum):
    """What becomes of the item; the most severe wins.

    ALLOW publishes. NUDGE asks the author, who may confirm. LIMIT publishes with effects.
    HOLD waits, with an end. BLOCK does not publish.
    """

    ALLOW = 0
    NUDGE = 1
    LIMIT = 2
    HOLD = 3
    BLOCK = 4

    @classmethod
    def parse(cls, value: object) -> Action:
        """Read ``"hold"`` or Action.HOLD; raises UnknownNameError."""
        if isinstance(value, Action):
            return value
        names = {a.name.lower(): a for a in cls}
        if not isinstance(value, str) or value not in names:
            raise unknown("action", value, names)
        return names[value]


def read_action(value: Action | str) -> Action:
    """Read an action: the converter of every field that holds one."""
    return Action.parse(value)


def _stage(value: Stage | str) -> Stage:
    return member(Stage, value, "stage")


class Cause(enum.StrEnum):
    """Why something that should have looked did not, or was not trusted."""

    ERROR = "error"
    TIMEOUT = "timeout"
    OVER_BUDGET = "over_budget"
    BREAKER_OPEN = "breaker_open"
    MISSING = "missing"
    INVALID = "invalid"
    UNKNOWN = "unknown"
    TRIPPED = "tripped"


class Status(enum.StrEnum):
    """What became of a planned module in one call."""

    RAN = "ran"
    SKIPPED = "skipped"
    FAILED = "failed"


def _spans(value: Iterable[Iterable[int]]) -> tuple[tuple[int, int], ...]:
    try:
        return tuple((int(a), int(b)) for a, b in value)
    except (TypeError, ValueError):
        raise InvalidValueError("Evidence.spans: expected pairs of start and end") from None


@attrs.frozen
class Evidence:
    """Where and how much: character spans of the item's text, and counts; never the text.

    Attributes:
        spans: Half-open ranges of characters, ``((start, end), …)``.
        counts: Numbers by lower_snake name.
    """

    spans: tuple[tuple[int, int], ...] = attrs.field(default=(), converter=_spans)
    counts: FrozenMap = attrs.field(factory=FrozenMap, converter=FrozenMap)


_NO_EVIDENCE = Evidence()


def _evidence(value: Evidence | Mapping[str, Any] | None) -> Evidence:
    if value is None:
        return _NO_EVIDENCE
    return value if isinstance(value, Evidence) else from_json(Evidence, value)


@attrs.frozen
class Finding:
    """One thing a module noticed: evidence, not a decision.

    The SDK checks a finding when it arrives: one with a score outside 0..1, an issue its module
    did not declare, or no reason, becomes a fault ``invalid`` and the module's others are kept.

    Attributes:
        issue: A name of the taxonomy. score: 0 to 1; a score, not a probability.
        reason: One phrase a moderator can read; never a copy of the text.
        evidence: Spans and counts. module: Who found it; filled in by the SDK.
    """

    issue: str
    score: float
    reason: str
    evidence: Evidence = attrs.field(default=_NO_EVIDENCE, converter=_evidence, kw_only=True)
    module: str | None = attrs.field(default=None, kw_only=True)

    def to_json(self) -> dict[str, Json]:
        """Return the JSON form."""
        data = fields_json(self)
        if self.evidence == _NO_EVIDENCE:
            data.pop("evidence", None)
        return data


def _cause(value: Cause | str) -> Cause:
    return member(Cause, value, "Fault.cause")


@attrs.frozen
class Fault:
    """Something failed, was late, invalid or missing: its type and place, never its text.

    Attributes:
        source: The module, rule or service. cause: One of Cause. ms: Milliseconds it had run.
        error: The exception's type, if there was one. place: ``file.py:line`` of the module.
    """

    source: str
    cause: Cause = attrs.field(converter=_cause)
    ms: float | None = None
    error: str | None = attrs.field(default=None, kw_only=True)
    place: str | None = attrs.field(default=None, kw_only=True)


def _status(value: Status | str) -> Status:
    return member(Status, value, "Coverage.status")


@attrs.frozen
class Coverage:
    """What became of one planned module, or of a part of the item that no module reads.

    Attributes:
        module: Its name. status: ran, skipped or failed.
        reason: Why it was skipped or failed, or what limits a run (``language not measured``).
        ms: Milliseconds it took, without what it had others derive.
    """

    module: str
    status: Status = attrs.field(converter=_status)
    reason: str | None = None
    ms: float | None = None


@attrs.frozen(kw_only=True)
class Match:
    """A rule that matched.

    Attributes:
        rule: Its id within the policy. policy: The policy's name. issue: What it is about.
        action: What it asks for. score: The score it saw. at: Its threshold (``score >= at``).
        hash: Hash of the rule's own content: approvals bind to it.
    """

    rule: str
    policy: str
    issue: str | None
    action: Action = attrs.field(converter=read_action)
    score: float | None = None
    at: float | None = None
    hash: str = ""


def _until(value: datetime | str) -> datetime:
    return aware(value, "Hold.until")


@attrs.frozen(kw_only=True)
class Hold:
    """How a HOLD ends.

    Attributes:
        until: When it ends by itself. otherwise: The action taken then.
        waits_for: ``staff`` or ``creator``.
    """

    until: datetime = attrs.field(converter=_until)
    otherwise: Action = attrs.field(converter=read_action)
    waits_for: str = "staff"


@attrs.frozen(kw_only=True)
class PolicyRef:
    """Which policy decided.

    Attributes:
        name: Of several, their names joined by ``+``. revision: The hash of their content.
    """

    name: str
    revision: str


def _effects(value: Iterable[Effect | Mapping[str, Any]]) -> tuple[Effect, ...]:
    return tuple(built(Effect, v) for v in value)


def _matches(value: Iterable[Match | Mapping[str, Any]]) -> tuple[Match, ...]:
    return tuple(built(Match, v) for v in value)


@attrs.frozen(kw_only=True)
class Shadow:
    """What the decision would have been with everything in shadow enforced.

    Attributes:
        action, effects, rules: As on a Decision. differs: Whether action or effects differ.
    """

    action: Action = attrs.field(converter=read_action)
    effects: tuple[Effect, ...] = attrs.field(default=(), converter=_effects)
    rules: tuple[Match, ...] = attrs.field(default=(), converter=_matches)
    differs: bool = False


class Source(Protocol):
    """Whatever can build a decision's fields when they are first read: a call's record."""

    def build(self, name: str) -> object:
        """Return the value of the field *name*."""
        ...


class _Lazy:
    """Gives Decision a place for its source without making it a field."""

    __slots__ = ("_source",)
    _source: Source

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> object:
            if name.startswith("_"):
                raise AttributeError(name)
            value = self._source.build(name)
            object.__setattr__(self, name, value)
            return value


def _findings(value: Iterable[Finding | Mapping[str, Any]]) -> tuple[Finding, ...]:
    return tuple(built(Finding, v) for v in value)


def _faults(value: Iterable[Fault | Mapping[str, Any]]) -> tuple[Fault, ...]:
    return tuple(built(Fault, v) for v in value)


def _coverage(value: Iterable[Coverage | Mapping[str, Any]]) -> tuple[Coverage, ...]:
    return tuple(built(Coverage, v) for v in value)


def _policy(value: PolicyRef | Mapping[str, Any] | None) -> PolicyRef | None:
    return None if value is None else built(PolicyRef, value)


def _hold(value: Hold | Mapping[str, Any] | None) -> Hold | None:
    return None if value is None else built(Hold, value)


def _shadow(value: Shadow | Mapping[str, Any] | None) -> Shadow | None:
    return None if value is None else built(Shadow, value)


def _at(value: datetime | str | None) -> datetime | None:
    return aware(value, "Decision.at")


@attrs.frozen(kw_only=True, repr=False, hash=False)
class Decision(_Lazy):
    """The answer to one ``pre_publish``: what to do, and everything that led to it.

    A decision that comes from a call builds a field when it is first read, so an ALLOW that
    nobody looks into costs next to nothing.

    Attributes:
        id: Unique; what an author's confirmation and an appeal refer to.
        item: The item's id. revision: Its revision. feature, stage: Where and when.
        action: What becomes of the item. effects: What else is asked for, merged.
        findings: What modules noticed, by module name, then in the order they said it.
        faults: What failed. coverage: What became of each planned module.
        rules: Every rule that matched. decided_by: The id of the one that decided the action.
        policy: Name and revision. hold: How a HOLD ends. notice: Safe to show to the author.
        shadow: What would have been decided with everything in shadow enforced; None if
            nothing was in shadow.
        trace_id: The caller's OpenTelemetry trace id. at: When the call began, UTC.
        latency_us: Microseconds the call took. final: Whether no later answer is to come.
        complete: Whether every planned module was given its chance.
        degraded: Whether anything failed. recorded: True when durable before the return, False
            when it should have been and is not, None when it waits in the buffer.
    """

    action: Action = attrs.field(converter=read_action)
    id: str = ""
    item: str = ""
    revision: int = 1
    feature: str = ""
    stage: Stage = attrs.field(default=Stage.PRE_PUBLISH, converter=_stage)
    effects: tuple[Effect, ...] = attrs.field(default=(), converter=_effects)
    findings: tuple[Finding, ...] = attrs.field(default=(), converter=_findings)
    faults: tuple[Fault, ...] = attrs.field(default=(), converter=_faults)
    coverage: tuple[Coverage, ...] = attrs.field(default=(), converter=_coverage)
    rules: tuple[Match, ...] = attrs.field(default=(), converter=_matches)
    decided_by: str | None = None
    policy: PolicyRef | None = attrs.field(default=None, converter=_policy)
    hold: Hold | None = attrs.field(default=None, converter=_hold)
    notice: str | None = None
    shadow: Shadow | None = attrs.field(default=None, converter=_shadow)
    trace_id: str | None = None
    at: datetime | None = attrs.field(default=None, converter=_at)
    latency_us: int = 0
    final: bool = True
    complete: bool = True
    degraded: bool = False
    recorded: bool | None = None

    def effect(self, name: str) -> Effect | None:
        """Return the first effect called *name*, or None."""
        return next((e for e in self.effects if e.name == name), None)

    def __repr__(self) -> str:
        issues = sorted({f.issue for f in self.findings})
        return (
            f"Decision({self.action.name}, feature={self.feature!r}, issues={issues}, "
            f"faults={len(self.faults)})"
        )

    def to_json(self) -> dict[str, Json]:
        """Return the JSON form, every field present; ``from_json`` reads it back without loss."""
        data: dict[str, Json] = {}
        for field in attrs.fields(Decision):
            value = getattr(self, field.name)
            if isinstance(value, tuple):
                data[field.name] = [
                    v.to_json() if hasattr(v, "to_json") else _full(v) for v in value
                ]
            else:
                data[field.name] = _full(value)
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Decision:
        """Read the JSON form; raises InvalidValueError for an unknown or missing field."""
        return from_json(cls, data)


def _full(value: object) -> Json:
    """The JSON form of a decision's part with nulls kept: a reader sees what was not set."""
    if isinstance(value, Shadow):
        return {
            "action": to_json(value.action),
            "effects": [e.to_json() for e in value.effects],
            "rules": [_full(r) for r in value.rules],
            "differs": value.differs,
        }
    if is_attrs(value):
        return {f.name: to_json(getattr(value, f.name)) for f in attrs.fields(type(value))}
    return to_json(value)


@attrs.frozen(kw_only=True)
class Receipt:
    """The answer to ``post_publish`` and ``report``: it was taken in, and how far it got.

    Attributes:
        id: Unique. item: The item's id. revision: Its revision, if known. feature, stage: Where.
        status: ``pending`` without a store: modules here have looked and what they found is
            recorded, but nobody promises that it was worked through. ``accepted`` once a store
            holds it.
        degraded: Whether anything failed. recorded: As on a Decision. trace_id: The caller's.
    """

    id: str
    item: str
    revision: int | None = None
    feature: str
    stage: Stage = attrs.field(converter=_stage)
    status: str = attrs.field(default="pending")
    degraded: bool = False
    recorded: bool | None = None
    trace_id: str | None = None

    @status.validator
    def _check_status(self, _: object, value: object) -> None:
        if value not in ("pending", "accepted"):
            raise InvalidValueError("Receipt.status: expected pending or accepted")

    def __repr__(self) -> str:
        return f"Receipt({self.stage.value}, {self.status}, feature={self.feature!r})"

    def to_json(self) -> dict[str, Json]:
        """Return the JSON form."""
        return fields_json(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Receipt:
        """Read the JSON form."""
        return from_json(cls, data)
