"""Many lanes at once: looked at in as few threads as will do, written in one transaction."""

from __future__ import annotations

import asyncio
import random
import statistics
import time
from collections.abc import Sequence

import attrs

from handrail_stream import _telemetry
from handrail_stream._engine import Message
from handrail_stream._hands import Done, Threads, note, opener, why
from handrail_stream._work import Outbox, Settler, Work, waits

LONGEST_LOOK_S = 1.0
"""Work is looked at for so long before what was found is written: more could be lost at once."""

QUICK_S, SLOW_S, STUCK_S = 0.001, 0.002, 0.1
"""Looks below the first are quick, a mean above the second is slow, one above the third waits."""

LINGER_S, LONGEST_LINGER_S = 0.002, 0.02
"""How long lanes that were just told are waited for, so that one commit is for all: as long as one
comes after the other in less than what a commit takes, at least the first and at most the second;
and no longer than the second in all.
"""

Looked = list[tuple[Work, object]]
"""Pieces of work of one lane, each with what was found; None for what has its outcome."""


@attrs.define(eq=False)
class Asked:
    """Messages of one lane, what was found in them, and who waits to be told."""

    lane: int
    messages: Sequence[Message]
    told: asyncio.Future[Done]
    looked: Looked = attrs.field(factory=list)
    reason: str | None = None

    def tell(self, done: Done) -> None:
        """Say how far it came; a failure to write comes before one to look."""
        if not self.told.done():
            self.told.set_result(done if done.reason else Done(done.ended, self.reason))


