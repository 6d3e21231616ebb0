"""A hook that could not look at a part of the item says so, and nobody takes it for a failure."""

from __future__ import annotations

import asyncio

import pytest

from handrail import (
    Finding,
    InvalidValueError,
    Manifest,
    UnknownNameError,
    UnseenError,
    hookimpl,
)
from handrail.testing import ModuleContract, make_async_safety, make_item, make_safety

SPAM = "integrity.spam"


class Sight:
    """Finds something, and cannot look at the rest."""

    MANIFEST = Manifest(
        name="sight", version="1", issues={SPAM}, surfaces={"*"}, languages={"*"},
        reads={"media"}, summary="Looks at pictures.",
    )  # fmt: skip

    @hookimpl
    def pre_publish(self, item):
        """Yield, then say that there was more."""
        yield Finding(SPAM, 0.4, "a sign")
        raise UnseenError("media", "truncated")


class BlockingSight(Sight):
    """As before, in a thread."""

    @hookimpl(cost="blocking")
    def pre_publish(self, item):
        """Yield, then say that there was more."""
        yield from Sight.pre_publish(self, item)


class RemoteSight(Sight):
    """As before, on the loop."""

    @hookimpl
    async def pre_publish(self, item):
        """Yield, then say that there was more."""
        yield Finding(SPAM, 0.4, "a sign")
        raise UnseenError("media", "truncated")


class TestContract(ModuleContract):
    """Saying that something was unseen is no breach of the contract."""

    module = Sight
    examples = {SPAM: ["anything"]}  # noqa: RUF012


KINDS = (Sight, BlockingSight, RemoteSight)


@pytest.mark.parametrize("kind", KINDS)
class TestFault:
    """It becomes a fault ``missing`` of the module, beside what was found."""

    def test_says_what_and_why(self, kind):
        """The fault's place says the part and the reason; what was found before is kept."""
        text = make_item(media=[{"id": "m", "type": "image/png"}])
        with make_safety(kind()) as safety:
            decision = safety.feature("comments").pre_publish(text)

        assert [("sight", "missing", None, "media: truncated")] == [
            (f.source, f.cause, f.error, f.place) for f in decision.faults
        ]
        assert [0.4] == [f.score for f in decision.findings]
        assert ("failed", "missing") == (decision.coverage[0].status, decision.coverage[0].reason)

    def test_opens_no_breaker(self, kind):
        """However often it happens, the module is asked again."""
        with make_safety(kind()) as safety:
            ask = safety.feature("comments").pre_publish
            decisions = [ask(make_item()) for _ in range(30)]

        assert [1] * 30 == [len(decision.findings) for decision in decisions]


def test_same_in_async():
    """The asynchronous facade says the same."""

    async def ask():
        async with make_async_safety(Sight()) as safety:
            return await safety.feature("comments").pre_publish(make_item())

    assert ["media: truncated"] == [f.place for f in asyncio.run(ask()).faults]


@pytest.mark.parametrize(
    ("part", "why", "error"),
    [("picture", "truncated", UnknownNameError), ("media", "what they wrote", InvalidValueError)],
)
def test_says_nothing_of_the_item(part, why, error):
    """Part and reason are words of a list and of the module's, never a user's."""
    with pytest.raises(error):
        UnseenError(part, why)
