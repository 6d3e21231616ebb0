"""What only a live room has: raids of strangers, its pace, its stage, its risk over time."""

from __future__ import annotations

from collections.abc import Iterator

from handrail import Context, Finding, Item, Manifest, hookimpl

from ._arrivals import FAKE, KINDS, made_names
from ._danger import GROOMING, PROMOTION, SEXUALIZATION, danger
from ._memory import Rooms
from ._raid import BULLYING, SPAM, pace, raid, slow_mode
from ._risk import (
    WATCHED,
    SessionRisk,
    rolling_risk,
    sampling_plan,
    segments,
    session_risk,
)
from ._room import Room
from ._settings import Settings
from ._stage import EXPOSURE, stage, statement

__all__ = [
    "MANIFEST",
    "SessionRisk",
    "Settings",
    "pre_publish",
    "rolling_risk",
    "sampling_plan",
    "slow_mode",
]

MANIFEST = Manifest(
    name="live",
    version="0.1",
    issues=(),
    hints={BULLYING, SPAM, EXPOSURE, FAKE, GROOMING, PROMOTION, SEXUALIZATION, *WATCHED},
    surfaces={"live"},
    languages={"*"},
    reads={"text", "author", "participants", "recipients"},
    needs={"session_risk": SessionRisk},
    provides={"session_risk": session_risk},
    settings=Settings,
    memory=Rooms,
    counters={"talking"},
    model_card="handrail_live/README.md",
    summary="Raids of strangers, rooms too fast to read, danger on stage, risky sessions.",
)


@hookimpl
def pre_publish(
    item: Item, context: Context, settings: Settings, memory: Rooms
) -> Iterator[Finding]:
    """Find what only shows beside what else happens in the room."""
    if item.session_id is None:
        return
    room = memory.room(item)
    if item.kind in ("text", "media"):
        yield from danger(item, context, room or Room())
        if room is not None:
            yield from pace(item, context, settings, room)
            if memory.newcomer(item):
                account = memory.new_account(item.author)
                yield from raid(context, settings, room, account=account)
        return
    if item.kind in KINDS and room is not None:
        yield from made_names(item, context, room.arrivals, settings.raid)
    yield from stage(item, context, room)
    if item.kind == "live_segment":
        yield from statement(context)
        yield from segments(item, context.derive("session_risk", SessionRisk), settings)
