"""RabbitMQ: a quorum queue for each lane, with a single active consumer.

The broker delivers a lane to one worker and takes the next one when that is gone. All lanes of a
worker share a channel. What a worker leaves undone it neither rejects nor cancels: the broker would
deliver a rejected message behind later ones, and begin with the next worker while this one still
holds the first ones. It closes its connection, and the broker puts back what was out, in order.
Received by the client beneath FastStream's: a subscriber of that costs more than the work of a
quick look.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import aiormq
from aiormq.exceptions import ChannelNotFoundEntity

from handrail.events import log
from handrail_stream import _telemetry
from handrail_stream._acks import Acks
from handrail_stream._engine import Backlog, Message, Process, no_stream
from handrail_stream._line import WAIT_S, Line
from handrail_stream._stream import Stream

if TYPE_CHECKING:
    from aiormq.abc import AbstractChannel, AbstractConnection, DeliveredMessage

NO_LIMIT = 1_000_000
"""Deliveries before the broker drops a message: never. Dead letters are our matter, not its."""

AGAIN_S = 1.0
"""How long a connection that was lost is left alone before the next."""

ANSWER_S = 30.0
"""How long the answers about one lane may take: a queue without a leader is never declared."""


class Rabbit:
    """One connection that works, one that publishes and counts."""

    def __init__(self, url: str, stream: Stream) -> None:
        self._url, self._stream, self._line = url, stream, Line(url)
        self._connection: AbstractConnection | None = None
        self._serving: asyncio.Task[None] | None = None
        self._leaving, self._over = False, asyncio.Event()

    def _queue(self, lane: int) -> str:
        return f"{self._stream.name}.work.{lane}"

    async def start(self) -> None:
        """Connect, and make a queue for each lane."""
        await self.stop()
        self._leaving = False
        await self._connect()

    async def _connect(self) -> AbstractConnection:
        connection = await asyncio.wait_for(aiormq.connect(self._url), WAIT_S)
        self._connection = connection
        async with asyncio.timeout(ANSWER_S):
            channel = await connection.channel()
        for lane in range(self._stream.lanes):
            async with asyncio.timeout(ANSWER_S):
                await self._declare(channel, lane)
        return connection

    async def _declare(self, channel: AbstractChannel, lane: int) -> None:
        await channel.queue_declare(
            self._queue(lane),
            durable=True,
            arguments={
                "x-queue-type": "quorum",
                "x-single-active-consumer": True,
                "x-delivery-limit": NO_LIMIT,
                "x-quorum-initial-group-size": self._stream.copies,
            },
        )

    async def publish(self, lane: int, name: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Publish a lasting message and await the broker's confirmation."""
        await self._line.publish(self._queue(lane), name, body, headers)

    async def subscribe(self, process: Process) -> None:
        """Stand in line for every lane."""
        self._serving = asyncio.create_task(self._serve(process))

    async def _serve(self, process: Process) -> None:
        """Work all lanes, and again with a new connection where one was lost."""
        while not self._leaving:
            self._over = asyncio.Event()
            try:
                connection = self._connection
                if connection is None or connection.is_closed:
                    connection = await self._connect()
                await self._work(connection, process)
            except asyncio.CancelledError as error:
                # The client cancels what waits on a channel that is closed; that is no order to us.
                if _cancelled():
                    raise
                _lost([error])
            except Exception as error:  # noqa: BLE001  # The client has many; none may end a worker.
                _lost([error])
            if not self._leaving:
                await self._close()
                await asyncio.sleep(AGAIN_S)

    async def _work(self, connection: AbstractConnection, process: Process) -> None:
        """Work all lanes until we leave, or anything is lost; then end what is in hand."""
        lanes: list[Lane] = []
        connection.closing.add_done_callback(self._end)
        channel = await self._channel(connection)
        acks = Acks(channel)
        acks.task.add_done_callback(self._end)
        try:
            for number in range(self._stream.lanes):
                lanes.append(Lane(number, acks, process))
                lanes[-1].task.add_done_callback(self._end)
                async with asyncio.timeout(ANSWER_S):
                    await lanes[-1].join(channel, self._queue(number))
            if not self._leaving:
                await self._over.wait()
        finally:
            for lane in lanes:
                lane.leave()
            # Nothing of a lane may come again while this worker is still at it.
            ends = await asyncio.gather(*(lane.task for lane in lanes), return_exceptions=True)
            _lost(error for error in ends if error is not None)
            async with asyncio.timeout(WAIT_S):
                await acks.close()

    async def _channel(self, connection: AbstractConnection) -> AbstractChannel:
        """A channel on which each lane has so many messages out at a time."""
        async with asyncio.timeout(ANSWER_S):
            channel = await connection.channel(publisher_confirms=False)
            channel.closing.add_done_callback(self._end)
            channel.on_consumer_cancel_callbacks.add(self._end)
            await channel.basic_qos(prefetch_count=self._stream.batch)
        return channel

    def _end(self, _: object) -> None:
        self._over.set()

    async def lag(self) -> int:
        """Messages that wait in the queues; those out with a worker are not counted."""
        return await self._line.waiting([self._queue(n) for n in range(self._stream.lanes)])

    async def backlog(self) -> Backlog:
        """What waits in the queues; the protocol tells no times."""
        try:
            return Backlog(await self.lag())
        except ChannelNotFoundEntity:
            raise no_stream(self._stream.name) from None
        finally:
            await self._line.close()

    async def stop(self) -> None:
        """End what is in hand and leave the queues; what was out goes back to them."""
        self._leaving = True
        self._over.set()
        serving, self._serving = self._serving, None
        try:
            if serving is not None:
                await serving
        finally:
            await self._close()
            await self._line.close()

    async def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(Exception):
                await asyncio.wait_for(connection.close(), WAIT_S)


