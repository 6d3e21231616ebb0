"""Derivations: computed once per call, booked to who provides them, and failed by nobody else."""

from __future__ import annotations

import threading

import pytest

from handrail import Action, Cause, DerivationError, Finding, Item, Policy, Status


class Clock:
    """Time that passes only when it is told to."""

    def __init__(self):
        self.now = 1_000_000

    def __call__(self):
        return self.now

    def pass_ms(self, ms):
        self.now += int(ms * 1e6)


@pytest.fixture(name="clock")
def _clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr("handrail._ledger.monotonic_ns", clock)
    monkeypatch.setattr("handrail._call.monotonic_ns", clock)
    return clock


@pytest.fixture(name="provider")
def _provider(module):
    """Make a module that provides ``length``, computed by *compute* (item, context)."""

    def provider(compute, kind=int, **more):
        def provide(item, context):
            return compute(item, context)

        provide.__annotations__ = {"return": kind}
        hook = more.pop("hook", lambda item: None)
        return module("provider", hook, provides={"length": provide}, **more)

    return provider


@pytest.fixture(name="asker")
def _asker(module):
    """Make a module that asks for ``length`` and finds what it was told."""

    def asker(name, cost=None, *, kind=int, **more):
        def say(context):
            return [Finding("integrity.spam", 0.5, str(context.derive("length", kind)))]

        if cost == "remote":

            async def hook(item, context):
                return say(context)
        else:

            def hook(item, context):
                return say(context)

        return module(name, hook, cost=cost, needs={"length": kind}, **more)

    return asker


def fails(item, context):
    raise ValueError


class TestOnce:
    """A derivation is computed at most once per call."""

    @pytest.mark.parametrize("costs", [(None, None), (None, "blocking"), ("blocking", "remote")])
    def test_for_all_who_ask(self, provider, asker, guard, item, costs):
        """Whoever asks, wherever they run, gets the one value of the call."""
        calls = []

        def compute(item, context):
            calls.append(item)
            return len(item.text)

        guarded = guard(provider(compute), *(asker(f"m{n}", c) for n, c in enumerate(costs)))
        reasons = [f.reason for f in guarded.pre_publish(item).findings]

        assert (["5", "5"], 1) == (reasons, len(calls))

    @pytest.mark.parametrize("cost", [None, "blocking"])
    def test_for_each_item_anew(self, provider, asker, guard, cost):
        """What was derived for one item is never handed to the next."""
        guarded = guard(provider(lambda item, _: len(item.text)), asker("asks", cost))
        items = [Item(id=str(n), text="x" * n) for n in (1, 2, 3)]

        assert ["1", "2", "3"] == [
            f.reason for item in items for f in guarded.pre_publish(item).findings
        ]

    def test_empty_value_is_a_value(self, provider, asker, guard, item):
        """A value that is zero is not computed again."""
        calls = []

        def compute(item, context):
            calls.append(item)
            return 0

        guard(provider(compute), asker("a"), asker("b")).pre_publish(item)

        assert 1 == len(calls)

    def test_failure_is_not_tried_again(self, provider, asker, guard, item):
        """A derivation that failed is not computed again in that call."""
        calls = []

        def compute(item, context):
            calls.append(item)
            raise ValueError

        guard(provider(compute), asker("a"), asker("b"), asker("c", "blocking")).pre_publish(item)

        assert 1 == len(calls)

    def test_not_computed_for_nobody(self, provider, finds, guard, item):
        """A derivation that nobody asks for is not computed."""
        calls = []
        guard(provider(lambda *_: calls.append(1) or 1), finds("spam")).pre_publish(item)

        assert [] == calls


class TestEager:
    """What blocking and remote modules need is there before they begin."""

    @pytest.mark.parametrize("cost", ["blocking", "remote"])
    def test_in_the_callers_thread(self, provider, asker, guard, item, cost):
        """The derivation runs in the caller's thread, not in several at once."""
        threads = []

        def compute(item, context):
            threads.append(threading.current_thread())
            return 1

        guard(provider(compute), asker("a", cost), asker("b", cost)).pre_publish(item)

        assert [threading.current_thread()] == threads

    def test_only_what_they_declare(self, provider, finds, guard, item):
        """A blocking module that needs nothing has nothing derived for it."""
        calls = []
        guard(
            provider(lambda *_: calls.append(1) or 1), finds("a", cost="blocking")
        ).pre_publish(item)  # fmt: skip

        assert [] == calls


