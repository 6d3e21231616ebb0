"""From a message to its end, without a broker: tried again, buried, doubted, drained."""

from __future__ import annotations

import asyncio
import threading
from types import SimpleNamespace

import pytest
from contrib.stream.ledger import events
from servers.process import wait_until

import handrail_stream
from handrail_stream import _together
from handrail_stream._engine import Message
from handrail_stream._processing import Processing
from handrail_stream._run import serve
from handrail_stream._work import waits

STREAM = handrail_stream.Stream(
    grace=5, retries=handrail_stream.Retries(tries=3, first=0.001, most=0.002)
)


class Apart:
    """The ledger as a handler whose looking and writing are had apart."""

    def __init__(self, ledger):
        self.ledger, self.commits, self.unwritable = ledger, [], set()

    def handle(self, work):
        """It is never asked to."""
        raise AssertionError(work)

    def settled(self, works):
        """Nothing is."""
        return {}

    def look(self, work):
        """Look, and find the key."""
        return work.key

    def enter(self, looked):
        """Write all or none."""
        if self.unwritable & {work.key for work, _ in looked}:
            raise ValueError("a text that must not be kept")
        self.commits.append([work.key for work, _ in looked])
        for work, _ in looked:
            self.ledger.handle(work)


@pytest.fixture(name="handler", params=["one by one", "together"])
def _handler(request, ledger):
    return ledger if request.param == "one by one" else Apart(ledger)


def messages(ledger, number, deliveries=1):
    """So many events of one order, as a broker delivers them."""
    return [Message(ledger.seal(event), {}, deliveries) for event in events(number, orders=1)]


def ran(handler, ledger, *batches):
    """What processing says of batches, one after the other on lane 0."""

    async def run():
        processing = Processing(handler, ledger, STREAM)
        try:
            return [await processing(0, batch) for batch in batches]
        finally:
            processing.close()

    return asyncio.run(run())


def test_a_batch_is_handled_in_order(ledger, handler):
    """All of it ends, each once, in its order."""
    assert [20] == ran(handler, ledger, messages(ledger, 20))
    assert (20, 0, []) == (ledger.count("outcomes"), ledger.doubles(), ledger.overtaken())


def test_what_fails_is_tried_again_in_its_place(ledger, handler):
    """A failure that passes leaves no trace."""
    ledger.fail["e3"] = 2

    assert [6] == ran(handler, ledger, messages(ledger, 6))
    assert ([], []) == (ledger.overtaken(), ledger.dead())


def test_what_fails_for_good_is_buried(ledger):
    """After the last try it is a dead letter, and the rest goes on."""
    ledger.fail["e3"] = 99

    assert [6] == ran(ledger, ledger, messages(ledger, 6))
    assert ["e3"] == [key for key, _ in ledger.dead()]
    assert 5 == ledger.count("outcomes")


def test_a_reason_has_no_text(ledger):
    """A dead letter names the class of the error and the place, and nothing that was said."""
    ledger.fail["e0"] = 99
    ran(ledger, ledger, messages(ledger, 1))

    ((_, reason),) = ledger.dead()
    assert reason.startswith("ValueError at ledger.py:")


def test_while_the_database_is_away_a_lane_waits(ledger, handler):
    """Neither work nor dead letters can be written: nothing is given up, and it ends later."""

    async def run():
        processing = Processing(handler, ledger, STREAM)
        ledger.away.set()
        task = asyncio.create_task(processing(0, messages(ledger, 3)))
        done, _ = await asyncio.wait({task}, timeout=0.3)
        ledger.away.clear()
        ended = await task
        processing.close()
        return bool(done), ended

    assert (False, 3) == asyncio.run(run())
    assert [] == ledger.dead()


def test_what_cannot_be_opened_is_buried_at_once(ledger, handler):
    """A body that nobody of ours wrote is no reason to try again."""
    assert [2] == ran(handler, ledger, [Message(b"\xff"), *messages(ledger, 1)])

    ((key, reason),) = ledger.dead()
    assert (None, "undecodable") == (key, reason.partition(":")[0])


def test_what_was_out_behind_it_is_not_to_blame(ledger, handler):
    """A broker counts a delivery of all that was out; only the first is doubted."""
    assert [2] == ran(handler, ledger, messages(ledger, 2, deliveries=21))

    assert ["e0"] == [key for key, _ in ledger.dead()]


def test_what_ended_its_workers_is_buried_unseen(ledger, handler):
    """A first message that came too often is not handled again."""
    assert [1] == ran(handler, ledger, messages(ledger, 1, deliveries=21))

    assert [("e0", "delivered 21 times and never ended")] == ledger.dead()
    assert 0 == ledger.count("outcomes")


def test_only_the_first_message_of_a_lane_is_doubted(ledger, handler):
    """What was out behind it came as often, and is not to blame."""
    assert [5] == ran(handler, ledger, messages(ledger, 1) + messages(ledger, 5, 21)[1:])

    assert [] == ledger.dead()


