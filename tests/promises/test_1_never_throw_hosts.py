"""Promise 1, the host's side: wrong arguments, deep stacks, many threads, broken sinks."""

from __future__ import annotations

import asyncio
import gc
import threading
from functools import partial
from unittest.mock import Mock

import pytest

from handrail import Action, AsyncSafety, Cause, Item


class Thorny:
    """Breaks wherever it is touched."""

    def __getattribute__(self, name):
        raise ZeroDivisionError

    __iter__ = __eq__ = __hash__ = __bool__ = __len__ = __str__ = __getattribute__


WRONG = {"None": None, "text": "text", "number": 7, "thorny": Thorny(), "mock": Mock(spec=Item)}


def deep(frames, call):
    """Call where exactly so many functions can still be entered before the recursion limit."""

    def room(n):
        return n == 0 or room(n - 1)

    def down():
        try:
            room(frames)
        except RecursionError:
            return call()
        return down()

    gc.collect()
    gc.disable()  # What others left to be finalized would need room on the stack as well.
    try:
        return down()
    finally:
        gc.enable()


class TestHosts:
    """What the host does wrong is answered too."""

    @pytest.mark.parametrize("frames", range(3, 40))
    def test_three_frames_from_the_recursion_limit(self, finds, guard, item, frames):
        """A host that has nearly used up its stack still gets a Decision."""
        guarded = guard(finds("spam"), finds("slow", cost="blocking"))
        decision = deep(frames, partial(guarded.pre_publish, item))

        assert isinstance(decision.action, Action)

    @pytest.mark.parametrize("frames", range(4, 40))
    def test_receipt_near_the_recursion_limit(self, finds, guard, item, frames):
        """A host that has nearly used up its stack still gets a Receipt."""
        guarded = guard(finds("spam", stage="post_publish"))
        receipt = deep(frames, partial(guarded.post_publish, item))

        assert "pending" == receipt.status

    @pytest.mark.parametrize("frames", range(4, 40))
    def test_awaited_near_the_recursion_limit(self, finds, guard, item, frames):
        """A host that awaits with its stack nearly used up still gets a Decision."""
        guarded = guard(finds("spam"), kind=AsyncSafety)

        with pytest.raises(StopIteration) as stopped:
            deep(frames, partial(guarded.pre_publish(item).send, None))

        assert isinstance(stopped.value.value.action, Action)

    @pytest.mark.parametrize("wrong", WRONG)
    @pytest.mark.parametrize("method", ["pre_publish", "post_publish", "report"])
    def test_wrong_argument(self, finds, guard, wrong, method):
        """Something that is no item or report gets a degraded answer, never an exception."""
        guarded = guard(finds("spam"), finds("later", stage="post_publish"))

        assert getattr(guarded, method)(WRONG[wrong]).degraded

    @pytest.mark.parametrize("wrong", WRONG)
    @pytest.mark.parametrize("method", ["pre_publish", "post_publish", "report"])
    def test_wrong_argument_awaited(self, finds, guard, wrong, method):
        """The same holds for AsyncSafety."""
        guarded = guard(finds("spam"), finds("later", stage="post_publish"), kind=AsyncSafety)

        assert asyncio.run(getattr(guarded, method)(WRONG[wrong])).degraded

    def test_wrong_argument_is_a_fault(self, finds, guard):
        """A decision about no item says that its input was invalid."""
        decision = guard(finds("spam")).pre_publish(None)

        assert [("handrail", Cause.INVALID)] == [(f.source, f.cause) for f in decision.faults]

    def test_wrong_arguments_do_not_fill_the_memory(self, finds, make):
        """A host that is always wrong fills the buffer to its limit and no further."""
        safety = make(finds("spam"))
        guarded, recorder = safety.feature("comments"), safety._core.recorder
        recorder.limit = 10
        for _ in range(50):
            guarded.pre_publish(None)

        assert len(recorder.buffer) <= 10

    def test_wrong_arguments_are_counted(self, finds, make):
        """Calls that failed as a whole show up in the metric of faults."""
        safety = make(finds("spam"))
        safety.feature("comments").pre_publish(None)

        assert {("handrail", "pre_publish", "invalid"): 1} == safety.counts("handrail.faults")

    def test_calls_after_close_answer(self, finds, make, item):
        """A closed Safety still decides, by what needs no thread."""
        safety = make(finds("spam"), finds("far", cost="remote"), finds("slow", cost="blocking"))
        guarded = safety.feature("comments")
        safety.close()

        assert {"spam"} == {f.module for f in guarded.pre_publish(item).findings}

    def test_many_threads_at_once(self, finds, guard, item):
        """Calls from many threads at once are all answered in full."""
        guarded = guard(finds("spam"), finds("far", cost="remote"), finds("slow", cost="blocking"))
        start, answers = threading.Barrier(16), []

        def ask():
            start.wait()
            answers.extend(len(guarded.pre_publish(item).findings) for _ in range(20))

        threads = [threading.Thread(target=ask) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert [3] * 320 == answers

    def test_module_that_asks_again(self, module, make, item):
        """A module that asks about its own item again and again is stopped by its own recursion."""
        guarded = []

        def hook(item):
            guarded[0].pre_publish(item)

        guarded.append(make(module("again", hook)).feature("comments"))

        assert isinstance(guarded[0].pre_publish(item).action, Action)
