"""Gifts and segments while a minor, or somebody of unknown age, is on stage."""

from __future__ import annotations

from collections.abc import Iterator

from handrail import Context, Evidence, Finding, Item

from ._ages import said_age
from ._room import CHILD, Room, Stage, stage_of

EXPOSURE = "child_safety.exposure"

_KNOWN = frozenset({"family", "connected"})
"""Relations of people who give to each other without anybody wondering."""

_SCORES = {"gift": (0.5, 0.25), "live_segment": (0.2, 0.1)}
"""What it weighs if a minor is on stage, and if nobody knows, by kind of item."""

_UNSAID = 0.25
"""What a gift weighs, a minor on stage, where nobody says who they are to each other."""

_GIFTS = 3
"""The gift of one person from which it weighs as much as that of a stranger."""


def stage(item: Item, context: Context, room: Room | None) -> Iterator[Finding]:
    """Find gifts, and segments, with a minor on stage."""
    if item.kind not in _SCORES:
        return
    at = context.at.timestamp()
    now = stage_of(item.participants, at) if item.participants else room and room.on_stage(at)
    if not now or not (now.minors or now.unknown):
        return
    who = "a minor" if now.minors else "somebody of unknown age"
    what = "a gift while" if item.kind == "gift" else "a segment while"
    score, counts = _weighed(item, now, room)
    counts = {"minors": now.minors, "unknown_ages": now.unknown, **counts}
    yield Finding(EXPOSURE, score, f"{what} {who} is on stage", evidence=Evidence(counts=counts))


def _weighed(item: Item, now: Stage, room: Room | None) -> tuple[float, dict[str, int]]:
    """What it weighs, and what a minor gets of strangers or of whom nobody says who they are."""
    said = [person.relation or item.relation for person in item.recipients] or [item.relation]
    if item.kind != "gift" or _KNOWN.issuperset(said):
        return _SCORES["live_segment"][not now.minors], {}
    if not now.minors:
        return _SCORES["gift"][1], {}
    if "stranger" in said:
        return _SCORES["gift"][0], {"strangers": 1}
    peer = item.author and item.author.age and item.author.age.value < CHILD
    many = not peer and room is not None and room.gifts(item.author) + 1 >= _GIFTS
    return (_SCORES["gift"][0] if many else _UNSAID), {"unrelated": 1}


def statement(context: Context) -> Iterator[Finding]:
    """Find somebody on stage who says to be a minor; for a person to look at, not to act on."""
    age = said_age(context.text)
    if age is not None:
        counts = {"minors": 1, "said_age": age}
        reason = f"somebody on stage says to be {age}"
        yield Finding(EXPOSURE, 0.25, reason, evidence=Evidence(counts=counts))
