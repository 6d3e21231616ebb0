"""Whom people write to: many strangers by one, and many new people at one target."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from handrail import Evidence, Finding

from ._copies import SPAM
from ._look import Look, grade
from ._memory import targets

BULLYING = "harassment.bullying"

_HOUR = timedelta(hours=1)
_TEN = timedelta(minutes=10)
_UNSAID = 3
"""Times as many people are many where nobody says whether they are strangers."""

_MOSTLY = 0.6
"""The share of new people from which a crowd is no audience."""


def fan_out(look: Look) -> Iterator[Finding]:
    """Find who writes to many strangers."""
    author = look.item.author
    if author is None:
        return
    least = look.settings.strangers
    for name, what, many in (
        ("strangers", "strangers", least),
        ("met", "people", _UNSAID * least),
    ):
        reached = look.distinct(name, author.id, _HOUR)
        if reached >= many:
            counts = {"recipients": reached, "window_s": 3600}
            reason = f"wrote to {reached} {what} within an hour"
            score = grade(reached, many, 0.5, 0.9 if name == "strangers" else 0.6)
            yield Finding(SPAM, score, reason, evidence=Evidence(counts=counts))
            return


def pile_on(look: Look) -> Iterator[Finding]:
    """Find new people who join many others at one target."""
    if look.item.author is None or not look.fresh:
        return
    least = look.settings.pile_on
    for target in targets(look.item):
        authors = look.distinct("aimed", target, _TEN)
        if authors < least:
            continue
        fresh = look.distinct("aimed_new", target, _TEN)
        if fresh >= _MOSTLY * authors:
            counts = {"authors": authors, "new_authors": fresh, "window_s": 600}
            who = "person" if target.startswith("to ") else "thread"
            reason = f"{authors} people at one {who} within ten minutes, {fresh} of them new"
            score = grade(authors, least, 0.5, 0.7)
            yield Finding(BULLYING, score, reason, evidence=Evidence(counts=counts))
            return
