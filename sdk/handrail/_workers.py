"""Threads that are ours: a lane of daemon threads per blocking module, and one event loop.

Nothing here is ever joined: a hung module delays neither its neighbours nor the exit. A lane
belongs to one module, so a module that fills its lane fills no one else's.
"""

from __future__ import annotations

import asyncio
import contextvars
import os
import threading
import weakref
from collections.abc import AsyncIterable, Awaitable, Callable, Iterable
from queue import SimpleQueue
from time import monotonic_ns
from typing import Any

from handrail._health import Health

LANE_THREADS = 8
"""Threads a blocking module may have at a time."""

LAG_NS = 25_000_000
"""How long our loop may stay silent before it is taken for stuck."""

FINDINGS_MOST = 1000
"""Findings a hook may yield before it is cut off."""


class Task:
    """One hook to run off the caller's thread.

    Attributes:
        index: Its slot. started, ended: Monotonic ns, 0 while it has not. error: What it raised.
        found: What it gave back. overdue: Whether the caller stopped waiting while it ran.
    """

    def __init__(self, index: int, name: str, call: Callable[[], Any], health: Health) -> None:
        self.index, self.name, self.call, self.health = index, name, call, health
        self.vars = contextvars.copy_context()
        self.found: list[Any] = []
        self.error: BaseException | None = None
        self.started = self.ended = 0
        self.overdue = False
        self.join: Join | None = None
        self.handle: asyncio.Task[None] | None = None

    def done(self) -> None:
        """Hand the result over, or book a late return."""
        self.ended = monotonic_ns()
        if self.join is not None and not self.join.deliver(self) and self.overdue:
            self.health.returned()


class Join:
    """What a caller waits on: tasks deliver to it until it is closed; later is too late."""

    def __init__(self, tasks: Iterable[Task], notify: Callable[[], None]) -> None:
        self._lock = threading.Lock()
        self._pending = {t.index: t for t in tasks}
        self.delivered: list[Task] = []
        self._notify = notify
        self._open = True
        for task in self._pending.values():
            task.join = self

    def deliver(self, task: Task) -> bool:
        """Take a task's result; False once the caller has stopped waiting."""
        with self._lock:
            if not self._open or task.index not in self._pending:
                return False
            del self._pending[task.index]
            self.delivered.append(task)
        self._notify()
        return True

    @property
    def pending(self) -> tuple[Task, ...]:
        """The tasks that have not delivered."""
        with self._lock:
            return tuple(self._pending.values())

    def give_up(self, tasks: Iterable[Task]) -> tuple[Task, ...]:
        """Stop waiting for some tasks; return those that had not delivered."""
        with self._lock:
            late = tuple(t for t in tasks if self._pending.pop(t.index, None) is not None)
            for task in late:
                if task.started and not task.ended:
                    task.overdue = True
                    task.health.left()
        return late

    def close(self) -> tuple[Task, ...]:
        """Stop waiting for everything."""
        late = self.give_up(self.pending)
        with self._lock:
            self._open = False
        return late


def drain(task: Task, found: Iterable[Any] | None) -> None:
    """Collect what a hook yields, up to FINDINGS_MOST; what came before an error is kept."""
    for number, finding in enumerate(found or ()):
        if number >= FINDINGS_MOST:
            raise OverflowError
        task.found.append(finding)


