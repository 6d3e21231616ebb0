"""The same or nearly the same text again: by one person, by many, or under another account."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import attrs

from handrail import Evidence, Finding

from ._look import Look, grade
from ._memory import COPIES_S, SLOW_S, Told, is_unsaid, lasting, place, writer
from ._wishes import is_wish

SPAM = "integrity.spam"
COORDINATED = "integrity.coordinated_inauthentic"
EVASION = "security.ban_evasion"

_BURST = timedelta(seconds=5)
_MINUTE = timedelta(minutes=1)
_TEN = timedelta(seconds=COPIES_S)
_SLOW = timedelta(seconds=SLOW_S)
_MORE = {_TEN: 1, _SLOW: 2}
"""People more than within a minute who must have a text, by span."""
_SAYS = 4
"""Words from which a text says enough for copies of it to be no accident."""

_SHORT = 5
"""Words up to which a few strangers may say the same by chance: "what game is this?"."""

_FLOOD = 5
"""Copies by one account after which another with the same text looks like its next one."""


@attrs.frozen
class _Copies:
    """How often a text came within a span, this time included.

    Attributes:
        span: The span. all: By anybody. own: By this author.
        authors: By how many people. fresh: How many of them are new, or may be.
        unsaid: How many of those may be, for nobody says.
    """

    span: timedelta
    all: int
    own: int
    authors: int
    fresh: int
    unsaid: int

    @property
    def new(self) -> bool:
        """Whether most of them are new; over hours, known to be."""
        return 2 * (self.fresh - self.unsaid * (self.span == _SLOW)) >= self.authors

    @property
    def evidence(self) -> Evidence:
        """What policies can count on."""
        return Evidence(
            counts={
                "copies": self.all,
                "own_copies": self.own,
                "authors": self.authors,
                "new_authors": self.fresh,
                "window_s": int(self.span.total_seconds()),
            }
        )


def copies(look: Look, told: Told, near: float) -> Iterator[Finding]:
    """Find floods of one text, one text from many, and one text under the next account.

    *near* is when the copy came that the text is nearest to.
    """
    slow = lasting(look.item, told.words) > COPIES_S
    for span in (_BURST, _MINUTE, _TEN, *((_SLOW,) * slow)):
        count = _counted(look, told, near, span)
        found = [*_own(look, told, count), *_many(look, told, count)]
        if found:
            yield from found
            return
    yield from _next_account(look, told, count)


def _counted(look: Look, told: Told, near: float, span: timedelta) -> _Copies:
    """Count a text; the first of its kind is counted once there is a second."""
    who = writer(look.item)
    before = look.recent("copies", told.cluster, span)
    others = look.distinct("copies", told.cluster, span)
    fresh = look.distinct("new_copies", told.cluster, span)
    own = look.distinct("own_copies", f"{told.cluster} {who}", span) if who else 0
    if not before and look.context.at.timestamp() - near < span.total_seconds():
        before, others, fresh = 1, int(bool(told.first)), int(bool(told.first) and told.fresh)
        own = int(bool(who) and told.first == who)
    me = int(bool(who) and not own)
    again = int(look.item.revision == 1 or not own)
    unsaid = look.distinct("unsaid_copies", told.cluster, span)
    unsaid += me * look.fresh * is_unsaid(look.item)
    everybody, fresh = others + me, fresh + me * look.fresh
    return _Copies(span, int(before) + 1, own + again, everybody, fresh, unsaid)


def _own(look: Look, told: Told, count: _Copies) -> Iterator[Finding]:
    says, settings = told.words >= _SAYS, look.settings
    least = settings.own_copies if says else settings.short_copies
    if count.span == _BURST:
        least = min(least, settings.burst)
    own = count.own if look.item.author else count.all
    if own >= least + 2 * _MORE.get(count.span, 0):
        reason = f"one text {own} times within {_spelled(count.span)}"
        score = grade(own, least, 0.7, 0.9)
        yield Finding(SPAM, score, reason, evidence=count.evidence)


def _many(look: Look, told: Told, count: _Copies) -> Iterator[Finding]:
    least = look.settings.copy_authors + _MORE.get(count.span, 0)
    if count.span == _BURST or told.words < _SAYS or count.authors < least:
        return
    where = place(look.item)
    said = look.recent("said", where, count.span) if where else 0
    if count.authors < look.settings.copy_share * said:
        return
    wish = is_wish(look.context.text)
    low = 0.6 if told.words <= _SHORT else 0.75
    score = grade(count.authors, least, low, 0.9) if count.new and not wish else 0.4
    who = _who(count) + ", a wish" * wish
    reason = f"one text from {count.authors} people within {_spelled(count.span)}, {who}"
    yield Finding(COORDINATED, score, reason, evidence=count.evidence)


def _who(count: _Copies) -> str:
    if count.new:
        return "most of them new"
    if 2 * count.fresh >= count.authors:
        return "nobody says how new"
    return "most of them known for long"


def _next_account(look: Look, told: Told, count: _Copies) -> Iterator[Finding]:
    """Find a new account that goes on with the flood of another."""
    flood = count.all - count.own >= _FLOOD and count.authors == 2
    if flood and look.fresh and told.words >= _SAYS:
        reason = f"goes on with a text that another account wrote {count.all - count.own} times"
        yield Finding(EVASION, 0.5, reason, evidence=count.evidence)


def _spelled(span: timedelta) -> str:
    return {_BURST: "5 seconds", _MINUTE: "a minute", _SLOW: "6 hours"}.get(span, "10 minutes")
