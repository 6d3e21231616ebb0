"""The plain values of a file: texts, numbers, dates, times, durations."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from handrail import HandrailError, InvalidValueError, Node, market_languages
from handrail_policyfiles._deadlines import PREFIX, deadlines, resolve
from handrail_policyfiles._kinds import Kind, Reading

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DURATION = re.compile(r"(\d{1,15}(?:\.\d{1,6})?)(?:ms|s|m|h|d|w)", re.ASCII)
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}", re.ASCII)
_REGION = re.compile(r"\*|[A-Z]{2}(-[A-Z0-9]{1,3})?", re.ASCII)
_TIME = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})", re.ASCII
)


def _text(most: int) -> Kind:
    def read(node: Node, reading: Reading) -> str:
        if len(node.text()) > most:
            raise node.fail(f"expected at most {most} characters")
        return node.text()

    return Kind(read, {"type": "string", "minLength": 1, "maxLength": most})


def _number(most: float, what: str) -> Kind:
    def read(node: Node, reading: Reading) -> float:
        try:
            return node.number(most)
        except HandrailError:
            raise InvalidValueError(f"expected {what}") from None

    return Kind(read, {"type": "number", "minimum": 0, "maximum": most})


def _pattern(pattern: re.Pattern[str], what: str) -> Kind:
    def read(node: Node, reading: Reading) -> str:
        if not isinstance(node.value, str) or not pattern.fullmatch(node.value):
            raise InvalidValueError(f"expected {what}")
        return node.value

    return Kind(read, {"type": "string", "pattern": f"^{pattern.pattern}$"})


def _read_region(node: Node, reading: Reading) -> str:
    name = node.value
    if not isinstance(name, str) or not _REGION.fullmatch(name):
        raise InvalidValueError("expected a region such as DE or US-CA, or '*'")
    if name != "*" and name.partition("-")[0] not in market_languages():
        what = "expected a country of ISO 3166 such as DE, GB or US-CA, or '*'"
        raise InvalidValueError(f"{name!r} is no country: {what}")
    return name


def _read_day(node: Node, reading: Reading) -> str:
    try:
        return date.fromisoformat(_matched(node, _DATE)).isoformat()
    except ValueError:
        raise InvalidValueError("expected a date such as 2027-01-15") from None


def _matched(node: Node, pattern: re.Pattern[str]) -> str:
    if not isinstance(node.value, str) or not pattern.fullmatch(node.value):
        raise ValueError
    return node.value


def _read_time(node: Node, reading: Reading) -> str:
    try:
        return datetime.fromisoformat(_matched(node, _TIME)).astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        what = "expected a time with a zone, such as 2026-12-01T00:00+01:00"
        raise InvalidValueError(what) from None


def _read_duration(node: Node, reading: Reading) -> str:
    value = node.value
    if isinstance(value, str) and value.startswith(PREFIX):
        reading.used.add(value.removeprefix(PREFIX))
        return resolve(value, reading.day, reading.rows)
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is None or not float(match[1]):
        what = "a positive number and one of ms, s, m, h, d, w, such as 24h"
        raise InvalidValueError(f"expected {what}, or a legal deadline such as law:…")
    return str(value)


TEXT = _text(200)
LONG_TEXT = _text(10_000)
URL = _text(2_000)
NAME = _pattern(_NAME, "a lower_snake name of at most 64 characters")
SCORE = _number(1, "a score from 0 to 1")
PERCENT = _number(100, "a percent from 0 to 100")
REGION = Kind(_read_region, {"type": "string", "pattern": f"^{_REGION.pattern}$"})
DATE = Kind(_read_day, {"type": "string", "pattern": f"^{_DATE.pattern}$"})
TIME = Kind(_read_time, {"type": "string", "pattern": f"^{_TIME.pattern}$"})
DURATION = Kind(
    _read_duration,
    {
        "anyOf": [
            {"type": "string", "pattern": f"^{_DURATION.pattern}$"},
            {"enum": [*sorted({f"{PREFIX}{row.id}" for row in deadlines()})]},
        ]
    },
)
