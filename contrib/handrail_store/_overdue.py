"""Calls that are waited for so long and no longer, whatever they do meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextvars import copy_context
from typing import TypeVar

from handrail_store._reason import SaidError

T = TypeVar("T")

MOST = 4
"""Calls that may be left behind at once; no other is begun before one of them ends."""


class OverdueError(SaidError):
    """A call took too long, or others that did are not over."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


class Patience:
    """Makes calls, each in a thread of its own, and leaves one behind whose time is over.

    A timeout of sockets is not enough: who sends a byte now and then is never late for the next.

    Args:
        seconds: How long a call may take.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds, self._lock = seconds, threading.Lock()
        self._left: set[threading.Thread] = set()

    def call(self, function: Callable[[], T]) -> T:
        """Return what *function* does, or raise what it raises; OverdueError where it is late."""
        with self._lock:
            self._left = {thread for thread in self._left if thread.is_alive()}
            if len(self._left) >= MOST:
                raise OverdueError("earlier calls are not over")
        done: Future[T] = Future()
        thread = threading.Thread(
            target=_run,
            args=(done, copy_context().run, function),
            daemon=True,
            name="handrail-call",
        )
        thread.start()
        try:
            return done.result(self._seconds)
        except TimeoutError:
            if done.done():  # Just now; or it is the function's own.
                return done.result()
            with self._lock:
                self._left.add(thread)
            raise OverdueError("took too long") from None


def _run(done: Future[T], run: Callable[[Callable[[], T]], T], function: Callable[[], T]) -> None:
    try:
        done.set_result(run(function))
    except BaseException as error:  # noqa: BLE001 - whoever waits for it raises it
        done.set_exception(error)
