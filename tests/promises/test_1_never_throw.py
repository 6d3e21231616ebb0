"""Promise 1: a call answers within its budget and grace, whatever the modules behind it do."""

from __future__ import annotations

import asyncio
import sys
import threading
from time import monotonic

import pytest

from handrail import Cause, DerivationError, Finding, hookimpl
from handrail._plan import GRACE_MS

COSTS = ("inline", "blocking", "remote")
BUDGET_MS = 60
SLACK_S = 5
"""How much later than promised a loaded machine may be; a hang would be for ever."""


class Mute(Exception):
    """Says nothing, loudly."""

    def __str__(self):
        raise ZeroDivisionError

    __repr__ = __str__


class Faceless(Exception):
    """Will not say what it is."""

    @property
    def __class__(self):
        raise ZeroDivisionError


class Nowhere(Exception):
    """Comes from a module whose name is no name."""

    __module__ = 7


class Unnamed(DerivationError):
    """A derivation's error that has lost the name of the derivation."""

    def __init__(self):
        Exception.__init__(self)


class Endless:
    """Yields for ever."""

    def __iter__(self):
        return self

    def __next__(self):
        return 1


class Uniterable:
    """Cannot be iterated, and breaks trying."""

    def __iter__(self):
        raise ZeroDivisionError


class Thorny:
    """Breaks wherever it is touched."""

    def __getattribute__(self, name):
        raise ZeroDivisionError

    __iter__ = __eq__ = __hash__ = __bool__ = __len__ = __getattribute__


class Score(float):
    """A number that will not be compared."""

    def __le__(self, other):
        raise ZeroDivisionError

    __ge__ = __lt__ = __gt__ = __le__


RAISED = {
    type(error).__name__: error
    for error in (
        ValueError("x"), BaseException("x"), SystemExit(3), GeneratorExit(), RecursionError(),
        asyncio.CancelledError(), MemoryError(), StopIteration(1), StopAsyncIteration(),
        TimeoutError(), ExceptionGroup("x", [ValueError()]), Mute(), Faceless(), Nowhere(),
        Unnamed(), DerivationError([]),
    )
}  # fmt: skip

GARBAGE = {
    "number": lambda: 42,
    "zero": lambda: 0,
    "text": lambda: "text",
    "bytes": lambda: b"\x00\xff",
    "class": lambda: Finding,
    "exception": lambda: ValueError("x"),
    "nested": lambda: [[[[]]]],
    "nones": lambda: [None, None],
    "endless": Endless,
    "uniterable": Uniterable,
    "thorny": Thorny,
    "thorns": lambda: [Thorny(), Thorny()],
    "undeclared issue": lambda: [Finding("hate.speech", 0.5, "x")],
    "unhashable issue": lambda: [Finding(["integrity.spam"], 0.5, "x")],
    "score too high": lambda: [Finding("integrity.spam", 1.5, "x")],
    "score is no number": lambda: [Finding("integrity.spam", float("nan"), "x")],
    "score is text": lambda: [Finding("integrity.spam", "0.5", "x")],
    "score will not be compared": lambda: [Finding("integrity.spam", Score(0.5), "x")],
    "no reason": lambda: [Finding("integrity.spam", 0.5, "")],
    "generator that raises": lambda: (1 / n for n in (0,)),
    "finding": lambda: Finding("integrity.spam", 0.5, "x"),
}


def hook_of(cost, act):
    """A hook that does *act*, as its cost asks."""
    if cost == "remote":

        async def hook(item):
            return act()
    else:

        def hook(item):
            return act()

    return hook


def raising(error):
    def act():
        raise error

    return act


@pytest.fixture(name="asked")
def _asked(module, guard, item):
    """Ask about an item with one module that does as told; return its decision."""

    def asked(act, cost=None, hook=None):
        broken = module("broken", hook or hook_of(cost, act), cost=cost)
        return guard(broken).pre_publish(item)

    return asked


