"""Times and durations written out in an expression, as CEL writes them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)", re.ASCII)
_PART = re.compile(r"(\d+(?:\.\d+)?|\.\d+)(h|ms|m|s|us)", re.ASCII)
_DURATION = re.compile(rf"(-?)((?:{_PART.pattern})+)", re.ASCII)
_MICROS = {"h": 3_600_000_000, "m": 60_000_000, "s": 1_000_000, "ms": 1_000, "us": 1}
LONGEST = timedelta(days=36_500)


def timestamp(text: str) -> datetime | None:
    """Read RFC 3339, such as ``2026-01-01T00:00:00Z``; None for anything else."""
    if _RFC3339.fullmatch(text) is None:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def duration(text: str) -> timedelta | None:
    """Read ``1h30m``, ``-5s`` or ``1.5h``, at most 100 years; None for anything else."""
    match = _DURATION.fullmatch(text) if len(text) <= 100 else None
    if match is None:
        return None
    micros = 0.0
    for number, unit in _PART.findall(match[2]):
        micros += float(number) * _MICROS[unit]
    if micros > LONGEST / timedelta(microseconds=1):
        return None
    exact = timedelta(microseconds=round(micros))
    return -exact if match[1] else exact
