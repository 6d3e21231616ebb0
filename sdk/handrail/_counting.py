"""What is known of people, sessions and threads, and what modules count: the protocols of state."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol, cast

from handrail._item import Item
from handrail._windows import Count, Windows


class State(Protocol):
    """Counters, strikes, session windows and tags; read-only for hooks and policies."""

    def counter(self, name: str, item: Item) -> float | None:
        """Return the counter *name* for this item's key, or None if it is not known."""
        ...

    def strikes(self, actor: str, issue: str, days: int) -> float | None:
        """Return the weighted strikes of *actor* in the last *days*, or None.

        *issue* is one of the taxonomy, or a family, which stands for all of its issues.
        """
        ...

    def session(self, session: str, issue: str, segments: int) -> int | None:
        """Return how many of the last *segments* of a session had *issue*, or None."""
        ...

    def tags(self, kind: str, id: str) -> frozenset[str] | None:  # noqa: A002 - the word for it
        """Return the tags kept on an ``actor``, ``session``, ``thread`` or ``item``, or None."""
        ...


class Counted(State, Protocol):
    """A State that also knows what the memories of modules counted: what hooks read."""

    def recent(self, name: str, key: str, window: timedelta, at: datetime) -> float | None:
        """Return what was counted under *key* within *window* before *at*, or None if unknown."""
        ...

    def distinct(self, name: str, key: str, window: timedelta, at: datetime) -> int | None:
        """Return how many different members were counted under *key*, or None if unknown."""
        ...


class Counting(Counted, Protocol):
    """A State that also keeps what the memories of modules count.

    Beside a State that does not, the SDK counts in the process.
    """

    def add(self, counts: Sequence[Count], at: datetime) -> None:
        """Add what was counted *at* that moment; called by the SDK, once for each revision."""
        ...


class NoState(Windows):
    """Knows what modules counted in this process and nothing else: all the rest is unknown."""

    __slots__ = ()

    def counter(self, name: str, item: Item) -> float | None:
        """Return None."""
        return None

    def strikes(self, actor: str, issue: str, days: int) -> float | None:
        """Return None."""
        return None

    def session(self, session: str, issue: str, segments: int) -> int | None:
        """Return None."""
        return None

    def tags(self, kind: str, id: str) -> frozenset[str] | None:  # noqa: A002 - the word for it
        """Return None."""
        return None


class Beside(Windows):
    """A State of the host's that counts nothing, and beside it what modules count here."""

    __slots__ = ("_state",)

    def __init__(self, state: State) -> None:
        super().__init__()
        self._state = state

    def counter(self, name: str, item: Item) -> float | None:
        """Return what the host's own State says."""
        return self._state.counter(name, item)

    def strikes(self, actor: str, issue: str, days: int) -> float | None:
        """Return what the host's own State says."""
        return self._state.strikes(actor, issue, days)

    def session(self, session: str, issue: str, segments: int) -> int | None:
        """Return what the host's own State says."""
        return self._state.session(session, issue, segments)

    def tags(self, kind: str, id: str) -> frozenset[str] | None:  # noqa: A002 - the word for it
        """Return what the host's own State says."""
        return self._state.tags(kind, id)


def counting(state: State | None) -> Counting:
    """Return a State that counts: the one given where it can."""
    if state is None:
        return NoState()
    able = all(callable(getattr(state, name, None)) for name in ("add", "recent", "distinct"))
    return cast("Counting", state) if able else Beside(state)
