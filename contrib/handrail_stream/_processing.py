"""From a message to its end: handled, tried again, or a dead letter."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from handrail_stream import _telemetry
from handrail_stream._engine import Message
from handrail_stream._stream import Stream
from handrail_stream._work import Handler, Outbox

T = TypeVar("T")

STOPPING_S = 0.1
"""A breath before a message is handed back while we stop: it may come again at once."""


class Processing:
    """Handles messages in threads, in order within a lane.

    A failure holds its own lane back: the work is tried again where it is, so that nothing of the
    same order overtakes it. After the last try it becomes a dead letter, and the lane goes on.
    While dead letters cannot be written either, the database is away, and the lane waits for it.
    """

    def __init__(self, handler: Handler, outbox: Outbox, stream: Stream) -> None:
        self._handler, self._outbox, self._stream = handler, outbox, stream
        self._threads = ThreadPoolExecutor(stream.threads, thread_name_prefix="handrail-stream")
        self._stopping = asyncio.Event()
        self._known: set[int] = set()
        self._busy = 0
        self._idle = asyncio.Event()
        self._idle.set()

    async def __call__(self, lane: int, messages: Sequence[Message]) -> int:
        """Handle messages of a lane; returns how many ended, fewer only where we stop."""
        if self._stopping.is_set():
            await asyncio.sleep(STOPPING_S)
            return 0
        self._busy += 1
        self._idle.clear()
        try:
            return await self._in_order(lane, messages)
        finally:
            self._busy -= 1
            if not self._busy:
                self._idle.set()

    async def _in_order(self, lane: int, messages: Sequence[Message]) -> int:
        first, failed = 0, 0
        while first < len(messages) and not self._stopping.is_set():
            reason = self._reason_to_doubt(lane, messages[first])
            if reason is None:
                ended, reason = await self.thread(self._handle, lane, messages[first:])
                failed = 1 if ended else failed + 1
                first += ended
            if reason is None:
                continue
            if self._gives_up(failed, reason) and await self._buried(messages[first], reason):
                first, failed = first + 1, 0
            elif await self._stops_within(self._stream.retries.delay(max(1, failed))):
                return first
        return first

    def _reason_to_doubt(self, lane: int, message: Message) -> str | None:
        """Whether a lane's first message may be what ended the worker before us."""
        if lane in self._known or message.deliveries <= self._stream.retries.deliveries:
            self._known.add(lane)
            return None
        return f"{DELIVERED} {message.deliveries} times and never ended"

    def _gives_up(self, failed: int, reason: str) -> bool:
        hopeless = reason.startswith((UNDECODABLE, DELIVERED))
        return hopeless or failed >= self._stream.retries.tries

    def _handle(self, lane: int, messages: Sequence[Message]) -> tuple[int, str | None]:
        """Handle until one fails; how many ended, and why the next did not."""
        for ended, message in enumerate(messages):
            if self._stopping.is_set():
                return ended, None
            try:
                work = self._outbox.unseal(message.body)
            except Exception as error:  # noqa: BLE001  # Whatever it is, it is no work of ours.
                return ended, f"{UNDECODABLE}: {place(error)}"
            try:
                with _telemetry.handling(message.headers, lane, message.deliveries):
                    self._handler.handle(work)
            except Exception as error:  # noqa: BLE001  # A handler raises what is to be retried.
                _telemetry.failures.add(1, {"error": type(error).__name__})
                return ended, place(error)
            _telemetry.ended.add(1, {"outcome": "handled"})
            _telemetry.aged(work.accepted_at, datetime.now(UTC))
        return len(messages), None

    async def _buried(self, message: Message, reason: str) -> bool:
        """Write a dead letter; whether that went well."""
        try:
            await self.thread(self._bury, message, reason)
        except Exception as error:  # noqa: BLE001  # The database is away; the lane waits for it.
            _telemetry.failures.add(1, {"error": type(error).__name__})
            return False
        _telemetry.ended.add(1, {"outcome": "dead"})
        return True

    def _bury(self, message: Message, reason: str) -> None:
        work = None if reason.startswith(UNDECODABLE) else self._outbox.unseal(message.body)
        self._outbox.bury(message.body, work, reason)

    async def _stops_within(self, seconds: float) -> bool:
        """Wait; whether the order to stop came meanwhile."""
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return False
        return True

    async def thread(self, function: Callable[..., T], *args: object) -> T:
        """Call a function in one of our threads."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, function, *args)

    async def drain(self) -> None:
        """Begin nothing more, and wait for what was begun, as long as the stream's grace."""
        self._stopping.set()
        try:
            await asyncio.wait_for(self._idle.wait(), self._stream.grace)
        except TimeoutError:
            _telemetry.failures.add(1, {"error": "grace"})

    def close(self) -> None:
        """Let the threads go."""
        self._threads.shutdown(wait=False, cancel_futures=True)


UNDECODABLE = "undecodable"
DELIVERED = "delivered"


def place(error: BaseException) -> str:
    """The class of an error and where it was raised, never its text."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return type(error).__name__ + where
