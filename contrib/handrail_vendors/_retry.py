"""How long to wait before another try."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

FIRST_S = 0.1
"""The longest pause before the first retry; each further one may be twice as long."""


def pause(number: int, chance: Callable[[], float]) -> float:
    """Seconds before the next try: anything up to a bound that doubles ("full jitter")."""
    return chance() * FIRST_S * 2.0**number


def after(header: str) -> float:
    """Seconds that a ``Retry-After`` asks for (RFC 9110, 10.2.3): a number or a date; else 0."""
    text = header.strip()
    if text.isascii() and text.replace(".", "", 1).isdigit() and len(text) < 12:
        return float(text)
    try:
        until = parsedate_to_datetime(text[:64])
    except (ValueError, TypeError, IndexError, OverflowError):
        return 0.0
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    left = (until - datetime.now(UTC)).total_seconds()
    return max(0.0, left) if math.isfinite(left) else 0.0
