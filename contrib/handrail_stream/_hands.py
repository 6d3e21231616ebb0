"""The threads that do the work, and what becomes of it."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, TypeVar

import attrs

from handrail_stream import _telemetry
from handrail_stream._engine import Message
from handrail_stream._work import Handler, Outbox, Verifier, Work

T = TypeVar("T")

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
        self.number = number
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
        self._handler, self._opened, self._threads = handler, opener(outbox), threads

    async def work(self, lane: int, messages: Sequence[Message]) -> Done:
        """Handle one after the other in one thread."""
        return await self._threads.run(self._handle, lane, messages)

    def _handle(self, lane: int, messages: Sequence[Message]) -> Done:
        for ended, message in enumerate(messages):
            if self._threads.halted:
                return Done(ended)
            try:
                work = self._opened(message)
                with _telemetry.handling(message.headers, lane, message.deliveries):
                    self._handler.handle(work)
            except Exception as error:  # noqa: BLE001  # A handler raises what is to be retried.
                return Done(ended, why(error))
            note([work])
        return Done(len(messages))


class Undecodable(ValueError):  # noqa: N818  # It is what a message is.
    """A message holds no work of ours."""


def opener(outbox: Outbox) -> Callable[[Message], Work]:
    """What gives the work that a message holds; it raises Undecodable."""
    verified = outbox.verified if isinstance(outbox, Verifier) else None

    def opened(message: Message) -> Work:
        try:
            if verified is not None:
                return verified(message.body, message.headers)
            return outbox.unseal(message.body)
        except Exception as error:  # noqa: BLE001  # Whatever it is, it is no work of ours.
            raise Undecodable(place(error)) from None

    return opened


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


def note(works: Sequence[Work]) -> None:
    """Count works that ended together, and their ages."""
    _telemetry.ended.add(len(works), {"outcome": "handled"})
    now = datetime.now(UTC)
    for work in works:
        _telemetry.aged(work.accepted_at, now)
