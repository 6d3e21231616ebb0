"""From a message to its end: handled, tried again, or a dead letter."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from handrail_stream import _telemetry
from handrail_stream._engine import Message
from handrail_stream._hands import UNDECODABLE, Hands, OneByOne, Threads, Undecodable, opener
from handrail_stream._stream import Stream
from handrail_stream._together import Together
from handrail_stream._work import Handler, Outbox, Settler

STOPPING_S = 0.1
"""A breath before a message is handed back while we stop: it may come again at once."""

AWAY = "the store does not answer"

DELIVERED = "delivered"
"""What the reason of a message begins with that ended its workers."""


class Processing:
    """Handles messages in threads, in order within a lane.

    A failure holds its own lane back: the work is tried again where it is, so that nothing of the
    same order overtakes it. After the last try it becomes a dead letter, and the lane goes on.
    While dead letters cannot be written either, the database is away, and the lane waits for it.
    """

    def __init__(self, handler: Handler, outbox: Outbox, stream: Stream) -> None:
        self._outbox, self._stream = outbox, stream
        self._opened = opener(outbox)
        self.threads = Threads(stream.threads)
        self._hands: Hands = (
            Together(handler, outbox, self.threads, stream.batch)
            if isinstance(handler, Settler)
            else OneByOne(handler, outbox, self.threads)
        )
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
            if reason is None and failed == self._last and not await self._answers():
                reason = AWAY
            elif reason is None:
                done = await self._hands.work(lane, messages[first:])
                first, reason = first + done.ended, done.reason
                failed = 1 if done.ended else failed + 1
            if reason is None:
                failed = 0
                continue
            if self._gives_up(failed, reason) and await self._buried(messages[first], reason):
                # What was out behind it was delivered as often, and is not to blame.
                self._known.add(lane)
                first, failed = first + 1, 0
                continue
            failed = min(failed, self._last)
            if await self._stops_within(self._stream.retries.delay(max(1, failed))):
                return first
        return first

    @property
    def _last(self) -> int:
        """How many failures there may be before the last try."""
        return self._stream.retries.tries - 1

    async def _answers(self) -> bool:
        """Whether the store can be written: if not, the last try would prove nothing."""
        try:
            await self.threads.write(self._outbox.release, ())
        except Exception:  # noqa: BLE001  # Whatever it is, the store does not answer.
            return False
        return True

    def _reason_to_doubt(self, lane: int, message: Message) -> str | None:
        """Whether a lane's first message may be what ended the worker before us."""
        if lane in self._known or message.deliveries <= self._stream.retries.deliveries:
            self._known.add(lane)
            return None
        return f"{DELIVERED} {message.deliveries} times and never ended"

    def _gives_up(self, failed: int, reason: str) -> bool:
        hopeless = reason.startswith((UNDECODABLE, DELIVERED))
        return hopeless or failed > self._last

    async def _buried(self, message: Message, reason: str) -> bool:
        """Write a dead letter; whether that went well."""
        try:
            await self.threads.write(self._bury, message, reason)
        except Exception as error:  # noqa: BLE001  # The database is away; the lane waits for it.
            _telemetry.failures.add(1, {"error": type(error).__name__})
            return False
        _telemetry.ended.add(1, {"outcome": "dead"})
        return True

    def _bury(self, message: Message, reason: str) -> None:
        try:
            work = self._opened(message)
        except Undecodable:
            work = None
        self._outbox.bury(message.body, work, reason)

    async def _stops_within(self, seconds: float) -> bool:
        """Wait; whether the order to stop came meanwhile."""
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return False
        return True

    async def drain(self) -> None:
        """Begin nothing more, and wait for what was begun, as long as the stream's grace."""
        self._stopping.set()
        self.threads.halted = True
        try:
            await asyncio.wait_for(self._idle.wait(), self._stream.grace)
        except TimeoutError:
            _telemetry.failures.add(1, {"error": "grace"})

    def close(self) -> None:
        """Let the threads go."""
        self.threads.close()
