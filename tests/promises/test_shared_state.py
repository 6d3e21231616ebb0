"""Promises 1, 4, 7 and 10 with a State that processes share, whatever that State does."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail import (
    Action,
    Actor,
    AsyncSafety,
    Cause,
    Count,
    Feature,
    Finding,
    Item,
    Manifest,
    MemoryState,
    Policy,
    Read,
    Safety,
    hookimpl,
)

SPAM = "integrity.spam"
NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
GRACE_S = 20
"""How much longer than its limit a call may take on a machine that does much else."""


class Wild:
    """A shared state that does one thing wrong."""

    source, timeout_ms, up, lost = "wild", 200.0, True, 0

    def __init__(self, wrong=""):
        self.wrong, self.near, self.loop = wrong, MemoryState(), None

    def open(self):
        """Nothing to connect to."""

    def close(self):
        """Nothing to let go of."""

    def ask(self, trip):
        if self.wrong == "raises":
            raise RuntimeError("a secret")
        if self.wrong == "exits":
            raise SystemExit
        if self.wrong == "few":
            trip.answer([])
        elif self.wrong == "garbage":
            trip.answer([object() for _ in trip.reads])
        elif self.wrong == "fails":
            trip.fail(Cause.ERROR, ValueError("a secret"))
        elif self.wrong == "twice":
            trip.answer([1 for _ in trip.reads])
            trip.fail(Cause.ERROR)
        elif self.wrong == "on the loop":
            self.loop.call_soon(lambda: trip.answer([7 for _ in trip.reads]))
        elif not self.wrong:
            trip.answer([read.of(self.near) for read in trip.reads])

    def add(self, counts, at, once=None):
        if self.wrong == "refuses":
            raise RuntimeError("a secret")
        self.near.add(counts, at)

    def __getattr__(self, name):
        return getattr(self.near, name)


class Sent:
    """Counts what people send."""

    def learn(self, item, context):
        yield Count("sent", item.author.id)


class Often:
    """Says how much somebody has sent."""

    MANIFEST = Manifest(
        name="often", version="1", issues={SPAM}, surfaces="*", languages="*",
        memory=Sent, counters="sent",
    )  # fmt: skip

    @hookimpl
    def pre_publish(self, item, context):
        sent = context.state.recent("sent", item.author.id, HOUR, context.at)
        yield Finding(SPAM, 0.5, f"{sent or 0:.0f} before")


ITEM = Item("person-4711-item", "hello", author=Actor("person-4711"), created_at=NOON)
WILD = ["raises", "exits", "few", "garbage", "fails", "twice", "never", "refuses"]


def safety(state, kind=Safety):
    """A Safety over a state."""
    return kind(
        [Feature(name="wall", surface="comments")], modules=[Often()],
        policy=Policy(name="none", faults=[{"then": "allow"}]), state=state, budget_ms=10_000,
    )  # fmt: skip


async def awaited(state):
    """The decision of the awaited facade, in a loop of its own."""
    state.loop = asyncio.get_running_loop()
    async with safety(state, AsyncSafety) as made:
        return await made.feature("wall").pre_publish(ITEM)


class TestNeverThrow:
    """Promise 1: whatever a shared state does, a call answers."""

    @pytest.mark.parametrize("wrong", WILD)
    def test_the_call_answers_and_says_so(self, wrong):
        """The decision comes in time, is allowed by the policy, and names what failed."""
        start = monotonic()
        with safety(Wild(wrong)) as made:
            decision = made.feature("wall").pre_publish(ITEM)

        assert Action.ALLOW is decision.action
        assert decision.degraded
        assert monotonic() - start < GRACE_S

    @pytest.mark.parametrize("wrong", WILD)
    def test_the_awaited_call_does_the_same(self, wrong):
        """So it is for AsyncSafety."""
        decision = asyncio.run(awaited(Wild(wrong)))

        assert (Action.ALLOW, True) == (decision.action, decision.degraded)

    def test_the_loop_is_never_blocked(self):
        """An answer that comes by way of the very loop that waits is heard."""
        decision = asyncio.run(awaited(Wild("on the loop")))

        assert (["7 before"], ()) == ([f.reason for f in decision.findings], decision.faults)

    def test_many_calls_wait_together(self):
        """Calls on one loop that wait for a state wait at the same time."""

        async def many():
            state = Wild("never")
            async with safety(state, AsyncSafety) as made:
                wall = made.feature("wall")
                start = monotonic()
                decisions = await asyncio.gather(*[wall.pre_publish(ITEM) for _ in range(200)])
                return monotonic() - start, {f.cause for d in decisions for f in d.faults}

        took, causes = asyncio.run(many())

        assert {Cause.TIMEOUT} == causes
        assert took < 200 * 0.2

    def test_the_host_may_cancel(self):
        """A host that gives up waiting is not held, and the next call answers."""

        async def cancelled():
            state = Wild("never")
            state.timeout_ms = 5_000.0
            async with safety(state, AsyncSafety) as made:
                wall = made.feature("wall")
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(wall.pre_publish(ITEM), 0.05)
                state.wrong = ""
                return (await wall.pre_publish(ITEM)).faults

        assert () == asyncio.run(cancelled())


class TestOrderFree:
    """Promise 4: what is read and counted does not depend on the order of anything."""

    def test_an_item_never_counts_against_itself(self):
        """However often a call asks, its own count comes after."""
        with safety(Wild()) as made:
            wall = made.feature("wall")
            said = [wall.pre_publish(ITEM).findings[0].reason for _ in range(3)]

        assert ["0 before", "1 before", "1 before"] == said


class TestNothingLeaks:
    """Promise 7: neither ids nor the words of an exception come out."""

    @pytest.mark.parametrize("wrong", ["raises", "fails", "refuses"])
    def test_a_fault_has_no_words(self, wrong):
        """A fault says which type failed, never its text."""
        with safety(Wild(wrong)) as made:
            shown = f"{made.feature('wall').pre_publish(ITEM).faults!r}"

        assert "secret" not in shown

    def test_a_question_shows_no_id(self):
        """The repr of what is asked names the counter only."""
        read = Read("recent", "sent", "person-4711", HOUR, NOON)

        assert "Read(recent, 'sent')" == repr(read)


def seen(decision):
    """What both facades must agree on."""
    faults = [(f.source, f.cause, f.error) for f in decision.faults]
    covered = [(c.module, c.status, c.reason) for c in decision.coverage]
    found = [(f.issue, f.score, f.reason) for f in decision.findings]
    return decision.action, decision.effects, found, faults, covered


class TestSameAnswer:
    """Promise 10: the same sync and async."""

    @pytest.mark.parametrize("wrong", ["", *WILD])
    def test_both_facades_say_the_same(self, wrong):
        """Action, effects, findings, faults and coverage are the same."""
        with safety(Wild(wrong)) as made:
            here = seen(made.feature("wall").pre_publish(ITEM))

        assert here == seen(asyncio.run(awaited(Wild(wrong))))

    @given(st.lists(st.integers(0, 3), max_size=20), st.integers(1, 8))
    def test_threads_lose_no_count(self, authors, threads):
        """What several threads hand in at a time is all counted."""
        state = Wild()
        with safety(state) as made:
            wall = made.feature("wall")
            items = [
                Item(f"{n}", "x", author=Actor(f"{a}"), created_at=NOON)
                for n, a in enumerate(authors)
            ]
            works = [
                threading.Thread(target=lambda part: [*map(wall.pre_publish, part)], args=(part,))
                for part in (items[n::threads] for n in range(threads))
            ]
            for work in works:
                work.start()
            for work in works:
                work.join()

        counted = [state.near.recent("sent", f"{a}", HOUR, NOON) for a in range(4)]

        assert [authors.count(a) for a in range(4)] == counted
