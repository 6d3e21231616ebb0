"""What calls leave behind: one bounded buffer, and one drain to the sink, metrics and log."""

from __future__ import annotations

import atexit
import os
import threading
import weakref
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, TypeVar

from handrail._decision import Decision
from handrail._fields import numbers
from handrail._seams import Entry, Sink

if TYPE_CHECKING:
    from handrail._telemetry import Telemetry

T = TypeVar("T")

BUFFER = 20_000
"""Entries that wait for the drain before new ones are dropped and counted."""

INTERVAL_S = 0.5
BATCH = 512
COMMIT_GRACE_S = 0.05
"""How long a decision that opens a case waits to be durable."""

COMMITS_MOST = 1000
"""Decisions that wait to be durable before a further one is told at once that it will not be."""

CLOSE_GRACE_S = 2.0
"""How long closing waits for a sink that does not come back."""


class Recorder:
    """One bounded buffer of entries and one thread that drains it.

    Args:
        sink: Where entries go; None keeps no record beyond the metrics.
        telemetry: Told of every entry. limit: Entries that may wait.
    """

    def __init__(self, sink: Sink | None, telemetry: Telemetry, limit: int = BUFFER) -> None:
        self.sink, self.limit, self.dropped = sink, limit, 0
        self._telemetry = telemetry
        self._tick: Callable[[], None] = lambda: None
        self._closed = False
        self._renew()
        _live.add(self)

    def _renew(self) -> None:
        self.buffer: deque[Entry] = deque()
        self.running = False
        self.room = 0
        self._wake, self._over = threading.Event(), threading.Event()
        self._draining, self._starting = threading.Lock(), threading.Lock()
        self._commits: SimpleQueue[Commit | None] = SimpleQueue()
        self._committer: threading.Thread | None = None

    def on_tick(self, tick: Callable[[], None]) -> None:
        """Call *tick* once per interval, for housekeeping."""
        self._tick = tick

    def start(self) -> None:
        """Start the drain's thread, once, when there is something to drain."""
        with self._starting, suppress(RuntimeError):  # The system may give no thread just now.
            if not self.running and not self._closed:
                threading.Thread(target=self._run, name="handrail-drain", daemon=True).start()
                self.running, self.room = True, min(BATCH, self.limit)

    def add(self, entry: Entry) -> None:
        """Put an entry in the buffer, or count it as dropped.

        Whoever is in a hurry appends to ``buffer`` as long as it is shorter than ``room``.
        """
        if not self.running:
            self.start()
        if len(self.buffer) >= self.limit:
            self.dropped += 1
            return
        self.buffer.append(entry)
        if len(self.buffer) >= self.room and not self._wake.is_set():
            self._wake.set()

    def commit(self, decision: Decision) -> bool:
        """Make a decision durable within its grace; False where that could not be done."""
        done = threading.Event()
        job = self.submit(decision, done.set)
        return job is not None and done.wait(COMMIT_GRACE_S) and job.durable

    def submit(self, decision: Decision, notify: Callable[[], None]) -> Commit | None:
        """Queue a decision to be made durable; *notify* is called from another thread after."""
        if self.sink is None or self._closed or self._commits.qsize() >= COMMITS_MOST:
            return None
        job = Commit(decision, notify)
        self._commits.put(job)
        with self._starting, suppress(RuntimeError):
            if self._committer is None or not self._committer.is_alive():
                self._committer = threading.Thread(
                    target=self._commit_all, name="handrail-commit", daemon=True
                )
                self._committer.start()
        return job

    def _commit_all(self) -> None:
        while (job := self._commits.get()) is not None:
            jobs = [job]
            with suppress(Empty):
                while (job := self._commits.get_nowait()) is not None:
                    jobs.append(job)
            durable = self._commit_batch([job.decision for job in jobs])
            for job in jobs:
                job.durable = durable
                job.notify()
            if self._closed:
                return

    def _commit_batch(self, decisions: list[Decision]) -> bool:
        try:
            return self.sink is not None and self.sink.commit(decisions)
        except BaseException:
            self._telemetry.sink_failed()
            return False

    def _run(self) -> None:
        while not self._closed:
            self._wake.wait(INTERVAL_S)
            self._wake.clear()
            try:
                self.drain()
                self._tick()
            except BaseException:  # Nothing stops the drain but closing.
                self._telemetry.failed("drain")
        self._finish()

    def _finish(self) -> None:
        """Drain a last time, count what the sink would not take, and let go of it."""
        try:
            self.drain()
            if self.sink is not None:
                self.sink.close()
        except BaseException:
            self._telemetry.sink_failed()
        self._over.set()

    def drain(self) -> int:
        """Write out what is in the buffer; return how many entries that were.

        Where another thread is at it and does not come back, nothing is written here.
        """
        count = 0
        if not self._draining.acquire(timeout=CLOSE_GRACE_S):
            return 0
        try:
            while self.buffer:
                batch = self._take()
                if not self._write(batch):
                    break
                self._telemetry.observe(batch)
                count += len(batch)
        finally:
            self._draining.release()
        self._telemetry.dropped(self.dropped)
        return count

    def _take(self) -> list[Entry]:
        buffer = self.buffer
        return [buffer.popleft() for _ in range(min(BATCH, len(buffer)))]

    def _write(self, batch: list[Entry]) -> bool:
        """Write a batch; what the sink refuses goes back to wait, as long as there is room."""
        if self.sink is None:
            return True
        try:
            self.sink.write(batch)
        except BaseException as error:
            self._telemetry.sink_failed()
            room = max(0, self.limit - len(self.buffer))
            self.dropped += max(0, len(batch) - room)
            self.buffer.extendleft(reversed(batch[len(batch) - min(room, len(batch)) :]))
            if isinstance(error, KeyboardInterrupt):
                raise
            return False
        return True

    def close(self) -> None:
        """Drain a last time and let go of the sink; one that hangs is left behind after a grace."""
        if not self._closed:
            self.start()
            self.retire()
            if not self.running:
                self._finish()
        if self.running and not self._over.wait(CLOSE_GRACE_S):
            self._over.set()
            self.dropped += len(self.buffer)
            self.buffer.clear()
            self._telemetry.dropped(self.dropped)

    def retire(self) -> None:
        """Have the drain finish by itself; what is added from now on is dropped, and counted."""
        self._closed = True
        self.limit = self.room = 0
        self._wake.set()
        self._commits.put(None)


class Commit:
    """One decision on its way to be durable."""

    __slots__ = ("decision", "durable", "notify")

    def __init__(self, decision: Decision, notify: Callable[[], None]) -> None:
        self.decision, self.notify, self.durable = decision, notify, False


_live: weakref.WeakSet[Recorder] = weakref.WeakSet()


def _after_fork() -> None:
    numbers.renew()
    for recorder in list(_live):
        recorder._renew()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


@atexit.register
def _close_all() -> None:
    """Write out what every recorder still has: whoever made it may be long gone."""
    for recorder in list(_live):
        recorder.close()
