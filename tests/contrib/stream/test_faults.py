"""Workers and brokers killed in the middle: every accepted event ends in exactly one outcome."""

from __future__ import annotations

import asyncio
import random
import signal

import pytest
from contrib.stream.ledger import events
from servers.process import wait_until
from servers.valkey import DURABLE

from handrail_stream._run import engine

MANY = 20_000
"""Events of a run; the Kafka protocol's test broker and RabbitMQ get fewer, for they are slow."""

RUNS = [
    pytest.param(name, number, marks=pytest.mark.server(name), id=name)
    for name, number in (("nats", MANY), ("valkey", MANY), ("kafka", 5_000), ("rabbitmq", 5_000))
]


def told(ledger, accepted: int) -> tuple[int, int, list[str]]:
    """What a run came to: accepted less recorded, doubles, and orders overtaken."""
    recorded = ledger.count("outcomes") - ledger.doubles()
    print(f"accepted {accepted}, recorded {recorded}, doubles {ledger.doubles()}")
    return accepted - recorded, ledger.doubles(), ledger.overtaken()


@pytest.mark.parametrize(("name", "number"), RUNS)
def test_a_killed_worker_loses_nothing(request, ledger, spawn, settled, name, number):
    """A worker dies between its commit and its acknowledgement; another one goes on."""
    url = request.getfixturevalue(f"{name}_url")
    ledger.accept(events(number, orders=200))

    dies = spawn(url, die_after=random.randrange(number // 20, number // 5))
    wait_until(lambda: dies.pid in ledger.workers(), "the first outcome")
    spawn(url)
    settled(number)

    assert -signal.SIGKILL == dies.wait(60)
    assert (0, 0, []) == told(ledger, number)


@pytest.mark.parametrize(("name", "_"), RUNS)
def test_forgotten_idempotency_shows(request, ledger, spawn, settled, name, _):
    """The same run without idempotency has doubles: the test above can fail."""
    url = request.getfixturevalue(f"{name}_url")
    ledger.accept(events(1000, orders=200))

    assert -signal.SIGKILL == spawn(url, die_after=300, forgetful=True).wait(60)
    spawn(url, forgetful=True)
    settled(1000)

    lost, doubles, _ = told(ledger, 1000)
    assert lost == 0
    assert doubles > 0


def drained(url, stream) -> bool:
    """Whether nothing waits on the broker."""

    async def lag() -> int:
        broker = engine(url, stream)
        await broker.start()
        try:
            return await broker.lag()
        finally:
            await broker.stop()

    return asyncio.run(lag()) == 0


@pytest.mark.parametrize(("name", "_"), RUNS[:3])
def test_an_early_acknowledgement_shows(request, ledger, stream, spawn, name, _):
    """The same run with acknowledgements before the work has losses: the first test can fail."""
    url = request.getfixturevalue(f"{name}_url")
    ledger.accept(events(2000, orders=200))

    assert -signal.SIGKILL == spawn(url, die_after=200, early=True, pause=0.05).wait(60)
    spawn(url)
    wait_until(lambda: not ledger.count("outbox") and drained(url, stream), "an empty broker", 120)

    lost, _, _ = told(ledger, 2000)
    assert lost > 0


BROKERS = [
    pytest.param("nats", (), MANY, marks=pytest.mark.server("nats"), id="nats"),
    pytest.param("valkey", DURABLE, MANY, marks=pytest.mark.server("valkey"), id="valkey"),
]
"""Brokers that are killed at any time. The Kafka protocol's keeps nothing, and RabbitMQ 3.10 may
lose a queue that it has just made: it has a test of its own."""

GONE = [
    *BROKERS,
    pytest.param("rabbitmq", (), 0, marks=pytest.mark.server("rabbitmq"), id="rabbitmq"),
]
"""Brokers that go and come back: killed, or stopped where that is RabbitMQ."""


@pytest.mark.parametrize(("name", "options", "number"), BROKERS)
def test_a_killed_broker_loses_nothing(request, ledger, spawn, settled, name, options, number):
    """The broker is killed and started again while a worker relays and works."""
    broker = request.getfixturevalue(f"{name}_of_its_own")(*options)
    ledger.accept(events(number, orders=200))

    spawn(broker.url)
    wait_until(lambda: ledger.count("outcomes") > number // 5, "a fifth of the work")
    broker.kill()
    broker.start()
    settled(number)

    assert (0, 0, []) == told(ledger, number)


@pytest.mark.server("rabbitmq")
def test_rabbitmq_killed_again_and_again_loses_nothing(rabbitmq_of_its_own, ledger, spawn, settled):
    """Once its queues have stood for a while, a worker goes on by itself after each kill -9."""
    broker = rabbitmq_of_its_own()
    spawn(broker.url)
    ledger.accept(events(100, orders=50))
    settled(100)
    # RabbitMQ 3.10 may lose a queue that it has just made; an orderly end keeps it.
    broker.stop()
    broker.start()
    for end in (600, 1_100):
        before = ledger.count("outcomes")
        ledger.accept(events(end, orders=50)[end - 500 :])
        wait_until(lambda: ledger.count("outcomes") > before + 50, "a tenth of it", 120)  # noqa: B023 - asked at once
        broker.kill()
        broker.start()
        settled(end)

    assert (0, 0, []) == told(ledger, 1_100)


@pytest.mark.parametrize(("name", "options", "_"), GONE)
def test_without_a_broker_events_wait(request, ledger, working, settled, name, options, _):
    """While the broker is away accepted events stay in the outbox, and go on when it is back."""
    broker = request.getfixturevalue(f"{name}_of_its_own")(*options)
    with working(broker.url):
        ledger.accept(events(100, orders=10))
        settled(100)
        broker.stop() if name == "rabbitmq" else broker.kill()
        ledger.accept([*events(200, orders=10)[100:]])
        wait_until(lambda: ledger.released > 1, "the relay's second failure", 60)
        waiting = ledger.count("outbox")
        broker.start()
        settled(200)

    assert 100 == waiting
    assert (0, 0, []) == told(ledger, 200)


@pytest.mark.parametrize(("name", "_"), RUNS)
def test_a_stopped_worker_hands_over_cleanly(request, ledger, spawn, settled, name, _):
    """After SIGTERM what was begun is finished and acknowledged: even forgetful, no doubles."""
    url = request.getfixturevalue(f"{name}_url")
    ledger.accept(events(1500, orders=200))

    stopped = spawn(url, forgetful=True, pause=0.002)
    wait_until(lambda: ledger.count("outcomes") > 300, "300 outcomes")
    stopped.terminate()
    assert 0 == stopped.wait(60)
    assert ledger.count("outcomes") < 1500
    spawn(url, forgetful=True)
    settled(1500)

    assert (0, 0, []) == told(ledger, 1500)


def test_a_worker_that_its_broker_never_answers_stops(working):
    """The order to stop is heard while the broker was never there."""
    with working("nats://127.0.0.1:9"):
        pass
