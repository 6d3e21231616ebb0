"""NATS JetStream: a durable consumer for each lane that has one message out at a time.

The server pushes the next message of a lane when the last one was acknowledged, to any worker:
order holds across workers, and no worker owns a lane. Received by the client itself: FastStream's
subscriber costs more than the work of a quick look, and there is nothing in it that this needs.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import nats
import nats.errors
from faststream.nats import NatsBroker
from nats.js import api
from nats.js.errors import BadRequestError, NotFoundError

from handrail_stream._engine import Backlog, Message, Process, no_stream
from handrail_stream._stream import Stream

if TYPE_CHECKING:
    from nats.aio.client import Client
    from nats.aio.msg import Msg
    from nats.aio.subscription import Subscription

RECONNECT_S = 1
ASK_AGAIN_S = 1.0
"""How long the server keeps what a stopping worker hands back."""

LEAVE_S = 2.0
"""How long the server may take to let us go."""


async def _quiet(_: Exception) -> None:
    """Drop what the client would print; lost connections show as lag."""


class Nats:
    """One connection that publishes, one that works and looks after the stream."""

    def __init__(self, url: str, stream: Stream) -> None:
        self._url, self._stream = url, stream
        self._client: Client
        self._held: dict[int, Msg] = {}
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
        keeping = asyncio.create_task(self._keep())
        self._open.callback(keeping.cancel)
        lanes = [await self._join(lane, process) for lane in range(self._stream.lanes)]
        self._open.push_async_callback(self._leave, lanes)

    async def _join(self, lane: int, process: Process) -> Subscription:
        name = self._consumer(lane)

        async def handle(message: Msg) -> None:
            deliveries = message.metadata.num_delivered
            self._held[lane] = message
            ended = 0
            try:
                taken = Message(message.data, message.headers or {}, deliveries)
                ended = await process(lane, (taken,))
            finally:
                del self._held[lane]
                await (message.ack() if ended else message.nak(delay=ASK_AGAIN_S))

        return await self._client.subscribe(f"_deliver.{name}", queue=name, cb=handle)

    async def _leave(self, lanes: Sequence[Subscription]) -> None:
        """Hand back what was sent to us meanwhile; without a server it comes back by itself."""
        if self._client.is_connected:
            leaving = [lane.drain() for lane in lanes]  # type: ignore[no-untyped-call]  # Theirs.
            with contextlib.suppress(TimeoutError, nats.errors.Error):
                await asyncio.wait_for(asyncio.gather(*leaving), LEAVE_S)
                await self._client.flush(timeout=int(LEAVE_S))

    async def _keep(self) -> None:
        """Tell the server now and then that the work goes on."""
        while True:
            await asyncio.sleep(self._stream.silence / 3)
            for message in [*self._held.values()]:
                with contextlib.suppress(nats.errors.Error):
                    await message.in_progress()

    async def lag(self) -> int:
        """Messages not yet acknowledged."""
        info = await self._client.jetstream().stream_info(self._stream.name)
        return info.state.messages

    async def backlog(self) -> Backlog:
        """The stream's own count, and the time of its first message."""
        client = await nats.connect(
            self._url, max_reconnect_attempts=1, reconnect_time_wait=0, error_cb=_quiet
        )
        try:
            stream, name = client.jetstream(), self._stream.name
            try:
                state = (await stream.stream_info(name)).state
                if not state.messages:
                    return Backlog(0)
                first = await stream.get_msg(name, seq=state.first_seq)
            except NotFoundError:
                raise no_stream(name) from None
            return Backlog(state.messages, first.time)
        finally:
            await client.close()

    async def stop(self) -> None:
        """Leave the lanes; they stay on the server."""
        await self._open.aclose()
