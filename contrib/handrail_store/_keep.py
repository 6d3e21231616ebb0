"""How long what is kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import attrs

from handrail import InvalidValueError
from handrail.settings import one_of, span

APPEAL_WINDOW = timedelta(days=183)
"""How long people may complain, so what it was about is kept: six months (DSA Art. 20(1))."""

RECORD = timedelta(days=400)
"""How long the record is kept where nothing else is said: a year, and time to report on it."""


def _spans(value: Mapping[str, timedelta | str] | None) -> Mapping[str, timedelta]:
    return {str(name): span(each) for name, each in (value or {}).items()}


@attrs.frozen(kw_only=True)
class Keep:
    """How long each kind of row is kept; each is a duration, such as ``400d``.

    Attributes:
        decisions, findings, items, events, views: The record.
        snapshots: Sealed content of what was held, blocked or reported; at least the time in
            which people may complain. Longer where a ``preserve`` effect says so.
        reports, cases, enforcements, outcomes, strikes: What people said, and what came of it.
        opted: By feature, how long the content of everything else is kept; not at all for a
            feature that is not named.
    """

    decisions: timedelta = attrs.field(default=RECORD, converter=span)
    findings: timedelta = attrs.field(default=RECORD, converter=span)
    items: timedelta = attrs.field(default=RECORD, converter=span)
    events: timedelta = attrs.field(default=RECORD, converter=span)
    views: timedelta = attrs.field(default=RECORD, converter=span)
    snapshots: timedelta = attrs.field(default=APPEAL_WINDOW, converter=span)
    reports: timedelta = attrs.field(default=RECORD, converter=span)
    cases: timedelta = attrs.field(default=RECORD, converter=span)
    enforcements: timedelta = attrs.field(default=RECORD, converter=span)
    outcomes: timedelta = attrs.field(default=RECORD, converter=span)
    strikes: timedelta = attrs.field(default=RECORD, converter=span)
    opted: Mapping[str, timedelta] = attrs.field(factory=dict, converter=_spans)

    @snapshots.validator
    def _check_snapshots(self, _: object, value: timedelta) -> None:
        if value < APPEAL_WINDOW:
            raise InvalidValueError(
                "keep: snapshots: expected 183d or more: people may complain for six months"
            )


KEEP = Keep()
"""How long what is kept where nothing else is said."""


@attrs.frozen(kw_only=True)
class Record:
    """How the record is written.

    Attributes:
        full: What goes where the database does not keep up and 20,000 entries wait: ``drop`` the
            oldest, or have them ``wait``, and drop what is new once the buffer is full too.
        items: Of which items there are rows: ``all``, or those ``noted``, which are all but the
            items of clean ALLOWs before publishing. That halves what such a call costs.
    """

    full: str = attrs.field(default="drop", validator=one_of(("drop", "wait")))
    items: str = attrs.field(default="all", validator=one_of(("all", "noted")))


RECORD_ALL = Record()
"""How the record is written where nothing else is said."""
