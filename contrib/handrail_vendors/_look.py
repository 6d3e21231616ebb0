"""Ask, read, and keep the strongest finding of each issue."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import Protocol

import attrs

from handrail import Context, Evidence, Finding, Item

from ._client import Ask, Client
from ._reply import Reply

LARGE = 100_000
"""Bytes of images from which requests are made on a thread: our loop serves other modules too."""


class Asking(Protocol):
    """What a module's settings know: whom to ask, and what."""

    @property
    def client(self) -> Client:
        """Who asks."""

    def asks(self, item: Item) -> list[Ask]:
        """The requests that an item takes."""


async def look(settings: Asking, item: Item, context: Context) -> AsyncIterator[Finding]:
    """Send all requests at once, and yield what the answers say, at most one finding an issue.

    A request that failed takes nothing from the others; its error is raised behind them.
    """
    large = sum(len(media.data or b"") for media in item.media) > LARGE
    asks = await asyncio.to_thread(settings.asks, item) if large else settings.asks(item)
    tried = await asyncio.gather(
        *(_answer(settings.client, ask, context) for ask in asks), return_exceptions=True
    )
    found = [f for each in tried if not isinstance(each, BaseException) for f in each]
    sent = sum(ask.characters for ask in asks)
    unread = len(item.text) - sent if sent else 0
    for finding in _strongest(found):
        yield _told(finding, unread)
    for each in tried:
        if isinstance(each, BaseException):
            raise each


async def _answer(client: Client, ask: Ask, context: Context) -> tuple[Finding, ...]:
    reply: Reply = await client.ask(ask, context)
    return tuple(ask.read(reply))


def _strongest(found: Iterable[Finding]) -> list[Finding]:
    best: dict[str, Finding] = {}
    for finding in found:
        if finding.issue not in best or finding.score > best[finding.issue].score:
            best[finding.issue] = finding
    return sorted(best.values(), key=lambda f: f.issue)


def _told(finding: Finding, unread: int) -> Finding:
    """The finding, with the characters that the vendor has not read, if there are any."""
    if unread <= 0:
        return finding
    counts = {**finding.evidence.counts, "unread": unread}
    return attrs.evolve(finding, evidence=Evidence(spans=finding.evidence.spans, counts=counts))
