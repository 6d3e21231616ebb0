"""NATS JetStream: a durable consumer for each lane that has one message out at a time.

The server pushes the next message of a lane when the last one was acknowledged, to any worker:
order holds across workers, and no worker owns a lane.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

import nats
from faststream import AckPolicy
from faststream.exceptions import NackMessage
from faststream.nats import JStream, NatsBroker, NatsMessage
from nats.js import api
from nats.js.errors import BadRequestError

from handrail_stream._engine import Message, Process
from handrail_stream._stream import Stream

if TYPE_CHECKING:
    from nats.aio.client import Client

RECONNECT_S = 1
ASK_AGAIN_S = 1.0
"""How long the server keeps what a stopping worker hands back."""


async def _quiet(_: Exception) -> None:
    """Drop what the client would print; lost connections show as lag."""


class Nats:
    """One connection that publishes and works, one that looks after the stream."""

    def __init__(self, url: str, stream: Stream) -> None:
        self._url, self._stream = url, stream
        self._client: Client
        self._open = contextlib.AsyncExitStack()
        self._broker = NatsBroker(
            url,
            logger=None,
            apply_types=False,
            max_reconnect_attempts=-1,
            reconnect_time_wait=RECONNECT_S,
            error_cb=_quiet,
            graceful_timeout=stream.grace,
        )

    def _subject(self, lane: int) -> str:
        return f"{self._stream.name}.work.{lane}"

    def _consumer(self, lane: int) -> str:
        return f"{self._stream.name}-lane-{lane}"

    async def start(self) -> None:
        """Connect, and make the stream and a consumer for each lane."""
        await self.stop()
        self._client = await nats.connect(
            self._url,
            max_reconnect_attempts=-1,
            reconnect_time_wait=RECONNECT_S,
            error_cb=_quiet,
        )
        self._open.push_async_callback(self._client.close)
        await self._make()
        self._open.push_async_callback(self._broker.stop)
        await self._broker.connect()

    async def _make(self) -> None:
        stream = self._client.jetstream()
        try:
            await stream.add_stream(
                name=self._stream.name,
                subjects=[f"{self._stream.name}.work.*"],
                retention=api.RetentionPolicy.WORK_QUEUE,
                storage=api.StorageType.FILE,
                num_replicas=self._stream.copies,
            )
        except BadRequestError:
            await stream.stream_info(self._stream.name)
        for lane in range(self._stream.lanes):
            await stream.add_consumer(self._stream.name, self._settings(lane))

    def _settings(self, lane: int) -> api.ConsumerConfig:
        name = self._consumer(lane)
        return api.ConsumerConfig(
            durable_name=name,
            deliver_group=name,
            deliver_subject=f"_deliver.{name}",
            filter_subject=self._subject(lane),
            ack_policy=api.AckPolicy.EXPLICIT,
            ack_wait=self._stream.silence,
            max_ack_pending=1,
            max_deliver=-1,
        )

    async def publish(self, lane: int, name: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Publish and await the server's word; it drops what it has from a moment ago."""
        await self._broker.publish(
            body,
            self._subject(lane),
            headers={**headers, "Nats-Msg-Id": name},
            stream=self._stream.name,
            timeout=5.0,
        )

    async def subscribe(self, process: Process) -> None:
        """Join every lane."""
        for lane in range(self._stream.lanes):
            self._join(lane, process)
        await self._broker.start()

    def _join(self, lane: int, process: Process) -> None:
        name = self._consumer(lane)
        subscriber = self._broker.subscriber(
            self._subject(lane),
            queue=name,
            stream=JStream(self._stream.name, declare=False),
            ack_policy=AckPolicy.NACK_ON_ERROR,
            decoder=_whole,
            no_reply=True,
        )

        @subscriber
        async def handle(message: NatsMessage) -> None:
            raw = message.raw_message
            alive = asyncio.create_task(self._hold(message))
            try:
                deliveries = raw.metadata.num_delivered
                taken = Message(raw.data, raw.headers or {}, deliveries)
                if not await process(lane, (taken,)):
                    raise NackMessage(delay=ASK_AGAIN_S)
            finally:
                alive.cancel()

    async def _hold(self, message: NatsMessage) -> None:
        """Tell the server now and then that the work goes on."""
        while True:
            await asyncio.sleep(self._stream.silence / 3)
            await message.in_progress()

    async def lag(self) -> int:
        """Messages not yet acknowledged."""
        info = await self._client.jetstream().stream_info(self._stream.name)
        return info.state.messages

    async def stop(self) -> None:
        """Leave the lanes; they stay on the server."""
        await self._open.aclose()


async def _whole(message: NatsMessage) -> NatsMessage:
    """Leave the body alone: it is sealed."""
    return message
