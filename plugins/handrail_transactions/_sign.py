"""One thing noticed about a payment."""

from __future__ import annotations

from collections.abc import Mapping

import attrs


@attrs.frozen
class Sign:
    """One thing noticed.

    Attributes:
        score: How much it says. reason: One phrase for a moderator. counts: For policies.
    """

    score: float
    reason: str
    counts: Mapping[str, float]


def rising(base: float, number: float, most: float) -> float:
    """A score that is *base* at the threshold and rises by a tenth with each time more."""
    return round(min(0.9, base + 0.1 * (number / most - 1)), 2)