class Lane:
    """The threads of one blocking module."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._queue: SimpleQueue[Task | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._threads = self._idle = 0

    def submit(self, task: Task) -> None:
        """Queue a task; starts a thread where none is free and there may be one more."""
        with self._lock:
            spawn = not self._idle and self._threads < LANE_THREADS
            if spawn:
                self._threads += 1
            elif self._idle:
                self._idle -= 1
        if spawn:
            number = self._threads
            name = f"handrail-{self._name}-{number}"
            threading.Thread(target=self._work, name=name, daemon=True).start()
        self._queue.put(task)

    def _work(self) -> None:
        while (task := self._queue.get()) is not None:
            if task.join is not None and task in task.join.pending:
                task.started = monotonic_ns()
                task.vars.run(_run, task)
                task.done()
            del task
            with self._lock:
                self._idle += 1

    def close(self) -> None:
        """Let free threads end; busy ones end after their task."""
        for _ in range(self._threads):
            self._queue.put(None)


def _run(task: Task) -> None:
    try:
        found = task.call()
        if isinstance(found, (Awaitable, AsyncIterable)):
            getattr(found, "close", lambda: None)()
            raise TypeError
        drain(task, found)
    except BaseException as error:
        task.error = error


class Loop:
    """An event loop on a daemon thread."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._waiting: dict[int, Task] = {}
        self._pinged = 0
        threading.Thread(target=self._main, name="handrail-loop", daemon=True).start()

    def _main(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    def submit(self, task: Task) -> None:
        """Start a task on the loop."""
        self._waiting[id(task)] = task
        self._loop.call_soon_threadsafe(self._begin, task)

    def _begin(self, task: Task) -> None:
        if self._waiting.pop(id(task), None) is not None:
            task.started = monotonic_ns()
            coroutine = _drive(task)
            task.handle = self._loop.create_task(coroutine, name=task.name, context=task.vars)

    def cancel(self, task: Task) -> None:
        """Ask a task to stop."""
        self._waiting.pop(id(task), None)
        if task.handle is not None:
            self._loop.call_soon_threadsafe(task.handle.cancel)

    def lagging(self, now: int) -> bool:
        """Ask the loop for a sign of life; True if the last question is unanswered for too long."""
        if not self._pinged:
            self._pinged = now
            self._loop.call_soon_threadsafe(self._pong)
        return now - self._pinged > LAG_NS

    def _pong(self) -> None:
        self._pinged = 0

    def take_waiting(self) -> list[Task]:
        """Return the tasks that never began, to be begun elsewhere."""
        waiting = list(self._waiting.values())
        self._waiting.clear()
        return waiting

    def close(self) -> None:
        """Stop the loop as soon as it listens."""
        self._loop.call_soon_threadsafe(self._loop.stop)


async def _drive(task: Task) -> None:
    """Run a remote hook; nothing it raises reaches the loop."""
    try:
        found = task.call()
        if isinstance(found, AsyncIterable):
            async for finding in found:
                drain(task, (finding,))
                if len(task.found) > FINDINGS_MOST:
                    raise OverflowError
        else:
            drain(task, await found)
    except BaseException as error:
        task.error = error
    task.done()


class Workers:
    """All threads of one Safety, started when first needed and new after a fork."""

    def __init__(self) -> None:
        self._start()
        _live.add(self)

    def _start(self) -> None:
        self._lock = threading.Lock()
        self._lanes: dict[str, Lane] = {}
        self._loop: Loop | None = None
        self.replaced = 0

    def submit(self, task: Task, *, remote: bool) -> None:
        """Start a task on its module's lane, or on the loop."""
        if remote:
            self._running().submit(task)
        else:
            with self._lock:
                lane = self._lanes.get(task.name) or self._lanes.setdefault(
                    task.name, Lane(task.name)
                )
            lane.submit(task)

    def _running(self) -> Loop:
        with self._lock:
            if self._loop is None:
                self._loop = Loop()
            return self._loop

    def cancel(self, task: Task) -> None:
        """Ask a remote task to stop; a thread cannot be asked."""
        if task.handle is not None and self._loop is not None:
            task.handle.get_loop().call_soon_threadsafe(task.handle.cancel)

    def check_loop(self) -> None:
        """Replace the loop if it is stuck; what had not begun on it begins on the new one."""
        stuck = self._loop
        if stuck is None or not stuck.lagging(monotonic_ns()):
            return
        with self._lock:
            if self._loop is not stuck:
                return
            self._loop = Loop()
            self.replaced += 1
            fresh = self._loop
        for task in stuck.take_waiting():
            fresh.submit(task)
        stuck.close()

    def close(self) -> None:
        """Let go of all threads without waiting for any."""
        with self._lock:
            lanes, loop = list(self._lanes.values()), self._loop
            self._lanes, self._loop = {}, None
        for lane in lanes:
            lane.close()
        if loop is not None:
            loop.close()


_live: weakref.WeakSet[Workers] = weakref.WeakSet()


def _after_fork() -> None:
    for workers in list(_live):
        workers._start()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
