"""What behavior remembers: the latest texts, who is known since when, and counts for windows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from zlib import crc32

import attrs

from handrail import Actor, Context, Count, Item

from ._index import NearIndex
from ._people import People
from ._settings import Settings
from ._shape import words

COPIES_S = 600.0
"""How old a text may be and still have copies."""

SLOW_S = 21_600.0
"""The same of a long text in a thread, which is read for hours."""

LONG = 10
"""Words from which a text is long: nobody says so many again by chance."""

NEAR_WORDS = 5
"""Words from which a text with another one among them is still the same text."""

DAY_S = 86_400.0
FEW = 5
"""Recipients up to which a message is aimed at each of them."""

EDIT, TEXTS = "edit", frozenset({"text", "media", "edit"})
"""Kinds that count as messages."""


@attrs.define
class Told:
    """What is remembered about a text when it comes; made for each message, hence not frozen.

    Attributes:
        hashes: Of its words.
        cluster: What it and its copies are counted under.
        near: When the one it is nearest to came, in seconds; None if there is none.
        first: Who wrote that one, a hash; empty if nobody says.
        fresh: Whether they were new then.
    """

    hashes: list[int]
    cluster: str
    near: float | None = None
    first: str = ""
    fresh: bool = False

    @property
    def words(self) -> int:
        """How many words it has."""
        return len(self.hashes)


class Behavior:
    """Remembers what was said, and counts who does what, to whom and how often."""

    def __init__(self, settings: Settings) -> None:
        self.texts = NearIndex(settings.texts)
        self.people = People(settings.people)
        self._new_days = settings.new_days
        self._lately: tuple[Context, int, Told | None, bool] | None = None

    @property
    def nbytes(self) -> int:
        """Bytes of its tables, which do not grow."""
        return self.texts.nbytes + self.people.nbytes

    def look(self, item: Item, context: Context) -> tuple[Told | None, bool]:
        """Return what is remembered of the text of *item*, and whether its author is new.

        The answer is kept for ``learn``, which asks the same unless somebody else came between.
        """
        lately, added = self._lately, self.texts.added
        if lately is not None and lately[0] is context and lately[1] == added:
            return lately[2], lately[3]
        at = context.at.timestamp()
        told, fresh = self._told(item, at), self._fresh(item.author, at)
        self._lately = context, added, told, fresh
        return told, fresh

    def _told(self, item: Item, at: float) -> Told | None:
        said = words(item.text)
        if not said:
            return None
        hashed = [hash(word) for word in said]
        near = self.texts.find_hashes(hashed, at - lasting(item, len(hashed)))
        if near is None or not (near.exact or len(hashed) >= NEAR_WORDS):
            return Told(hashed, f"{crc32(' '.join(said).encode(errors='replace')) >> 1:x}")
        cluster, first = near.value >> 33, near.value & 0xFFFFFFFF
        who = f"{first:x}" if first else ""
        return Told(hashed, f"{cluster:x}", near.at, who, bool(near.value >> 32 & 1))

    def _fresh(self, person: Actor | None, at: float) -> bool:
        """Whether *person* is new, or nothing is known that says otherwise."""
        if person is None:
            return True
        if person.tenure_days is not None:
            return person.tenure_days < self._new_days
        since = self.people.first(hash(person.id))
        return since is None or at - since < DAY_S

    def learn(self, item: Item, context: Context) -> Iterator[Count]:
        """Remember *item*, and count it by author, place, target and copy."""
        author, at = item.author, context.at.timestamp()
        told, fresh = self.look(item, context)
        self._lately = None
        if told is not None:
            if told.near is not None:
                yield from _copies(told, item, context, fresh=fresh)
            self._keep(told, item, at, fresh=fresh)
        if (where := place(item)) is not None and item.kind in TEXTS:
            yield Count("said", where)
        if author is None:
            return
        yield Count("sent", f"{sort(item)} {author.id}")
        for target in targets(item):
            yield Count("aimed", target, author.id)
            if fresh:
                yield Count("aimed_new", target, author.id)
        yield from _met(item, author)
        self.people.meet(hash(author.id), at)

    def _keep(self, told: Told, item: Item, at: float, *, fresh: bool) -> None:
        value = int(told.cluster, 16) << 33 | fresh << 32 | int(writer(item) or "0", 16)
        self.texts.add_hashes(told.hashes, value, at)


def lasting(item: Item, words: int) -> float:
    """Seconds for which copies of a text count together."""
    slow = words >= LONG and item.thread_id is not None and item.session_id is None
    return SLOW_S if slow else COPIES_S


def _copies(told: Told, item: Item, context: Context, *, fresh: bool) -> Iterator[Count]:
    """Count a copy, and with the first copy what it is one of."""
    span = timedelta(seconds=lasting(item, told.words))
    if not context.state.recent("copies", told.cluster, span, context.at):
        yield from _count(told.cluster, told.first, "first", fresh=told.fresh)
    yield from _count(told.cluster, writer(item), item.id, fresh=fresh)
    if fresh and is_unsaid(item):
        yield Count("unsaid_copies", told.cluster, writer(item))


def _count(cluster: str, who: str, item: str, *, fresh: bool) -> Iterator[Count]:
    yield Count("copies", cluster, who or None)
    if who:
        yield Count("own_copies", f"{cluster} {who}", item)
        if fresh:
            yield Count("new_copies", cluster, who)


def _met(item: Item, author: Actor) -> Iterator[Count]:
    for person in item.recipients:
        if person.id != author.id:
            yield Count("met", author.id, person.id)
            if (person.relation or item.relation) == "stranger":
                yield Count("strangers", author.id, person.id)


def sort(item: Item) -> str:
    """What an item counts as: its kind, or an edit."""
    return EDIT if item.revision > 1 else item.kind


def place(item: Item) -> str | None:
    """Where an item appears: its session, or else its thread."""
    return item.session_id or item.thread_id


def targets(item: Item) -> list[str]:
    """Whom or what an item is aimed at: a few recipients, or else a thread outside of sessions."""
    if 0 < len(item.recipients) <= FEW:
        return [f"to {person.id}" for person in item.recipients]
    return [f"in {item.thread_id}"] if item.thread_id and not item.session_id else []


def is_unsaid(item: Item) -> bool:
    """Whether nobody says for how long the author has been here."""
    return item.author is not None and item.author.tenure_days is None


def writer(item: Item) -> str:
    """Who an item is by, as copies are counted; empty if nobody says."""
    return f"{crc32(item.author.id.encode(errors='replace')) or 1:x}" if item.author else ""
