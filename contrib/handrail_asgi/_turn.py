"""One's turn to work an answer out: taken in a ledger, held while that lasts, and given back."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

from handrail_asgi._ledger import AwayError, Kept, Ledger, Reached
from handrail_asgi._wire import Answer

LEASE_S = 15.0
"""Seconds after which work that nobody renews counts as lost, such as with its process."""

AGAIN_S = 1.0
"""Seconds between two tries to keep an answer in a ledger that is away."""


class Turn:
    """A turn at a name of a ledger, for one request; only settle and release end it.

    Args:
        ledger: Where it is taken. reached: Reaches it.
        name: What the answer is kept under. mark: What is asked.
    """

    def __init__(self, ledger: Ledger, reached: Reached, name: str, mark: str) -> None:
        self._ledger, self._reached, self._name, self._mark = ledger, reached, name, mark
        self._lock = threading.Lock()
        self._ours = self._left = False
        self._next: asyncio.TimerHandle | None = None
        self._renewing: asyncio.Task[bool] | None = None

    async def take(self) -> Kept | None:
        """Return None where the turn is ours, else what stands there; raises AwayError."""
        try:
            kept = await self._reached(self._begin)
        except AwayError:
            if not self._leave():
                raise
            kept = None  # It was taken just as the time was over.
        except BaseException:
            if self._leave():
                await self.release()
            raise
        if kept is None:
            self._hold()
        return kept

    def _leave(self) -> bool:
        """Wait for the turn no more; whether it is ours already."""
        with self._lock:
            self._left = True
            return self._ours

    def _begin(self) -> Kept | None:
        """Begin; what is ours only when nobody waits for it any more is given back."""
        kept = self._ledger.begin(self._name, self._mark, seconds=LEASE_S)
        with self._lock:
            self._ours, left = kept is None, self._left
        if left and kept is None:
            self._ledger.release(self._name, self._mark)
        return kept

    def _hold(self) -> None:
        loop = asyncio.get_running_loop()
        self._next = loop.call_later(LEASE_S / 3, self._renew)

    def _renew(self) -> None:
        """Stay the one whose turn it is, while the work goes on."""
        renew = self._ledger.renew
        self._renewing = asyncio.ensure_future(
            self._tell(lambda: renew(self._name, self._mark, seconds=LEASE_S))
        )
        self._hold()

    async def settle(self, answer: Answer, seconds: float) -> None:
        """Keep the answer for so many seconds; where the ledger is away, as soon as it is back."""

        def tell() -> None:
            ledger, status, body = self._ledger, answer.status, answer.body
            ledger.settle(self._name, self._mark, status=status, body=body, seconds=seconds)

        self._end()
        if not await self._tell(tell):
            task = asyncio.ensure_future(self._until_told(tell))
            _late.add(task)
            task.add_done_callback(_late.discard)

    async def release(self) -> None:
        """Let somebody else have it: what was worked came to nothing."""
        self._end()
        await self._tell(lambda: self._ledger.release(self._name, self._mark))

    def _end(self) -> None:
        if self._next is not None:
            self._next.cancel()

    async def _until_told(self, tell: Callable[[], None]) -> None:
        """Try for as long as the turn is held: until then everybody else is told to wait."""
        for _ in range(int(LEASE_S / AGAIN_S)):
            await asyncio.sleep(AGAIN_S)
            if await self._tell(tell):
                return

    async def _tell(self, work: Callable[[], None]) -> bool:
        try:
            await asyncio.shield(self._reached(work))
        except AwayError:
            return False
        return True


_late: set[asyncio.Task[None]] = set()
"""Answers that a ledger could not be told yet: a loop keeps no hold of its tasks."""
