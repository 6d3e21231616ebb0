"""One hook to run off the caller's thread, and what its caller waits on."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import AsyncIterable, Awaitable, Callable, Iterable
from time import monotonic_ns
from typing import Any

from handrail._health import Health
from handrail._keep import YIELDED_MOST


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
        self.handle: asyncio.Task[Any] | None = None

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

    def begin(self, task: Task) -> bool:
        """Mark a task as begun; False if it was, or nobody waits for it any more."""
        with self._lock:
            if task.started or task.index not in self._pending:
                return False
            task.started = monotonic_ns()
            return True

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
    """Collect what a hook yields, up to YIELDED_MOST; what came before an error is kept."""
    for number, finding in enumerate(() if found is None else found):
        if number >= YIELDED_MOST:
            # Left to the collector, a generator that fails while it ends would print its error.
            getattr(found, "close", lambda: None)()
            raise OverflowError
        task.found.append(finding)


def perform(task: Task) -> None:
    """Run a task to its end, and hand over what it gave."""
    if task.join is not None and task.join.begin(task):
        task.vars.run(_run, task)
        task.done()


def _run(task: Task) -> None:
    try:
        found = task.call()
        if isinstance(found, (Awaitable, AsyncIterable)):
            getattr(found, "close", lambda: None)()
            raise TypeError
        drain(task, found)
    except BaseException as error:
        task.error = error
