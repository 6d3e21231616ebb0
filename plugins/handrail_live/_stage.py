"""Gifts and segments while a minor, or somebody of unknown age, is on stage."""

from __future__ import annotations

from collections.abc import Iterator

from handrail import Context, Evidence, Finding, Item

from ._ages import said_age
from ._room import Room, stage_of

EXPOSURE = "child_safety.exposure"

_KNOWN = frozenset({"family", "connected"})
"""Relations of people who give to each other without anybody wondering."""

_SCORES = {"gift": (0.5, 0.25), "live_segment": (0.2, 0.1)}
"""What it weighs if a minor is on stage, and if nobody knows, by kind of item."""


def stage(item: Item, context: Context, room: Room | None) -> Iterator[Finding]:
    """Find gifts, and segments, with a minor on stage."""
    if item.kind not in _SCORES:
        return
    at = context.at.timestamp()
    now = stage_of(item.participants, at) if item.participants else room and room.on_stage(at)
    if not now or not (now.minors or now.unknown):
        return
    known, unknown = _SCORES["live_segment" if _among_friends(item) else item.kind]
    who = "a minor" if now.minors else "somebody of unknown age"
    what = "a gift while" if item.kind == "gift" else "a segment while"
    counts = {"minors": now.minors, "unknown_ages": now.unknown}
    yield Finding(
        EXPOSURE,
        known if now.minors else unknown,
        f"{what} {who} is on stage",
        evidence=Evidence(counts=counts),
    )


def _among_friends(item: Item) -> bool:
    """Whether a gift is from family or friends of all who get it."""
    relations = [person.relation or item.relation for person in item.recipients]
    return bool(relations) and _KNOWN.issuperset(relations)


def statement(context: Context) -> Iterator[Finding]:
    """Find somebody on stage who says to be a minor; for a person to look at, not to act on."""
    age = said_age(context.text)
    if age is not None:
        counts = {"minors": 1, "said_age": age}
        reason = f"somebody on stage says to be {age}"
        yield Finding(EXPOSURE, 0.25, reason, evidence=Evidence(counts=counts))
