"""How a module has been doing at a stage: its breaker, its overruns, its unreturned calls."""

from __future__ import annotations

import os
import weakref
from collections import deque

from handrail._finding import Cause
from handrail._locks import RenewedLock

OPEN_AFTER = 5
"""Failures among the last WINDOW calls that open a breaker, if they are half of them or more."""

WINDOW = 20
COOL_OFF_NS = 5_000_000_000
COOL_OFF_MOST_NS = 300_000_000_000
UNRETURNED_MOST = 2
"""Calls of one module that may be overdue at a time before it is no longer called."""

OVERRUNS = 5
OVERRUNS_WITHIN_NS = 10_000_000_000
"""So many overruns of an inline module within so long move it to the pool; now and then one is
the machine's fault."""

MOVED_NS = 60_000_000_000


class Health:
    """One module at one stage; shared by all plans, so that it outlives any of them.

    A breaker is closed, open (the module is left out until ``retry_at``) or half-open (one call
    tries it). An inline module that overruns again and again is moved to the pool, and back
    after a while.
    """

    def __init__(self) -> None:
        self._lock = RenewedLock()
        self._recent: deque[bool] = deque(maxlen=WINDOW)
        self._overruns: deque[int] = deque(maxlen=OVERRUNS)
        self._cool_off = COOL_OFF_NS
        self.open = False
        self.retry_at = 0
        self.moved_until = 0
        self.unreturned = 0
        _live.add(self)

    @property
    def troubled(self) -> bool:
        """Whether calls have to be watched: something failed lately."""
        return self.open or False in self._recent

    def book(self, ok: bool, now: int) -> bool:
        """Book one call's outcome; return whether the breaker's state changed."""
        with self._lock:
            if self.open:
                return self._probed(ok, now)
            self._recent.append(ok)
            failures = self._recent.count(False)
            if ok or failures < OPEN_AFTER or 2 * failures < len(self._recent):
                return False
            self._open_until(now)
            return True

    def _probed(self, ok: bool, now: int) -> bool:
        if ok:
            self.open = False
            self._cool_off = COOL_OFF_NS
            self._recent.clear()
            return True
        self._cool_off = min(2 * self._cool_off, COOL_OFF_MOST_NS)
        self._open_until(now)
        return False

    def _open_until(self, now: int) -> None:
        self.open = True
        self.retry_at = now + self._cool_off

    def probe(self, now: int) -> bool:
        """Whether this call may try an open module; the next try is then a cool-off away."""
        with self._lock:
            if not self.open or now < self.retry_at:
                return False
            self.retry_at = now + self._cool_off
            return True

    def overran(self, over: bool, now: int) -> bool:
        """Book whether an inline run took more than its budget; return whether it is moved now."""
        with self._lock:
            if over:
                self._overruns.append(now)
            if len(self._overruns) < OVERRUNS or self.moved_until > now:
                return False
            if now - self._overruns[0] > OVERRUNS_WITHIN_NS:
                return False
            self._overruns.clear()
            self.moved_until = now + MOVED_NS
            return True

    def left(self) -> None:
        """Book a call that did not return in time and is still running."""
        with self._lock:
            self.unreturned += 1

    def returned(self) -> None:
        """Book that such a call came back after all."""
        with self._lock:
            self.unreturned = max(0, self.unreturned - 1)

    @property
    def stuck(self) -> bool:
        """Whether too many calls have not come back for another to be made."""
        return self.unreturned >= UNRETURNED_MOST

    def after_fork(self) -> None:
        """Forget what ran in the parent: its threads are not here."""
        self.unreturned = 0


COUNTED = frozenset({Cause.ERROR, Cause.TIMEOUT, Cause.INVALID})
"""Causes that speak against the module itself."""

_live: weakref.WeakSet[Health] = weakref.WeakSet()


def _after_fork() -> None:
    for health in list(_live):
        health.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
