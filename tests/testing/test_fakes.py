"""The fakes do what their names say, in the caller's thread and away from it."""

from __future__ import annotations

import asyncio
from time import monotonic

import pytest

from handrail import Action, Cause, UnknownNameError
from handrail.testing import (
    failing,
    finding,
    garbage,
    hanging,
    make_async_safety,
    make_item,
    make_safety,
    raising,
    silent,
    slow,
)

COSTS = ["inline", "blocking", "remote"]
AWAY = ["blocking", "remote"]


def decide(module, *, stage="pre_publish", **settings):
    """What a Safety with one module decides about an item."""
    with make_safety(module, **settings) as safety:
        return getattr(safety.feature("comments"), stage)(make_item())


def causes(decision):
    """Why something failed, by module."""
    return {fault.source: fault.cause for fault in decision.faults}


@pytest.mark.parametrize("cost", COSTS)
class TestAnywhere:
    """Fakes that may run anywhere."""

    def test_finding_finds(self, cost):
        """A finding fake finds its issue in every item."""
        decision = decide(finding("hate.speech", 0.8, cost=cost))

        assert [("hate.speech", 0.8)] == [(f.issue, f.score) for f in decision.findings]

    def test_silent_allows(self, cost):
        """A silent fake looks at the item and finds nothing."""
        module = silent(cost=cost)

        assert (Action.ALLOW, 1) == (decide(module).action, len(module.seen))

    def test_raising_is_an_error(self, cost):
        """A raising fake costs its own findings."""
        assert {"raising": Cause.ERROR} == causes(decide(raising(cost=cost)))

    def test_garbage_is_invalid(self, cost):
        """What a garbage fake gives back is no finding."""
        assert {"garbage": Cause.INVALID} == causes(decide(garbage([object()], cost=cost)))


@pytest.mark.parametrize("cost", AWAY)
class TestAway:
    """Fakes that hold up whoever waits for them."""

    def test_hanging_is_given_up(self, cost):
        """A hanging fake is left behind when the budget is spent."""
        with hanging(cost=cost) as module:
            assert {"hanging": Cause.TIMEOUT} == causes(decide(module, budget_ms=200))

    def test_hanging_is_released(self, cost):
        """A hanging fake that was released lets the call through."""
        module = hanging(cost=cost)
        module.release.set()

        assert {} == causes(decide(module))

    def test_slow_is_late(self, cost):
        """A fake slower than the budget fails with a timeout."""
        assert {"slow": Cause.TIMEOUT} == causes(decide(slow(0.5, cost=cost), budget_ms=200))

    def test_slow_takes_its_time(self, cost):
        """A fake within the budget takes as long as it says."""
        start = monotonic()
        decide(slow(0.05, cost=cost))

        assert monotonic() - start >= 0.05


class TestFake:
    """What all fakes have in common."""

    def test_answers_at_every_stage(self):
        """A fake is asked after publishing as before."""
        module = finding()
        decide(module, stage="post_publish")

        assert 1 == len(module.seen)

    def test_finds_where_it_is_told_to(self):
        """A finding fake may pick its items."""
        module = finding(when=lambda item: "buy" in item.text)
        with make_safety(module) as safety:
            decided = [safety.feature("live").pre_publish(make_item(t)) for t in ("buy", "hello")]

        assert [1, 0] == [len(decision.findings) for decision in decided]

    def test_async_safety_knows_fakes(self):
        """A fake answers an AsyncSafety as well."""

        async def ask():
            async with make_async_safety(finding(cost="remote")) as safety:
                return await safety.feature("comments").pre_publish(make_item())

        assert Action.BLOCK is asyncio.run(ask()).action

    @pytest.mark.parametrize("cause", ["error", "invalid", "timeout"])
    def test_failing_brings_its_cause_about(self, cause):
        """A failing fake fails the way it is told."""
        with failing(cause) as module:
            assert {"failing": Cause(cause)} == causes(decide(module))

    def test_failing_refuses_what_no_module_does(self):
        """Some causes are the SDK's own: no module brings them about."""
        with pytest.raises(UnknownNameError, match="'breaker_open'"):
            failing("breaker_open")

    def test_repr_names_it(self):
        """A fake is recognised in a failure."""
        assert "Fake('spam')" == repr(finding(name="spam"))
