"""What a broker must do for us; one file for each that does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

import attrs

from handrail import InvalidValueError


@attrs.frozen
class Message:
    """What a broker delivered.

    Attributes:
        body: Sealed work. headers: The W3C trace context. deliveries: How often it came, from 1;
            always 1 where the broker does not count.
    """

    body: bytes = attrs.field(repr=False)
    headers: Mapping[str, str] = attrs.field(factory=dict, repr=False)
    deliveries: int = 1


@attrs.frozen
class Backlog:
    """What waits on a broker.

    Attributes:
        count: Messages that wait or, but on RabbitMQ, are being handled.
        oldest: When the broker took the oldest of them; None where nothing waits, and always on
            RabbitMQ, which does not say.
    """

    count: int
    oldest: datetime | None = None


def no_stream(name: str) -> InvalidValueError:
    """Say that a broker has no stream of this name."""
    return InvalidValueError(
        f"the broker has no stream {name!r}: no worker has started there, or it has another name"
    )


Process = Callable[[int, Sequence[Message]], Awaitable[int]]
"""Handles messages of one lane in their order; returns how many, counted from the first, ended.

Fewer than it was given means that the worker stops: the rest is for somebody else.
"""


class Engine(Protocol):
    """A broker: lanes that keep order, confirmed publishing, delivery at least once."""

    async def start(self) -> None:
        """Connect, and make the stream where it is missing."""

    async def publish(self, lane: int, name: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Publish to a lane; returns once the broker has it.

        *name* tells a message from others: a broker that knows names may drop one that it has had.
        A relay gives the same work the same name; a Topic gives each message another, so that what
        is sent again comes again.

        Raises whatever the client raises where the broker did not confirm.
        """

    async def subscribe(self, process: Process) -> None:
        """Begin to deliver: what *process* ended is acknowledged, what it did not comes again."""

    async def lag(self) -> int:
        """How many messages wait or are being handled."""

    async def backlog(self) -> Backlog:
        """What waits and since when, asked over a connection of its own; nothing is made.

        Raises InvalidValueError where the broker has no such stream.
        """

    async def stop(self) -> None:
        """End deliveries and disconnect."""


UNKNOWN_URL = "the broker's URL starts with nats://, kafka://, amqp(s):// or redis(s)://"
