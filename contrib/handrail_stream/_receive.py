"""Enforcements from a broker's topic, carried out by the feature that they are for."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

import attrs

from handrail import Enforcement
from handrail.events import log
from handrail.signing import check, check_keys, read_keys
from handrail_stream._carried import Carried
from handrail_stream._run import engine, serve
from handrail_stream._stream import Stream
from handrail_stream._topic import ENFORCEMENTS, order
from handrail_stream._work import Work

Act: TypeAlias = Callable[[Enforcement], object]
"""What the host does with an enforcement."""

WINDOW = timedelta(days=1)
"""How old a signature may be: longer than a message waits. What is older is sent again, anew."""


@attrs.frozen
class Received:
    """An enforcement as work of a stream, and when its message was signed, in Unix seconds."""

    enforcement: Enforcement
    signed: int

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
    """Carries out what comes; the store has each until it is acknowledged, and sends it again.

    Args:
        carry_out: The host's function. acknowledge: What tells the store that it was done.
        keys: One of them has signed. window: How old a signature may be.
    """

    def __init__(
        self,
        carry_out: Act,
        acknowledge: Act | None,
        keys: bytes | Iterable[bytes],
        window: timedelta,
    ) -> None:
        self._carry_out, self._acknowledge = carry_out, acknowledge
        self._keys, self._window, self._carried = check_keys(keys), window, Carried()

    def handle(self, work: Any, /) -> None:
        """Have the host carry it out, once, and say so."""
        made, signed = work.enforcement, work.signed
        mark = self._carried.mark(made)
        if mark is None and self._carried.over(made):
            log("handrail.enforcement_overtaken", "warning", id=made.id)
            return
        again = mark is not None and signed > mark.signed
        if mark is None or (again and self._acknowledge is None):
            self._carry_out(made)
        if mark is None or again:
            mark = self._carried.add(made, signed)
        if self._acknowledge is not None and not mark.acknowledged:
            self._acknowledge(made)
        mark.acknowledged = True

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
        """Never asked for: what comes is signed, not sealed."""
        raise NotImplementedError

    def verified(self, body: bytes, headers: Mapping[str, str]) -> Work:
        """Check and read it; raises SignatureError, or ValueError on what is none."""
        signed = check(body, headers, self._keys, window=self._window)
        return Received(Enforcement.from_json(json.loads(body)), signed)

    def bury(self, body: bytes, work: Work | None, reason: str) -> None:
        """Log it and go on: nobody acknowledges it, so the store sends it again."""
        if work is None:
            log("handrail.enforcement_refused", "error", reason=reason)
        else:
            log("handrail.enforcement_not_carried_out", "error", id=work.key, reason=reason)


def receive(  # noqa: PLR0913 - all but three by keyword
    carry_out: Act,
    url: str,
    stream: Stream = ENFORCEMENTS,
    *,
    acknowledge: Act | None = None,
    keys: bytes | Iterable[bytes] | None = None,
    window: timedelta = WINDOW,
    stop: threading.Event | None = None,
) -> None:
    """Carry out the enforcements that a Topic sends, until SIGTERM or SIGINT.

    What is not signed, signed with another key, changed or too old is refused and logged, and so
    is one of an item of which one that was made more than five minutes later was carried out in
    this process. A replayed message does nothing in this process; what must hold over a restart,
    and over several receivers, is an ``id`` that is unique in the host's transaction.

    Args:
        carry_out: The host's function, called in order for each item. What it raises is tried
            again; after ``stream.retries`` it is logged, and the store sends it again later.
        url: As of ``run``.
        stream: As the Topic's.
        acknowledge: What says to the store that it was done, such as ``carried_out`` of a feature.
            With it, this process carries out each enforcement once, and only says so again where
            the store asks again. Without it *carry_out* says so itself, and is called again.
        keys: One of them has signed; by default those of the environment's
            ``HANDRAIL_WEBHOOK_KEY``.
        window: How old a signature may be.
        stop: Ends it where it does not run in the main thread.

    Raises InvalidValueError for a scheme nobody speaks, and as ``check_keys``; MissingExtraError
    without the extra.
    """
    known = check_keys(keys) if keys is not None else read_keys()
    receiver = Receiver(carry_out, acknowledge, known, window)
    asyncio.run(serve(receiver, receiver, engine(url, stream), stream, stop))
