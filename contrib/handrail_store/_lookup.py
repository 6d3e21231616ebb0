"""Answers from the database that nobody waits long for: kept for a moment, and renewed aside."""

from __future__ import annotations

import os
import queue
import threading
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import Generic, TypeVar

from sqlalchemy.exc import SQLAlchemyError

V = TypeVar("V")

FRESH_S = 1.0
"""How long an answer is taken as it is."""

STALE_S = 60.0
"""How long an answer is given while a newer one is looked up; also while the database is away."""

PATIENCE_S, AGAIN_S = 0.02, 0.1
"""How long a thread waits for answers that there are none of yet, all together within the latter:
a call may ask for several.
"""

KEPT_MOST = 10_000
"""Answers that are kept, the least lately asked for dropped first."""

WAITING_MOST = 1_000
"""Questions that wait at a time; further ones are not known."""

Key = tuple[str, ...]


class _Answer(Generic[V]):
    """What was answered, when, and whether it is being looked up."""

    __slots__ = ("asked", "at", "known", "value")

    def __init__(self) -> None:
        self.value: V | None = None
        self.at, self.asked, self.known = 0.0, False, threading.Event()


class Patience:
    """What each thread has of it; several that look something up may share one.

    Args:
        seconds: How long a thread waits within ``AGAIN_S``, which begins with its first wait.
    """

    def __init__(self, seconds: float = PATIENCE_S) -> None:
        self._seconds, self._mine = seconds, threading.local()

    def wait(self, known: threading.Event) -> bool:
        """Wait for *known* for as long as there is patience; whether it is there."""
        mine, now = self._mine, monotonic()
        if now >= getattr(mine, "until", 0.0):
            mine.until, mine.left = now + AGAIN_S, self._seconds
        there = known.wait(mine.left)
        mine.left = max(0.0, mine.left - (monotonic() - now))
        return there


class Lookup(Generic[V]):
    """Looks values up on one thread of its own, and keeps them for a moment.

    Args:
        find: Looks one up; what it raises for the database means that nothing is known.
        patience: How long is waited; shared with others by whoever asks several.
        fresh_s, stale_s: As the constants above.
    """

    def __init__(
        self, find: Callable[[Key], V], patience: Patience, *, fresh_s: float = FRESH_S,
        stale_s: float = STALE_S,
    ) -> None:  # fmt: skip
        self._find, self._patience = find, patience
        self._fresh, self._stale = fresh_s, stale_s
        self._lock = threading.Lock()
        self._begin()

    def _begin(self) -> None:
        self._process = os.getpid()
        self._kept: OrderedDict[Key, _Answer[V]] = OrderedDict()
        self._asked: queue.Queue[Key | None] = queue.Queue(WAITING_MOST)
        self._thread: threading.Thread | None = None

    def get(self, *key: str) -> V | None:
        """Return the value of *key*, or None where it is not known in time."""
        now = monotonic()
        with self._lock:
            if self._process != os.getpid():
                self._begin()  # Threads do not come along when a process forks.
            answer = self._kept.setdefault(key, _Answer())
            self._kept.move_to_end(key)
            if len(self._kept) > KEPT_MOST:
                self._kept.popitem(last=False)
            if answer.known.is_set() and now - answer.at < self._fresh:
                return answer.value
            self._ask(key, answer)
        if answer.known.is_set() and now - answer.at < self._stale:
            return answer.value
        return answer.value if self._patience.wait(answer.known) else None

    def _ask(self, key: Key, answer: _Answer[V]) -> None:
        if answer.asked:
            return
        if answer.known.is_set() and monotonic() - answer.at >= self._stale:
            answer.known.clear()
        with suppress(queue.Full):
            self._asked.put_nowait(key)
            answer.asked = True
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._work, name="handrail-lookup", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        asked = self._asked
        while (key := asked.get()) is not None:
            try:
                self._keep(key, self._find(key))
            except SQLAlchemyError:
                pass  # What was known stays for as long as it may; then it is unknown.
            finally:
                with self._lock:
                    if answer := self._kept.get(key):
                        answer.asked = False

    def _keep(self, key: Key, found: V) -> None:
        with self._lock:
            if answer := self._kept.get(key):
                answer.value, answer.at = found, monotonic()
                answer.known.set()

    def forget(self, *key: str) -> None:
        """Look *key* up anew when it is next asked for: it was changed here."""
        with self._lock:
            self._kept.pop(key, None)

    def close(self) -> None:
        """End the thread."""
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None and self._process == os.getpid():
            self._asked.put(None)
            thread.join(timeout=5)
