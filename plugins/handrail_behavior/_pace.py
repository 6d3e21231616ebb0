"""How fast one person acts: messages, changes of a profile, comings and goings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from handrail import Evidence, Finding

from ._copies import EVASION, SPAM
from ._look import Look, grade
from ._memory import TEXTS, sort

_BURST = timedelta(seconds=5)
_MINUTE = timedelta(minutes=1)
_TEN = timedelta(minutes=10)
_HOUR = timedelta(hours=1)


def pace(look: Look) -> Iterator[Finding]:
    """Find what one person does faster than people do."""
    author, kind = look.item.author, sort(look.item)
    if author is None:
        return
    key = f"{kind} {author.id}"
    if kind in TEXTS:
        yield from _messages(look, key)
    elif kind in ("profile_change", "join", "leave"):
        yield from _changes(look, key)


def _messages(look: Look, key: str) -> Iterator[Finding]:
    sent = int(look.recent("sent", key, _MINUTE)) + 1
    if sent < min(look.settings.burst, look.settings.a_minute):
        return
    for span, least in ((_BURST, look.settings.burst), (_MINUTE, look.settings.a_minute)):
        sent = int(look.recent("sent", key, span)) + 1
        if sent >= least:
            yield _finding(SPAM, grade(sent, least, 0.6, 0.8), "messages", (sent, span))
            return


def _changes(look: Look, key: str) -> Iterator[Finding]:
    renames = look.item.kind == "profile_change"
    span, what = (_HOUR, "changes of the profile") if renames else (_TEN, f"{look.item.kind}s")
    least = look.settings.renames if renames else look.settings.joins
    done = int(look.recent("sent", key, span)) + 1
    if done >= least:
        score = grade(done, least, 0.4, 0.6) if renames else grade(done, least, 0.3, 0.5)
        yield _finding(EVASION, score, what, (done, span))


def _finding(issue: str, score: float, what: str, done: tuple[int, timedelta]) -> Finding:
    count, span = done
    seconds = int(span.total_seconds())
    reason = f"{count} {what} by one person within {seconds} seconds"
    name = what.split(maxsplit=1)[0]
    evidence = Evidence(counts={name: count, "window_s": seconds})
    return Finding(issue, score, reason, evidence=evidence)
