"""By when a report is decided: source, issue and region, as data (``report_deadlines.csv``)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

import attrs

from handrail import InvalidValueError, Report, expand, market_languages
from handrail.errors import unknown
from handrail.settings import span
from handrail_store._table import packed, rows_of, text_of

COLUMNS = ("source", "issue", "region", "within", "law", "starts", "ends", "why")
SOURCES = ("user", "notice", "trusted_flagger", "authority", "*")
UNNAMED = "other.unknown"
"""The issue of a report that names none."""

_MEMBERS = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
EU = frozenset(_MEMBERS.split())
"""The members of the European Union, which the region ``EU`` stands for."""


@attrs.frozen(kw_only=True)
class AnswerBy:
    """One row: how soon a report is decided. Not legal advice.

    Attributes:
        source: As on a Report, or ``*``. issue: An issue, ``family.*`` or ``*``.
        region: ISO 3166-1, ``EU`` or ``*``. within: How soon.
        law: The id of the legal deadline it comes from; None for a time of the house's own.
        starts, ends: The days on which it begins and no longer counts; None is always.
        why: Where it comes from.
    """

    source: str = attrs.field()
    issue: str
    region: str = attrs.field()
    within: timedelta = attrs.field(converter=span)
    law: str | None = None
    starts: date | None = None
    ends: date | None = None
    why: str = ""

    @source.validator
    def _check_source(self, _: object, value: str) -> None:
        if value not in SOURCES:
            raise unknown("source", value, SOURCES)

    @region.validator
    def _check_region(self, _: object, value: str) -> None:
        if value not in {"EU", "*", *market_languages()}:
            raise unknown("region", value, market_languages())

    def __attrs_post_init__(self) -> None:
        expand([self.issue])

    def counts(self, regions: Iterable[str], day: date) -> bool:
        """Whether it holds in one of *regions* on *day*."""
        if (self.starts is not None and day < self.starts) or (
            self.ends is not None and self.ends <= day
        ):
            return False
        return self.region == "*" or any(
            self.region == region or (self.region == "EU" and region in EU) for region in regions
        )


class Deadlines:
    """Rows that say by when reports are decided; the soonest that holds counts."""

    def __init__(self, rows: Iterable[AnswerBy]) -> None:
        self.rows = tuple(rows)
        self._by_issue: dict[str, list[AnswerBy]] = {}
        for row in self.rows:
            for name in expand([row.issue]):
                self._by_issue.setdefault(name, []).append(row)

    def of(self, report: Report, at: datetime) -> datetime | None:
        """By when a report that came *at* that moment is decided; None where nothing says."""
        found = [at + row.within for row in self.holding(report, at.date())]
        return min([*found, report.due_at] if report.due_at else found, default=None)

    def holding(self, report: Report, day: date) -> Sequence[AnswerBy]:
        """The rows that hold for a report on *day*, the soonest first."""
        regions = regions_of(report)
        found = [
            row
            for row in self._by_issue.get(report.issue or UNNAMED, ())
            if row.source in ("*", report.source) and row.counts(regions, day)
        ]
        return sorted(found, key=lambda row: row.within)


def regions_of(report: Report) -> frozenset[str]:
    """Where a report plays: what it names, where its reporter is, what its item is about."""
    item, reporter = report.item, report.reporter
    named = {*report.territory, reporter and reporter.region, item and item.region}
    return frozenset(each.partition("-")[0] for each in named if each)


@cache
def deadlines() -> Deadlines:
    """The rows that come with Handrail."""
    name = "report_deadlines.csv"
    return Deadlines(_read(packed(name), name))


def read_deadlines(path: Path) -> Deadlines:
    """Read rows from a file with the same columns; raises InvalidValueError with ``file:line``."""
    return Deadlines(_read(text_of(path), str(path)))


def _read(text: str, where: str) -> Iterable[AnswerBy]:
    for place, row in rows_of(text, COLUMNS, where):
        try:
            yield AnswerBy(
                source=row["source"], issue=row["issue"], region=row["region"],
                within=span(row["within"]), law=row["law"] or None, why=row["why"],
                **{name: _day(row, name) for name in ("starts", "ends")},
            )  # fmt: skip
        except ValueError as error:
            raise InvalidValueError(f"{place}: {error}") from None


def _day(row: Mapping[str, str], name: str) -> date | None:
    return date.fromisoformat(row[name]) if row[name] else None
