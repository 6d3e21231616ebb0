"""What waits to be carried to the server, in order and bounded."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence

from ._work import Work

BATCH = 64
"""Things carried in one exchange, as long as they are no more than COUNTS counts."""

COUNTS = 500

LINGER_S = 0.005
"""How long counts wait for a question to go along with: one exchange instead of two."""

WAITING_MOST = 10_000
"""Things that wait; beyond that the oldest counts are lost, and a question fails at once."""


class Waiting:
    """A queue that many threads put into and one takes from.

    Attributes:
        closed: Whether nothing more is taken in.
    """

    def __init__(self) -> None:
        self.closed = self._lingers = False
        self._queue: deque[Work] = deque()
        self._wake = threading.Condition()

    def __len__(self) -> int:
        return len(self._queue)

    def put(self, work: Work) -> Work | None:
        """Queue something; return what has to go for it, or itself where there is no room."""
        with self._wake:
            if self.closed or (len(self._queue) >= WAITING_MOST and not work.lasts):
                return work
            self._queue.append(work)
            lost = self._queue.popleft() if len(self._queue) > WAITING_MOST else None
            if not (work.lasts and self._lingers and len(self._queue) < BATCH):
                self._wake.notify()
            return lost

    def take(self) -> Sequence[Work]:
        """Wait for a batch; nothing once all is taken after the end."""
        with self._wake:
            self._lingers = True
            if not self._urgent():
                self._wake.wait_for(self._urgent, LINGER_S)
            self._lingers = False
            while not self._queue and not self.closed:
                self._wake.wait()
            batch: list[Work] = []
            counts = 0
            while self._queue and len(batch) < BATCH and counts < COUNTS:
                batch.append(self._queue.popleft())
                counts += batch[-1].size
            return batch

    def _urgent(self) -> bool:
        last = self._queue[-1] if self._queue else None
        return self.closed or len(self._queue) >= BATCH or not (last is None or last.lasts)

    def back(self, works: Sequence[Work]) -> None:
        """Put what lasts of a batch in front of what waits."""
        with self._wake:
            self._queue.extendleft(work for work in reversed(works) if work.lasts)

    def drop_asked(self) -> Sequence[Work]:
        """Take out what somebody waits for."""
        with self._wake:
            asked = [work for work in self._queue if not work.lasts]
            self._queue = deque(work for work in self._queue if work.lasts)
        return asked

    def drop_all(self) -> Sequence[Work]:
        """Take out everything."""
        with self._wake:
            left = list(self._queue)
            self._queue.clear()
        return left

    def pause(self, seconds: float) -> None:
        """Sleep for so long, or until the end."""
        with self._wake:
            self._wake.wait_for(lambda: self.closed, seconds)

    def close(self) -> None:
        """Take in nothing more, and wake whoever waits."""
        with self._wake:
            self.closed = True
            self._wake.notify_all()
