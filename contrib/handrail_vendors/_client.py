"""One request to a vendor, within the time there is: when it waits, when it tries again."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING

import attrs

from handrail import Context, Finding

from ._body import Body
from ._bucket import Bucket
from ._connections import Answer, Connections
from ._content import records
from ._errors import (
    VendorBusyError,
    VendorDownError,
    VendorError,
    VendorKeyError,
    VendorRefusedError,
    VendorTimeoutError,
    VendorUnreachableError,
)
from ._reply import Reply
from ._retry import after, pause
from ._usage import count

if TYPE_CHECKING:
    from ._settings import Service

GRACE_S = 0.05
"""How much later than the call's budget we give up: a call that is over is the SDK's to end."""


@attrs.frozen(kw_only=True)
class Ask:
    """One request, and how its answer is read.

    Attributes:
        url: Where to. body: What to send.
        headers: Made for each try: a signature has a time in it.
        read: Makes findings of the answer.
        characters: How much text is in it. images: How many images.
    """

    url: str = attrs.field(repr=False)
    body: Body = attrs.field(repr=False)
    headers: Callable[[], Mapping[str, str]] = attrs.field(repr=False)
    read: Callable[[Reply], Iterable[Finding]] = attrs.field(repr=False)
    characters: int = 0
    images: int = 0


@attrs.frozen
class _Setback:
    """What a try came to that may go better next time.

    Attributes:
        error: What to raise where there is no next time. wait: Seconds the vendor asks to wait.
    """

    error: VendorError
    wait: float = 0.0


class Client:
    """Asks one vendor for one module.

    Args:
        module: The module's name.
        settings: Its limits.
        forget: What to do once the key was refused.
    """

    def __init__(self, module: str, settings: Service, forget: Callable[[], None]) -> None:
        self._module, self._settings, self._forget = module, settings, forget
        self._bucket = Bucket(settings.requests_per_second, settings.burst)
        self._connections = Connections(settings.concurrency, settings.ca_file, settings.proxy)

    async def ask(self, ask: Ask, context: Context) -> Reply:
        """Return the answer; raises VendorError, within the call's budget or soon after it."""
        budget = context.remaining_ms / 1e3
        left = min(self._settings.timeout_ms / 1e3, budget + GRACE_S)
        try:
            if budget <= 0:
                raise VendorTimeoutError("no time is left to ask")
            return await self._in_time(ask, left)
        except VendorError:
            count(self._module, failures=1)
            raise

    async def _in_time(self, ask: Ask, left: float) -> Reply:
        with suppress(TimeoutError):
            async with asyncio.timeout(left):
                return await self._persist(ask, monotonic() + left)
        raise VendorTimeoutError("no answer in time")

    async def _persist(self, ask: Ask, end: float) -> Reply:
        number = 0
        while True:
            await self._admit(end)
            came = await self._try(ask, end, number)
            if isinstance(came, Reply):
                return came
            wait = max(came.wait, pause(number, random.random))
            if number == self._settings.retries or monotonic() + wait >= end:
                raise came.error
            await asyncio.sleep(wait)
            number += 1

    async def _admit(self, end: float) -> None:
        """Wait for leave to send, as far as there is a limit."""
        now = monotonic()
        wait = self._bucket.take(now, max(0.0, end - now))
        if wait is None:
            raise VendorBusyError("requests_per_second: no request is left in time")
        if wait:
            await asyncio.sleep(wait)

    async def _try(self, ask: Ask, end: float, number: int) -> Reply | _Setback:
        count(self._module, requests=1, retries=int(number > 0))
        left = max(0.001, end - monotonic())
        try:
            answer = await self._connections.post(ask.url, ask.headers(), ask.body, left)
        except VendorUnreachableError as error:
            return _Setback(error)
        if answer.status == 200:
            reply = Reply.parse(answer.body)
            self._count(ask)
            return reply
        return self._judge(answer)

    def _judge(self, answer: Answer) -> _Setback:
        """What a status other than 200 comes to; raises VendorError where it will not change."""
        if answer.status == 429:
            return _Setback(VendorBusyError("status 429"), after(answer.retry_after))
        if answer.status >= 500:
            error = VendorDownError(f"status {answer.status}")
            return _Setback(error, after(answer.retry_after))
        if answer.status in (401, 403):
            self._forget()
            raise VendorKeyError(f"status {answer.status}")
        raise VendorRefusedError(f"status {answer.status}")

    def _count(self, ask: Ask) -> None:
        begun = records(ask.characters)
        settings = self._settings
        cost = begun * settings.price / 1e3 + ask.images * settings.image_price / 1e3
        count(self._module, characters=ask.characters, records=begun, images=ask.images, cost=cost)
