"""The same question once: its answer is remembered, or waited for while it is being worked out."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from time import monotonic
from typing import Generic, TypeVar

A = TypeVar("A")


class DifferentError(Exception):
    """Something else was asked under the same name."""


class Once(Generic[A]):
    """Remembers answers by the name of the question.

    Args:
        most: How many answers are kept, the latest.
        seconds: How long each is kept.
    """

    def __init__(self, most: int, seconds: float) -> None:
        self._most, self._seconds = most, seconds
        self._known: OrderedDict[Hashable, tuple[Hashable, float, asyncio.Future[A] | A]] = (
            OrderedDict()
        )

    def differs(self, name: Hashable, mark: Hashable) -> bool:
        """Whether *name* is known with another *mark* than this."""
        known = self._known.get(name)
        return known is not None and known[0] != mark and known[1] > monotonic()

    async def run(
        self, name: Hashable, mark: Hashable, work: Callable[[], Awaitable[A]]
    ) -> tuple[A, bool]:
        """Return the answer of *work* and whether it is a remembered one.

        Args:
            name: What the question is called.
            mark: What it asks; another one under the same name raises DifferentError.
            work: Answers it. Nothing is remembered of work that raises.
        """
        now = monotonic()
        known = self._known.get(name)
        if known is not None and known[1] > now:
            if known[0] != mark:
                raise DifferentError
            given = known[2]
            if not isinstance(given, asyncio.Future):
                return given, True
            if (answer := await _settled(given)) is not None:
                return answer, True
        return await self._first(name, mark, work, now), False

    async def _first(
        self, name: Hashable, mark: Hashable, work: Callable[[], Awaitable[A]], now: float
    ) -> A:
        waiting: asyncio.Future[A] = asyncio.get_running_loop().create_future()
        until = now + self._seconds
        self._known[name] = mark, until, waiting
        try:
            answer = await work()
        except BaseException:
            waiting.cancel()
            if self._known.get(name, (None, 0, None))[2] is waiting:
                del self._known[name]
            raise
        waiting.set_result(answer)
        self._known[name] = mark, until, answer
        self._known.move_to_end(name)
        while len(self._known) > self._most:
            self._known.popitem(last=False)
        return answer

    def __len__(self) -> int:
        return len(self._known)


async def _settled(waiting: asyncio.Future[A]) -> A | None:
    """What another request's work answered; None where it came to nothing."""
    await asyncio.wait([waiting])
    return None if waiting.cancelled() else waiting.result()
