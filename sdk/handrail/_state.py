"""State held in process: counters, strikes, session windows and tags, for hosts without a store."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar

from handrail._issues import expand, families, issue
from handrail._item import Item
from handrail._locks import RenewedLock
from handrail._values import duration
from handrail._windows import Windows
from handrail.errors import unknown

V = TypeVar("V")

KINDS = ("actor", "item", "session", "thread")
"""What tags are kept on."""

STRIKES_MOST = 1000
"""Strikes kept of one person, the latest."""

SEGMENTS_MOST = 1000
"""Segments kept of one session, the latest."""


def _utc() -> datetime:
    return datetime.now(UTC)


def author_id(item: Item) -> str | None:
    """The key that a counter has where nothing else is said."""
    return None if item.author is None else item.author.id


class _Shelf(Generic[V]):
    """Values by key, the least lately written dropped first; knows whether any was."""

    def __init__(self, most: int, make: Callable[[], V]) -> None:
        self._kept: OrderedDict[tuple[str, str], V] = OrderedDict()
        self._most, self._make = most, make
        self.dropped = False

    def read(self, key: tuple[str, str]) -> V | None:
        return self._kept.get(key)

    def open(self, key: tuple[str, str]) -> V:
        if key not in self._kept:
            self._kept[key] = self._make()
        self._kept.move_to_end(key)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)
            self.dropped = True
        return self._kept[key]


class MemoryState(Windows):
    """A State in this process: what it was told, for tests, demos and hosts without a store.

    It is bounded: beyond *most* keys of a kind it forgets those written to least lately, and
    from then on a key it does not hold is unknown instead of zero. Safe to use from any thread.

    Args:
        most: Keys of each kind it holds. keys: For counters that are not kept by author, what
            names their key, by counter. clock: Tells the time, with a zone.
    """

    def __init__(
        self,
        *,
        most: int = 10_000,
        keys: Mapping[str, Callable[[Item], str | None]] | None = None,
        clock: Callable[[], datetime] = _utc,
    ) -> None:
        super().__init__(most)
        self._keys, self._clock, self._lock = dict(keys or {}), clock, RenewedLock()
        self._names: set[str] = set()
        self._counters: _Shelf[list[float]] = _Shelf(most, lambda: [0.0])
        self._strikes: _Shelf[deque[tuple[datetime, str, float]]] = _Shelf(
            most, lambda: deque(maxlen=STRIKES_MOST)
        )
        self._segments: _Shelf[deque[frozenset[str]]] = _Shelf(
            most, lambda: deque(maxlen=SEGMENTS_MOST)
        )
        self._tags: _Shelf[dict[str, datetime | None]] = _Shelf(most, dict)

    def counter(self, name: str, item: Item) -> float | None:
        """Return the counter *name* for this item's key, or None if it is not known."""
        key = self._keys.get(name, author_id)(item)
        with self._lock:
            if key is None or name not in self._names:
                return None
            kept = self._counters.read((name, key))
            return kept[0] if kept else self._none(self._counters)

    def strikes(self, actor: str, issue: str, days: int) -> float | None:
        """Return the weight of *actor*'s strikes in the last *days*, for an issue or a family."""
        since = self._clock() - timedelta(days=days)
        with self._lock:
            kept = self._strikes.read(("actor", actor))
            if kept is None:
                return self._none(self._strikes)
            return sum(w for at, name, w in kept if at >= since and _within(name, issue))

    def session(self, session: str, issue: str, segments: int) -> int | None:
        """Return how many of the last *segments* of a session had *issue*, or None."""
        with self._lock:
            kept = self._segments.read(("session", session))
            if kept is None:
                return None
            return sum(issue in found for found in list(kept)[-segments:])

    def tags(self, kind: str, id: str) -> frozenset[str] | None:  # noqa: A002 - the word for it
        """Return the tags kept on an actor, item, session or thread."""
        now = self._clock()
        with self._lock:
            kept = self._tags.read((kind, id))
            if kept is None:
                return None if self._tags.dropped else frozenset()
            return frozenset(t for t, until in kept.items() if until is None or now < until)

    def _none(self, shelf: _Shelf[V]) -> float | None:
        return None if shelf.dropped else 0.0

    def set_counter(self, name: str, key: str, value: float) -> None:
        """Set a counter; from now on the others of its *name* are 0, not unknown."""
        with self._lock:
            self._names.add(name)
            self._counters.open((name, key))[0] = float(value)

    def count(self, name: str, key: str, by: float = 1) -> None:
        """Add to a counter."""
        with self._lock:
            self._names.add(name)
            self._counters.open((name, key))[0] += by

    def add_strike(self, actor: str, issue_name: str, weight: float = 1.0) -> None:
        """Keep a confirmed violation of *actor*; raises UnknownNameError for an unknown issue."""
        name = issue(issue_name).name
        with self._lock:
            self._strikes.open(("actor", actor)).append((self._clock(), name, float(weight)))

    def remove_strikes(self, actor: str, issue_or_family: str) -> None:
        """Undo the strikes of *actor* for an issue or a family, as a won appeal does."""
        if issue_or_family not in families():
            issue(issue_or_family)
        with self._lock:
            kept = self._strikes.open(("actor", actor))
            left = [s for s in kept if not _within(s[1], issue_or_family)]
            kept.clear()
            kept.extend(left)

    def add_segment(self, session: str, issues: Iterable[str] = ()) -> None:
        """Keep what was found in the next segment of a session; nothing found counts too."""
        found = expand(issues)
        with self._lock:
            self._segments.open(("session", session)).append(found)

    def tag(self, kind: str, id: str, tag: str, ttl: timedelta | str | None = None) -> None:  # noqa: A002 - the word for it
        """Put a tag on an actor, item, session or thread, for *ttl* such as ``7d``, or for good."""
        now = self._clock()
        until = None if ttl is None else now + duration(ttl)
        _check(kind)
        with self._lock:
            kept = self._tags.open((kind, id))
            for over in [name for name, end in kept.items() if end is not None and end <= now]:
                del kept[over]
            kept[tag] = until

    def untag(self, kind: str, id: str, tag: str) -> None:  # noqa: A002 - the word for it
        """Take a tag off again."""
        _check(kind)
        with self._lock:
            self._tags.open((kind, id)).pop(tag, None)


def _check(kind: str) -> None:
    if kind not in KINDS:
        raise unknown("kind of tagged thing", kind, KINDS)


def _within(name: str, issue_or_family: str) -> bool:
    return name == issue_or_family or name.startswith(f"{issue_or_family}.")
