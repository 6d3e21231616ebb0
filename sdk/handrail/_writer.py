"""The way to the sink: what waits to be written, and decisions that wait to be durable."""

from __future__ import annotations

import atexit
import threading
import weakref
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from handrail._decision import Decision
from handrail._seams import Entry, Sink
from handrail._weight import Scale

if TYPE_CHECKING:
    from handrail._telemetry import Telemetry

COMMIT_GRACE_S = 0.05
"""How long a decision that opens a case waits to be durable."""

COMMITS_MOST = 1000
"""Decisions that wait to be durable before a further one is told at once that it will not be."""

CLOSE_GRACE_S = 2.0
"""How long closing waits for a sink that does not come back."""


class Commit:
    """One decision on its way to be durable."""

    __slots__ = ("decision", "durable", "notify")

    def __init__(self, decision: Decision, notify: Callable[[], None]) -> None:
        self.decision, self.notify, self.durable = decision, notify, False


class Writer:
    """Batches that wait for the sink, and the two threads that alone enter it.

    A sink that refuses or hangs keeps nothing but these two: what waits is bounded.

    Args:
        sink: Where entries go; None keeps no record. telemetry: Told when the sink refuses.
        scale: What is on it is taken off when it is written or dropped.
    """

    def __init__(self, sink: Sink | None, telemetry: Telemetry, scale: Scale) -> None:
        self.sink, self._telemetry, self._scale = sink, telemetry, scale
        self._waiting: deque[list[Entry]] = deque()
        self._held = 0
        self._closed = self._running = False
        self._lock, self._writing = threading.Lock(), threading.Lock()
        self._wake, self._over = threading.Event(), threading.Event()
        self._commits: SimpleQueue[Commit | None] = SimpleQueue()
        self._committer: threading.Thread | None = None
        _live.add(self)

    def has_room(self, most: int) -> bool:
        """Whether entries may be put: always, unless the sink would rather have them wait."""
        return self._held < most or getattr(self.sink, "full", "drop") != "wait"

    def put(self, batch: list[Entry], most: int) -> int:
        """Have a batch wait; return how many of the oldest had to go, so that *most* wait."""
        if self.sink is None:
            self._scale.release(batch)
            return 0
        dropped = 0
        with self._lock:
            self._waiting.append(batch)
            self._held += len(batch)
            while self._waiting and (over := self._held - most) > 0:
                first = self._waiting[0]
                gone = first[:over]
                del first[:over]
                if not first:
                    self._waiting.popleft()
                self._gone(gone)
                dropped += len(gone)
        return dropped

    def _gone(self, entries: Sequence[Entry]) -> None:
        self._held -= len(entries)
        self._scale.release(entries)

    def start(self) -> None:
        """Have the writing thread write what waits; start it with the first."""
        if not self._waiting:
            return
        with self._lock, suppress(RuntimeError):  # The system may give no thread just now.
            if not self._running and not self._closed:
                threading.Thread(target=self._run, name="handrail-write", daemon=True).start()
                self._running = True
        self._wake.set()

    def _run(self) -> None:
        while not self._closed:
            self._wake.wait()
            self._wake.clear()
            with suppress(BaseException):  # It was counted; what was refused waits on.
                self.write()
        self._finish()

    def write(self) -> None:
        """Give the sink what waits, until it refuses; nothing where another thread hangs in it."""
        if not self._writing.acquire(timeout=CLOSE_GRACE_S):
            return
        try:
            while self._write_batch():
                pass
        finally:
            self._writing.release()

    def _write_batch(self) -> bool:
        with self._lock:
            if self.sink is None or not self._waiting:
                return False
            batch = self._waiting.popleft()
        try:
            self.sink.write(batch)
        except BaseException as error:
            with self._lock:
                self._waiting.appendleft(batch)
            self._telemetry.sink_failed()
            if isinstance(error, KeyboardInterrupt):
                raise
            return False
        with self._lock:
            self._gone(batch)
        return True

    def commit(self, decision: Decision) -> bool:
        """Make a decision durable within its grace; False where that could not be done."""
        done = threading.Event()
        job = self.submit(decision, done.set)
        return job is not None and done.wait(COMMIT_GRACE_S) and job.durable

    def submit(self, decision: Decision, notify: Callable[[], None]) -> Commit | None:
        """Queue a decision to be made durable; *notify* is called from another thread after.

        None where it will not be: the sink is not durable, too much waits, or all is over.
        """
        if self.sink is None or not self.sink.durable or self._closed:
            return None
        if self._commits.qsize() >= COMMITS_MOST or not self._scale.take(decision):
            return None
        job = Commit(decision, notify)
        self._commits.put(job)
        with self._lock, suppress(RuntimeError):
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
        finally:
            self._scale.release(decisions)

    def retire(self) -> None:
        """Have both threads finish by themselves: write a last time, and let go of the sink."""
        self._closed = True
        self._commits.put(None)
        if self._running:
            self._wake.set()
        else:
            self._finish()

    def _finish(self) -> None:
        try:
            self.write()
            if self.sink is not None:
                self.sink.close()
        except BaseException:
            self._telemetry.sink_failed()
        self._over.set()

    def close(self) -> int:
        """Wait for the last of it, for a grace at most; return how many entries were lost."""
        if self._closed:
            self._over.wait(CLOSE_GRACE_S)
        with self._lock:
            lost = sum(map(len, self._waiting))
            self._waiting.clear()
        return lost


_live: weakref.WeakSet[Writer] = weakref.WeakSet()


@atexit.register
def _await_all() -> None:
    """Wait for what is being written: nobody but its thread may hold a writer any more."""
    for writer in list(_live):
        writer.close()
