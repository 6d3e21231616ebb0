"""Who does what how often: floods, copies, crowds at one target, reach to strangers."""

from __future__ import annotations

from collections.abc import Iterator

from handrail import Context, Finding, Item, Manifest, hookimpl

from ._copies import COORDINATED, EVASION, SPAM, copies
from ._index import Near, NearIndex
from ._look import Look
from ._memory import Behavior
from ._pace import pace
from ._reach import BULLYING, fan_out, pile_on
from ._settings import Settings

__all__ = ["MANIFEST", "Near", "NearIndex", "Settings", "pre_publish"]

MANIFEST = Manifest(
    name="behavior",
    version="0.1",
    issues={SPAM, COORDINATED},
    hints={BULLYING, EVASION},
    surfaces={"*"},
    languages={"*"},
    reads={"text", "author", "recipients"},
    settings=Settings,
    memory=Behavior,
    counters={
        "aimed", "aimed_new", "copies", "met", "new_copies", "own_copies", "said", "sent",
        "strangers", "unsaid_copies",
    },
    model_card="handrail_behavior/README.md",
    summary="Floods, copies by one or many, pile-ons, and mass messages to strangers.",
)  # fmt: skip


@hookimpl
def pre_publish(
    item: Item, context: Context, settings: Settings, memory: Behavior
) -> Iterator[Finding]:
    """Find what only shows beside what came before."""
    told, fresh = memory.look(item, context)
    look = Look(item, context, settings, fresh)
    yield from pace(look)
    if told is not None and told.near is not None:
        yield from copies(look, told, told.near)
    if item.recipients:
        yield from fan_out(look)
    if item.recipients or item.thread_id:
        yield from pile_on(look)
