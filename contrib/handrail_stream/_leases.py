"""Who works which lane where the broker does not say: leases that end by themselves."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from redis.exceptions import LockError, RedisError

from handrail_stream._stream import Stream

if TYPE_CHECKING:
    from redis.asyncio import Redis
    from redis.asyncio.lock import Lock


class Leases:
    """A fair share of the lanes for each worker that lives.

    A lease lasts as long as the stream's *silence*, and is renewed three times in that. A worker
    that could not renew stops by its own clock before the lease ends.
    """

    def __init__(self, client: Redis, stream: Stream, worker: str) -> None:
        self._client, self._stream, self._worker = client, stream, worker
        self._locks: dict[int, Lock] = {}
        self._ends: dict[int, float] = {}
        self._won = asyncio.Condition()
        self._surplus: set[int] = set()

    def holds(self, lane: int) -> bool:
        """Whether the lane is ours now, and is to stay ours."""
        return lane not in self._surplus and time.monotonic() < self._ends.get(lane, 0.0)

    async def held(self, lane: int) -> None:
        """Wait until the lane is ours."""
        async with self._won:
            await self._won.wait_for(lambda: self.holds(lane))

    async def keep(self) -> None:
        """Renew what is held, take what is free and ours to take, mark what is too much."""
        while True:
            try:
                await self._round()
            except RedisError:
                await asyncio.sleep(0.2)
                continue
            await asyncio.sleep(min(self._stream.silence / 3, 2.0))

    async def _round(self) -> None:
        for lane in list(self._locks):
            await self._renew(lane)
        share = -(-self._stream.lanes // await self._workers())
        held = sorted(lane for lane in self._locks if lane not in self._surplus)
        self._surplus.update(held[share:])
        for lane in range(self._stream.lanes):
            if len(self._locks) >= share:
                break
            if lane not in self._locks:
                await self._take(lane)
        async with self._won:
            self._won.notify_all()

    async def _workers(self) -> int:
        """Say that we live, and count who does."""
        now, name = time.time(), f"{self._stream.name}:workers"
        async with self._client.pipeline(transaction=True) as pipe:
            pipe.zadd(name, {self._worker: now + self._stream.silence})
            pipe.zremrangebyscore(name, "-inf", now)
            pipe.zcard(name)
            living: int = (await pipe.execute())[-1]
        return max(1, living)

    async def _renew(self, lane: int) -> None:
        began = time.monotonic()
        try:
            await self._locks[lane].reacquire()
        except LockError:
            self._forget(lane)
        else:
            self._ends[lane] = began + self._stream.silence * 0.9

    async def _take(self, lane: int) -> None:
        began = time.monotonic()
        lock = self._client.lock(
            f"{self._stream.name}:lease:{lane}",
            timeout=self._stream.silence,
            blocking=False,
            thread_local=False,
        )
        if await lock.acquire():
            self._locks[lane], self._ends[lane] = lock, began + self._stream.silence * 0.9

    def _forget(self, lane: int) -> None:
        self._locks.pop(lane, None)
        self._ends.pop(lane, None)
        self._surplus.discard(lane)

    async def give_back(self, lane: int) -> None:
        """End a lease that is surplus: whoever has too few takes it."""
        if lane in self._surplus and lane in self._locks:
            lock = self._locks[lane]
            self._forget(lane)
            await _release(lock)

    async def leave(self) -> None:
        """End every lease, and say that we are gone."""
        for lane, lock in list(self._locks.items()):
            self._forget(lane)
            await _release(lock)
        await self._client.zrem(f"{self._stream.name}:workers", self._worker)


async def _release(lock: Lock) -> None:
    try:
        await lock.release()
    except LockError:
        return
