"""What the tests of vendors stand on: servers on loopback, and a look outside of a call."""

from __future__ import annotations

import asyncio
from collections import Counter
from types import SimpleNamespace

import pytest

from handrail import Item
from handrail_vendors import _usage, openai_moderation
from handrail_vendors.testing import LocalVendor


@pytest.fixture(name="key", autouse=True)
def _key(monkeypatch):
    """A key in the environment, under the names that the modules look for."""
    for name in (
        "OPENAI_API_KEY", "AZURE_CONTENT_SAFETY_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY",
    ):  # fmt: skip
        monkeypatch.setenv(name, "zqx-a-key")
    return "zqx-a-key"


@pytest.fixture(name="vendor")
def _vendor():
    """Start servers that end with the test: ``vendor("openai", blorb="harassment")``."""
    started = []

    def start(form, tls=None, **words):
        started.append(LocalVendor(form, words, tls=tls))
        return started[-1]

    yield start
    for each in started:
        each.close()


@pytest.fixture(name="openai")
def _openai(vendor):
    """A server that finds harassment in ``blorb``."""
    return vendor("openai", blorb="harassment")


def look(module, item, remaining_ms=10_000.0, **settings):
    """What a module finds, on a loop that ends with the look, with no more time than this."""
    item = item if isinstance(item, Item) else Item("item-1", item)
    context = SimpleNamespace(remaining_ms=remaining_ms)
    made = module.MANIFEST.settings(**settings)

    async def ask():
        return [finding async for finding in module.pre_publish(item, context, made)]

    return asyncio.run(ask())


@pytest.fixture(name="look")
def _look():
    return look


@pytest.fixture(name="ask")
def _ask(openai):
    """Look at a text through ``openai_moderation``, quickly as far as waiting goes."""

    def ask(text="you blorb", **settings):
        given = {"url": openai.url, **settings}
        return look(openai_moderation, text, **given)

    return ask


@pytest.fixture(name="used")
def _used():
    """Count from nothing: what the test itself makes a module send."""
    _usage._counts.clear()

    def used(name="openai_moderation"):
        return _usage.usage().get(name, _usage.Usage())

    return used


def by_issue(found):
    """Scores by issue."""
    return Counter({finding.issue: finding.score for finding in found})