def test_draining_finishes_what_was_begun(ledger):
    """The order to stop lets the work in hand end, and hands the rest back."""
    ledger.pause = 0.02

    async def run():
        processing = Processing(ledger, ledger, STREAM)
        task = asyncio.create_task(processing(0, messages(ledger, 100)))
        await asyncio.to_thread(wait_until, lambda: ledger.count("outcomes") > 0, "an outcome")
        await processing.drain()
        ended, after = await task, await processing(0, messages(ledger, 1))
        processing.close()
        return ended, after

    ended, after = asyncio.run(run())
    assert 0 < ended < 100
    assert (ended, 0) == (ledger.count("outcomes"), after)


def test_lanes_are_written_together(ledger):
    """While one commit waits for the disk the next one gathers."""
    handler = Apart(ledger)

    async def run():
        processing = Processing(handler, ledger, STREAM)
        one_each = [[message] for message in messages(ledger, 16)]
        ended = await asyncio.gather(*(processing(n, own) for n, own in enumerate(one_each)))
        processing.close()
        return sum(ended)

    assert 16 == asyncio.run(run())
    assert len(handler.commits) < 16


def test_lanes_that_were_just_told_are_waited_for(ledger, monkeypatch):
    """Lanes that bring one message after the other share their commits from the second one on."""
    monkeypatch.setattr(_together, "LINGER_S", 0.3)
    monkeypatch.setattr(_together, "LONGEST_LINGER_S", 10)
    monkeypatch.setattr(_together, "SLOW_S", 60)
    handler, all_there = Apart(ledger), threading.Event()
    handler.look = lambda work: work.key if all_there.wait(30) else None

    async def run():
        processing = Processing(handler, ledger, STREAM)
        work = messages(ledger, 20)

        async def lane(number):
            for message in work[number::4]:
                for _ in range(3 * number):
                    await asyncio.sleep(0)  # Lanes come one after the other.
                await processing(number, [message])

        async def first():
            for _ in range(20):
                await asyncio.sleep(0)
            all_there.set()

        await asyncio.gather(*(lane(number) for number in range(4)), first())
        processing.close()

    asyncio.run(run())
    assert [1, 4, 4, 4, 4] == [len(commit) for commit in handler.commits[:5]]


def test_what_comes_at_once_is_written_together(ledger):
    """Lanes that a broker hands over at once, as in one answer, share a commit."""
    handler = Apart(ledger)

    async def run():
        processing = Processing(handler, ledger, STREAM)
        work = messages(ledger, 8)
        await asyncio.gather(*(processing(n, work[n::4]) for n in range(4)))
        processing.close()

    asyncio.run(run())
    assert [8] == [len(commit) for commit in handler.commits]


def test_what_came_back_is_written_by_itself(ledger):
    """What may end this worker, too, takes nothing of other lanes with it."""
    handler = Apart(ledger)

    async def run():
        processing = Processing(handler, ledger, STREAM)
        work = messages(ledger, 8, deliveries=2)
        await asyncio.gather(*(processing(n, work[n::4]) for n in range(4)))
        processing.close()

    asyncio.run(run())
    assert [2, 2, 2, 2] == [len(commit) for commit in handler.commits]


def test_what_cannot_be_written_holds_back_its_own_lane(ledger):
    """One piece that breaks a commit is buried; what was in it of other lanes is not."""
    handler = Apart(ledger)
    handler.unwritable = {"e3"}

    async def run():
        processing = Processing(handler, ledger, STREAM)
        one_each = [[message] for message in messages(ledger, 8)]
        await asyncio.gather(*(processing(n, own) for n, own in enumerate(one_each)))
        processing.close()

    asyncio.run(run())
    assert ["e3"] == [key for key, _ in ledger.dead()]
    assert 7 == ledger.count("outcomes")


class Named(SimpleNamespace):
    """Work of one order that only names what it is about, or says it."""

    order = "item0"


def test_what_only_names_an_item_waits_for_what_says_what_it_is():
    """None that only names it waits for another that only names it."""
    bare, full = Named(bare=True), Named(bare=False)

    assert not waits(bare, [(bare, None)])
    assert waits(bare, [(bare, None), (full, None)])
    assert not waits(full, [(full, None)])


class Unstoppable:
    """A broker that starts, and raises when it is to be left."""

    async def start(self):
        """Nothing is needed."""

    async def subscribe(self, process):
        """Nothing comes."""

    async def lag(self):
        """Nothing waits."""
        return 0

    async def stop(self):
        """Fail."""
        raise RuntimeError("closed")


def test_threads_go_even_where_the_broker_cannot_be_left(ledger, monkeypatch):
    """A broker that raises at the end keeps no thread of the worker."""
    closed, close, stop = [], Processing.close, threading.Event()
    monkeypatch.setattr(Processing, "close", lambda self: closed.append(close(self)))
    stop.set()
    with pytest.raises(RuntimeError):
        asyncio.run(serve(ledger, ledger, Unstoppable(), STREAM, stop))

    assert [None] == closed
