"""What one process sends is bounded, counted and priced."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest

from handrail import Item, Media
from handrail_vendors import (
    VendorBusyError,
    VendorRefusedError,
    VendorTimeoutError,
    VendorTooLongError,
    openai_moderation,
)
from handrail_vendors.testing import Failing

PNG = b"\x89PNG\r\n\x1a\n" + bytes(8)
PICTURES = tuple(Media(id=f"m{n}", type="image/png", data=PNG) for n in range(2))


class TestLimits:
    """What one process sends is bounded."""

    def test_rate_limit_refuses_what_cannot_wait(self, openai, ask):
        """A request for which there is no leave in time is not sent."""
        with pytest.raises(VendorBusyError, match="requests_per_second"):
            ask(Item("i", "you blorb", media=PICTURES), requests_per_second=0.001, burst=1)
        assert 1 == len(openai.received)

    def test_concurrency_waits(self, openai, ask):
        """With one connection, requests follow each other."""
        assert 1 == len(ask(Item("i", "you blorb", media=PICTURES), concurrency=1))
        assert 3 == len(openai.received)

    def test_concurrency_refuses_what_cannot_wait(self, openai):
        """What finds no connection in time is an error that says so."""
        openai.will_fail(*[Failing(hangs=True)] * 2)
        made = openai_moderation.Settings(url=openai.url, concurrency=1, timeout_ms=2_000)
        (ask,) = made.asks(Item("i", "you blorb"))

        async def both():
            # The second gives up long before the first lets go of the connection.
            twice = (
                made.client.ask(ask, SimpleNamespace(remaining_ms=left)) for left in (5_000, 200)
            )
            return await asyncio.gather(*twice, return_exceptions=True)

        assert [VendorTimeoutError, VendorBusyError] == [*map(type, asyncio.run(both()))]

    def test_long_text_is_cut(self, openai, ask, used):
        """What is beyond the limit is not sent, and each finding says how much that is."""
        (finding,) = ask("blorb " * 10, max_characters=7)

        assert "blorb b" == openai.received[0].json["input"]
        assert 53 == finding.evidence.counts["unread"]
        assert 1 == used().cut

    def test_long_text_may_be_a_fault(self, openai, ask):
        """A host may want to know instead."""
        with pytest.raises(VendorTooLongError):
            ask("blorb " * 10, max_characters=7, too_long="fault")
        assert [] == openai.received


class TestUsage:
    """What was sent is counted, and priced."""

    def test_counts_and_prices(self, ask, used):
        """Characters count in begun thousands, images one by one."""
        ask(Item("i", "x" * 1_001, media=PICTURES), price=0.5, image_price=2)

        now = used()
        assert (3, 1_001, 2, 2) == (now.requests, now.characters, now.records, now.images)
        assert pytest.approx((2 * 0.5 + 2 * 2) / 1_000) == now.cost

    def test_failures_cost_nothing(self, openai, ask, used):
        """Only what was answered is priced."""
        openai.will_fail(Failing(status=400))
        with pytest.raises(VendorRefusedError):
            ask(price=1)

        assert (1, 1, 0, 0) == (used().requests, used().failures, used().records, used().cost)

    def test_nothing_to_send_is_nothing_sent(self, openai, ask, used):
        """An item without text or images costs nothing."""
        assert [] == ask(" \n ")
        assert ([], 0) == (openai.received, used().requests)
