"""Several awaited at the same time, where most of them never wait."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Generator, Sequence
from contextvars import Context, copy_context
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class _Apart(Generic[T]):
    """Work in a context of its own, as a task would give it: what it sets nobody else sees."""

    def __init__(self, work: Callable[[], Awaitable[T]]) -> None:
        self._work = work

    def __await__(self) -> Generator[Any, Any, T]:
        context: Context = copy_context()
        steps = context.run(self._begin)
        go_on, given = steps.send, None
        while True:
            try:
                waited = context.run(go_on, given)
            except StopIteration as over:
                value: T = over.value
                return value
            try:
                go_on, given = steps.send, (yield waited)
            except GeneratorExit:
                context.run(steps.close)
                raise
            except BaseException as error:  # noqa: BLE001 - handed to the work
                go_on, given = steps.throw, error

    def _begin(self) -> Generator[Any, Any, T]:
        return self._work().__await__()


async def together(works: Sequence[Callable[[], Awaitable[T]]]) -> list[T]:
    """Return what *works* come to, in their order; once all are over, raise what one raised.

    A task costs more than work that never waits. So whoever begins makes one task to go on with
    the rest, which gets its turn only where one waits: then as many wait at once as there are.
    """
    found: dict[int, T] = {}
    failed: list[Exception] = []
    tasks: list[asyncio.Task[None]] = []
    left = iter(enumerate(works))

    async def go_on() -> None:
        first = True
        for number, work in left:
            if first:
                first = False
                tasks.append(asyncio.create_task(go_on()))
            try:
                found[number] = await _Apart(work)
            except Exception as error:  # noqa: BLE001 - raised below
                failed.append(error)

    try:
        await go_on()
        for task in tasks:  # There are more of them meanwhile.
            await task
    finally:
        for task in tasks:
            task.cancel()
    if failed:
        raise failed[0]
    return [found[number] for number in range(len(works))]
