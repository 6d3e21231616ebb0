"""One look at an item: what the rules share, and how they read counts."""

from __future__ import annotations

from datetime import timedelta

import attrs

from handrail import Context, Item

from ._settings import Settings


@attrs.define
class Look:
    """An item and its call; made for each item, hence not frozen.

    Attributes:
        item, context, settings: As the hook has them.
        fresh: Whether the author is new, or nobody says that they are not.
    """

    item: Item
    context: Context
    settings: Settings
    fresh: bool

    def recent(self, name: str, key: str, span: timedelta) -> float:
        """Return what was counted within *span*; 0 where that is not known."""
        return self.context.state.recent(name, key, span, self.context.at) or 0.0

    def distinct(self, name: str, key: str, span: timedelta) -> int:
        """Return how many members were counted within *span*; 0 where that is not known."""
        return self.context.state.distinct(name, key, span, self.context.at) or 0


def grade(count: float, threshold: float, low: float, high: float) -> float:
    """Return *low* at the threshold, rising to *high* at three times as much."""
    return min(high, low + (high - low) * (count / threshold - 1) / 2)
