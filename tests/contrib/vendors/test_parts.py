"""The parts of a request: the rate limit, pauses, connections, counts."""

from __future__ import annotations

import asyncio
import base64
import gc
import hashlib
import json
import subprocess
import sys
from types import SimpleNamespace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from handrail import InvalidValueError, Item, MissingExtraError
from handrail.testing import make_safety
from handrail_vendors import _usage, openai_moderation, usage
from handrail_vendors._body import IMAGE, Body
from handrail_vendors._bucket import Bucket
from handrail_vendors._retry import FIRST_S, after, pause


class TestBucket:
    """A token bucket."""

    @given(
        rate=st.floats(0.1, 100),
        burst=st.integers(1, 20),
        steps=st.lists(st.floats(0, 2), max_size=60),
    )
    def test_never_more_than_the_rate(self, rate, burst, steps):
        """However requests come, no more go than the burst and what has come back."""
        bucket, now, sent = Bucket(rate, burst), 100.0, []
        for step in steps:
            now += step
            if (wait := bucket.take(now, 10)) is not None:
                sent.append(now + wait)

        for number, first in enumerate(sent):
            for more, later in enumerate(sent[number:], 1):
                assert more <= burst + (later - first) * rate + 1 + 1e-6

    def test_no_rate_is_no_limit(self):
        """Without a rate nobody waits."""
        assert {0.0} == {Bucket(0, 1).take(0, 0) for _ in range(100)}

    def test_who_cannot_wait_takes_nothing(self):
        """A request that is refused leaves its token to others."""
        bucket = Bucket(1, 1)

        assert [0.0, None, 1.0] == [bucket.take(5, 0), bucket.take(5, 0.5), bucket.take(5, 2)]

    def test_clock_going_back(self):
        """A clock that goes back gives no tokens."""
        bucket = Bucket(1, 1)
        bucket.take(100, 0)

        assert bucket.take(50, 0) is None


class TestPauses:
    """How long to wait between tries."""

    @given(number=st.integers(0, 10), chance=st.floats(0, 1))
    def test_full_jitter(self, number, chance):
        """A pause is anything up to a bound that doubles."""
        assert 0 <= pause(number, lambda: chance) <= FIRST_S * 2**number

    @given(st.text(max_size=40))
    def test_any_header_is_survived(self, text):
        """Whatever stands in Retry-After, the answer is a time."""
        assert 0 <= after(text) < float("inf")

    def test_seconds(self):
        """A number is seconds."""
        assert (7, 0.5) == (after("7"), after(" 0.5 "))

    def test_a_date_that_is_over(self):
        """A date in the past asks for no wait."""
        assert 0 == after("Wed, 21 Oct 2015 07:28:00 GMT")


class TestBody:
    """What is sent, with an image that is encoded on the way."""

    @given(image=st.binary(min_size=1, max_size=200), more=st.text(max_size=20))
    @example(image=b"ab" * 60_000, more="")
    def test_is_what_json_would_be(self, image, more):
        """The parts join to the JSON with the image in its place, of the length it says."""
        body = Body.of({"a": f"data:{IMAGE}", "b": more}, image)
        whole = b"".join(body)

        expected = {"a": f"data:{base64.b64encode(image).decode()}", "b": more}
        assert (expected, len(whole)) == (json.loads(whole), len(body))
        assert hashlib.sha256(whole).hexdigest() == body.digest()

    def test_repr_shows_nothing(self):
        """A body shown somewhere shows nothing of what is in it."""
        assert "zqx" not in repr(Body(b"zqx"))


LAZY = """
import asyncio, os, sys
from types import SimpleNamespace
from handrail import Item
from handrail_vendors import openai_moderation
from handrail_vendors.testing import LocalVendor

os.environ["OPENAI_API_KEY"] = "none"
vendor = LocalVendor("openai", {})
settings = openai_moderation.Settings(url=vendor.url)
before = set(sys.modules)

async def ask():
    context = SimpleNamespace(remaining_ms=5_000)
    return [f async for f in openai_moderation.pre_publish(Item("i", "hello"), context, settings)]

asyncio.run(ask())
print(sorted(set(sys.modules) - before))
"""


def test_the_first_look_imports_nothing():
    """What takes long to import is imported at the start, not while an author waits."""
    out = subprocess.check_output([sys.executable, "-c", LAZY], text=True)

    assert "[]" == out.strip()


