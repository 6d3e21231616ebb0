"""Several awaited at the same time, where most of them never wait."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


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
                found[number] = await work()
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
