"""Signals that ask a worker to end once what it has in hand is settled."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def signals(stop: threading.Event) -> Iterator[None]:
    """Have SIGTERM and SIGINT set *stop*; only the main thread may say so."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def drain(number: int, frame: FrameType | None) -> None:
        stop.set()

    before = {each: signal.signal(each, drain) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
