"""Legal deadlines as dated data: a policy names the rule, the date says which row counts."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path

import attrs

from handrail import InvalidValueError, UnknownNameError
from handrail.errors import unknown

PREFIX = "law:"
"""What a duration begins with that is a legal deadline: ``law:eu-terrorist-removal-order``."""

COLUMNS = (
    "id", "jurisdiction", "what", "within", "clock_start", "source", "verified", "starts", "ends",
)  # fmt: skip


@attrs.frozen(kw_only=True)
class Deadline:
    """One row of ``data/deadlines.csv``: how soon a law wants something done. Not legal advice.

    Attributes:
        id: What a policy writes after ``law:``; rows of one id differ in their dates.
        jurisdiction: Whose law. what: What has to be done. within: How soon, such as ``1h``.
        clock_start: What starts the clock. source: The law.
        verified: ``yes`` where the statute was read, else ``secondary`` or ``from memory``.
        starts, ends: The days on which the row begins and no longer counts; None is always.
    """

    id: str
    jurisdiction: str
    what: str
    within: str
    clock_start: str
    source: str
    verified: str
    starts: date | None = None
    ends: date | None = None

    def counts(self, day: date) -> bool:
        """Whether it is the law on *day*."""
        return (self.starts is None or self.starts <= day) and (
            self.ends is None or day < self.ends
        )


@cache
def deadlines() -> tuple[Deadline, ...]:
    """Every row that comes with Handrail."""
    text = files("handrail_policyfiles").joinpath("data/deadlines.csv").read_text(encoding="utf-8")
    return tuple(_read(text))


def read_deadlines(path: Path) -> tuple[Deadline, ...]:
    """Read rows from a file with the same columns; raises InvalidValueError."""
    return tuple(_read(path.read_text(encoding="utf-8")))


def _read(text: str) -> Iterable[Deadline]:
    rows = csv.DictReader(text.splitlines())
    if tuple(rows.fieldnames or ()) != COLUMNS:
        raise InvalidValueError(f"deadlines: expected the columns {', '.join(COLUMNS)}")
    for row in rows:
        texts = {key: row[key] for key in COLUMNS[:-2]}
        yield Deadline(**texts, starts=_day(row["starts"]), ends=_day(row["ends"]))


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def write_deadlines(path: Path, rows: Iterable[Deadline]) -> None:
    """Write rows so that ``read_deadlines`` reads them."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for row in rows:
            writer.writerow([_text(value) for value in attrs.astuple(row)])


def _text(value: date | str | None) -> str:
    return "" if value is None else str(value)


def deadline(name: str, day: date, rows: Iterable[Deadline]) -> Deadline:
    """Find the row of *name* that counts on *day*.

    Raises UnknownNameError for an id that no row has, and where none of its rows counts.
    """
    by_id: dict[str, list[Deadline]] = {}
    for row in rows:
        by_id.setdefault(row.id, []).append(row)
    if name not in by_id:
        raise unknown("deadline", name, by_id)
    for row in by_id[name]:
        if row.counts(day):
            return row
    raise UnknownNameError(f"deadline {name!r} is not the law on {day}: {_when(by_id[name])}")


def _when(rows: Iterable[Deadline]) -> str:
    return "; ".join(f"{row.within} from {row.starts or 'ever'} to {row.ends or 'now'}"
                     for row in rows)  # fmt: skip


def resolve(text: str, day: date, rows: Iterable[Deadline]) -> str:
    """Turn ``law:ID`` into the duration that counts on *day*; leave other durations alone."""
    if not text.startswith(PREFIX):
        return text
    return deadline(text.removeprefix(PREFIX), day, rows).within


def changes(rows: Iterable[Deadline], used: Iterable[str], day: date) -> Mapping[str, date]:
    """For each deadline in *used* that changes after *day*: when it first does."""
    wanted, soon = frozenset(used), dict[str, date]()
    for row in rows:
        for each in (row.starts, row.ends):
            if row.id in wanted and each is not None and each > day:
                soon[row.id] = min(each, soon.get(row.id, each))
    return soon
