"""Enforcements to a broker's topic: sent in order for each item, confirmed by the broker."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections.abc import Iterable
from datetime import UTC, datetime
from secrets import token_hex

from handrail import Enforcement, HandrailError
from handrail.signing import HEADER, check_keys, read_keys, sign
from handrail_stream import _telemetry
from handrail_stream._engine import Engine
from handrail_stream._run import check_broker, engine
from handrail_stream._stream import Stream

ENFORCEMENTS = Stream(name="enforcements", lanes=4)
"""The stream that enforcements take unless another one is named."""

WAIT_S = 10.0
"""How long a broker may take to confirm."""


class NotSentError(HandrailError):
    """The broker did not confirm; the store sends it again later."""


class Topic:
    """Sends enforcements to a broker, signed, in order for each item; a Channel of the store.

    Args:
        url: As of ``run``.
        stream: Its name and lanes; the receivers say the same.
        keys: Every one signs, so that receivers can be given a new one first; by default those
            of the environment's ``HANDRAIL_WEBHOOK_KEY``.

    Raises InvalidValueError for a scheme nobody speaks, and as ``check_keys``; MissingExtraError
    without the extra.
    """

    def __init__(
        self, url: str, stream: Stream = ENFORCEMENTS, keys: bytes | Iterable[bytes] | None = None
    ) -> None:
        self._url, self._stream = url, stream
        self._keys = check_keys(keys) if keys is not None else read_keys()
        self._engine: Engine | None = None
        check_broker(url)
        self._one = threading.Lock()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="handrail-topic", daemon=True
        )
        self._thread.start()

    def deliver(self, enforcement: Enforcement) -> bool:
        """Send one; False, for the receiver has still to say that it was carried out.

        Raises NotSentError where the broker did not confirm in time.
        """
        with self._one:
            if self._loop.is_closed():
                raise NotSentError("topic: closed")
            sending = asyncio.run_coroutine_threadsafe(self._send(enforcement), self._loop)
            try:
                sending.result()
            except Exception as error:  # noqa: BLE001  # Whatever the client raises, it has not confirmed.
                raise NotSentError(f"topic: not confirmed: {type(error).__name__}") from None
        return False

    async def _send(self, enforcement: Enforcement) -> None:
        body = json.dumps(enforcement.to_json(), separators=(",", ":")).encode()
        # Another name each time: a broker that knew it would drop what is sent again.
        name = token_hex(16)
        signature = sign(body, self._keys, datetime.now(UTC))
        lane = self._stream.lane(order(enforcement))
        try:
            with _telemetry.publishing(enforcement.carrier) as headers:
                async with asyncio.timeout(WAIT_S):
                    await (await self._started()).publish(
                        lane, name, body, {**headers, HEADER: signature}
                    )
        except BaseException:
            await self._stopped()
            raise

    async def _started(self) -> Engine:
        """Connect again after any failure: what a client keeps of a lost broker may be stale."""
        if self._engine is None:
            self._engine = engine(self._url, self._stream)
            await self._engine.start()
        return self._engine

    async def _stopped(self) -> None:
        gone, self._engine = self._engine, None
        if gone is not None:
            with contextlib.suppress(Exception):
                async with asyncio.timeout(WAIT_S):
                    await gone.stop()

    def close(self) -> None:
        """Disconnect."""
        with self._one:
            if self._loop.is_closed():
                return
            asyncio.run_coroutine_threadsafe(self._stopped(), self._loop).result()
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()

    def __repr__(self) -> str:
        return f"Topic({self._stream.name!r})"


def order(enforcement: Enforcement) -> str:
    """What comes one after the other: all that is about an item."""
    return f"{enforcement.feature}/{enforcement.item}"
