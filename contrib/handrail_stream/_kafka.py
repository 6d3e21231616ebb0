"""The Kafka protocol: a partition for each lane, owned by one worker of the group at a time.

A batch is acknowledged as a whole, after its last piece: the protocol knows only positions, and
counts no deliveries.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from aiokafka import (  # type: ignore[import-untyped]  # It ships no types.
    AIOKafkaConsumer,
    ConsumerRecord,
    TopicPartition,
)
from aiokafka.admin import (  # type: ignore[import-untyped]  # As above.
    AIOKafkaAdminClient,
    NewTopic,
)
from aiokafka.errors import (  # type: ignore[import-untyped]  # As above.
    TopicAlreadyExistsError,
    for_code,
)
from faststream import AckPolicy
from faststream.exceptions import NackMessage
from faststream.kafka import KafkaBroker, KafkaMessage

from handrail import InvalidValueError
from handrail_stream._engine import Backlog, Message, Process, no_stream
from handrail_stream._stream import Stream


class Kafka:
    """One producer, one member of the group, and one client that looks after the topic."""

    def __init__(self, url: str, stream: Stream) -> None:
        self._stream, self._topic = stream, f"{stream.name}.work"
        place = urlsplit(url).netloc
        if "@" in place:  # The client would take it for a host's name, and log it.
            raise InvalidValueError("kafka:// takes hosts and ports, and no user or password")
        self._servers = place.split(",")
        self._admin: AIOKafkaAdminClient
        self._ends: AIOKafkaConsumer
        self._open = contextlib.AsyncExitStack()
        self._broker = KafkaBroker(
            self._servers,
            logger=None,
            apply_types=False,
            acks="all",
            linger_ms=0,
            graceful_timeout=stream.grace,
        )

    async def start(self) -> None:
        """Connect, and make the topic with a partition for each lane."""
        await self.stop()
        self._admin = AIOKafkaAdminClient(bootstrap_servers=self._servers)
        self._open.push_async_callback(self._admin.close)
        await self._admin.start()
        topic = NewTopic(self._topic, self._stream.lanes, self._stream.copies)
        answer = await self._admin.create_topics([topic])
        for _, code, *_ in answer.topic_errors:
            if code not in {0, TopicAlreadyExistsError.errno}:
                raise for_code(code)
        self._ends = AIOKafkaConsumer(bootstrap_servers=self._servers, enable_auto_commit=False)
        self._open.push_async_callback(self._ends.stop)
        await self._ends.start()
        self._open.push_async_callback(self._broker.stop)
        await self._broker.connect()

    async def publish(self, lane: int, name: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Send to the lane's partition and await every replica in sync."""
        del name
        await self._broker.publish(body, self._topic, partition=lane, headers=dict(headers))

    async def subscribe(self, process: Process) -> None:
        """Join the group: its coordinator shares the partitions out."""
        subscriber = self._broker.subscriber(
            self._topic,
            group_id=self._stream.name,
            auto_offset_reset="earliest",
            session_timeout_ms=int(self._stream.silence * 1000),
            heartbeat_interval_ms=int(self._stream.silence * 1000 / 5),
            ack_policy=AckPolicy.NACK_ON_ERROR,
            batch=True,
            max_records=self._stream.batch,
            batch_timeout_ms=200,
            decoder=_whole,
            no_reply=True,
        )

        @subscriber
        async def handle(message: KafkaMessage) -> None:
            await self._handle(message, process)

        await self._broker.start()

    async def _handle(self, message: KafkaMessage, process: Process) -> None:
        """Process a batch, its lanes side by side; where we stop, commit how far each came."""
        records: Sequence[ConsumerRecord[Any, Any]] = message.raw_message
        by_lane = itertools.groupby(records, key=lambda record: record.partition)
        lanes = [(lane, list(of_lane)) for lane, of_lane in by_lane]
        ended = await asyncio.gather(
            *(process(lane, [_taken(one) for one in of_lane]) for lane, of_lane in lanes)
        )
        if sum(ended) == len(records):
            return
        done = {
            TopicPartition(self._topic, lane): of_lane[0].offset + number
            for (lane, of_lane), number in zip(lanes, ended, strict=True)
        }
        # The protocol class that FastStream shows knows no positions; the client does.
        await message.consumer.commit(done)  # type: ignore[call-arg]
        raise NackMessage

    async def lag(self) -> int:
        """Messages behind the last position that was committed."""
        partitions = [TopicPartition(self._topic, lane) for lane in range(self._stream.lanes)]
        ends = await self._ends.end_offsets(partitions)
        done = await self._admin.list_consumer_group_offsets(
            self._stream.name, partitions=partitions
        )
        return sum(
            end - max(done[part].offset if part in done else 0, 0) for part, end in ends.items()
        )

    async def backlog(self) -> Backlog:
        """What is behind the positions committed, and the times at these."""
        reader = AIOKafkaConsumer(
            bootstrap_servers=self._servers, group_id=self._stream.name, enable_auto_commit=False
        )
        try:
            await reader.start()
            if self._topic not in await reader.topics():
                raise no_stream(self._stream.name)
            parts = [TopicPartition(self._topic, lane) for lane in range(self._stream.lanes)]
            reader.assign(parts)
            starts, ends = await reader.beginning_offsets(parts), await reader.end_offsets(parts)
            done = {p: max(await reader.committed(p) or 0, starts[p]) for p in parts}
            left = [part for part in parts if ends[part] > done[part]]
            for part in parts:
                reader.seek(part, done[part])
            firsts = [await reader.getone(part) for part in left]
            oldest = min((first.timestamp for first in firsts), default=None)
            return Backlog(
                sum(ends[part] - done[part] for part in left),
                None if oldest is None else datetime.fromtimestamp(oldest / 1000, UTC),
            )
        finally:
            await reader.stop()

    async def stop(self) -> None:
        """Leave the group and disconnect."""
        await self._open.aclose()


def _taken(record: ConsumerRecord[Any, Any]) -> Message:
    headers = {name: value.decode("ascii", "replace") for name, value in record.headers}
    return Message(record.value or b"", headers)


async def _whole(message: KafkaMessage) -> KafkaMessage:
    """Leave the bodies alone: they are sealed."""
    return message
