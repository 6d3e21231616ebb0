"""The threads that do the work: one piece after the other, or settled together."""

from __future__ import annotations

import asyncio
import time
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, TypeVar

import attrs

from handrail_stream import _telemetry
from handrail_stream._engine import Message
from handrail_stream._work import Handler, Outbox, Settler, Work

T = TypeVar("T")

LONGEST_LOOK_S = 1.0
"""Work is looked at for so long before what was found is written: more could be lost at once."""

MOST_TOGETHER = 500
"""Pieces of work in one transaction: their keys have to fit into one statement."""

UNDECODABLE = "undecodable"
"""What the reason of a message begins with that holds no work of ours."""


@attrs.frozen
class Done:
    """How many messages ended, counted from the first; and why the next one did not, if any."""

    ended: int
    reason: str | None = None


class Hands(Protocol):
    """Does the work of messages of one lane, in order, off the loop."""

    async def work(self, lane: int, messages: Sequence[Message]) -> Done:
        """Work until one fails, or until told to stop."""


class Threads:
    """A few threads, and the order to begin nothing more."""

    def __init__(self, number: int) -> None:
        self._pool = ThreadPoolExecutor(number, thread_name_prefix="handrail-stream")
        self._desk = ThreadPoolExecutor(2, thread_name_prefix="handrail-stream-desk")
        self.halted = False

    async def run(self, function: Callable[..., T], *args: object) -> T:
        """Call a function in one of the threads."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, function, *args)

    async def write(self, function: Callable[..., T], *args: object) -> T:
        """Call what reads or writes the store in a thread that no long look keeps busy."""
        return await asyncio.get_running_loop().run_in_executor(self._desk, function, *args)

    def close(self) -> None:
        """Let the threads go."""
        for pool in (self._pool, self._desk):
            pool.shutdown(wait=False, cancel_futures=True)


class OneByOne:
    """Has a handler settle each piece of work for itself."""

    def __init__(self, handler: Handler, outbox: Outbox, threads: Threads) -> None:
        self._handler, self._outbox, self._threads = handler, outbox, threads

    async def work(self, lane: int, messages: Sequence[Message]) -> Done:
        """Handle one after the other in one thread."""
        return await self._threads.run(self._handle, lane, messages)

    def _handle(self, lane: int, messages: Sequence[Message]) -> Done:
        for ended, message in enumerate(messages):
            if self._threads.halted:
                return Done(ended)
            try:
                work = opened(self._outbox, message)
                with _telemetry.handling(message.headers, lane, message.deliveries):
                    self._handler.handle(work)
            except Exception as error:  # noqa: BLE001  # A handler raises what is to be retried.
                return Done(ended, why(error))
            note(work)
        return Done(len(messages))


class Together:
    """Looks in many threads, and writes what all of them found in one transaction.

    A commit waits for the disk; meanwhile the lanes look at their next work, and what they find
    is the next commit. Where a commit fails, each lane's work is written for itself, so that one
    piece that cannot be written holds back its own lane only.
    """

    def __init__(self, handler: Settler, outbox: Outbox, threads: Threads) -> None:
        self._handler, self._outbox, self._threads = handler, outbox, threads
        self._waiting: list[tuple[Looked, asyncio.Future[Done]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def work(self, lane: int, messages: Sequence[Message]) -> Done:
        """Look at all that one thread can, then have it written."""
        looked, reason = await self._threads.run(self._look, lane, messages)
        if not looked:
            return Done(0, reason)
        written: asyncio.Future[Done] = asyncio.get_running_loop().create_future()
        self._waiting.append((looked, written))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
        done = await written
        return done if done.reason is not None else Done(done.ended, reason)

    def _look(self, lane: int, messages: Sequence[Message]) -> tuple[Looked, str | None]:
        works: list[tuple[Work, Message]] = []
        reason = None
        for message in messages:
            try:
                works.append((opened(self._outbox, message), message))
            except Undecodable as error:
                reason = why(error)
                break
        looked: Looked = []
        try:
            known = self._handler.settled([work for work, _ in works]) if works else {}
            end = time.monotonic() + LONGEST_LOOK_S
            for work, message in works:
                if self._threads.halted or (looked and time.monotonic() > end):
                    return looked, None
                with _telemetry.handling(message.headers, lane, message.deliveries):
                    made = None if work.key in known else self._handler.look(work)
                looked.append((work, made))
        except Exception as error:  # noqa: BLE001  # A handler raises what is to be retried.
            return looked, why(error)
        return looked, reason

    async def _write(self) -> None:
        """Write what waits, and what came to wait meanwhile."""
        while self._waiting:
            taken = self._take()
            try:
                done = await self._threads.write(self._settle, [looked for looked, _ in taken])
            except Exception as error:  # noqa: BLE001  # The threads are gone.
                done = [Done(0, why(error)) for _ in taken]
            for (_, written), each in zip(taken, done, strict=True):
                if not written.done():
                    written.set_result(each)
        self._writing = None

    def _take(self) -> list[tuple[Looked, asyncio.Future[Done]]]:
        number, taken = 0, 0
        for looked, _ in self._waiting:
            number += len(looked)
            if taken and number > MOST_TOGETHER:
                break
            taken += 1
        first, self._waiting = self._waiting[:taken], self._waiting[taken:]
        return first

    def _settle(self, lanes: list[Looked]) -> list[Done]:
        try:
            self._handler.settle([each for looked in lanes for each in looked])
        except Exception:  # noqa: BLE001  # Whose fault it is shows when each is written alone.
            return [self._settle_alone(looked) for looked in lanes]
        for looked in lanes:
            for work, _ in looked:
                note(work)
        return [Done(len(looked)) for looked in lanes]

    def _settle_alone(self, looked: Looked) -> Done:
        for ended, (work, made) in enumerate(looked):
            try:
                self._handler.settle([(work, made)])
            except Exception as error:  # noqa: BLE001  # As above.
                return Done(ended, why(error))
            note(work)
        return Done(len(looked))


Looked = list[tuple[Work, object]]
"""Pieces of work of one lane, each with what was found; None for what has its outcome."""


class Undecodable(ValueError):  # noqa: N818  # It is what a message is.
    """A message holds no work of ours."""


def opened(outbox: Outbox, message: Message) -> Work:
    """The work that a message holds; raises Undecodable."""
    try:
        return outbox.unseal(message.body)
    except Exception as error:  # noqa: BLE001  # Whatever it is, it is no work of ours.
        raise Undecodable(place(error)) from None


def why(error: Exception) -> str:
    """The reason of a failure, counted."""
    if isinstance(error, Undecodable):
        return f"{UNDECODABLE}: {error}"
    _telemetry.failures.add(1, {"error": type(error).__name__})
    return place(error)


def place(error: BaseException) -> str:
    """The class of an error and where it was raised, never its text."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return type(error).__name__ + where


def note(work: Work) -> None:
    """Count a piece of work that ended, and its age."""
    _telemetry.ended.add(1, {"outcome": "handled"})
    _telemetry.aged(work.accepted_at, datetime.now(UTC))
