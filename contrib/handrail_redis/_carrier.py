"""The one thread that speaks to the server: what waits goes in one exchange, in order.

In order means that a process reads what it wrote. While the server is away counts wait, within
bounds, and the thread looks for it by itself: no call pays for finding out.
"""

from __future__ import annotations

import atexit
import os
import threading
import weakref
from collections.abc import Sequence
from contextlib import suppress
from random import uniform
from time import monotonic
from typing import Any

from handrail import Cause

from ._server import Refused, SaltError, Server
from ._waiting import BATCH, Waiting
from ._work import Work

COUNT_S = 0.0001
"""How much longer an exchange may take for each count in it."""

SLOW_MOST = 3
"""Exchanges in a row that take too long before the server counts as away."""

FIRST_WAIT_S, LAST_WAIT_S = 0.05, 2.0
"""How long the thread waits before it looks for the server again."""

CLOSE_GRACE_S = 1.0


class Carrier:
    """See the module's docstring.

    Args:
        server: Where to. timeout_s: How long a call waits for an answer.

    Attributes:
        lost: How many counts never got there.
    """

    def __init__(self, server: Server, timeout_s: float) -> None:
        self._server, self._timeout_s = server, timeout_s
        self.lost = 0
        self._renew()
        _live.add(self)

    def _renew(self) -> None:
        self._waiting = Waiting()
        self._starting, self._ready = threading.Lock(), threading.Event()
        self._thread: threading.Thread | None = None
        self._since: float | None = None
        self._away = self._search = False
        self._wait, self._slow = 0.0, 0

    def after_fork(self) -> None:
        """Begin anew in a child: thread and connection are the parent's, as is what waits."""
        over = self._waiting.closed
        self._server.forget()
        self._renew()
        self._waiting.closed = over

    @property
    def up(self) -> bool:
        """Whether the server is there and answers in time, as far as is known."""
        since = self._since
        late = since is not None and monotonic() - since > self._timeout_s
        return not (self._away or late or self._waiting.closed)

    def open(self, seconds: float) -> None:
        """Wait until the first look for the server is over, for so long at most."""
        self._start()
        self._ready.wait(seconds)

    def put(self, work: Work) -> None:
        """Have something carried; never waits for the server."""
        lost = self._waiting.put(work)
        if lost is not None:
            self._lose(lost, Cause.MISSING, None)
        self._start()

    def _start(self) -> None:
        if self._thread is not None or self._waiting.closed:
            return
        with self._starting, suppress(RuntimeError):  # The system may give no thread just now.
            if self._thread is None:
                thread = threading.Thread(target=self._run, name="handrail-redis", daemon=True)
                thread.start()
                self._thread = thread

    def _lose(self, work: Work, cause: Cause, error: BaseException | None) -> None:
        self.lost += work.size
        work.failed(cause, error)

    def _run(self) -> None:
        self._look()
        self._ready.set()
        while True:
            while self._search and not self._waiting.closed:
                self._waiting.pause(uniform(self._wait / 2, self._wait))
                self._look()
            batch = () if self._search else self._waiting.take()
            if not batch:
                break
            self._carry(batch)
        self._finish()

    def _look(self) -> None:
        """Look whether the server is there and quick enough."""
        try:
            took = self._server.connect()
        except Exception:  # noqa: BLE001 - whatever it is, the server is not there
            self._leave(Cause.ERROR)
            return
        if took > self._timeout_s:
            self._leave(Cause.TIMEOUT)
        else:
            self._search, self._slow = False, 0
            self._away = self._away and bool(self._waiting)  # What waits goes first.

    def _leave(self, cause: Cause = Cause.BREAKER_OPEN) -> None:
        """Take the server for away, look for it later, and let go of who waits for an answer."""
        self._away = self._search = True
        self._wait = min(max(2 * self._wait, FIRST_WAIT_S), LAST_WAIT_S)
        for work in self._waiting.drop_asked():
            work.failed(cause, None)

    def _carry(self, batch: Sequence[Work]) -> None:
        self._since = monotonic() + sum(work.size for work in batch) * COUNT_S
        try:
            told = self._exchange(batch)
        except Exception as error:  # noqa: BLE001 - it becomes a Fault
            self._fell(batch, error)
        else:
            refused = [work for work, reply in told if isinstance(reply, Refused)]
            for work, reply in told:
                self._settle(work, reply)
            self._judge(monotonic() - self._since, refused)
        finally:
            self._since = None

    def _exchange(self, batch: Sequence[Work]) -> list[tuple[Work, Any]]:
        """Carry a batch; once more where ids are hashed anew, or an idle connection was gone."""
        from redis.exceptions import ConnectionError as GoneError

        try:
            return self._run_batch(batch)
        except (SaltError, GoneError):
            self._server.connect()
            return self._run_batch(batch)

    def _run_batch(self, batch: Sequence[Work]) -> list[tuple[Work, Any]]:
        works, commands = [], []
        for work in batch:
            try:
                commands.append(work.command(self._server.keys))
                works.append(work)
            except Exception as error:  # noqa: BLE001 - what cannot be said must not stop others
                self._lose(work, Cause.INVALID, error)
        return list(zip(works, self._server.run(commands), strict=True)) if works else []

    def _settle(self, work: Work, reply: Any) -> None:
        """Hand an answer over; counts that were refused are carried again later."""
        if isinstance(reply, Refused) and work.lasts:
            return
        try:
            if isinstance(reply, Exception):
                self._lose(work, Cause.ERROR, reply)
            else:
                work.done(reply)
        except Exception as error:  # noqa: BLE001 - it becomes a Fault
            work.failed(Cause.INVALID, error)

    def _judge(self, took: float, refused: Sequence[Work]) -> None:
        """Say whether the server is as it should be."""
        self._slow = self._slow + 1 if took > self._timeout_s else 0
        if refused:
            self._waiting.back(refused)
        if refused or self._slow >= SLOW_MOST:
            self._leave()
        elif not self._slow:
            self._wait, self._away = 0.0, self._away and len(self._waiting) > BATCH

    def _fell(self, batch: Sequence[Work], error: Exception) -> None:
        """Keep what lasts of a batch that did not get through."""
        from redis.exceptions import TimeoutError as LateError

        late = isinstance(error, LateError)
        with suppress(Exception):
            self._server.close()
        self._waiting.back(batch)
        self._slow += 1
        if not late or self._slow >= SLOW_MOST:
            self._leave()
        for work in batch:
            if not work.lasts:
                work.failed(Cause.TIMEOUT if late else Cause.ERROR, error)

    def close(self) -> None:
        """Carry what waits, for a grace, and let go of thread and connection."""
        self._waiting.close()
        with self._starting:
            thread = self._thread
        if thread is None:
            self._finish()
        else:
            thread.join(CLOSE_GRACE_S)

    def _finish(self) -> None:
        self._ready.set()
        for work in self._waiting.drop_all():
            self._lose(work, Cause.MISSING, None)
        with suppress(Exception):
            self._server.close()


_live: weakref.WeakSet[Carrier] = weakref.WeakSet()


@atexit.register
def _close_all() -> None:
    for carrier in list(_live):
        carrier.close()


def _after_fork() -> None:
    for carrier in list(_live):
        carrier.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
