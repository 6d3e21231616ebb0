"""The relay, with a broker that does as it is told."""

from __future__ import annotations

import asyncio
from collections import defaultdict

import attrs
import pytest
from contrib.stream.ledger import events

import handrail_stream
from handrail_stream._relay import LARGEST, Relay

STREAM = handrail_stream.Stream(lanes=4, batch=50)


class Broker:
    """Keeps what is published; refuses some."""

    def __init__(self):
        self.lanes, self.refused, self.names = defaultdict(list), set(), []

    async def publish(self, lane, name, body, headers):
        """Take it, or do not confirm."""
        if any(key in body for key in self.refused):
            raise ConnectionError
        self.lanes[lane].append(body)
        self.names.append(name)


@pytest.fixture(name="broker")
def _broker():
    return Broker()


def relayed(ledger, broker):
    """Relay one batch; how much went, and how much must wait."""

    async def run():
        async def call(function, *args):
            return await asyncio.to_thread(function, *args)

        return await Relay(ledger, broker, STREAM, call).once()

    return asyncio.run(run())


def test_what_is_confirmed_leaves_the_outbox(ledger, broker):
    """A batch goes, and only then its rows."""
    ledger.accept(events(60, orders=9))

    assert (50, 0) == relayed(ledger, broker)
    assert 10 == ledger.count("outbox")


def test_what_is_not_confirmed_waits_with_what_comes_after_it(ledger, broker):
    """A refused event holds back the rest of its lane, and no other lane."""
    ledger.accept(events(50, orders=1))
    broker.refused = {b'"e20"'}

    assert (20, 30) == relayed(ledger, broker)
    assert (30, 1) == (ledger.count("outbox"), ledger.released)


def test_the_rest_follows_in_order(ledger, broker):
    """What was refused once goes first the next time."""
    ledger.accept(events(30, orders=1))
    broker.refused = {b'"e20"'}
    relayed(ledger, broker)
    broker.refused = set()
    relayed(ledger, broker)

    (lane,) = broker.lanes.values()
    assert [f"e{n}" for n in range(30)] == [ledger.unseal(body).key for body in lane]


def test_the_same_work_has_the_same_name(ledger, broker):
    """A broker that drops doubles knows what it has."""
    (event,) = events(1, orders=1)
    ledger.accept([event])
    relayed(ledger, broker)
    ledger.accept([event])
    relayed(ledger, broker)

    assert 1 == len(set(broker.names))


def test_what_no_broker_takes_is_buried(ledger, broker):
    """Work that is larger than a message may be does not stop its lane."""
    large = attrs.evolve(events(1, orders=1)[0], carrier={"tracestate": "x" * LARGEST})
    ledger.accept([large])

    assert (1, 0) == relayed(ledger, broker)
    assert ["larger than a message may be"] == [reason for _, reason in ledger.dead()]
