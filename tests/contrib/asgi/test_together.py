"""Items of a batch are worked at the same time, and at little cost where none waits."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from functools import partial

import pytest

from handrail_asgi._together import together


def test_all_wait_at_the_same_time():
    """Each has begun before the first is over, and answers keep their order."""

    async def main():
        meeting = asyncio.Barrier(16)

        async def work(number):
            await meeting.wait()
            return number

        return await together([partial(work, n) for n in range(16)])

    assert [*range(16)] == asyncio.run(asyncio.wait_for(main(), 5))


def test_what_never_waits_shares_one_task():
    """Work that is over at once is done where it was asked for."""

    async def work():
        return asyncio.current_task()

    async def main():
        return asyncio.current_task(), set(await together([work] * 16))

    here, there = asyncio.run(main())

    assert {here} == there


def test_a_failure_is_raised_when_all_is_over():
    """What one raises is raised once the others are over, too."""
    over = []

    async def fail():
        raise LookupError

    async def work():
        await asyncio.sleep(0)
        over.append(True)

    with pytest.raises(LookupError):
        asyncio.run(together([work, fail, work]))

    assert [True, True] == over


def test_who_is_cancelled_cancels_the_rest():
    """Nobody goes on for somebody who waits no more."""
    ended = []

    async def work():
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            ended.append(True)
            raise

    async def main():
        asked = asyncio.create_task(together([work] * 3))
        for _ in range(5):
            await asyncio.sleep(0)
        asked.cancel()
        await asyncio.wait([asked])
        await asyncio.sleep(0)
        return len(ended)  # Before the loop itself ends what is left.

    assert 3 == asyncio.run(main())


NAME: ContextVar[str] = ContextVar("name", default="")


@pytest.mark.parametrize("waits", [False, True])
def test_what_one_sets_no_other_sees(waits):
    """Each has a context of its own, also those that share a task."""
    seen = []

    async def work(name):
        seen.append(NAME.get())
        NAME.set(name)
        if waits:
            await asyncio.sleep(0)
        return NAME.get()

    async def run():
        found = await together([partial(work, name) for name in "abc"])
        return found, NAME.get()

    assert (["a", "b", "c"], "") == asyncio.run(run())
    assert ["", "", ""] == seen


def test_what_fails_while_it_waits_fails_inside():
    """An error that ends a wait is raised in the work, which may go on."""

    async def work():
        try:
            await asyncio.wait_for(asyncio.Event().wait(), 0)
        except TimeoutError:
            return "went on"

    assert ["went on"] == asyncio.run(together([work]))