class Lane:
    """What a queue delivers, and the task that works it in order."""

    def __init__(self, number: int, acks: Acks, process: Process) -> None:
        self._number, self._acks, self._process = number, acks, process
        self._waiting: asyncio.Queue[DeliveredMessage | None] = asyncio.Queue()
        self._left = asyncio.Event()
        self.task = asyncio.create_task(self._work())

    async def join(self, channel: AbstractChannel, queue: str) -> None:
        """Have the queue deliver."""
        await channel.basic_consume(queue, self._waiting.put)

    def leave(self) -> None:
        """Begin nothing more."""
        self._left.set()
        self._waiting.put_nowait(None)

    async def _work(self) -> None:
        """Handle what came meanwhile, and have it acknowledged, until we leave."""
        while True:
            batch = [await self._waiting.get()]
            while not self._waiting.empty():
                batch.append(self._waiting.get_nowait())
            messages = [message for message in batch if message is not None]
            if self._left.is_set():
                return
            ended = await self._process(self._number, [_taken(message) for message in messages])
            self._acks.add(message.delivery_tag or 0 for message in messages[:ended])
            if ended < len(messages):
                await self._left.wait()


def _taken(message: DeliveredMessage) -> Message:
    said = message.header.properties.headers or {}
    headers = {key: str(value) for key, value in said.items()}
    # Whoever publishes can write anything there; the broker writes a number.
    count = said.get("x-delivery-count")
    before = min(max(count, 0), NO_LIMIT) if isinstance(count, int) else 0
    return Message(message.body, headers, 1 + before)


def _lost(errors: Iterable[BaseException]) -> None:
    """Count and log what ended lanes or a connection: all is begun again."""
    for error in sorted({type(error).__name__ for error in errors}):
        _telemetry.failures.add(1, {"error": error})
        log("handrail.broker_lost", "warning", error=error)


def _cancelled() -> bool:
    """Whether somebody cancelled the task that asks."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
