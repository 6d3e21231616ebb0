"""What RabbitMQ may do to a worker's channels; a small broker in this process does it."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
from contrib.stream.amqp import Broker
from structlog.testing import capture_logs

from handrail_stream import Stream, _acks, _rabbit

LANES = 4
SECONDS = 30
"""How long a worker may take to come back, on a machine that does much else."""


@pytest.fixture(autouse=True)
def _soon(monkeypatch):
    """A lost connection is soon followed by the next."""
    monkeypatch.setattr(_rabbit, "AGAIN_S", 0.01)


async def until(holds):
    """Ask until it holds."""
    async with asyncio.timeout(SECONDS):
        while not holds():  # noqa: ASYNC110  # What it asks has no event.
            await asyncio.sleep(0.005)


class Works:
    """A worker at such a broker, and what it was given."""

    def __init__(self):
        self.broker, self.given = Broker(), []

    async def process(self, lane, messages):
        """Handle all."""
        self.given += [(lane, message) for message in messages]
        return len(messages)

    @contextlib.asynccontextmanager
    async def working(self):
        """A worker in all lanes, for as long as a block lasts."""
        async with self.broker.listening() as url:
            rabbit = self.rabbit = _rabbit.Rabbit(url, Stream(name="s", lanes=LANES))
            await rabbit.start()
            await rabbit.subscribe(self.process)
            try:
                yield
            finally:
                async with asyncio.timeout(SECONDS):
                    await rabbit.stop()

    def consumers(self, link):
        """The queues that are consumed from on one of the connections."""
        return sorted(queue for queue, on, _, _ in self.broker.consumers if on is link)

    async def begun(self, number):
        """Wait until all lanes are consumed from on the connection of that number."""
        links = self.broker.links
        await until(lambda: len(links) > number and len(self.consumers(links[number])) == LANES)


@pytest.mark.parametrize("how", ["cancel", "close_channel", "close", "vanish"])
def test_worker_comes_back(how):
    """Whatever the broker takes away of one lane or of all, all lanes are stood in for anew."""

    async def run():
        works = Works()
        async with works.working():
            await works.begun(0)
            _, link, channel, tag = works.broker.consumers[1]
            told = {"cancel": (channel, tag), "close_channel": (channel,)}.get(how, ())
            getattr(link, how)(*told)
            await works.begun(1)
            return works.consumers(works.broker.links[1])

    assert [f"s.work.{lane}" for lane in range(LANES)] == asyncio.run(run())


@pytest.mark.parametrize("how", ["close_channel", "close", "vanish"])
@pytest.mark.parametrize("when", ["Channel.Open", "Basic.Qos", "Basic.Consume"])
def test_worker_survives_a_loss_while_lanes_are_opened(when, how):
    """What is lost between the first lane and the last ends no worker."""

    async def run():
        works, heard = Works(), []

        def hear(link, channel, name):
            if link is works.broker.links[0] and name == when:
                heard.append(name)
                if len(heard) == (1 if when == "Basic.Qos" else 2):
                    getattr(link, how)(*([channel] if how == "close_channel" else []))

        works.broker.heard = hear
        async with works.working():
            await works.begun(1)

    asyncio.run(run())


@pytest.mark.parametrize("what", ["Channel.Open", "Queue.Declare", "Basic.Qos", "Basic.Consume"])
def test_no_answer_is_not_waited_for(monkeypatch, what):
    """What a broker does not answer, as where a queue has no leader, is asked on a new link."""

    async def run():
        works = Works()
        works.broker.silent.add((1, what))
        async with works.working():
            await works.begun(0)
            monkeypatch.setattr(_rabbit, "ANSWER_S", 0.5)
            works.broker.links[0].vanish()
            links = works.broker.links
            await until(lambda: any(len(works.consumers(link)) == LANES for link in links[2:]))

    asyncio.run(run())


@pytest.mark.parametrize("error", [RuntimeError("closed"), asyncio.CancelledError()])
def test_whatever_the_client_raises_the_worker_begins_again(monkeypatch, error):
    """What is no error of AMQP, or cancels what waits, is logged, and the worker goes on."""
    once = [error]
    join = _rabbit.Lane.join

    async def joining(self, queue, most):
        if once:
            raise once.pop()
        await join(self, queue, most)

    monkeypatch.setattr(_rabbit.Lane, "join", joining)

    async def run():
        works = Works()
        async with works.working():
            await works.begun(1)

    with capture_logs() as logs:
        asyncio.run(run())

    assert [("handrail.broker_lost", type(error).__name__)] == [
        (each["event"], each["error"]) for each in logs
    ]


class Held(Works):
    """A worker whose lanes end what they were given when they are told to."""

    def __init__(self):
        super().__init__()
        self.free = [asyncio.Event() for _ in range(LANES)]
        self.undone = set()

    async def process(self, lane, messages):
        """Wait until the lane is told."""
        await super().process(lane, messages)
        await self.free[lane].wait()
        return 0 if lane in self.undone else len(messages)

    async def delivered(self, *lanes):
        """Deliver a message to each of the lanes, numbered from 1, and see them begun."""
        for number, lane in enumerate(lanes, 1):
            _, link, channel, tag = self.broker.consumers[lane]
            link.deliver(channel, tag, number, {})
        await until(lambda: len(self.given) == len(lanes))

    async def acked(self, *numbers):
        """See that these were acknowledged, in this order, and no others."""
        await until(lambda: len(self.broker.acked) >= len(numbers))
        assert [*numbers] == self.broker.acked


def test_one_acknowledgement_is_for_all_lanes():
    """What ends together, up to the first that has not ended, is acknowledged with one frame."""

    async def run():
        works = Held()
        async with works.working():
            await works.begun(0)
            await works.delivered(0, 1, 2, 3)
            for lane in (2, 1, 0):
                works.free[lane].set()
            await works.acked(3)
            works.free[3].set()

    asyncio.run(run())


def test_lane_that_is_held_back_holds_back_no_other():
    """What ended behind work that has not is acknowledged by its number, and never named again."""

    async def run():
        works = Held()
        async with works.working():
            await works.begun(0)
            await works.delivered(0, 1, 2)
            works.free[1].set()
            await works.acked(2)
            works.free[0].set()
            await works.acked(2, 1)
            works.free[2].set()
            await works.acked(2, 1, 3)

    asyncio.run(run())


def test_worker_that_leaves_acknowledges_what_it_ended(monkeypatch):
    """What it leaves undone in one lane goes back, and what it did in others does not."""
    monkeypatch.setattr(_acks, "MOMENT_S", 60)

    async def run():
        works = Held()
        works.undone.add(0)
        async with works.working():
            await works.begun(0)
            await works.delivered(0, 1)
            for free in works.free:
                free.set()
        await works.acked(2)

    asyncio.run(run())


def test_what_cannot_be_acknowledged_is_told():
    """What ends after its channel was closed is lost work: logged, and begun again."""

    async def run():
        works = Held()
        async with works.working():
            await works.begun(0)
            await works.delivered(0)
            works.broker.links[0].vanish()
            await until(lambda: works.rabbit._connection.is_closed)
            works.free[0].set()
            await works.begun(1)

    with capture_logs() as logs:
        asyncio.run(run())

    assert [("handrail.broker_lost", "ChannelInvalidStateError")] == [
        (each["event"], each["error"]) for each in logs
    ]


def test_acknowledging_at_the_end_is_not_waited_for(monkeypatch):
    """A link that takes nothing more holds no worker."""
    monkeypatch.setattr(_acks.Acks, "close", lambda _: asyncio.sleep(SECONDS))

    async def run():
        works = Works()
        async with works.working():
            await works.begun(0)
            monkeypatch.setattr(_rabbit, "WAIT_S", 0.1)

    asyncio.run(run())


@pytest.mark.parametrize(
    ("said", "deliveries"),
    [(None, 1), (2, 3), ("x", 1), ("9", 1), (-5, 1), ({"a": 1}, 1), (2**62, 1_000_001)],
)
def test_count_of_deliveries_is_the_brokers(said, deliveries):
    """A header that no broker writes ends no lane, and counts as a first delivery."""

    async def run():
        works = Works()
        async with works.working():
            await works.begun(0)
            _, link, channel, tag = works.broker.consumers[0]
            link.deliver(channel, tag, 1, {} if said is None else {"x-delivery-count": said})
            await until(lambda: works.broker.acked)
            return works.given[0][1].deliveries, len(works.broker.links)

    assert (deliveries, 1) == asyncio.run(run())


def test_lane_that_ends_is_logged():
    """What a lane raises is in the log by its class, and all lanes are begun again."""

    async def run():
        works = Works()

        async def process(*_):
            raise LookupError("canary")

        works.process = process
        async with works.working():
            await works.begun(0)
            _, link, channel, tag = works.broker.consumers[0]
            link.deliver(channel, tag, 1, {})
            await works.begun(1)

    with capture_logs() as logs:
        asyncio.run(run())

    assert [
        {"event": "handrail.broker_lost", "log_level": "warning", "error": "LookupError"}
    ] == logs
