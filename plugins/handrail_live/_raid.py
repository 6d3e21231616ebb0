"""Crowds of strangers in a room, and rooms faster than they can be read."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from datetime import timedelta

from handrail import Context, Evidence, Finding, InvalidValueError, Item

from ._room import Crowd, Room
from ._settings import Settings

BULLYING = "harassment.bullying"
SPAM = "integrity.spam"

STEPS = (3, 5, 10, 30, 60, 120)
"""Seconds of slow mode there are."""

_FAST = 2.0
"""Times as fast as can be read, from which slow mode is advised."""

_FAMILIES = ("harassment.", "hate.", "violence.")
_HOSTILE = 0.5
_HOSTILE_LEAST, _HOSTILE_SHARE = 4, 1 / 3
"""Newcomers of a crowd who must have been hostile to make it a hostile one, and their share."""

_AGAIN_S = 60.0
_MINUTE = timedelta(minutes=1)


def slow_mode(people: int, readable: float = 2.0) -> int:
    """Return the seconds between two messages of one person that make a room readable.

    One of STEPS. *people* are those who write, *readable* is how many messages a second can be
    read; raises InvalidValueError for less than one person or no reading at all.
    """
    if people < 1 or not readable > 0:
        raise InvalidValueError("slow_mode: expected people and readable above 0")
    return next((step for step in STEPS if step >= people / readable), STEPS[-1])


def slow_down(room: Room, at: float, settings: Settings) -> bool:
    """Whether to advise slow mode: once a minute while a room is too fast."""
    if abs(at - room.advised) < _AGAIN_S:
        return False
    return room.rate(at) >= _FAST * settings.readable


def pace(item: Item, context: Context, settings: Settings, room: Room) -> Iterator[Finding]:
    """Advise slow mode, on one message for the room."""
    at = context.at.timestamp()
    if not slow_down(room, at, settings):
        return
    talking = context.state.distinct("talking", item.session_id or "", _MINUTE, context.at)
    rate, wait = room.rate(at), slow_mode(max(talking or 0, 1), settings.readable)
    counts = {"messages_a_minute": round(60 * rate), "people": talking or 0, "slow_s": wait}
    reason = f"the room: {rate:.0f} messages a second; {wait} seconds of slow mode would do"
    yield Finding(SPAM, 0.3, reason, evidence=Evidence(counts=counts))


def hostile(found: Iterable[Finding]) -> bool:
    """Whether others found what was said hostile; what is about a crowd is no fault of one."""
    return any(
        each.score >= _HOSTILE
        and each.issue.startswith(_FAMILIES)
        and "window_s" not in each.evidence.counts
        for each in found
    )


def warns(room: Room, at: float) -> bool:
    """Whether it is a minute or more since a crowd was last spoken of."""
    return abs(at - room.warned) >= _AGAIN_S


def coming(room: Room, at: float, settings: Settings) -> Crowd | None:
    """Return the crowd that one more newcomer comes with, if it is an unusual one."""
    crowd = room.crowd(at)
    count = crowd.newcomers + 1
    unusual = (
        count >= settings.raid
        and crowd.known_s >= 60 * settings.known_minutes
        and count >= settings.raid_times * crowd.usual
        and count >= settings.raid_share * crowd.messages
    )
    return crowd if unusual else None


def raid(
    context: Context, settings: Settings, room: Room, *, account: bool | None
) -> Iterator[Finding]:
    """Find a newcomer with a new account among many; of others warn once a minute, for the room.

    *account* says whether the account is new: who is only new in a room has done nothing.
    """
    at = context.at.timestamp()
    crowd = coming(room, at, settings)
    if crowd is None:
        return
    count, accounts = crowd.newcomers + 1, crowd.new_accounts + (account is True)
    mean = crowd.hostile >= max(_HOSTILE_LEAST, _HOSTILE_SHARE * count)
    counts = {
        "newcomers": count,
        "new_accounts": accounts,
        "usual_newcomers": round(crowd.usual, 1),
        "messages": crowd.messages + 1,
        "window_s": 60,
        "hostile_newcomers": crowd.hostile if mean else 0,
        "warning": int(warns(room, at)),
    }
    evidence = Evidence(counts=counts)
    many = f"{count} people new in the room within a minute"
    if mean or (account and 2 * accounts >= count):
        new = bool(account and 2 * accounts >= count)
        score = (0.6 if mean else 0.4) + 0.1 * math.log2(count / settings.raid)
        score = min(0.8 if mean else 0.5, score) if new else 0.3
        reason = f"one of {many}, {accounts} with new accounts, {crowd.hostile} hostile"
        yield Finding(BULLYING, score, reason, evidence=evidence)
    elif warns(room, at):
        old = 2 * (crowd.new_accounts + crowd.unsaid) < count
        who = "most with older accounts" if old else "of unknown tenure"
        yield Finding(BULLYING, 0.2 if old else 0.3, f"the room: {many}, {who}", evidence=evidence)
