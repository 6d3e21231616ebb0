"""The answer to what is handed in after publishing and to reports: it was taken in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from handrail._finding import Stage, read_stage
from handrail._values import (
    Json,
    fields_json,
    from_json,
)
from handrail.errors import InvalidValueError


@attrs.frozen(kw_only=True)
class Receipt:
    """The answer to ``post_publish`` and ``report``: it was taken in, and how far it got.

    Attributes:
        id: Unique. item: The item's id. revision: Its revision, if known. feature, stage: Where.
        status: ``pending`` without a store: modules here have looked and what they found is
            recorded, but nobody promises that it was worked through. ``accepted`` once a store
            holds it. ``refused`` where one account hands in more than it keeps: it is not there.
        degraded: Whether anything failed. recorded: As on a Decision. trace_id: The caller's.
    """

    id: str
    item: str
    revision: int | None = None
    feature: str
    stage: Stage = attrs.field(converter=read_stage)
    status: str = attrs.field(default="pending")
    degraded: bool = False
    recorded: bool | None = None
    trace_id: str | None = None

    @status.validator
    def _check_status(self, _: object, value: object) -> None:
        if value not in ("pending", "accepted", "refused"):
            raise InvalidValueError("Receipt.status: expected pending, accepted or refused")

    def __repr__(self) -> str:
        return f"Receipt({self.stage.value}, {self.status}, feature={self.feature!r})"

    def to_json(self) -> dict[str, Json]:
        """Return the JSON form."""
        return fields_json(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Receipt:
        """Read the JSON form."""
        return from_json(cls, data)
