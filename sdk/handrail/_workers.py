"""Threads that are ours: a lane of daemon threads per blocking module, and one event loop.

Nothing here is ever joined: a hung module delays neither its neighbours nor the exit. A lane
belongs to one module, so a module that fills its lane fills no one else's.
"""

from __future__ import annotations

import asyncio
import os
import threading
import weakref
from collections.abc import AsyncIterable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from queue import SimpleQueue
from time import monotonic_ns
from typing import Any

from handrail._keep import YIELDED_MOST, type_of
from handrail._log import log
from handrail._tasks import Task, drain, perform

LANE_THREADS = 8
"""Threads a blocking module may have at a time."""

LAG_NS = 25_000_000
"""How long our loop may stay silent before it is taken for stuck."""


class Lane:
    """Some daemon threads, started when needed; a blocking module has a lane of its own."""

    def __init__(self, name: str, most: int = LANE_THREADS) -> None:
        self._name, self._most = name, most
        self._queue: SimpleQueue[Callable[[], object] | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._threads = self._idle = 0

    def submit(self, work: Callable[[], object]) -> None:
        """Queue some work; starts a thread where none is free and there may be one more."""
        with self._lock:
            spawn = not self._idle and self._threads < self._most
            if spawn:
                self._start(self._threads + 1)
            elif self._idle:
                self._idle -= 1
        self._queue.put(work)

    def _start(self, number: int) -> None:
        name = f"handrail-{self._name}-{number}"
        threading.Thread(target=self._work, name=name, daemon=True).start()
        self._threads = number

    def _work(self) -> None:
        while (work := self._queue.get()) is not None:
            work()
            del work
            with self._lock:
                self._idle += 1

    def close(self) -> None:
        """Let free threads end; busy ones end after their task."""
        for _ in range(self._threads):
            self._queue.put(None)


class Threads(ThreadPoolExecutor):
    """What ``to_thread`` and name look-ups use on our loop: threads that nobody joins at exit."""

    def __init__(self) -> None:
        super().__init__()
        self._lane = Lane("loop-threads", 32)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run a function on one of the threads."""
        future: Future[Any] = Future()
        self._lane.submit(partial(_answer, future, partial(fn, *args, **kwargs)))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - the executor's own
        """Let free threads end."""
        self._lane.close()


def _answer(future: Future[Any], call: Callable[[], Any]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        future.set_result(call())
    except BaseException as error:
        future.set_exception(error)


class Loop:
    """An event loop on a daemon thread."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._loop.set_default_executor(Threads())
        self._loop.set_exception_handler(_say)
        self._waiting: dict[int, Task] = {}
        self._pinged = self._asked = self._running = 0
        self._retired = self._over = False
        try:
            threading.Thread(target=self._main, name="handrail-loop", daemon=True).start()
        except RuntimeError:
            self._loop.close()
            raise

    def _main(self) -> None:
        asyncio.set_event_loop(self._loop)
        while not self._over:  # A module may have stopped it; the others want it to go on.
            self._loop.run_forever()
        with suppress(RuntimeError):
            self._loop.run_until_complete(_wind_up())
        self._loop.close()

    def submit(self, task: Task) -> None:
        """Start a task on the loop."""
        self._waiting[id(task)] = task
        self._loop.call_soon_threadsafe(self._begin, task)

    def _begin(self, task: Task) -> None:
        if id(task) in self._waiting:
            # A copy: the task may begin on another loop, and a context is in one thread at a time.
            context = task.vars.copy()
            self._loop.create_task(self._drive(task), name=task.name, context=context)

    async def _drive(self, task: Task) -> None:
        """Run a remote hook, unless another loop has; nothing it raises reaches this one."""
        self._waiting.pop(id(task), None)
        if task.started:
            return
        task.handle = asyncio.current_task()
        if task.join is None or not task.join.begin(task):
            return
        self._running += 1
        await _run_remote(task)
        task.done()
        self._running -= 1
        self._end()

    def lagging(self, now: int) -> bool:
        """Ask the loop for a sign of life; True if the last question is unanswered for too long."""
        if not self._pinged:
            self._pinged = now
            self._loop.call_soon_threadsafe(self._pong)
        elif now - self._asked > LAG_NS // 2:
            self._pinged = now  # Whoever asks was held up as well: the machine is busy.
        self._asked = now
        return now - self._pinged > LAG_NS

    def _pong(self) -> None:
        self._pinged = 0

    def take_waiting(self) -> list[Task]:
        """Return the tasks that never began, to be begun elsewhere."""
        waiting = list(self._waiting.values())
        self._waiting.clear()
        return waiting

    def retire(self) -> None:
        """Let the loop end once it listens and what has begun on it is over."""
        self._loop.call_soon_threadsafe(self._retire)

    def _retire(self) -> None:
        self._retired = True
        self._end()

    def _end(self) -> None:
        if self._retired and not self._running:
            self._over = True
            self._loop.stop()


def _say(_: object, context: dict[str, Any]) -> None:
    """Keep the words of what failed on the loop, which may be content, out of the host's log."""
    kind = type_of(context.get("exception"))
    log("handrail.call_failed", "error", call="loop", error=kind)


async def _wind_up() -> None:
    """Cancel what modules have left on a loop, and give it a moment to end."""
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    if left:
        await asyncio.wait(left, timeout=1)
    await asyncio.get_running_loop().shutdown_asyncgens()


async def _run_remote(task: Task) -> None:
    try:
        found = task.call()
        if isinstance(found, AsyncIterable):
            async for finding in found:
                drain(task, (finding,))
                if len(task.found) > YIELDED_MOST:
                    raise OverflowError
        else:
            drain(task, await found)
    except BaseException as error:
        task.error = error


class Workers:
    """All threads of one Safety, started when first needed and new after a fork.

    Attributes:
        closed: Whether it is over. replaced: How often the loop was stuck.
    """

    def __init__(self) -> None:
        self.closed = False
        self._start()
        _live.add(self)

    def _start(self) -> None:
        self._lock = threading.Lock()
        self._lanes: dict[str, Lane] = {}
        self._loop: Loop | None = None
        self.replaced = 0

    def submit(self, task: Task, *, remote: bool) -> None:
        """Start a task on its module's lane, or on the loop."""
        try:
            with self._lock:
                if self.closed:
                    raise RuntimeError
                if remote:
                    self._running().submit(task)
                else:
                    self._lane(task.name).submit(partial(perform, task))
        except (RuntimeError, OSError) as error:  # Closed, or no more threads or files.
            task.started, task.error = monotonic_ns(), error.with_traceback(None)
            task.done()

    def _lane(self, name: str) -> Lane:
        if name not in self._lanes:
            self._lanes[name] = Lane(name)
        return self._lanes[name]

    def _running(self) -> Loop:
        if self._loop is None:
            self._loop = Loop()
        return self._loop

    def cancel(self, task: Task) -> None:
        """Ask a remote task to stop; a thread cannot be asked."""
        if task.handle is not None:
            with suppress(RuntimeError):  # Its loop may have ended meanwhile.
                task.handle.get_loop().call_soon_threadsafe(task.handle.cancel)

    def check_loop(self) -> None:
        """Replace the loop if it is stuck; what had not begun on it begins on the new one."""
        stuck = self._loop
        if stuck is None or not stuck.lagging(monotonic_ns()):
            return
        with self._lock, suppress(RuntimeError, OSError):
            if self._loop is stuck:  # So it is not closed.
                self._loop = Loop()
                self.replaced += 1
                for task in stuck.take_waiting():
                    self._loop.submit(task)
                stuck.retire()

    def close(self) -> None:
        """Let go of all threads without waiting for any; none is started from now on."""
        with self._lock:
            self.closed = True
            lanes, loop = list(self._lanes.values()), self._loop
            self._lanes, self._loop = {}, None
        for lane in lanes:
            lane.close()
        if loop is not None:
            loop.retire()


_live: weakref.WeakSet[Workers] = weakref.WeakSet()

_left_behind: list[Loop | None] = []
"""Loops of the parent process: letting go of them here would disturb them there."""


def _after_fork() -> None:
    for workers in list(_live):
        _left_behind.append(workers._loop)
        workers._start()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