class TestModulesThatRaise:
    """Whatever a module raises becomes a fault of that module."""

    @pytest.mark.parametrize("cost", COSTS)
    @pytest.mark.parametrize("error", RAISED)
    def test_is_answered_with_a_fault(self, asked, error, cost):
        """Anything raised is a fault of who raised it, and nobody else's."""
        decision = asked(raising(RAISED[error]), cost)

        assert {"broken"} == {f.source for f in decision.faults}

    def test_place_that_is_no_module(self, asked, monkeypatch):
        """Code whose home is no module fails like any other."""
        monkeypatch.setitem(sys.modules, "odd", object())
        home = {"__name__": "odd"}
        exec("def hook(item): raise ValueError", home)

        assert ["broken"] == [f.source for f in asked(None, hook=home["hook"]).faults]

    @pytest.mark.parametrize("cost", COSTS)
    @pytest.mark.parametrize("error", RAISED)
    def test_can_be_written_down(self, asked, error, cost):
        """A decision with that fault has a JSON form."""
        decision = asked(raising(RAISED[error]), cost)

        assert decision.to_json()["degraded"]

    def test_recursion_to_the_limit_is_a_fault(self, asked):
        """A module that recurses without end costs itself."""

        def hook(item):
            return hook(item)

        assert [("broken", Cause.ERROR)] == [
            (f.source, f.cause) for f in asked(None, hook=hook).faults
        ]

    def test_half_a_generator_is_kept(self, asked):
        """What a generator yielded before it broke still counts."""

        def hook(item):
            yield Finding("integrity.spam", 0.9, "seen")
            raise SystemExit

        assert [0.9] == [f.score for f in asked(None, hook=hook).findings]

    @pytest.mark.parametrize("cost", ["blocking", "remote"])
    def test_interrupt_elsewhere_is_a_fault(self, asked, cost):
        """KeyboardInterrupt raised by a module off the caller's thread stays there."""
        decision = asked(raising(KeyboardInterrupt()), cost)

        assert ["KeyboardInterrupt"] == [f.error for f in decision.faults]

    def test_interrupt_passes(self, asked):
        """Ctrl-C while an inline module runs reaches the host."""
        with pytest.raises(KeyboardInterrupt):
            asked(raising(KeyboardInterrupt()))

    def test_interrupt_in_a_derivation_passes(self, module, guard, item):
        """Ctrl-C while a derivation is computed reaches the host."""

        def compute(item, context) -> str:
            raise KeyboardInterrupt

        def hook(item, context):
            context.derive("folded", str)

        asking = module("asking", hook, provides={"folded": compute}, needs={"folded": str})

        with pytest.raises(KeyboardInterrupt):
            guard(asking).pre_publish(item)


class TestModulesThatReturnGarbage:
    """Whatever a module returns is a list of findings or a fault."""

    @pytest.mark.parametrize("cost", COSTS)
    @pytest.mark.parametrize("garbage", GARBAGE)
    def test_is_answered_with_a_fault(self, asked, garbage, cost):
        """Garbage is a fault of who returned it; nothing of it is kept."""
        decision = asked(GARBAGE[garbage], cost)

        assert ({"broken"}, ()) == ({f.source for f in decision.faults}, decision.findings)

    @pytest.mark.parametrize("cost", COSTS)
    @pytest.mark.parametrize("bad", ["unhashable issue", "score will not be compared", "thorns"])
    def test_what_was_right_is_kept(self, asked, bad, cost):
        """One broken finding does not take the module's others with it."""
        right = Finding("integrity.spam", 0.5, "right")
        decision = asked(lambda: [right, *GARBAGE[bad](), right], cost)

        assert (2, ["invalid"]) == (len(decision.findings), [f.cause for f in decision.faults])

    @pytest.mark.parametrize("cost", ["inline", "blocking"])
    def test_leaked_coroutine_is_closed(self, asked, cost):
        """A coroutine returned by a plain function is a fault, and is not left to warn later."""

        async def leak():
            """Never awaited."""

        assert [Cause.INVALID] == [f.cause for f in asked(leak, cost).faults]

    @pytest.mark.parametrize("cost", COSTS)
    def test_nested_coroutine_is_closed(self, asked, cost):
        """A coroutine among the findings is a fault, and is not left to warn later."""

        async def leak():
            """Never awaited."""

        assert [Cause.INVALID] == [f.cause for f in asked(lambda: [leak()], cost).faults]

    @pytest.mark.parametrize("cost", ["inline", "blocking"])
    def test_leaked_async_generator_is_a_fault(self, asked, cost):
        """An async generator returned by a plain function is a fault."""

        async def leak():
            yield Finding("integrity.spam", 0.5, "x")

        assert [Cause.INVALID] == [f.cause for f in asked(leak, cost).faults]

    def test_async_generator_that_never_ends_is_cut_off(self, asked):
        """An endless async generator is a fault, and its findings are capped."""

        async def hook(item):
            while True:
                yield Finding("integrity.spam", 0.5, "x")

        decision = asked(None, hook=hook)

        assert (["invalid"], 100) == ([f.cause for f in decision.faults], len(decision.findings))

    def test_module_cannot_change_the_item(self, asked, item):
        """A module that writes to the item costs itself; the item stays as it was."""

        def hook(item):
            item.text = "changed"

        decision = asked(None, hook=hook)

        assert (["FrozenInstanceError"], "hello") == ([f.error for f in decision.faults], item.text)

    def test_list_changed_after_the_return_is_not_the_decision(self, module, guard, item):
        """A module that keeps its list and empties it later changes no decision."""
        found = [Finding("integrity.spam", 0.9, "x")]
        decision = guard(module("keeper", lambda item: found)).pre_publish(item)
        found.clear()

        assert 1 == len(decision.findings)


