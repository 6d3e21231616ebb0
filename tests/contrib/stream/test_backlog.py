"""What waits on a broker, and since when, is told without a worker."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from contrib.stream.ledger import events
from servers.process import free_port

from handrail import InvalidValueError
from handrail_stream import AwayError, Backlog, Stream, backlog
from handrail_stream._run import engine


async def send(url: str, stream: Stream, *bodies: bytes) -> None:
    """Publish bodies, each to a lane of its own."""
    broker = engine(url, stream)
    await broker.start()
    for lane, body in enumerate(bodies):
        await broker.publish(lane, f"b{lane}", body, {})
    await broker.stop()


def test_counts_and_dates_what_waits(ledger, url, stream, working, settled):
    """Two messages wait since the first was sent, but RabbitMQ says no time; at the end none."""
    before = datetime.now(UTC) - timedelta(seconds=5)
    asyncio.run(send(url, stream, *map(ledger.seal, events(2, orders=2))))
    waiting = backlog(url, stream)
    with working(url):
        settled(2)

    assert 2 == waiting.count
    if url.startswith("amqp"):
        assert waiting.oldest is None
    else:
        assert before < waiting.oldest < datetime.now(UTC) + timedelta(seconds=5)
    assert Backlog(0) == backlog(url, stream)


def test_a_stream_that_is_not_there(url):
    """A wrong name is told, and nothing is made of it."""
    for _ in range(2):
        with pytest.raises(InvalidValueError, match="no stream 'nobody': no worker"):
            backlog(url, Stream(name="nobody"))


@pytest.mark.parametrize("scheme", ["nats", "kafka", "amqp", "redis"])
def test_a_broker_that_is_away(scheme):
    """A broker that does not answer is told by the class of the error."""
    with pytest.raises(AwayError, match=r"cannot be asked: [A-Z]"):
        backlog(f"{scheme}://127.0.0.1:{free_port()}")
