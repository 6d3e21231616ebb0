"""The servers themselves: each answers, and comes back with what it had acknowledged."""

from __future__ import annotations

import asyncio

import aio_pika
import aiokafka
import nats
import pytest
import redis
import sqlalchemy
from servers.valkey import DURABLE


def scalar(url: str, statement: str) -> object:
    """What one statement returns."""
    engine = sqlalchemy.create_engine(url, poolclass=sqlalchemy.NullPool)
    with engine.begin() as connection:
        result = connection.execute(sqlalchemy.text(statement))
        return result.scalar() if result.returns_rows else None


@pytest.mark.server("postgres")
def test_postgres_answers(postgres_url):
    """The database of a test is PostgreSQL 18."""
    assert "PostgreSQL 18" in scalar(postgres_url, "select version()")


@pytest.mark.server("postgres")
@pytest.mark.parametrize("_", range(2))
def test_a_database_is_empty(postgres_url, _):
    """No test finds what another one wrote."""
    scalar(postgres_url, "create table handrail (id int)")


@pytest.mark.server("postgres")
def test_postgres_comes_back(postgres_of_its_own):
    """What was committed is there when a killed server starts again."""
    server = postgres_of_its_own()
    scalar(server.url, "create table handrail as select 7 as id")
    server.kill()
    server.start()

    assert 7 == scalar(server.url, "select id from handrail")


async def published(url: str, subject: str) -> int:
    """Publish to a stream, and count what it holds."""
    client = await nats.connect(url)
    stream = client.jetstream()
    await stream.add_stream(name=subject, subjects=[subject])
    await stream.publish(subject, b"")
    held = (await stream.stream_info(subject)).state.messages
    await client.close()
    return held


@pytest.mark.server("nats")
def test_nats_answers(nats_url):
    """JetStream keeps what was published."""
    assert 1 == asyncio.run(published(nats_url, "answers"))


@pytest.mark.server("nats")
def test_nats_comes_back(nats_of_its_own):
    """A stream is there when a killed server starts again."""
    server = nats_of_its_own()
    asyncio.run(published(server.url, "back"))
    server.kill()
    server.start()

    assert 2 == asyncio.run(published(server.url, "back"))


def added(url: str) -> int:
    """Add to a stream of Valkey, and count what it holds."""
    with redis.Redis.from_url(url) as client:
        client.xadd("answers", {"a": "b"})
        return client.xlen("answers")


@pytest.mark.server("valkey")
def test_valkey_answers(valkey_url):
    """Valkey keeps what was added."""
    assert 1 == added(valkey_url)


@pytest.mark.server("valkey")
def test_valkey_comes_back(valkey_of_its_own):
    """A durable server has its stream when it is killed and started again."""
    server = valkey_of_its_own(*DURABLE)
    added(server.url)
    server.kill()
    server.start()

    assert 2 == added(server.url)


async def produced(url: str) -> int:
    """Send one message to a topic, and return its offset."""
    producer = aiokafka.AIOKafkaProducer(bootstrap_servers=url.removeprefix("kafka://"))
    await producer.start()
    sent = await producer.send_and_wait("answers", b"")
    await producer.stop()
    return sent.offset


@pytest.mark.server("kafka")
def test_kafka_answers(kafka_url):
    """The broker speaks the Kafka protocol."""
    assert 0 == asyncio.run(produced(kafka_url))


async def queued(url: str) -> int:
    """Send one message to a durable queue, and count what it holds."""
    async with await aio_pika.connect(url) as connection, connection.channel() as channel:
        queue = await channel.declare_queue("answers", durable=True)
        lasting = aio_pika.Message(b"", delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
        await channel.default_exchange.publish(lasting, "answers")
        return (await queue.declare()).message_count


@pytest.mark.server("rabbitmq")
def test_rabbitmq_answers(rabbitmq_url):
    """RabbitMQ keeps what was published."""
    assert 1 == asyncio.run(queued(rabbitmq_url))


@pytest.mark.server("rabbitmq")
def test_rabbitmq_comes_back(rabbitmq_of_its_own):
    """What a durable queue holds is there when a killed server starts again."""
    server = rabbitmq_of_its_own()
    asyncio.run(queued(server.url))
    # 3.10.8 may forget a queue that it made in the moment before it is killed.
    server.stop()
    server.start()
    asyncio.run(queued(server.url))
    server.kill()
    server.start()

    assert 3 == asyncio.run(queued(server.url))
