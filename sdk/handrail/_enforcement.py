"""What was decided after publishing and has to reach the feature."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import attrs

from handrail._decision import Decision
from handrail._effect import Effect
from handrail._finding import Action, read_action
from handrail._item import Item
from handrail._match import Hold
from handrail._report import Report
from handrail._values import FrozenMap, Json, aware, built, fields_json, from_json
from handrail.errors import InvalidValueError

KINDS = ("apply", "revoke")
"""What an enforcement asks for: carry something out, or undo what was carried out."""


def _at(value: datetime | str | None) -> datetime | None:
    return aware(value, "Enforcement.at")


def _effects(value: Iterable[Effect | Mapping[str, Any]]) -> tuple[Effect, ...]:
    return tuple(built(Effect, each) for each in value)


def _hold(value: Hold | Mapping[str, Any] | None) -> Hold | None:
    return None if value is None else built(Hold, value)


@attrs.frozen(kw_only=True, repr=False)
class Enforcement:
    """A decision after publishing that the feature has to carry out, or to undo.

    It may arrive more than once: carry it out once for each ``id``.

    Attributes:
        id: Unique. feature, item, revision: What it is about; ``item`` is the host's id.
        kind: ``apply``, or ``revoke`` where an earlier one is undone.
        action: What becomes of the item now. effects: What else, all of it; what an earlier
            enforcement of this item asked for and this one does not is over.
        hold: How a HOLD ends. notice: Safe to show to the author.
        decision: The id of the decision behind it. revokes: The id of the enforcement undone.
        revises: The id of the decision that this one takes the place of, if any.
        reason: Why it comes: ``decided``, ``ended`` (a hold or an effect ran out), ``reversed``
            (an appeal was won), ``swept`` (a new rule on what is published), ``reverted``.
        batch: The sweep or response it belongs to. at: When it was made, UTC.
        carrier: The W3C trace context of the call it began with, ``traceparent`` and more.
    """

    id: str
    feature: str
    item: str
    revision: int | None = None
    kind: str = attrs.field(default="apply")
    action: Action = attrs.field(converter=read_action)
    effects: tuple[Effect, ...] = attrs.field(default=(), converter=_effects)
    hold: Hold | None = attrs.field(default=None, converter=_hold)
    notice: str | None = None
    decision: str = ""
    revokes: str | None = None
    reason: str = "decided"
    batch: str | None = None
    at: datetime | None = attrs.field(default=None, converter=_at)
    carrier: FrozenMap = attrs.field(factory=FrozenMap, converter=FrozenMap)
    revises: str | None = None

    @kind.validator
    def _check_kind(self, _: object, value: object) -> None:
        if value not in KINDS:
            raise InvalidValueError(f"Enforcement.kind: expected one of {', '.join(KINDS)}")

    def __attrs_post_init__(self) -> None:
        if self.kind == "revoke" and self.revokes is None:
            raise InvalidValueError("Enforcement.revokes: a revoke names what it undoes")

    def __repr__(self) -> str:
        return f"Enforcement({self.kind} {self.action.name}, feature={self.feature!r})"

    def to_json(self) -> dict[str, Json]:
        """Return the JSON form; ``Enforcement.from_json`` reads it back without loss."""
        return fields_json(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Enforcement:
        """Read the JSON form; raises InvalidValueError for an unknown or missing field."""
        return from_json(cls, data)


def item_of(decision: Decision) -> Item | None:
    """Return the item that a decision of this process is about.

    None for one that was read back from a record, or that is about no item that is known.
    """
    item = getattr(getattr(decision, "_source", None), "_item", None)
    return None if item is None or item.id != decision.item else item


def report_of(decision: Decision) -> Report | None:
    """Return the report that a decision of this process answers, or None as ``item_of`` does."""
    report: Report | None = getattr(getattr(decision, "_source", None), "_report", None)
    return report
