"""What a worker does beside the work itself: what is due by the clock, or by itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING

from handrail.events import log
from handrail_store._channels import Channels
from handrail_store._clock import ClockError
from handrail_store._delivery import LONGEST_S, Delivery
from handrail_store._owed import finish
from handrail_store._purge import purge
from handrail_store._timers import end_due
from handrail_store._unsent import give_up

if TYPE_CHECKING:
    from handrail_store._store import Store


CHAIN_S = 5.0
"""How often the audit log is chained, in seconds."""


PURGE_S = 600.0
"""How often what is over its time is purged, in seconds; the first time after FIRST_PURGE_S."""

FIRST_PURGE_S = 60.0

PURGE_MOST = 10_000
"""Rows of each table that go at a time: the work itself must not wait long."""

FINISH_MOST = 200
"""Items of which erasing is finished at a time, for each takes several transactions."""

PURGE_AGAIN_S = 10.0
"""When the next are purged where a table had more: a busy day must not outgrow the purge."""


class Chores:
    """Delivers enforcements and replies, ends what is over, chains the audit log, purges.

    Args:
        channels: How features are reached.
        store: Where it is done.
        lease: How long an enforcement that is being delivered is left to who delivers it.
    """

    def __init__(self, store: Store, channels: Channels, lease: timedelta) -> None:
        self._store, self._delivery = store, Delivery(store, channels, lease)
        self._chained = 0.0
        self._purged = monotonic() + FIRST_PURGE_S - PURGE_S

    def step(self) -> int:
        """Do what is due; return how much there was."""
        done = end_due(self._store) + self._delivery.step()
        if monotonic() > self._chained + CHAIN_S:
            # Looking for rows that are in no link costs too much for every round.
            self.close()
        done += self._store.replies.deliver(within=LONGEST_S)
        if monotonic() > self._purged + PURGE_S:
            done += self._store.cases.catch_up() + give_up(self._store) + self._delete()
        return done

    def _delete(self) -> int:
        """Delete what is over, and what is owed to who was erased; return of how many items."""
        owed = 0
        gone: Mapping[str, int] = {}
        try:
            owed = finish(self._store, most=FINISH_MOST)
            gone = purge(self._store, most=PURGE_MOST)
        except ClockError as error:
            log("handrail.clock_differs", "error", what=str(error))
        behind = max(gone.values(), default=0) >= PURGE_MOST or owed >= FINISH_MOST
        self._purged = monotonic() - (PURGE_S - PURGE_AGAIN_S if behind else 0)
        return owed

    def close(self) -> None:
        """Take what is left into the chain."""
        self._store.chain()
        self._chained = monotonic()
