"""A worker process that is watched: what waits is told, and one that ends is replaced."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from time import monotonic
from types import TracebackType
from typing import Self

AGAIN_S = 5.0
"""Seconds until another worker takes the place of one that has ended."""

LOOK_S = 0.25
"""Seconds between two looks at the worker and at what waits."""

END_S = 30.0
"""Seconds that a worker has to settle what it has in hand."""


class Supervised:
    """A context in which a worker runs.

    Args:
        told: What the worker is told on its standard input, one line.
        waiting: Says how many works wait. say: Tells people what happens.
        back: When others get what a killed worker had in hand, such as ``within a minute``.
    """

    def __init__(
        self, told: str, waiting: Callable[[], int], say: Callable[[str], None], back: str
    ) -> None:
        self._command = [sys.executable, "-m", "handrail_demo._worker"]
        self._told, self._waiting, self._say, self._back = told, waiting, say, back
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Self:
        self._process = self._start()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self._stop.set()
        self._thread.join()
        self._process.terminate()
        try:
            self._process.wait(END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _start(self) -> subprocess.Popen[str]:
        process = subprocess.Popen(self._command, stdin=subprocess.PIPE, text=True)  # noqa: S603 - our own module.
        if process.stdin is not None:
            process.stdin.write(f"{self._told}\n")
            process.stdin.close()
        self._say(f"worker {process.pid} works; kill -9 {process.pid}, and another catches up")
        return process

    def _watch(self) -> None:
        told, again = 0, None
        while not self._stop.wait(LOOK_S):
            if (count := self._waiting()) != told:
                told = count
                self._say(f"{count} accepted and waiting" if count else "nothing is waiting")
            if self._process.poll() is None:
                continue
            if again is None:
                again = monotonic() + AGAIN_S
                self._say(f"worker {self._process.pid} has ended; another in {AGAIN_S:g} seconds,")
                self._say(f"and what it had in hand comes back {self._back}")
            elif monotonic() >= again:
                self._process, again = self._start(), None
