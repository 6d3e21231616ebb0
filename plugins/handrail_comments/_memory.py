"""What is remembered of threads: who wrote what is answered, and how hostile it has become."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator

import attrs

from handrail import Context, Count, Finding, Item

from ._quotes import quotes_of
from ._settings import Settings

HEATED = ("harassment.", "hate.", "violence.")
"""Families of issues whose findings make a comment hostile."""

AT_RISK = "self_harm.at_risk"
_SURE = 0.5
"""The score from which somebody is at risk, as the starting policies have it."""

SAID, HOSTILE, PILED, PILED_HOSTILE, BY, NUDGED = COUNTERS = (
    "thread_said", "thread_hostile", "piled", "piled_hostile", "hostile_by", "nudged",
)  # fmt: skip
"""What is counted: comments and hostile ones by thread, who is hostile or new, and who is
hostile, by the person answered; hostile comments and nudges by author."""

TARGETS_MOST = 5
"""People addressed up to whom a comment answers each of them."""


@attrs.frozen
class Place:
    """Where a comment stands: the key of its thread, and of who wrote it, and whether at risk."""

    thread: str
    author: str | None
    at_risk: bool = False


class Threads:
    """Remembers the latest comments by id: their thread and author, nothing of their text."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._places: OrderedDict[int, Place] = OrderedDict()

    def place(self, item: Item, context: Context) -> Place:
        """Return where *item* stands: in the thread it names, or else in that of its parent."""
        parent = self._parent(item, context)
        if item.thread_id is not None:
            root = f"{context.feature}/{item.thread_id}"
        elif parent is not None:
            root = parent.thread
        else:
            root = f"{context.feature}/{item.parent_id or item.id}"
        return Place(root, None if item.author is None else item.author.id)

    def targets(self, item: Item, context: Context) -> tuple[str, ...]:
        """Return whom *item* answers: recipients if they are few, or who wrote its parent."""
        people = [p.id for p in item.recipients]
        if not people or len(people) > TARGETS_MOST:
            parent = self._parent(item, context)
            people = [parent.author] if parent is not None and parent.author else []
        own = None if item.author is None else item.author.id
        return tuple(dict.fromkeys(p for p in people if p != own))

    def answers_risk(self, item: Item, context: Context) -> bool:
        """Whether *item* answers a comment of somebody else who may be at risk."""
        parent = self._parent(item, context)
        own = None if item.author is None else item.author.id
        return parent is not None and parent.at_risk and parent.author != own

    def learn(self, item: Item, context: Context) -> Iterator[Count]:
        """Remember where *item* stands, and count it."""
        if context.report is not None:
            return
        place = self.place(item, context)
        if item.revision <= 1:
            yield Count(SAID, place.thread)
        if place.author is not None:
            yield from self._learn_from(item, place, place.author, context)
        key = hash((context.feature, item.id))
        risk = any(f.issue == AT_RISK and f.score >= _SURE for f in context.found)
        self._places[key] = attrs.evolve(place, at_risk=True) if risk else place
        self._places.move_to_end(key)
        if len(self._places) > self._settings.comments:
            self._places.popitem(last=False)

    def _learn_from(
        self, item: Item, place: Place, author: str, context: Context
    ) -> Iterator[Count]:
        harsh = hostile(item, context.found, self._settings.hostile)
        if harsh:
            yield Count(HOSTILE, place.thread, author)
            yield Count(BY, author)
        if harsh or self.is_new(item):
            for target in self.targets(item, context):
                yield Count(PILED, f"{place.thread} {target}", author)
                if harsh:
                    yield Count(PILED_HOSTILE, f"{place.thread} {target}", author)
        if any(f.evidence.count("nudge") for f in context.found):
            yield Count(NUDGED, author)

    def is_new(self, item: Item) -> bool:
        """Whether the author's account is known to be new."""
        tenure = None if item.author is None else item.author.tenure_days
        return tenure is not None and tenure < self._settings.new_days

    def _parent(self, item: Item, context: Context) -> Place | None:
        if item.parent_id is None:
            return None
        return self._places.get(hash((context.feature, item.parent_id)))


def hostile(item: Item, found: tuple[Finding, ...], least: float) -> bool:
    """Whether findings make a comment hostile: not what it quotes, nor where it speaks against it.

    Findings of harassment, hate and violence count from *least* on.
    """
    if any(f.evidence.count("counter_speech") for f in found):
        return False
    harsh = [f for f in found if f.score >= least and f.issue.startswith(HEATED)]
    if not harsh:
        return False
    quotes = quotes_of(item.text)
    return any(
        not f.evidence.spans or not all(quotes.covers(*span) for span in f.evidence.spans)
        for f in harsh
    )
