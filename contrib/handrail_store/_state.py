"""State as hooks and policies read it: tags and strikes from the database, counters beside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from handrail import Count, Counting, InvalidValueError, Item, MemoryState
from handrail.triage import DISMISSED, UPHELD
from handrail_store._counters import Counts
from handrail_store._ladder import left_of
from handrail_store._lookup import Key, Lookup, Patience
from handrail_store._schema import reports, strikes
from handrail_store._tags import read_tags

if TYPE_CHECKING:
    from handrail_store._store import Store

OUTCOMES_MOST = 1000
"""Decided reports of one reporter that are looked at, the latest."""

STRIKES_MOST = 1000
"""Strikes of one person that are looked at, the latest."""

_STATES = {UPHELD: "acted_on", DISMISSED: "not_acted_on"}

_STRIKE = ("confirmed_at", "issue", "weight", "half_life_s")

Strike = tuple[datetime, str, float, int]
"""When it was confirmed, its issue, its weight then and its half-life in seconds."""


class StoredState:
    """A State whose tags, strikes and outcomes of reports are in the store: ``Store.state``.

    A hook never waits long: an answer is kept for a second, a newer one is looked up aside, and
    what cannot be had within 20 ms, for all that a thread asks in 0.1 s, is unknown for now.

    Args:
        store: Where they are.
        beside: What counts, and knows sessions: by default in this process.
    """

    def __init__(self, store: Store, beside: Counting | None = None) -> None:
        self._store = store
        self._beside: Counting = MemoryState() if beside is None else beside
        patience = Patience()
        self._tags = Lookup(self._find_tags, patience)
        self._strikes = Lookup(self._find_strikes, patience)
        self._outcomes = Lookup(self._find_outcomes, patience)

    @property
    def counts(self) -> Counts:
        """What counts in this process, to be kept over a restart; raises where it cannot be."""
        if not isinstance(self._beside, MemoryState):
            raise InvalidValueError("counters: what is shared by processes is kept by its server")
        return self._beside

    def counter(self, name: str, item: Item) -> float | None:
        """Return the counter *name* for this item's key, or None if it is not known."""
        return self._beside.counter(name, item)

    def session(self, session: str, issue: str, segments: int) -> int | None:
        """Return how many of the last *segments* of a session had *issue*, or None."""
        return self._beside.session(session, issue, segments)

    def strikes(self, actor: str, issue: str, days: int) -> float | None:
        """Return what *actor*'s strikes of the last *days* weigh now, for an issue or a family.

        Each weighs what it weighs for the ladder: whole, and half after each half-life.
        """
        kept = self._strikes.get(actor)
        if kept is None:
            return None
        now = self._store.now()
        ours = (s for s in kept if s[0] >= now - timedelta(days=days) and _within(s[1], issue))
        return sum(left_of(weight, at, half_life, now) for at, _, weight, half_life in ours)

    def tags(self, kind: str, id: str) -> frozenset[str] | None:  # noqa: A002 - the word for it
        """Return the tags kept on an ``actor``, ``session``, ``thread`` or ``item``, or None."""
        return self._tags.get(kind, id)

    def recent(self, name: str, key: str, window: timedelta, at: datetime) -> float | None:
        """Return what was counted under *key* within *window* before *at*, or None if unknown."""
        if name not in _STATES:
            return self._beside.recent(name, key, window, at)
        kept = self._outcomes.get(key)
        if kept is None:
            return None
        return float(sum(s == _STATES[name] and when > at - window for when, s in kept))

    def distinct(self, name: str, key: str, window: timedelta, at: datetime) -> int | None:
        """Return how many different members were counted under *key*, or None if unknown."""
        return self._beside.distinct(name, key, window, at)

    def add(self, counts: Sequence[Count], at: datetime) -> None:
        """Add what was counted; what became of reports is counted when they are decided."""
        rest = [count for count in counts if count.name not in _STATES]
        if rest:
            self._beside.add(rest, at)

    def forget(self, kind: str, id: str) -> None:  # noqa: A002 - the word for it
        """Look up anew what is known of something: it was changed here."""
        self._tags.forget(kind, id)
        if kind == "actor":
            self._strikes.forget(id)
            self._outcomes.forget(id)

    def close(self) -> None:
        """End the threads that look up."""
        for lookup in (self._tags, self._strikes, self._outcomes):
            lookup.close()

    def _find_tags(self, key: Key) -> frozenset[str]:
        with self._store.read() as connection:
            return read_tags(connection, key[0], key[1], self._store.now())

    def _find_strikes(self, key: Key) -> tuple[Strike, ...]:
        counts = strikes.c.undone_at.is_(None), ~strikes.c.education
        wanted = (
            select(*(strikes.c[name] for name in _STRIKE))
            .where(strikes.c.actor == key[0], *counts)
            .order_by(strikes.c.confirmed_at.desc())
            .limit(STRIKES_MOST)
        )
        with self._store.read() as connection:
            return tuple((row[0], row[1], row[2], row[3]) for row in connection.execute(wanted))

    def _find_outcomes(self, key: Key) -> tuple[tuple[datetime, str], ...]:
        wanted = (
            select(reports.c.decided_at, reports.c.state)
            .where(reports.c.reporter == key[0], reports.c.source == "user")
            .where(reports.c.state.in_(_STATES.values()), reports.c.decided_at.is_not(None))
            .order_by(reports.c.received_at.desc())
            .limit(OUTCOMES_MOST)
        )
        with self._store.read() as connection:
            return tuple((row[0], row[1]) for row in connection.execute(wanted))


def _within(name: str, issue_or_family: str) -> bool:
    return name == issue_or_family or name.startswith(f"{issue_or_family}.")
