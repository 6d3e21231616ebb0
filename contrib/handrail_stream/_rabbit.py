"""RabbitMQ: a quorum queue for each lane, with a single active consumer.

The broker delivers a lane to one worker and takes the next one when that is gone; within the
worker a lock keeps the lane's order, for the client runs a task for each message. What a worker
leaves undone it neither rejects nor cancels: the broker would deliver a rejected message behind
later ones, and begin with the next worker while this one still holds the first ones. It closes its
connection, and the broker puts back what was out, in order.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping

from faststream import AckPolicy
from faststream.rabbit import Channel, QueueType, RabbitBroker, RabbitMessage, RabbitQueue

from handrail_stream._engine import Message, Process
from handrail_stream._line import Line
from handrail_stream._stream import Stream

NO_LIMIT = 1_000_000
"""Deliveries before the broker drops a message: never. Dead letters are our matter, not its."""


class Rabbit:
    """One connection that works, one that publishes and counts."""

    def __init__(self, url: str, stream: Stream) -> None:
        self._line, self._stream = Line(url), stream
        self._open = contextlib.AsyncExitStack()
        self._handling = Crowd()
        self._broker = RabbitBroker(
            url,
            logger=None,
            apply_types=False,
            reconnect_interval=1.0,
            default_channel=Channel(prefetch_count=stream.batch, publisher_confirms=True),
            graceful_timeout=stream.grace,
        )

    def _queue(self, lane: int) -> RabbitQueue:
        return RabbitQueue(
            f"{self._stream.name}.work.{lane}",
            queue_type=QueueType.QUORUM,
            durable=True,
            arguments={
                "x-single-active-consumer": True,
                "x-delivery-limit": NO_LIMIT,
                "x-quorum-initial-group-size": self._stream.copies,
            },
        )

    async def start(self) -> None:
        """Connect, and make a queue for each lane."""
        await self.stop()
        self._open.push_async_callback(self._line.close)
        self._open.push_async_callback(self._broker.stop)
        connection = await self._broker.connect()
        self._open.push_async_callback(connection.close)
        self._open.push_async_callback(self._handling.gone)
        for lane in range(self._stream.lanes):
            await self._broker.declare_queue(self._queue(lane))

    async def publish(self, lane: int, name: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Publish a lasting message and await the broker's confirmation."""
        await self._line.publish(self._queue(lane).name, name, body, headers)

    async def subscribe(self, process: Process) -> None:
        """Stand in line for every lane."""
        for lane in range(self._stream.lanes):
            self._join(lane, process)
        await self._broker.start()

    def _join(self, lane: int, process: Process) -> None:
        in_order = asyncio.Lock()
        waiting: list[tuple[Message, asyncio.Future[bool]]] = []
        subscriber = self._broker.subscriber(
            self._queue(lane),
            ack_policy=AckPolicy.MANUAL,
            decoder=_whole,
            no_reply=True,
        )

        @subscriber
        async def handle(message: RabbitMessage) -> None:
            mine: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
            with self._handling:
                waiting.append((_taken(message), mine))
                async with in_order:
                    if not mine.done():
                        await _together(lane, waiting, process)
                if await mine:
                    await message.ack()

    async def lag(self) -> int:
        """Messages that wait in the queues; those out with a worker are not counted."""
        lanes = range(self._stream.lanes)
        return await self._line.waiting([self._queue(lane).name for lane in lanes])

    async def stop(self) -> None:
        """Leave the queues; what was out goes back to them."""
        await self._open.aclose()


class Crowd:
    """Those inside, and a wait until nobody is."""

    def __init__(self) -> None:
        self._inside = 0
        self._empty = asyncio.Event()
        self._empty.set()

    def __enter__(self) -> None:
        self._inside += 1
        self._empty.clear()

    def __exit__(self, *_: object) -> None:
        self._inside -= 1
        if not self._inside:
            self._empty.set()

    async def gone(self) -> None:
        """Wait until nobody is inside."""
        await self._empty.wait()


def _taken(message: RabbitMessage) -> Message:
    raw = message.raw_message
    headers = {key: str(value) for key, value in raw.headers.items()}
    return Message(raw.body, headers, 1 + int(headers.get("x-delivery-count", 0)))


async def _together(
    lane: int, waiting: list[tuple[Message, asyncio.Future[bool]]], process: Process
) -> None:
    """Process everything of a lane that came meanwhile; tell each task whether its own ended."""
    batch, waiting[:] = waiting[:], []
    ended = 0
    try:
        ended = await process(lane, [message for message, _ in batch])
    finally:
        for number, (_, told) in enumerate(batch):
            told.set_result(number < ended)


async def _whole(message: RabbitMessage) -> RabbitMessage:
    """Leave the body alone: it is sealed."""
    return message
