"""What calls leave behind: one bounded buffer, counted and logged, then on its way to the sink."""

from __future__ import annotations

import atexit
import os
import threading
import weakref
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING

from handrail._fields import numbers
from handrail._seams import Entry, Sink
from handrail._weight import Scale
from handrail._writer import CLOSE_GRACE_S, Writer

if TYPE_CHECKING:
    from handrail._telemetry import Telemetry

BUFFER = 20_000
"""Entries that wait for the drain, and for the sink, before some are dropped and counted."""

INTERVAL_S = 0.5
BATCH = 512


class Recorder:
    """One bounded buffer of entries and one thread that drains it.

    The drain counts and logs each entry once and hands it to the writer: what the sink makes of
    it changes no metric.

    Args:
        sink: Where entries go; None keeps no record beyond the metrics.
        telemetry: Told of every entry. limit: Entries that may wait.
    """

    def __init__(self, sink: Sink | None, telemetry: Telemetry, limit: int = BUFFER) -> None:
        self.sink, self.limit = sink, limit
        self._telemetry = telemetry
        self._tick: Callable[[], None] = lambda: None
        self._closed = False
        self._next = 0.0
        self._renew()
        _live.add(self)

    def _renew(self) -> None:
        self.buffer: deque[Entry] = deque()
        self.running = False
        self.room = self.dropped = 0
        self._wake, self._over = threading.Event(), threading.Event()
        self._observing, self._starting = threading.Lock(), threading.Lock()
        self.scale = Scale()
        self.writer = Writer(self.sink, self._telemetry, self.scale)

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

        Whoever is in a hurry appends to ``buffer`` as long as it is shorter than ``room`` and
        the entry keeps no text alive that is ``LONG``.
        """
        if not self.running:
            self.start()
        if self._closed or len(self.buffer) >= self.limit or not self.scale.take(entry):
            self.dropped += 1
        else:
            self.buffer.append(entry)
        if len(self.buffer) >= self.room and not self._wake.is_set():
            self._wake.set()

    def count(self, entry: Entry) -> None:
        """Count and log an entry that somebody else keeps the record of."""
        if self._observing.acquire(timeout=CLOSE_GRACE_S):
            try:
                self._telemetry.observe([entry])
            finally:
                self._observing.release()

    def _run(self) -> None:
        while not self._closed:
            self._wake.wait(INTERVAL_S)
            self._wake.clear()
            try:
                self._observe()
                self.writer.start()
                if monotonic() >= self._next:  # A busy drain is awake far more often.
                    self._next = monotonic() + INTERVAL_S
                    self._tick()
            except BaseException:  # Nothing stops the drain but closing.
                self._telemetry.failed("drain")
        self._finish()

    def _finish(self) -> None:
        """Count what is left, and have the writer write it out and let go of the sink."""
        try:
            self._observe()
        except BaseException:
            self._telemetry.failed("drain")
        self.writer.retire()
        self._over.set()

    def drain(self) -> None:
        """Count what is in the buffer, and write out what waits.

        Where another thread is at it and does not come back, nothing is done here.
        """
        self._observe()
        self.writer.write()

    def _observe(self) -> None:
        if not self._observing.acquire(timeout=CLOSE_GRACE_S):
            return
        try:
            while self.buffer and (self._closed or self.writer.has_room(self.limit)):
                batch = self._take()
                try:
                    self._telemetry.observe(batch)
                finally:
                    self.dropped += self.writer.put(batch, self.limit)
            self._telemetry.dropped(self.dropped)
        finally:
            self._observing.release()

    def _take(self) -> list[Entry]:
        buffer = self.buffer
        return [buffer.popleft() for _ in range(min(BATCH, len(buffer)))]

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
        self.dropped += self.writer.close()
        self._telemetry.dropped(self.dropped)

    def retire(self) -> None:
        """Have the drain finish by itself; what is added from now on is dropped, and counted."""
        self._closed = True
        self.room = 0
        self._wake.set()


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