class Together:
    """Looks at what the lanes have, and writes what was found in one transaction.

    Quick looks share one thread and alternate with commits, for side by side they would only
    wait for each other, and what the lanes bring meanwhile makes the next commit larger. Looks
    that wait are spread over all threads, and what they find during a commit is the next one.
    Where one fails, each lane's work is written for itself, so that one piece that cannot be
    written holds back its own lane only.
    """

    def __init__(self, handler: Settler, outbox: Outbox, threads: Threads, most: int) -> None:
        self._handler, self._opened, self._threads = handler, opener(outbox), threads
        self._most = most
        self._asked: list[Asked] = []
        self._looking: set[asyncio.Task[None]] = set()
        self._waiting: list[Asked] = []
        self._writing: asyncio.Task[None] | None = None
        self._quick = True
        self._back = 0
        self._gap = LINGER_S
        self._lingering: asyncio.TimerHandle | None = None
        self._coming = False

    async def work(self, lane: int, messages: Sequence[Message]) -> Done:
        """Have messages of a lane looked at and written."""
        asked = Asked(lane, messages, asyncio.get_running_loop().create_future())
        self._asked.append(asked)
        self._back = max(0, self._back - 1)
        if not self._coming:
            # What a broker hands over at once is looked at, and written, together.
            self._coming = True
            asyncio.get_running_loop().call_soon(self._begin)
        return await asked.told

    def _lingers(self) -> bool:
        """Whether lanes that were just told may be back in a moment, and there is room for them."""
        full = sum(len(asked.messages) for asked in self._asked) >= self._most
        if self._quick and self._back and not full:
            if self._lingering is None:
                self._linger(time.monotonic() + LONGEST_LINGER_S)
            return True
        if self._lingering is not None:
            self._lingering.cancel()
            self._lingering = None
        return False

    def _linger(self, end: float) -> None:
        loop, there = asyncio.get_running_loop(), len(self._asked)
        self._lingering = loop.call_later(self._gap, self._go_on, there, end)

    def _go_on(self, there: int, end: float) -> None:
        if len(self._asked) > there and time.monotonic() < end:
            self._linger(end)
            return
        self._back, self._lingering = 0, None
        self._begin()

    def _begin(self) -> None:
        """Give what waits to be looked at to the threads that are free."""
        self._coming = False
        if not self._asked or self._lingers():
            return
        at_most = (self._writing is None) if self._quick else self._threads.number
        while self._asked and len(self._looking) < at_most:
            chunk = self._chunk(at_most - len(self._looking))
            self._asked = [asked for asked in self._asked if asked not in chunk]
            self._looking.add(asyncio.create_task(self._look_at(chunk)))

    def _chunk(self, threads: int) -> list[Asked]:
        """What one of so many free threads is given.

        What came back may be what ended the worker before: it is looked at when nothing new
        waits, and lane by lane, in any order, so that it takes little of others with it.
        """
        new = [asked for asked in self._asked if asked.messages[0].deliveries == 1]
        if not new:
            return [random.choice(self._asked)]
        return new[: -(-len(new) // threads)]

    async def _look_at(self, chunk: list[Asked]) -> None:
        try:
            self._judge(await self._threads.run(self._look, chunk))
        except Exception as error:  # noqa: BLE001  # The threads are gone.
            for asked in chunk:
                asked.reason = why(error)
        self._looking.discard(asyncio.current_task())
        for asked in chunk:
            if asked.looked:
                self._waiting.append(asked)
            else:
                asked.tell(Done(0))
        if self._waiting and self._writing is None:
            self._writing = asyncio.create_task(self._write())
        self._begin()

    def _judge(self, took: list[float]) -> None:
        """Whether looks are quick: a thread that waits for another looks slow, but not usually."""
        if self._quick:
            self._quick = not took or statistics.fmean(took) < SLOW_S
        elif took:
            self._quick = statistics.median(took) < QUICK_S and max(took) < STUCK_S

    def _look(self, chunk: list[Asked]) -> list[float]:
        """Look at each lane's work in order; return how long each look took."""
        took: list[float] = []
        end = time.monotonic() + LONGEST_LOOK_S
        for asked in chunk:
            try:
                self._look_in_order(asked, took, end)
            except Exception as error:  # noqa: BLE001  # A handler raises what is to be retried.
                asked.reason = why(error)
        return took

    def _look_in_order(self, asked: Asked, took: list[float], end: float) -> None:
        for message in asked.messages:
            begun = time.monotonic()
            if self._threads.halted or (took and begun > end):
                return
            work = self._opened(message)
            if waits(work, asked.looked):
                return
            # A first delivery is not asked about: entering it finds an outcome as well.
            known = message.deliveries > 1 and self._handler.settled([work])
            with _telemetry.handling(message.headers, asked.lane, message.deliveries):
                asked.looked.append((work, None if known else self._handler.look(work)))
            took.append(time.monotonic() - begun)

    async def _write(self) -> None:
        """Write what waits, and what came to wait meanwhile."""
        while self._waiting:
            taken, begun = self._take(), time.monotonic()
            try:
                done = await self._threads.write(self._enter, [each.looked for each in taken])
            except Exception as error:  # noqa: BLE001  # The threads are gone.
                done = [Done(0, why(error)) for _ in taken]
            for asked, each in zip(taken, done, strict=True):
                asked.tell(each)
            self._back = len(taken)
            self._gap = min(max(LINGER_S, time.monotonic() - begun), LONGEST_LINGER_S)
        self._writing = None
        self._begin()

    def _take(self) -> list[Asked]:
        number, taken = 0, 0
        for asked in self._waiting:
            number += len(asked.looked)
            if taken and number > self._most:
                break
            taken += 1
        first, self._waiting = self._waiting[:taken], self._waiting[taken:]
        return first

    def _enter(self, lanes: list[Looked]) -> list[Done]:
        every = [each for looked in lanes for each in looked]
        try:
            self._handler.enter(every)
        except Exception:  # noqa: BLE001  # Whose fault it is shows when each is written alone.
            return [self._enter_alone(looked) for looked in lanes]
        note([work for work, _ in every])
        return [Done(len(looked)) for looked in lanes]

    def _enter_alone(self, looked: Looked) -> Done:
        for ended, (work, made) in enumerate(looked):
            try:
                self._handler.enter([(work, made)])
            except Exception as error:  # noqa: BLE001  # As above.
                return Done(ended, why(error))
            note([work])
        return Done(len(looked))