def opened(settings):
    """The connections that a module's settings hold open, by loop."""
    return [*settings.client._connections._open.values()]


class TestConnections:
    """One pool a loop, made when needed, closed in the end."""

    async def _ask(self, settings):
        context = SimpleNamespace(remaining_ms=5_000)
        item = Item("i", "you blorb")
        return [f async for f in openai_moderation.pre_publish(item, context, settings)]

    def test_nothing_is_open_before_the_first_look(self, openai):
        """Settings alone connect to nothing."""
        assert [] == opened(openai_moderation.Settings(url=openai.url))

    def test_one_pool_for_a_loop(self, openai):
        """Looks on one loop share their connections."""
        settings = openai_moderation.Settings(url=openai.url)

        async def twice():
            await self._ask(settings)
            await self._ask(settings)
            return len(opened(settings))

        assert 1 == asyncio.run(twice())

    def test_another_loop_has_its_own(self, openai):
        """A new loop, as after one was stuck, starts anew."""
        settings = openai_moderation.Settings(url=openai.url)

        assert [1, 1] == [len(asyncio.run(self._ask(settings))) for _ in range(2)]

    def test_a_loop_that_ends_closes_them(self, openai):
        """Where a loop ends, its connections are closed."""
        settings = openai_moderation.Settings(url=openai.url)

        async def ask():
            await self._ask(settings)
            (transport,) = opened(settings)
            return transport

        transport = asyncio.run(ask())
        assert [] == transport._pool.connections

    def test_settings_that_go_close_them(self, openai):
        """Where settings are gone and the loop runs on, their connections are closed as well."""

        async def run():
            settings = openai_moderation.Settings(url=openai.url)
            await self._ask(settings)
            (transport,) = opened(settings)
            before = len(transport._pool.connections)
            del settings
            gc.collect()
            for _ in range(50):
                await asyncio.sleep(0)
            return before, len(transport._pool.connections)

        assert (1, 0) == asyncio.run(run())

    def test_a_safety_that_closes_leaves_none(self, openai):
        """After ``close()`` the module's connections are gone."""
        settings = {"openai_moderation": {"url": openai.url}}
        with make_safety(openai_moderation, settings=settings, budget_ms=5_000) as safety:
            safety.feature("comments").pre_publish(Item("c1", "you blorb"))
            (transport,) = opened(safety.modules[0].settings)

        for _ in range(200):  # The loop ends on its own thread.
            if not transport._pool.connections:
                break
            openai.closed.wait(0.01)
        assert [] == transport._pool.connections


class TestUsage:
    """What this process has sent."""

    def test_a_forked_process_counts_its_own(self, used):
        """A child begins with nothing, so that all processes can be added up."""
        _usage.count("m", requests=3)
        _usage._after_fork()

        assert {} == dict(usage())

    def test_what_is_handed_out_stays(self, used):
        """A reading does not change while it is looked at."""
        before = usage()
        _usage.count("m", requests=1)

        assert {} == dict(before)


class TestSettings:
    """What holds for every vendor."""

    @pytest.mark.parametrize(
        "settings",
        [
            {"timeout_ms": 0}, {"timeout_ms": 1.5}, {"retries": -1}, {"retries": 11},
            {"requests_per_second": -1}, {"burst": 0}, {"concurrency": 0}, {"price": -1},
            {"floor": 2}, {"too_long": "ignore"}, {"max_images": 33}, {"allow_http": "yes"},
            {"proxy": "socks://x"}, {"ca_file": 5}, {"url": "http://service.example/"},
        ],
    )  # fmt: skip
    def test_wrong_setting(self, settings):
        """A setting that cannot mean what it says is refused at start-up."""
        with pytest.raises(InvalidValueError, match=next(iter(settings))):
            openai_moderation.Settings(**settings)

    def test_missing_extra(self, monkeypatch):
        """Without httpx the start fails, and names what to install."""
        monkeypatch.setitem(sys.modules, "httpx", None)

        with pytest.raises(MissingExtraError, match=r"handrail\[vendors\]"):
            openai_moderation.Settings()

    def test_floor(self, ask):
        """What scores below the floor is no finding."""
        assert [] == ask("you blorb", floor=0.95)
