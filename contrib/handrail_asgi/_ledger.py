"""Where the processes of one service write down together what keys asked and what was answered."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from time import monotonic
from typing import Protocol, TypeVar

T = TypeVar("T")

WAIT_S = 0.5
"""Seconds that a request waits for the ledger; then its process goes on by itself."""

REST_S = 1.0
"""Seconds that a ledger which did not answer is left alone."""

_log = logging.getLogger("handrail")


class Kept(Protocol):
    """What stands in a ledger under a name: see ``handrail_store.Kept``."""

    @property
    def mark(self) -> str:
        """What was asked."""
        ...

    @property
    def status(self) -> int | None:
        """The status of the answer; None while somebody works it out."""
        ...

    @property
    def body(self) -> bytes:
        """The answer."""
        ...


class Ledger(Protocol):
    """What several processes share: a store has one. Its methods may block: no loop waits."""

    def draw(
        self, key: str, needed: float, more: float, *, rate: float, burst: int
    ) -> tuple[float, float]:
        """Take from what a key may ask for: return how much was taken, and seconds to wait.

        Args:
            key: The key's id.
            needed: What is asked for now; more than the burst passes when the bucket is full, and
                is paid for afterwards.
            more: What is taken ahead, where it is there.
            rate: What the bucket gains a second.
            burst: What it holds.

        Where there is too little nothing is taken, and the seconds are above 0.
        """
        ...

    def begin(self, name: str, mark: str, *, seconds: float) -> Kept | None:
        """Begin to work out an answer; None says that it is yours, else what stands there."""
        ...

    def renew(self, name: str, mark: str, *, seconds: float) -> None:
        """Go on working it out, for so many seconds more."""
        ...

    def settle(self, name: str, mark: str, *, status: int, body: bytes, seconds: float) -> None:
        """Keep an answer for so many seconds, where it is awaited of this mark."""
        ...

    def release(self, name: str, mark: str) -> None:
        """Let go of what came to nothing, where it is awaited of this mark."""
        ...


class AwayError(Exception):
    """The ledger does not answer just now: each process goes on by itself."""


class Reached:
    """Reaches a ledger off the loop, and leaves it alone for a while where it does not answer.

    Attributes:
        away: Whether it did not answer when it was asked last.
    """

    def __init__(self) -> None:
        self.away = False
        self._rests_until = 0.0

    async def __call__(self, work: Callable[[], T]) -> T:
        """Return what *work* returns; raises AwayError where that takes too long or fails."""
        if monotonic() < self._rests_until:
            raise AwayError
        asked = asyncio.ensure_future(asyncio.to_thread(work))
        try:
            answer = await asyncio.wait_for(asyncio.shield(asked), WAIT_S)
        except Exception as error:  # noqa: BLE001 - a database raises what it likes.
            asked.add_done_callback(_seen)
            self._rests_until = monotonic() + REST_S
            if not self.away:
                _log.warning("handrail.http_ledger_away error=%s", type(error).__name__)
            self.away = True
            raise AwayError from None
        self.away = False
        return answer


def _seen(done: asyncio.Future[T]) -> None:
    """Have an error that comes late be nobody's surprise."""
    if not done.cancelled():
        done.exception()
