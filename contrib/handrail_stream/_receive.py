"""Enforcements from a broker's topic, carried out by the feature that they are for."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import attrs
import structlog

from handrail import Enforcement
from handrail_stream._run import engine, serve
from handrail_stream._stream import Stream
from handrail_stream._topic import ENFORCEMENTS, order
from handrail_stream._work import Work


@attrs.frozen
class Received:
    """An enforcement as work of a stream."""

    enforcement: Enforcement

    @property
    def key(self) -> str:
        """The enforcement's id."""
        return self.enforcement.id

    @property
    def order(self) -> str:
        """The item: its enforcements come one after the other."""
        return order(self.enforcement)

    @property
    def carrier(self) -> Mapping[str, str]:
        """The trace that it began with."""
        return self.enforcement.carrier

    @property
    def accepted_at(self) -> datetime:
        """When it was made."""
        return self.enforcement.at or datetime.now(UTC)


class Receiver:
    """Carries out what comes; keeps nothing, for the store has each until it is acknowledged."""

    def __init__(self, carry_out: Callable[[Enforcement], object]) -> None:
        self._carry_out = carry_out

    def handle(self, work: Any, /) -> object:
        """Have the host carry it out."""
        return self._carry_out(work.enforcement)

    def claim(self, most: int) -> Sequence[Work]:
        """Nothing: a receiver sends nothing."""
        return ()

    def sent(self, works: Sequence[Work]) -> None:
        """Nothing was claimed."""

    def release(self, works: Sequence[Work]) -> None:
        """Nothing was claimed."""

    def seal(self, work: Work) -> bytes:
        """Never asked for: a receiver sends nothing."""
        raise NotImplementedError

    def unseal(self, body: bytes) -> Work:
        """Read it; raises ValueError on what is none."""
        return Received(Enforcement.from_json(json.loads(body)))

    def bury(self, body: bytes, work: Work | None, reason: str) -> None:
        """Log it and go on: in the store it is delivered, not carried out, and shows as that."""
        structlog.get_logger("handrail").error(
            "handrail.enforcement_not_carried_out", id=work and work.key, reason=reason
        )


def receive(
    carry_out: Callable[[Enforcement], object],
    url: str,
    stream: Stream = ENFORCEMENTS,
    *,
    stop: threading.Event | None = None,
) -> None:
    """Carry out the enforcements that a Topic sends, until SIGTERM or SIGINT.

    Args:
        carry_out: The host's function: at least once each, in order for each item. What it raises
            is tried again; after ``stream.retries`` it is logged, and the store still shows it.
        url: As of ``run``.
        stream: As the Topic's.
        stop: Ends it where it does not run in the main thread.

    Raises InvalidValueError for a scheme nobody speaks, MissingExtraError without the extra.
    """
    receiver = Receiver(carry_out)
    asyncio.run(serve(receiver, receiver, engine(url, stream), stream, stop))
