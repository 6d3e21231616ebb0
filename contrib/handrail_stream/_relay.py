"""From the outbox to the broker: nothing leaves the outbox before the broker has it."""

from __future__ import annotations

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence

from handrail_stream import _telemetry
from handrail_stream._engine import Engine
from handrail_stream._stream import Stream
from handrail_stream._work import Outbox, Work

IDLE_S = 0.05
LONGEST_IDLE_S = 1.0
LARGEST = 900_000
"""Bytes of a message: below the 1 MB that brokers take unless they are told otherwise."""


class Relay:
    """Claims work in batches and publishes it, each lane in order, the lanes side by side."""

    def __init__(
        self,
        outbox: Outbox,
        engine: Engine,
        stream: Stream,
        thread: Callable[..., Awaitable[object]],
    ) -> None:
        self._outbox, self._engine, self._stream = outbox, engine, stream
        self._thread = thread

    async def run(self, stopping: asyncio.Event) -> None:
        """Relay until the order to stop; while the broker is away, work waits in the outbox."""
        failed, idle = 0, IDLE_S
        while not stopping.is_set():
            try:
                moved, left = await self.once()
            except Exception as error:  # noqa: BLE001  # The database is away.
                _telemetry.failures.add(1, {"error": type(error).__name__})
                moved, left = 0, 1
            failed = failed + 1 if left else 0
            idle = IDLE_S if moved else min(idle * 1.5, LONGEST_IDLE_S)
            if pause := self._stream.retries.delay(failed) if failed else idle * (not moved):
                await _either(stopping, pause)

    async def once(self) -> tuple[int, int]:
        """Relay one batch; how much went, and how much must wait."""
        works: Sequence[Work] = await self._thread(self._outbox.claim, self._stream.batch)  # type: ignore[assignment]  # The thread returns what claim does.
        lanes: dict[int, list[Work]] = defaultdict(list)
        for work in works:
            lanes[self._stream.lane(work.order)].append(work)
        sent = await asyncio.gather(*(self._send(lane, queue) for lane, queue in lanes.items()))
        gone = [work for batch in sent for work in batch]
        if gone:
            await self._thread(self._outbox.sent, gone)
        left = [work for work in works if work not in gone]
        if left:
            await self._thread(self._outbox.release, left)
        return len(gone), len(left)

    async def _send(self, lane: int, works: Sequence[Work]) -> Sequence[Work]:
        """Publish in order until one fails; what went."""
        for done, work in enumerate(works):
            try:
                await self._publish(lane, work)
            except Exception as error:  # noqa: BLE001  # Whatever the client raises, it has not confirmed.
                _telemetry.published.add(1, {"outcome": type(error).__name__})
                return works[:done]
            _telemetry.published.add(1, {"outcome": "confirmed"})
        return works

    async def _publish(self, lane: int, work: Work) -> None:
        body = self._outbox.seal(work)
        if len(body) > LARGEST:
            await self._thread(self._outbox.bury, body, work, "larger than a message may be")
            return
        name = hashlib.sha256(work.key.encode()).hexdigest()[:32]
        with _telemetry.publishing(work.carrier) as headers:
            await asyncio.wait_for(self._engine.publish(lane, name, body, headers), PATIENCE_S)


PATIENCE_S = 10.0
"""How long a confirmation may take."""


async def _either(stopping: asyncio.Event, seconds: float) -> None:
    """Wait for the order to stop, or so long."""
    try:
        await asyncio.wait_for(stopping.wait(), seconds)
    except TimeoutError:
        return
