"""A channel to RabbitMQ that publishes, and is made anew after any failure.

The client's own robust channel does not always hear confirmations again after the broker was
killed; a new connection does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

import aio_pika

if TYPE_CHECKING:
    from aio_pika.abc import AbstractChannel, AbstractConnection

WAIT_S = 5.0
"""How long the broker may take to answer."""


class Line:
    """One connection with one channel, opened when it is needed."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: AbstractConnection | None = None
        self._channel: AbstractChannel | None = None
        self._opening = asyncio.Lock()

    async def _opened(self) -> AbstractChannel:
        async with self._opening:
            if self._channel is None or self._channel.is_closed:
                await self.close()
                self._connection = await aio_pika.connect(self._url, timeout=WAIT_S)
                self._channel = await self._connection.channel(publisher_confirms=True)
            return self._channel

    async def publish(self, queue: str, name: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Publish a lasting message to a queue and await the broker's confirmation."""
        message = aio_pika.Message(
            body,
            headers=dict(headers),
            message_id=name,
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        )
        try:
            channel = await self._opened()
            await channel.default_exchange.publish(message, queue, timeout=WAIT_S)
        except BaseException:
            await self.close()
            raise

    async def waiting(self, queues: list[str]) -> int:
        """Messages that are ready in these queues."""
        channel = await self._opened()
        found = [await channel.declare_queue(name, passive=True) for name in queues]
        return sum(queue.declaration_result.message_count or 0 for queue in found)

    async def close(self) -> None:
        """Let the connection go; the next publishing opens another."""
        connection, self._connection, self._channel = self._connection, None, None
        if connection is not None:
            with suppress(Exception):
                await asyncio.wait_for(connection.close(), WAIT_S)
