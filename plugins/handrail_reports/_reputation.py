"""What a reporter's earlier reports were worth: a Beta posterior whose evidence decays."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise

import attrs

from handrail import Context, Count, InvalidValueError, Report
from handrail.settings import flag, number
from handrail.triage import DISMISSED, LARGEST, PRIOR, UPHELD, Reputation

HALF_LIFE = timedelta(days=90)
_EDGES = (0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0)
"""Where the windows end that a State is asked for, in half-lives."""


@attrs.frozen
class Outcome:
    """What became of one report.

    Attributes:
        upheld: Whether it was right. at: When that was decided, with a time zone.
        weight: How much it counts: 1, or less where the case was a close one.
    """

    upheld: bool = attrs.field(validator=flag)
    at: datetime = attrs.field()
    weight: float = attrs.field(default=1.0, validator=number(0), kw_only=True)

    @at.validator
    def _check_at(self, _: object, value: object) -> None:
        if not isinstance(value, datetime) or value.utcoffset() is None:
            raise InvalidValueError("Outcome.at: expected a time with a zone")


def reputation(
    outcomes: Iterable[Outcome],
    at: datetime,
    half_life: timedelta = HALF_LIFE,
    prior: tuple[float, float] = PRIOR,
) -> Reputation:
    """Return what *outcomes* say of a reporter *at* that moment.

    An outcome counts half after *half_life*, a quarter after two; one that lies ahead counts in
    full. With u and d the sums of what is left of upheld and dismissed reports, the posterior is
    Beta(a + u, b + d) for a prior Beta(a, b): Josang and Ismail, The Beta Reputation System
    (2002), with their forgetting by time instead of by order.

    Raises InvalidValueError for a half-life that is not above zero, and for a prior that is not
    two numbers from 0.01 to 1000.
    """
    if half_life <= timedelta(0):
        raise InvalidValueError("half_life: expected more than zero")
    sums = {True: 0.0, False: 0.0}
    for outcome in outcomes:
        age = max(at - outcome.at, timedelta(0)) / half_life
        sums[outcome.upheld] += outcome.weight * 0.5**age
    return Reputation(min(sums[True], LARGEST), min(sums[False], LARGEST), prior)


def judged(report: Report, *, upheld: bool) -> tuple[Count, ...]:
    """Return what a State is to count once a report is decided, ``state.add(judged(…), at)``.

    Only a user has a reputation: of a trusted flagger, an authority, a notice under law, or
    somebody unnamed, nothing is counted.
    """
    if report.reporter is None or report.source != "user":
        return ()
    return (Count(UPHELD if upheld else DISMISSED, report.reporter.id),)


def recalled(
    reporter: str, context: Context, half_life: timedelta, prior: tuple[float, float]
) -> Reputation:
    """Return the reputation that the counters of ``context.state`` give a reporter.

    A State counts within windows, so that what lies between two of them is taken to be as old as
    its middle. What it does not know says nothing.
    """
    return Reputation(
        _left(UPHELD, reporter, context, half_life),
        _left(DISMISSED, reporter, context, half_life),
        prior,
    )


def _left(name: str, reporter: str, context: Context, half_life: timedelta) -> float:
    """What is left of the counts of one counter."""
    longest = context.state.recent(name, reporter, half_life * _EDGES[-1], context.at)
    if not longest:
        return 0.0
    total = before = 0.0
    for near, far in pairwise(_EDGES):
        seen = context.state.recent(name, reporter, half_life * far, context.at) or 0.0
        total += max(0.0, seen - before) * 0.5 ** ((near + far) / 2)
        before = max(before, seen)
    return min(total, LARGEST)
