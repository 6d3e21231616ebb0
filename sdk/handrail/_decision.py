"""What comes out: the Decision, with everything that led to it."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Protocol

import attrs

from handrail._effect import Effect
from handrail._finding import Action, Coverage, Fault, Finding, Stage, read_action, read_stage
from handrail._match import (
    Hold,
    Match,
    PolicyRef,
    Shadow,
    read_effects,
    read_findings,
    read_matches,
)
from handrail._values import (
    PLAIN,
    Json,
    aware,
    built,
    from_json,
    names,
    to_json,
)


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
        confirms: The id of the NUDGE that the item confirms and that would have been asked
            again; None where nothing had to be confirmed, or the confirmation was refused.
        policy: Name and revision. hold: How a HOLD ends. notice: Safe to show to the author.
        shadow: What would have been decided with everything in shadow enforced; None if
            nothing was in shadow.
        trace_id: The caller's OpenTelemetry trace id. at: When the call began, UTC.
        latency_us: Microseconds the call took. final: Whether no later answer is to come.
        complete: Whether every planned module was given its chance.
        degraded: Whether anything failed that is not in shadow.
        recorded: True when durable before the return, False when it should have been and is
            not, None when it waits in the buffer.
    """

    action: Action = attrs.field(converter=read_action)
    id: str = ""
    item: str = ""
    revision: int = 1
    feature: str = ""
    stage: Stage = attrs.field(default=Stage.PRE_PUBLISH, converter=read_stage)
    effects: tuple[Effect, ...] = attrs.field(default=(), converter=read_effects)
    findings: tuple[Finding, ...] = attrs.field(default=(), converter=read_findings)
    faults: tuple[Fault, ...] = attrs.field(default=(), converter=_faults)
    coverage: tuple[Coverage, ...] = attrs.field(default=(), converter=_coverage)
    rules: tuple[Match, ...] = attrs.field(default=(), converter=read_matches)
    decided_by: str | None = None
    confirms: str | None = None
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
        # Read off the call's record: a field that is asked for alone costs a miss and a place.
        source: Source | None = getattr(self, "_source", None)
        if source is None:
            return {name: _full(getattr(self, name)) for name in names(Decision)}
        build = source.build
        made: dict[str, Json] = {"action": _full(self.action)}
        for name in names(Decision)[1:]:
            value = getattr(self, name) if name in _LARGE else build(name)
            made[name] = value if type(value) in PLAIN else _full(value)  # type: ignore[assignment]
        return made

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Decision:
        """Read the JSON form; raises InvalidValueError for an unknown or missing field."""
        return from_json(cls, data)


_LARGE = frozenset({"effects", "findings", "faults", "coverage", "rules", "notice", "shadow"})
"""Fields that take long to build: others have often read them before."""

_writers: dict[type, Callable[[Any], Json]] = {}


def _full(value: object) -> Json:
    """The JSON form of a decision's part with nulls kept: a reader sees what was not set."""
    cls = type(value)
    if cls in PLAIN:
        return value  # type: ignore[return-value] # The types of PLAIN.
    write = _writers.get(cls)
    if write is None:
        write = _writers[cls] = _writer(cls)
    return write(value)


def _writer(cls: type) -> Callable[[Any], Json]:
    """What writes values of a type; there are few, and each is looked up once."""
    if issubclass(cls, tuple):
        return lambda value: [_full(each) for each in value]
    if issubclass(cls, (Effect, Finding)):
        return cls.to_json
    if issubclass(cls, enum.Enum) and not issubclass(cls, enum.Flag):
        return {each: to_json(each) for each in cls}.__getitem__
    if attrs.has(cls):
        return _field_writer(cls)
    return datetime.isoformat if cls is datetime else to_json


def _field_writer(cls: type[attrs.AttrsInstance]) -> Callable[[Any], Json]:
    """What writes an attrs value of a type, every field of it."""
    fields = names(cls)
    read = attrgetter(*fields)
    return lambda value: {
        name: got if type(got) in PLAIN else _full(got)
        for name, got in zip(fields, read(value), strict=True)
    }
