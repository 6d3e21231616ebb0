"""What comes with an Idempotency-Key is worked once, whichever process it reaches."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from hashlib import sha256
from time import monotonic

from handrail_asgi._ledger import AwayError, Kept, Ledger, Reached
from handrail_asgi._once import DifferentError, Once
from handrail_asgi._refused import busy
from handrail_asgi._turn import Turn
from handrail_asgi._wire import Answer

PATIENCE_S = 5.0
"""Seconds that a request waits for the answer that another process is working out."""

RETRY_S = 5
"""Seconds after which it may come again: with PATIENCE_S, longer than a dead process holds it."""

LOOK_S, LOOK_MOST_S = 0.05, 0.5
"""Seconds before the second look for that answer, and between two looks in the end."""


class Again:
    """Remembers answers by Idempotency-Key: in this process, and in a ledger that others share.

    Args:
        most: How many answers this process keeps, the latest. seconds: How long each is kept.
        ledger: What is shared; None shares nothing.
    """

    def __init__(self, most: int, seconds: float, ledger: Ledger | None) -> None:
        self._once: Once[tuple[Answer, bool]] = Once(most, seconds)
        self._seconds, self._ledger, self._reached = seconds, ledger, Reached()

    async def run(
        self, key: str, name: bytes, mark: bytes, work: Callable[[], Awaitable[Answer]]
    ) -> tuple[Answer, bool]:
        """Return the answer of *work* and whether it is a remembered one.

        Args:
            key: The id of the API key, whose own *name* is.
            name: The Idempotency-Key.
            mark: What is asked; another one under the same name raises DifferentError.
            work: Answers it. Nothing is remembered of work that raises.
        """
        ours = sha256(key.encode() + b"\n" + name).hexdigest()

        async def together() -> tuple[Answer, bool]:
            if self._ledger is None:
                return await work(), False
            return await self._together(self._ledger, ours, mark.hex(), work)

        (answer, elsewhere), here = await self._once.run(ours, mark, together)
        return answer, here or elsewhere

    async def _together(
        self, ledger: Ledger, name: str, mark: str, work: Callable[[], Awaitable[Answer]]
    ) -> tuple[Answer, bool]:
        turn = Turn(ledger, self._reached, name, mark)
        try:
            kept = await _taken(turn, mark)
        except AwayError:
            return await work(), False
        if kept is not None and kept.status is not None:
            return Answer(kept.status, kept.body), True
        try:
            answer = await work()
        except BaseException:
            await turn.release()
            raise
        await turn.settle(answer, self._seconds)
        return answer, False


async def _taken(turn: Turn, mark: str) -> Kept | None:
    """What stands under the name, once it is an answer; None where the work is ours."""
    end, pause = monotonic() + PATIENCE_S, LOOK_S
    while True:
        kept = await turn.take()
        if kept is not None and kept.mark != mark:
            raise DifferentError
        if kept is None or kept.status is not None:
            return kept
        if monotonic() > end:
            told = "What came first under this Idempotency-Key is still being worked."
            raise busy(told, RETRY_S)
        await asyncio.sleep(pause)
        pause = min(2 * pause, LOOK_MOST_S)
