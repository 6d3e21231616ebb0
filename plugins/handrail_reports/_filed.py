"""A report as scoring needs it: who, what, when, and a print of what they wrote."""

from __future__ import annotations

from datetime import datetime

import attrs

from handrail import InvalidValueError, Report, issue
from handrail.settings import fraction, number, one_of
from handrail.triage import SOURCES

from ._prints import Print, prints

UNKNOWN = "other.unknown"
"""The issue of a report that names none."""


def _print(value: str | Print) -> Print:
    return prints(value) if isinstance(value, str) else value


@attrs.frozen(kw_only=True)
class Filed:
    """One report, without a word of it.

    Attributes:
        id: Of the report. item: Of what was reported.
        at: When it was filed, with a time zone.
        issue: What it names; ``other.unknown`` where it names none.
        source: ``user``, ``notice``, ``trusted_flagger`` or ``authority``.
        reporter: Who filed it; None where they are unnamed.
        target: Whose item it is; None if unknown.
        text: What they wrote, of which only a print is kept.
        tenure_days: How old the reporter's account is; None if unknown.
        credibility: How far the reporter can be relied on, 0 to 1: ``Reputation.lower``.
    """

    id: str
    item: str
    at: datetime = attrs.field()
    issue: str = attrs.field(default=UNKNOWN)
    source: str = attrs.field(default="user", validator=one_of(SOURCES))
    reporter: str | None = None
    target: str | None = None
    text: Print = attrs.field(default=(), converter=_print)
    tenure_days: float | None = attrs.field(
        default=None, validator=attrs.validators.optional(number(0))
    )
    credibility: float = attrs.field(default=0.0, validator=fraction)

    @at.validator
    def _check_at(self, _: object, value: object) -> None:
        if not isinstance(value, datetime) or value.utcoffset() is None:
            raise InvalidValueError("Filed.at: expected a time with a zone")

    @issue.validator
    def _check_issue(self, _: object, value: str) -> None:
        issue(value)

    def supports(self, other: Filed) -> bool:
        """Whether it claims what *other* does: the same family of harm, or no kind at all."""
        return self.issue == UNKNOWN or issue(self.issue).family == issue(other.issue).family

    def is_new(self, days: float) -> bool:
        """Whether the reporter's account is known to be younger than *days*."""
        return self.tenure_days is not None and self.tenure_days < days

    def __repr__(self) -> str:
        return f"Filed({'named' if self.reporter else 'unnamed'}, print={bool(self.text)})"


def issue_of(report: Report) -> str:
    """The issue that a report names, or the one that says it names none."""
    if report.issue is not None:
        return report.issue
    legal = report.source in ("notice", "authority")
    return "other.illegal_unclassified" if legal else UNKNOWN
