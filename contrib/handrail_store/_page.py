"""What is known of one item: what stands on it, and what its feature was told."""

from __future__ import annotations

from typing import TypeAlias

import attrs

from handrail import Enforcement
from handrail_store._standing import GONE, PRE, STANDS, SUPERSEDED, Demand, Outlook

Key: TypeAlias = tuple[str, str]
"""Feature and item."""

WAITING, DELIVERED, CARRIED_OUT, FAILED, VOID, OVERTAKEN = (
    "waiting", "delivered", "carried_out", "failed", "void", "overtaken",
)  # fmt: skip
"""States of an enforcement; overtaken is one that is over because a later one makes it moot."""


@attrs.define
class Page:
    """What is known of one item.

    Attributes:
        demands: By the decision's id, in the order made.
        told: Enforcements that are not void, in order; with their state.
        number: The highest number given so far.
        newest: The highest revision that was worked after publishing, or -1.
    """

    demands: dict[str, Demand] = attrs.field(factory=dict)
    told: list[tuple[Enforcement, str]] = attrs.field(factory=list)
    number: int = 0
    newest: int = -1

    def gone(self) -> int:
        """The highest revision that was withdrawn, or -1."""
        return max((d.revision for d in self.demands.values() if d.stage == GONE), default=-1)

    def standing(self, revision: int) -> list[Demand]:
        """The demands in force on a revision; of those before publishing, the last."""
        there = [d for d in self.demands.values() if d.revision == revision and d.state == STANDS]
        before = [d for d in there if d.stage == PRE]
        return [*before[-1:], *(d for d in there if d.stage not in (PRE, GONE))]

    def last(self, revision: int) -> Outlook:
        """What the feature was told last: by an enforcement, or as the answer to its question."""
        before = [
            d for d in self.demands.values()
            if d.revision == revision and d.stage == PRE and d.state != SUPERSEDED
        ]  # fmt: skip
        if self.told and (not before or self.told[-1][0].revision == revision):
            told = self.told[-1][0]
            return Outlook(action=told.action, effects=told.effects, hold=told.hold)
        return Outlook.of(before[-1:])