class TestBooked:
    """The time a derivation takes is its provider's, not that of who asked first."""

    def test_not_to_the_asker(self, provider, asker, guard, item, clock):
        """A module that waited for a derivation shows its own time alone."""

        def compute(item, context):
            clock.pass_ms(40)
            return 1

        decision = guard(provider(compute), asker("asks")).pre_publish(item)
        (ms,) = [row.ms for row in decision.coverage if row.module == "asks"]

        assert 0 == ms

    def test_not_to_a_provider_that_asked(self, module, guard, item, clock):
        """Of two derivations, one of which asks for the other, each shows its own time."""
        seen = []

        def outer(item, context) -> int:
            clock.pass_ms(10)
            return context.derive("inner", int)

        def inner(item, context) -> int:
            clock.pass_ms(30)
            return 1

        def hook(item, context):
            clock.pass_ms(1)
            context.derive("outer", int)
            seen.append(context)

        guard(
            module("one", lambda item: None, provides={"outer": outer}),
            module("two", lambda item: None, provides={"inner": inner}),
            module("asks", hook, needs={"outer": int}),
        ).pre_publish(item)

        assert {"one": 10e6, "two": 30e6} == seen[0]._ledger.provided

    def test_text_to_the_sdk(self, module, guard, item, clock, monkeypatch):
        """Folding the text is booked to the SDK, not to the first module that reads it."""
        monkeypatch.setattr(
            "handrail._text.unicodedata.normalize", lambda *_: clock.pass_ms(25) or ""
        )
        reads = module("reads", lambda item, context: context.text.folded and None)
        decision = guard(reads).pre_publish(item)
        (ms,) = [row.ms for row in decision.coverage if row.module == "reads"]

        assert 0 == ms


class TestFailing:
    """A derivation that fails is a fault of its provider, and leaves what needed it unseen."""

    @pytest.mark.parametrize("cost", [None, "blocking", "remote"])
    def test_fault_of_its_provider(self, provider, asker, guard, item, seen, cost):
        """Provider and need are named; the asking module is not blamed."""
        decision = guard(provider(fails), asker("asks", cost)).pre_publish(item)

        assert {("provider", "error"), ("provider", "missing")} == seen(decision, "faults")

    def test_coverage_names_the_need(self, provider, asker, guard, item, seen):
        """Coverage says of the asking module what it lacked."""
        decision = guard(provider(fails), asker("asks")).pre_publish(item)

        assert (Status.FAILED, "missing: needs length") == seen(decision)["asks"]

    def test_provider_itself_ran(self, provider, asker, guard, item, seen):
        """A provider whose own hook ran has run."""
        decision = guard(provider(fails), asker("asks")).pre_publish(item)

        assert (Status.RAN, None) == seen(decision)["provider"]

    @pytest.mark.parametrize("issue", ["hate.speech", "fraud.scam"])
    def test_issues_of_who_asked_count(self, provider, asker, guard, item, issue):
        """The fault rules look at the issues of the modules that could not look."""
        policy = Policy(faults=[{"issues": ["hate.*"], "then": "block"}, {"then": "nudge"}])
        broken = provider(fails, issues={"integrity.spam"})
        asks = asker("asks", issues={issue})
        expected = Action.BLOCK if issue == "hate.speech" else Action.NUDGE

        assert expected is guard(broken, asks, policy=policy).pre_publish(item).action

    def test_wrong_type_is_invalid(self, provider, asker, guard, item, seen):
        """A provider that returns something else than it declared is ``invalid``."""
        decision = guard(provider(lambda *_: "five"), asker("asks")).pre_publish(item)

        assert ("provider", "invalid") in seen(decision, "faults")

    def test_nothing_is_invalid(self, provider, asker, guard, item, seen):
        """A provider that returns nothing is ``invalid``."""
        decision = guard(provider(lambda *_: None), asker("asks")).pre_publish(item)

        assert ("provider", "invalid") in seen(decision, "faults")

    def test_ring_is_a_fault(self, module, guard, item):
        """Derivations that ask for each other are a fault, not an endless call."""

        def one(item, context) -> int:
            return context.derive("two", int)

        def two(item, context) -> int:
            return context.derive("one", int)

        ring = module("ring", lambda item, context: context.derive("one", int),
                      provides={"one": one, "two": two}, needs={"one": int})  # fmt: skip

        assert {"ring"} == {f.source for f in guard(ring).pre_publish(item).faults}

    def test_unknown_name_is_a_fault_of_who_asked(self, module, guard, item):
        """Asking for what nobody provides costs who asked."""
        asks = module("asks", lambda item, context: context.derive("no_such", int))
        faults = guard(asks).pre_publish(item).faults

        assert [("asks", Cause.MISSING, None)] == [(f.source, f.cause, f.place) for f in faults]

    def test_module_may_do_without(self, provider, module, guard, item, seen):
        """A module that lets the error be and goes on has run."""

        def hook(item, context):
            try:
                context.derive("length", int)
            except DerivationError:
                return [Finding("integrity.spam", 0.5, "without")]

        decision = guard(provider(fails), module("asks", hook)).pre_publish(item)

        assert (Status.RAN, None) == seen(decision)["asks"]
