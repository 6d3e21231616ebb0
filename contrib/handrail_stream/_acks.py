"""What is done of the messages of a channel of RabbitMQ, acknowledged in as few frames as will do.

The broker numbers what it delivers on a channel, of all lanes, from 1. Up to where all is done, one
frame is for all. What is done beyond waits a moment for what is not, and is then acknowledged one
by one: a lane that is held back holds back no other.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiormq.abc import AbstractChannel

MOMENT_S = 0.05
"""How long what is done waits for what came before it."""


class Acks:
    """Acknowledges for all lanes of a channel, in a task of its own until it is cancelled."""

    def __init__(self, channel: AbstractChannel) -> None:
        self._channel, self._up_to = channel, 0
        self._done: set[int] = set()
        self._apart: set[int] = set()
        self._told = asyncio.Event()
        self.task = asyncio.create_task(self._work())

    def add(self, tags: Iterable[int]) -> None:
        """Have what is done acknowledged soon, by the numbers that it was delivered with."""
        self._done.update(tags)
        self._told.set()

    async def _work(self) -> None:
        late: Collection[int] = ()
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(MOMENT_S if self._done else None):
                    await self._told.wait()
            self._told.clear()
            await self._up_to_there()
            await self._each(self._done.intersection(late))
            late = frozenset(self._done)

    async def _up_to_there(self) -> None:
        """Acknowledge all up to the first that is not done."""
        last = 0
        while (tag := self._up_to + 1) in self._done or tag in self._apart:
            self._up_to = tag
            if tag in self._done:
                # The broker knows no number any more that was acknowledged for itself.
                last = tag
            self._done.discard(tag)
            self._apart.discard(tag)
        if last:
            await self._channel.basic_ack(last, multiple=True, wait=False)

    async def _each(self, tags: Collection[int]) -> None:
        for tag in sorted(tags):
            self._done.remove(tag)
            self._apart.add(tag)
            await self._channel.basic_ack(tag, wait=False)

    async def close(self) -> None:
        """Acknowledge at once what is done; raises what has ended the task, if anything did."""
        self.task.cancel()
        (ended,) = await asyncio.gather(self.task, return_exceptions=True)
        if isinstance(ended, Exception):
            raise ended
        await self._up_to_there()
        await self._each(frozenset(self._done))
