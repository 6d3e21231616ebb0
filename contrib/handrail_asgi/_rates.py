"""How often a key may ask: a bucket of tokens for each, in this process or in a shared ledger.

From a ledger a process takes a little ahead, so that not every request waits for a database: all
processes together never give more than the key's rate and burst, and what one took and did not
give away within a second is lost to the others.
"""

from __future__ import annotations

import asyncio
import math
from collections import defaultdict
from collections.abc import Collection
from time import monotonic

import attrs

from handrail_asgi._key import Key
from handrail_asgi._ledger import AwayError, Ledger, Reached
from handrail_asgi._refused import RefusedError

AHEAD_S = 0.25
"""Seconds of a key's rate that a process takes ahead, in whole items, an eighth of the burst at
most: a slow key is counted to the item."""

HELD_S = 1.0
"""Seconds that what was taken ahead holds."""


@attrs.define
class _Lead:
    """What a process took ahead: how much, until when; and below what the ledger is not asked."""

    tokens: float = 0.0
    until: float = 0.0
    refused: float = math.inf
    refused_until: float = 0.0
    lock: asyncio.Lock = attrs.field(factory=asyncio.Lock)


class Rates:
    """Counts what keys ask for.

    Args:
        ledger: What is shared with other processes; None counts in this one.
    """

    def __init__(self, ledger: Ledger | None = None) -> None:
        self._ledger, self._reached = ledger, Reached()
        self._buckets: dict[str, tuple[float, float]] = {}
        self._leads: defaultdict[str, _Lead] = defaultdict(_Lead)

    async def count(self, key: Key, items: int) -> None:
        """Take *items* from what the key may ask for; raises RefusedError 429 if there are too few.

        A batch larger than the burst passes when the bucket is full, and is paid for afterwards.
        """
        if key.rate is None or items <= 0:
            return
        if self._ledger is None or not await self._counted(key, key.rate, items):
            self._count_here(key, key.rate, items)

    def forget(self, known: Collection[str]) -> None:
        """Let go of keys that are gone."""
        for kept in (self._buckets, self._leads):
            for gone in kept.keys() - known:
                del kept[gone]

    def _count_here(self, key: Key, rate: float, items: int) -> None:
        now = monotonic()
        tokens, at = self._buckets.get(key.id, (float(key.burst), now))
        tokens = min(key.burst, tokens + (now - at) * rate)
        lacking = min(items, key.burst) - tokens
        if lacking > 0:
            self._buckets[key.id] = tokens, now
            raise _too_often(key, lacking / rate)
        self._buckets[key.id] = tokens - items, now

    async def _counted(self, key: Key, rate: float, items: int) -> bool:
        """Count by the ledger, or by what was taken ahead; False where the ledger is away."""
        lead = self._leads[key.id]
        if self._spent(lead, items):
            return True
        async with lead.lock:
            if self._spent(lead, items):
                return True
            now = monotonic()
            if items >= lead.refused and now < lead.refused_until:
                raise _too_often(key, lead.refused_until - now)
            try:
                await self._draw(lead, key, rate, items)
            except AwayError:
                return False
        return True

    def _spent(self, lead: _Lead, items: int) -> bool:
        if lead.until < monotonic():
            lead.tokens = 0.0
        if lead.tokens < items:
            return False
        lead.tokens -= items
        return True

    async def _draw(self, lead: _Lead, key: Key, rate: float, items: int) -> None:
        ledger, ahead = self._ledger, math.floor(min(key.burst / 8, rate * AHEAD_S))
        if ledger is None:
            return
        # Taken before the ledger is asked: nobody else may spend it meanwhile.
        held, lead.tokens = lead.tokens, 0.0
        try:
            taken, wait = await self._reached(
                lambda: ledger.draw(key.id, items - held, ahead, rate=rate, burst=key.burst)
            )
        except BaseException:
            lead.tokens = held
            raise
        now = monotonic()
        if wait > 0:
            lead.tokens, lead.refused, lead.refused_until = held, items, now + wait
            raise _too_often(key, wait)
        lead.tokens, lead.until, lead.refused = held + taken - items, now + HELD_S, math.inf


def _too_often(key: Key, seconds: float) -> RefusedError:
    detail = f"This key may ask for {key.rate:g} items a second, {key.burst} at once."
    return RefusedError(429, detail, headers={"retry-after": str(max(1, math.ceil(seconds)))})
