"""What modules say and what failed: findings, faults, coverage, and the words they use."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from handrail._evidence import NO_EVIDENCE, Evidence
from handrail._values import (
    Json,
    fields_json,
    from_json,
    member,
)
from handrail.errors import unknown


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


def read_stage(value: Stage | str) -> Stage:
    """Read a stage or its name."""
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


def _evidence(value: Evidence | Mapping[str, Any] | None) -> Evidence:
    if isinstance(value, Evidence):
        return value
    return NO_EVIDENCE if value is None else from_json(Evidence, value)


@attrs.frozen
class Finding:
    """One thing a module noticed: evidence, not a decision.

    The SDK checks a finding when it arrives: one with a score outside 0..1, an issue its module
    names in neither ``issues`` nor ``hints``, or no reason, becomes a fault ``invalid``; the
    others of the module are kept.

    Attributes:
        issue: A name of the taxonomy. score: 0 to 1; a score, not a probability.
        reason: One phrase a moderator can read; never a copy of the text.
        evidence: Spans and counts. module: Who found it; filled in by the SDK.
    """

    issue: str
    score: float
    reason: str
    evidence: Evidence = attrs.field(default=NO_EVIDENCE, converter=_evidence, kw_only=True)
    module: str | None = attrs.field(default=None, kw_only=True)

    def to_json(self) -> dict[str, Json]:
        """Return the JSON form."""
        data = fields_json(self)
        if self.evidence == NO_EVIDENCE:
            data.pop("evidence", None)
        return data


def _cause(value: Cause | str) -> Cause:
    return member(Cause, value, "Fault.cause")


def _issues(value: Iterable[str]) -> tuple[str, ...]:
    return tuple(value)


@attrs.frozen
class Fault:
    """Something failed, was late, invalid or missing: its type and place, never its text.

    Attributes:
        source: The module, rule or service. cause: One of Cause. ms: Milliseconds it had run.
        error: The exception's type, if there was one.
        place: ``file.py:line`` of the module; for ``invalid`` what was wrong with what it gave
            back, such as ``score not in 0..1``; for ``missing`` the issue or derivation.
        issues: What it left unseen; of a shared State, what rests on what it would have said, and
            was seen by what this process knows instead.
    """

    source: str
    cause: Cause = attrs.field(converter=_cause)
    ms: float | None = None
    error: str | None = attrs.field(default=None, kw_only=True)
    place: str | None = attrs.field(default=None, kw_only=True)
    issues: tuple[str, ...] = attrs.field(default=(), kw_only=True, converter=_issues)


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
