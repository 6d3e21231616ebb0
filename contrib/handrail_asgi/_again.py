"""What comes with an Idempotency-Key is worked once, whichever process it reaches."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from hashlib import sha256
from time import monotonic

from handrail_asgi._ledger import AwayError, Kept, Ledger, Reached
from handrail_asgi._once import DifferentError, Once
from handrail_asgi._refused import busy
from handrail_asgi._wire import Answer

LEASE_S = 60.0
"""Seconds after which work that has not been settled counts as lost, such as with its process."""

PATIENCE_S = 5.0
"""Seconds that a request waits for the answer that another process is working out."""

LOOK_S = 0.05
"""Seconds between two looks for that answer."""


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
        try:
            kept = await self._begun(ledger, name, mark)
        except AwayError:
            return await work(), False
        if kept is not None and kept.status is not None:
            return Answer(kept.status, kept.body), True
        try:
            answer = await work()
        except BaseException:
            await self._tell(lambda: ledger.release(name))
            raise
        told, seconds = answer, self._seconds
        await self._tell(
            lambda: ledger.settle(name, status=told.status, body=told.body, seconds=seconds)
        )
        return answer, False

    async def _begun(self, ledger: Ledger, name: str, mark: str) -> Kept | None:
        """What stands under the name, once it is an answer; None where the work is ours."""
        end = monotonic() + PATIENCE_S
        while True:
            kept = await self._reached(lambda: ledger.begin(name, mark, seconds=LEASE_S))
            if kept is not None and kept.mark != mark:
                raise DifferentError
            if kept is None or kept.status is not None:
                return kept
            if monotonic() > end:
                raise busy("What came first under this Idempotency-Key is still being worked.")
            await asyncio.sleep(LOOK_S)

    async def _tell(self, work: Callable[[], None]) -> None:
        try:
            await asyncio.shield(self._reached(work))
        except AwayError:
            return
