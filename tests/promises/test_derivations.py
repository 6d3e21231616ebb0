"""Derivations: computed once per call, booked to who provides them, and failed by nobody else."""

from __future__ import annotations

import threading

import pytest

from handrail import Action, Cause, DerivationError, Finding, Item, Policy, Stage, Status
from handrail._health import OPEN_AFTER, OVERRUNS


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
            module("one", lambda item: None, provides={"outer": outer}, needs={"inner": int}),
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


class TestShown:
    """Coverage shows the time of every provider, whatever it does beside."""

    @pytest.fixture(name="row")
    def _row(self, provider, asker, guard, item, clock):
        """The coverage of a provider whose hook takes 2 ms and whose derivation takes 40."""

        def compute(item, context):
            clock.pass_ms(40)
            return 1

        def row(where=None, **more):
            provides = provider(compute, hook=lambda item: clock.pass_ms(2), **more)
            rows = guard(provides, asker("asks", where)).pre_publish(item).coverage
            return next((r.status, r.reason, r.ms) for r in rows if r.module == "provider")

        return row

    @pytest.mark.parametrize("cost", [None, "blocking"])
    def test_whose_hook_runs(self, row, cost):
        """The time is that of the hook and the derivation."""
        assert (Status.RAN, None, 42) == row(cost)

    def test_that_runs_elsewhere(self, row):
        """A module whose hook runs on a thread shows what its derivation took in the caller's."""
        assert 40 <= row("blocking", cost="blocking")[2]

    def test_without_a_hook_here(self, row):
        """A module that has no hook at this stage shows what it derived."""
        assert (Status.RAN, "derivations only", 40) == row(stage="report")

    def test_of_another_surface(self, row):
        """A module that does not serve the surface shows what it derived."""
        assert (Status.SKIPPED, "not for this surface", 40) == row(surfaces={"live"})


class TestBreaker:
    """A derivation that keeps failing is left out for a while, tried again, and let back in."""

    @pytest.fixture(name="broken")
    def _broken(self, provider, asker, make, item):
        """A Safety with a derivation whose breaker is open; how often it ran, and its mood."""
        mood, runs = {"bad": True}, []

        def compute(item, context):
            runs.append(item)
            if mood["bad"]:
                raise ValueError
            return 1

        safety = make(provider(compute), asker("asks"))
        for _ in range(OPEN_AFTER):
            safety.feature("comments").pre_publish(item)
        return safety, runs, mood

    @pytest.fixture(name="retry")
    def _retry(self, broken):
        """Let the next call try the derivation."""
        health = broken[0]._core.planner.pulse.health["provider.length", Stage.PRE_PUBLISH]

        def retry(*, well):
            broken[2]["bad"] = not well
            health.retry_at = 0

        return retry

    def test_is_computed_no_more(self, broken, item):
        """After five failures in a row it is not computed."""
        broken[0].feature("comments").pre_publish(item)

        assert OPEN_AFTER == len(broken[1])

    def test_is_a_fault_of_its_provider(self, broken, item, seen):
        """The fault is the provider's, and whoever asked lacked it."""
        decision = broken[0].feature("comments").pre_publish(item)

        assert {("provider", "breaker_open"), ("provider", "missing")} == seen(decision, "faults")

    def test_call_is_not_complete(self, broken, item):
        """Whoever needs it had no chance."""
        assert not broken[0].feature("comments").pre_publish(item).complete

    def test_is_counted(self, broken):
        """It shows up in the metric of breakers, named after provider and derivation."""
        counted = broken[0].counts("handrail.breaker.changes")

        assert {("provider.length", "pre_publish", "open"): 1} == counted

    def test_is_let_back_in(self, broken, retry, item):
        """After its cool-off, one call tries it, and closes the breaker if it can be had."""
        retry(well=True)
        calls = [broken[0].feature("comments").pre_publish(item).degraded for _ in range(3)]

        assert [False, False, False] == calls

    def test_failed_try_keeps_it_out(self, broken, retry, item):
        """If the try fails, it is left out again."""
        retry(well=False)
        for _ in range(3):
            broken[0].feature("comments").pre_publish(item)

        assert OPEN_AFTER + 1 == len(broken[1])

    def test_rare_failures_do_not_open(self, broken, retry, item):
        """A derivation that fails in one call of five stays in."""
        safety, runs, mood = broken
        retry(well=True)
        for number in range(100):
            mood["bad"] = number % 5 == 1
            safety.feature("comments").pre_publish(item)

        assert OPEN_AFTER + 100 == len(runs)

    @pytest.mark.parametrize("ms", [1, 40])
    def test_overruns_open(self, provider, asker, make, item, clock, ms):
        """A derivation that takes most of the budget again and again is left out."""
        runs = []

        def compute(item, context):
            runs.append(item)
            clock.pass_ms(ms)
            return 1

        guarded = make(provider(compute), asker("asks"), budget_ms=50).feature("comments")
        for _ in range(20):
            guarded.pre_publish(item)

        assert (OPEN_AFTER if ms == 40 else 20) == len(runs)

    def test_overruns_move_nobody(self, provider, asker, make, item, clock):
        """A derivation that overruns does not send the module that asked to the pool."""

        def compute(item, context):
            clock.pass_ms(80)
            return 1

        safety = make(provider(compute), asker("asks"), budget_ms=50)
        for _ in range(OVERRUNS + 1):
            safety.feature("comments").pre_publish(item)

        health = safety._core.planner.pulse.health["asks", Stage.PRE_PUBLISH]

        assert 0 == health.moved_until


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

    @pytest.mark.parametrize("cost", [None, "blocking"])
    def test_undeclared_is_refused(self, provider, module, guard, item, seen, cost):
        """What no module declares that it needs is not there, and costs who asked, anywhere."""

        def hook(item, context):
            context.derive("length", int)

        decision = guard(provider(lambda *_: 1), module("asks", hook, cost=cost)).pre_publish(item)

        assert {("asks", "missing")} == seen(decision, "faults")

    def test_undeclared_by_a_provider(self, provider, module, asker, guard, item, seen):
        """A derivation that asks for what its module does not declare is its module's fault."""

        def inner(item, context) -> int:
            return 1

        guarded = guard(
            provider(lambda _, context: context.derive("inner", int)),
            module("other", lambda item: None, provides={"inner": inner}),
            asker("asks"),
        )

        assert ("provider", "error") in seen(guarded.pre_publish(item), "faults")

    def test_nothing_is_computed_off_the_callers_thread(
        self, provider, asker, module, guard, item, seen
    ):
        """What only an inline module declares, and did not ask for, is not there for others."""
        idle = module("idle", lambda item: None, needs={"length": int})
        asks = module("asks", lambda item, context: context.derive("length", int), cost="blocking")
        decision = guard(provider(lambda *_: 1), idle, asks).pre_publish(item)

        assert {("asks", "missing")} == seen(decision, "faults")

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

        decision = guard(
            provider(fails), module("asks", hook, needs={"length": int})
        ).pre_publish(item)  # fmt: skip

        assert (Status.RAN, None) == seen(decision)["asks"]
