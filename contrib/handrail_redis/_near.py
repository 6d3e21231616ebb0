"""What this process knows by itself: what it counted, and tags as it last saw them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from handrail import Count, Item, MemoryState, State

KEYS_MOST = 100_000
"""Keys of counters, and tagged things, that are held."""


class Near:
    """The answer until the server's is there, and instead of it while the server is away.

    It is told everything that is counted here, so that nothing it says is more than the truth.

    Args:
        beside: What is asked for counters, strikes and sessions that hosts keep; None knows none.
        clock: Tells the time, with a zone.
    """

    def __init__(self, beside: State | None, clock: Callable[[], datetime]) -> None:
        self.beside, self._clock = beside, clock
        self._counts = MemoryState(most=KEYS_MOST, clock=clock)
        # Ordered, for of a dict the oldest is ever longer looked for.
        self._tags: OrderedDict[tuple[str, str], Mapping[str, float]] = OrderedDict()

    @property
    def now(self) -> datetime:
        """The time."""
        return self._clock()

    def add(self, counts: Sequence[Count], at: datetime) -> None:
        """Count here."""
        self._counts.add(counts, at)

    def recent(self, name: str, key: str, window: timedelta, at: datetime) -> float | None:
        """Return what was counted here."""
        return self._counts.recent(name, key, window, at)

    def distinct(self, name: str, key: str, window: timedelta, at: datetime) -> int | None:
        """Return how many different members were counted here."""
        return self._counts.distinct(name, key, window, at)

    def keep_tags(self, kind: str, id: str, ends: Mapping[str, float]) -> frozenset[str]:  # noqa: A002 - the word for it
        """Remember what the server says of tags, and until when; return them.

        Only the thread that speaks to the server does.
        """
        self._tags.pop((kind, id), None)
        self._tags[kind, id] = ends
        if len(self._tags) > KEYS_MOST:
            with suppress(KeyError):  # All was forgotten meanwhile.
                self._tags.popitem(last=False)
        return frozenset(ends)

    def forget_tags(self, kind: str, id: str) -> None:  # noqa: A002 - the word for it
        """Forget what has changed."""
        self._tags.pop((kind, id), None)

    def tags(self, kind: str, id: str) -> frozenset[str] | None:  # noqa: A002 - the word for it
        """Return the tags last seen whose time is not over, and those that stand beside.

        None if neither is known.
        """
        kept, now = self._tags.get((kind, id)), self._clock().timestamp()
        other = self.tags_beside(kind, id)
        if kept is None:
            return other
        return frozenset(tag for tag, end in kept.items() if end > now) | (other or frozenset())

    def tags_beside(self, kind: str, id: str) -> frozenset[str] | None:  # noqa: A002 - the word for it
        """Return what stands beside says of tags."""
        return None if self.beside is None else self.beside.tags(kind, id)

    def counter(self, name: str, item: Item) -> float | None:
        """Return what stands beside says."""
        return None if self.beside is None else self.beside.counter(name, item)

    def strikes(self, actor: str, issue: str, days: int) -> float | None:
        """Return what stands beside says."""
        return None if self.beside is None else self.beside.strikes(actor, issue, days)

    def session(self, session: str, issue: str, segments: int) -> int | None:
        """Return what stands beside says."""
        return None if self.beside is None else self.beside.session(session, issue, segments)
