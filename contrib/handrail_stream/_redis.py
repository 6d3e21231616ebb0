"""Streams of Redis and Valkey: a stream for each lane, leased to one worker at a time.

Read with the client itself: FastStream's subscriber does not come back to what a lost reply left
pending, so that a message could wait for ever or be overtaken. Here each lane begins, and begins
again after every error, with what was out.
"""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import redis.asyncio as redis
from redis.exceptions import RedisError, ResponseError

from handrail_stream._engine import Backlog, Message, Process, no_stream
from handrail_stream._leases import Leases
from handrail_stream._stream import Stream

READER = "lane"
"""One name for the reader of a lane, whichever worker it is: what was out is its successor's."""

AWAIT_MS = 500
AFTER_ERROR_S = 0.2
OUT, NEW = "0", ">"


class Redis:
    """One client; a task for each lane that this worker holds."""

    def __init__(self, url: str, stream: Stream) -> None:
        self._stream = stream
        # A read that is repeated unseen would leave its first reply pending, and out of order.
        self._client: Any = redis.Redis.from_url(
            url.replace("valkey", "redis", 1) if url.startswith("valkey") else url,
            retry=None,
            socket_timeout=10.0,
        )
        self._leases = Leases(self._client, stream, uuid.uuid4().hex)
        self._tasks: set[asyncio.Task[None]] = set()

    def _key(self, lane: int) -> str:
        return f"{self._stream.name}:work:{lane}"

    async def start(self) -> None:
        """Connect, and make each lane's stream and a group that begins at its beginning."""
        for lane in range(self._stream.lanes):
            try:
                await self._client.xgroup_create(
                    self._key(lane), self._stream.name, id="0", mkstream=True
                )
            except ResponseError as error:
                if "BUSYGROUP" not in str(error):
                    raise

    async def publish(self, lane: int, name: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Add to the lane's stream; as durable as the server's ``appendfsync`` makes it."""
        del name
        await self._client.xadd(self._key(lane), {"body": body, **headers})

    async def subscribe(self, process: Process) -> None:
        """Lease a fair share of the lanes, and work them."""
        self._tasks = {
            asyncio.create_task(self._leases.keep()),
            *(asyncio.create_task(self._work(n, process)) for n in range(self._stream.lanes)),
        }

    async def _work(self, lane: int, process: Process) -> None:
        """Work one lane whenever it is ours, from what was out."""
        while True:
            await self._leases.held(lane)
            since = OUT
            try:
                while self._leases.holds(lane):
                    since = await self._batch(lane, since, process)
            except RedisError:
                await asyncio.sleep(AFTER_ERROR_S)
            finally:
                with contextlib.suppress(RedisError):
                    await self._leases.give_back(lane)

    async def _batch(self, lane: int, since: str, process: Process) -> str:
        """Handle one batch; return where the next begins.

        What was out comes one by one: it counts deliveries, and only the one that is handled
        next may be the one that ends its workers.
        """
        key, count = self._key(lane), 1 if since == OUT else self._stream.batch
        answer = await self._client.xreadgroup(
            self._stream.name, READER, {key: since}, count=count, block=AWAIT_MS
        )
        entries = answer[0][1] if answer else []
        if not entries:
            return NEW
        deliveries = await self._deliveries(key) if since == OUT else 1
        taken = [_message(fields, deliveries) for _, fields in entries]
        ended = await process(lane, taken)
        if ended:
            ids = [entry for entry, _ in entries[:ended]]
            async with self._client.pipeline(transaction=True) as both:
                await both.xack(key, self._stream.name, *ids).xdel(key, *ids).execute()
        return since if ended == len(entries) else OUT

    async def _deliveries(self, key: str) -> int:
        """How often the first message that is out was delivered."""
        out = await self._client.xpending_range(key, self._stream.name, "-", "+", count=1)
        return out[0]["times_delivered"] if out else 1

    async def lag(self) -> int:
        """Messages not yet acknowledged."""
        async with self._client.pipeline(transaction=False) as pipe:
            for lane in range(self._stream.lanes):
                pipe.xlen(self._key(lane))
            return sum(await pipe.execute())

    async def backlog(self) -> Backlog:
        """The lengths of the lanes; the id of an entry begins with its time."""
        try:
            async with self._client.pipeline(transaction=False) as pipe:
                for lane in range(self._stream.lanes):
                    pipe.exists(self._key(lane)).xlen(self._key(lane))
                    pipe.xrange(self._key(lane), count=1)
                answers = await pipe.execute()
        finally:
            await self._client.aclose()
        if not any(answers[::3]):
            raise no_stream(self._stream.name)
        firsts = [int(entries[0][0].split(b"-")[0]) for entries in answers[2::3] if entries]
        oldest = datetime.fromtimestamp(min(firsts) / 1000, UTC) if firsts else None
        return Backlog(sum(answers[1::3]), oldest)

    async def stop(self) -> None:
        """Stop reading, give the lanes back, disconnect."""
        while self._tasks:
            # Again and again: the client may take a cancelled read for one that was too slow.
            for task in self._tasks:
                task.cancel()
            _, self._tasks = await asyncio.wait(self._tasks, timeout=0.2)
        with contextlib.suppress(RedisError):
            await self._leases.leave()
        await self._client.aclose()


def _message(fields: Mapping[bytes, bytes] | None, deliveries: int) -> Message:
    known = dict(fields or {})
    body = known.pop(b"body", b"")
    headers = {
        key.decode("ascii", "replace"): value.decode("ascii", "replace")
        for key, value in known.items()
    }
    return Message(body, headers, deliveries)