class TestModulesThatHang:
    """A module that does not come back costs itself, and the call its budget at most."""

    @pytest.mark.parametrize("cost", ["blocking", "remote"])
    def test_is_given_up_in_time(self, module, guard, item, gate, cost):
        """The answer is there within the budget and the stated grace, while the module hangs."""
        guarded = guard(module("hung", hook_of(cost, gate.wait), cost=cost), budget_ms=BUDGET_MS)
        start = monotonic()
        guarded.pre_publish(item)

        assert monotonic() - start < (BUDGET_MS + GRACE_MS) / 1000 + SLACK_S

    @pytest.mark.parametrize("cost", ["blocking", "remote"])
    def test_is_a_fault(self, module, guard, item, gate, cost):
        """What was given up is a fault of that module."""
        guarded = guard(module("hung", hook_of(cost, gate.wait), cost=cost), budget_ms=BUDGET_MS)

        assert ["hung"] == [f.source for f in guarded.pre_publish(item).faults]

    def test_module_that_will_not_be_cancelled_is_given_up(self, module, guard, item, gate):
        """A remote module that swallows its cancellation is left behind like any other."""

        async def hook(item):
            while not gate.is_set():
                try:
                    await asyncio.get_running_loop().create_future()
                except asyncio.CancelledError:
                    continue

        guarded = guard(module("hung", hook), budget_ms=BUDGET_MS)

        assert ["hung"] == [f.source for f in guarded.pre_publish(item).faults]

    def test_lock_it_closes_over_is_its_own_trouble(self, module, guard, item):
        """Two modules that wait for the same lock cost themselves; the call returns."""
        lock = threading.Lock()
        lock.acquire()

        def hook(item):
            with lock:
                return []

        guarded = guard(
            module("one", hook, cost="blocking"), module("two", hook, cost="blocking"), budget_ms=60
        )
        sources = {f.source for f in guarded.pre_publish(item).faults}
        lock.release()

        assert {"one", "two"} == sources

    def test_it_can_no_longer_change_the_answer(self, module, guard, item, gate):
        """What a module does after it was given up changes no decision that was handed out."""
        over = threading.Event()

        def compute(item, context) -> str:
            raise ValueError

        def hook(item, context):
            gate.wait()
            try:
                context.derive("late", str)
            finally:
                over.set()

        slow = module("slow", hook, cost="blocking", timeout_ms=30)
        source = module("source", lambda item: None, provides={"late": compute})
        decision = guard(slow, source).pre_publish(item)
        gate.set()
        over.wait()

        assert {"slow"} == {f.source for f in decision.faults}

    def test_what_cannot_be_interrupted_is_said(self):
        """The documentation of a hook's cost says what nothing can interrupt."""
        assert "nothing can interrupt" in " ".join(hookimpl.__doc__.split())

    def test_module_cancels_itself(self, asked):
        """A remote module's own cancellation is its fault."""

        async def hook(item):
            asyncio.current_task().cancel()
            await asyncio.sleep(0)

        assert ["CancelledError"] == [f.error for f in asked(None, hook=hook).faults]

    def test_module_cancels_itself_and_answers(self, asked):
        """A remote module that cancels itself too late to be stopped is still heard."""

        async def hook(item):
            asyncio.current_task().cancel()
            return [Finding("integrity.spam", 0.9, "x")]

        assert 1 == len(asked(None, hook=hook).findings)

    def test_module_stops_the_loop(self, module, guard, item):
        """A remote module that stops the event loop under itself does not stop the next call."""

        async def stops(item):
            asyncio.get_running_loop().stop()

        guarded = guard(module("stops", stops), module("rest", hook_of("remote", list)))
        guarded.pre_publish(item)

        assert () == guarded.pre_publish(item).faults
