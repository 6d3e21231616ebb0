"""Promise 5: one broken module costs that module, for as long as it is broken."""

from __future__ import annotations

import asyncio
import threading

import pytest

from handrail import Action, AsyncSafety, Feature, Policy, Status
from handrail._health import COOL_OFF_MOST_NS, COOL_OFF_NS, OPEN_AFTER, OVERRUNS, Health
from handrail._rest import waits
from handrail._workers import LANE_THREADS

RAN, SKIPPED, FAILED = Status.RAN, Status.SKIPPED, Status.FAILED
FAR = 10**18
BUSY_MS = 400
"""A limit of its own for a module that hangs: healthy ones have the whole budget."""


@pytest.fixture(name="health")
def _health():
    """Return how a module of a Safety has been doing."""

    def health(safety, name, stage="pre_publish"):
        return safety._core.planner.pulse.health[name, stage]

    return health


@pytest.fixture(name="moody")
def _moody(module):
    """Make a module that fails while ``mood["bad"]``."""

    def moody(name, mood, **more):
        def hook(item):
            if mood["bad"]:
                raise ValueError

        return module(name, hook, **more)

    return moody


class TestOneModule:
    """One broken module costs that module."""

    @pytest.mark.parametrize("cost", ["inline", "blocking", "remote"])
    def test_the_others_are_heard(self, module, finds, guard, item, seen, cost):
        """Beside a module that exits, all others run."""

        def hook(item):
            raise SystemExit

        async def far(item):
            raise SystemExit

        decision = guard(
            module("exits", far if cost == "remote" else hook, cost=cost),
            finds("a"), finds("b", cost="blocking"), finds("c", cost="remote"),
        ).pre_publish(item)  # fmt: skip

        assert {
            "exits": (FAILED, "error"), "a": (RAN, None), "b": (RAN, None), "c": (RAN, None)
        } == seen(decision)  # fmt: skip

    @pytest.mark.parametrize("cost", ["blocking", "remote"])
    def test_hung_module_never_fails_a_healthy_one(self, module, finds, guard, item, gate, cost):
        """Beside a module that hangs in a thread, a healthy one answers 20 calls of 20."""
        hung = module("hung", lambda item: gate.wait(), cost="blocking", timeout_ms=50)
        guarded = guard(hung, finds("healthy", cost=cost))
        calls = [guarded.pre_publish(item) for _ in range(20)]

        assert 20 == sum(len(decision.findings) for decision in calls)

    def test_hung_calls_fill_no_other_lane(self, module, finds, make, item, gate):
        """Beside as many hung calls as a lane has threads, a healthy module answers each."""
        hung = module("hung", lambda item: gate.wait(), cost="blocking", timeout_ms=50)
        guarded = make(hung, finds("z", cost="blocking"), kind=AsyncSafety).feature("comments")

        async def main():
            return await asyncio.gather(*(guarded.pre_publish(item) for _ in range(LANE_THREADS)))

        assert LANE_THREADS == sum(len(decision.findings) for decision in asyncio.run(main()))

    def test_stuck_loop_gives_back_what_had_not_run(self, module, finds, make, item, gate):
        """A module whose turn had come, but that had not run a line, runs on the new loop."""

        async def blocks(item):
            gate.wait()

        safety = make(module("blocks", blocks, timeout_ms=BUSY_MS), finds("z", cost="remote"))
        workers, both = safety._core.workers, threading.Event()
        workers._running()._loop.call_soon_threadsafe(both.wait)
        workers.submit = run = Recorded(workers.submit, lambda names: names[1:] and both.set())
        guarded = safety.feature("comments")

        assert (["z"], ["blocks", "z"]) == (
            [f.module for f in guarded.pre_publish(item).findings],
            run.names,
        )

    def test_stuck_loop_is_replaced(self, module, finds, guard, item, gate):
        """Behind a module that blocks the event loop, another of the same call is answered."""

        async def blocks(item):
            gate.wait()

        guarded = guard(module("blocks", blocks, timeout_ms=BUSY_MS), finds("z", cost="remote"))

        assert ["z"] == [f.module for f in guarded.pre_publish(item).findings]

    def test_stuck_loop_of_another_caller(self, module, finds, make, item, gate):
        """Behind a module that blocks the event loop, another caller's module is answered."""
        begun = threading.Event()

        async def blocks(item):
            begun.set()
            gate.wait()

        features = [Feature(name=n, surface=n) for n in ("comments", "live")]
        safety = make(
            module("blocks", blocks, surfaces={"live"}), finds("z", cost="remote"),
            features=features,
        )  # fmt: skip
        live = threading.Thread(target=lambda: safety.feature("live").pre_publish(item))
        live.start()
        begun.wait()
        decision = safety.feature("comments").pre_publish(item)
        gate.set()
        live.join()

        assert ((), 1) == (decision.faults, len(decision.findings))

    def test_replaced_loop_is_counted(self, module, make, item, gate):
        """A replaced event loop shows up in the metric."""

        async def blocks(item):
            while not safety._core.workers.replaced:
                gate.wait(0.01)

        safety = make(module("blocks", blocks))
        safety.feature("comments").pre_publish(item)
        safety._core.tick()

        assert safety.counts("handrail.loop.replaced")[()]

    def test_slow_loop_finishes_what_it_began(self, module, make, item):
        """A loop replaced though it was only slow still delivers what had begun on it."""
        begun, loops = threading.Event(), []

        async def slow(item):
            goes_on = asyncio.Event()
            loops.append((asyncio.get_running_loop(), goes_on))
            begun.set()
            await goes_on.wait()

        safety = make(module("slow", slow))
        guarded, workers, answers = safety.feature("comments"), safety._core.workers, []
        call = threading.Thread(target=lambda: answers.append(guarded.pre_publish(item)))
        call.start()
        begun.wait()
        workers._loop._pinged, workers._loop._asked = 1, FAR
        workers.check_loop()
        loop, goes_on = loops[0]
        loop.call_soon_threadsafe(goes_on.set)
        call.join()

        assert [()] == [decision.faults for decision in answers]


def test_waiting_wakes_nobody(module, guard, item, gate, monkeypatch):
    """A call that waits for a blocking module sleeps once, until that module's own limit."""
    slept = []

    def count(context, join, workers):
        for seconds in waits(context, join, workers):
            slept.append(seconds)
            yield seconds

    monkeypatch.setattr("handrail._sync_guarded.waits", count)
    guard(module("hung", lambda item: gate.wait(), cost="blocking", timeout_ms=200)).pre_publish(
        item
    )

    assert slept[0] > 0.1


class TestUnreturnedCalls:
    """A module may have two calls that did not come back; then it is not called until they do."""

    @pytest.fixture(name="hung")
    def _hung(self, module, make, gate):
        """A Safety with a module that hangs, and how often that was called."""
        called = []

        def hook(item):
            called.append(item)
            gate.wait()

        return make(module("hung", hook, cost="blocking", timeout_ms=50)), called

    def test_is_called_no_more(self, hung, item):
        """Of ten calls to a module that hangs, two reach it."""
        safety, called = hung
        for _ in range(10):
            safety.feature("comments").pre_publish(item)

        assert 2 == len(called)

    def test_is_said(self, hung, item, seen):
        """The calls that were not made are faults and seen in coverage."""
        guarded = hung[0].feature("comments")
        decision = [guarded.pre_publish(item) for _ in range(3)][-1]

        assert {"hung": (FAILED, "breaker_open")} == seen(decision)

    def test_has_a_way_back(self, hung, item, gate, health, seen):
        """Once they came back, the module is called again."""
        safety, _ = hung
        guarded = safety.feature("comments")
        for _ in range(3):
            guarded.pre_publish(item)
        threads = [t for t in threading.enumerate() if t.name.startswith("handrail-hung-")]
        gate.set()
        safety._core.workers._lanes.pop("hung").close()
        for thread in threads:
            thread.join()

        assert {"hung": (RAN, None)} == seen(guarded.pre_publish(item))


class TestBreaker:
    """A module that keeps failing is left out, tried again after a while, and let back in."""

    @pytest.fixture(name="opened")
    def _opened(self, moody, make, item):
        """A Safety whose module's breaker is open, its guarded feature, and its mood."""
        mood = {"bad": True}
        safety = make(moody("broken", mood))
        guarded = safety.feature("comments")
        for _ in range(OPEN_AFTER):
            guarded.pre_publish(item)
        return safety, guarded, mood

    def test_opens(self, opened, item, seen):
        """After five failures in a row, the module is not called, and coverage says so."""
        assert {"broken": (FAILED, "breaker_open")} == seen(opened[1].pre_publish(item))

    def test_is_a_fault(self, opened, item, seen):
        """An open breaker is a fault in every call."""
        assert {("broken", "breaker_open")} == seen(opened[1].pre_publish(item), "faults")

    def test_makes_calls_incomplete(self, opened, item):
        """A call without that module is not complete."""
        assert not opened[1].pre_publish(item).complete

    def test_is_counted(self, opened):
        """Opening shows up in the metric, once, however many features there are."""
        counted = opened[0].counts("handrail.breaker.changes")

        assert {("broken", "pre_publish", "open"): 1} == counted

    def test_one_feature_speaks_for_all(self, moody, make, item):
        """The breaker belongs to module and stage: every feature's plan changes, counted once."""
        features = [Feature(name=n, surface=n) for n in ("comments", "live")]
        safety = make(moody("broken", {"bad": True}), features=features)
        guarded = [safety.feature(f.name) for f in features]
        for _ in range(OPEN_AFTER):
            guarded[0].pre_publish(item)

        assert (["breaker_open"], 1) == (
            [f.cause for f in guarded[1].pre_publish(item).faults],
            safety.counts("handrail.breaker.changes")["broken", "pre_publish", "open"],
        )

    def test_stages_are_apart(self, module, make, item):
        """A module that fails before publishing is still called after."""

        def hook(item):
            raise ValueError

        broken = module("broken", hook)
        broken.post_publish = module("x", lambda item: None, stage="post_publish").post_publish
        guarded = make(broken).feature("comments")
        for _ in range(OPEN_AFTER):
            guarded.pre_publish(item)

        assert not guarded.post_publish(item).degraded

    def test_rare_failures_do_not_open(self, moody, make, item):
        """A module that fails in one call of five stays in."""
        mood = {"bad": False}
        guarded = make(moody("moody", mood)).feature("comments")
        causes = set()
        for number in range(100):
            mood["bad"] = not number % 5
            causes.update(f.cause.value for f in guarded.pre_publish(item).faults)

        assert {"error"} == causes

    def test_tries_once_when_half_open(self, opened, item, health):
        """After its cool-off, one call tries the module, and closes the breaker if it can."""
        safety, guarded, mood = opened
        mood["bad"] = False
        health(safety, "broken").retry_at = 0
        calls = [guarded.pre_publish(item).degraded for _ in range(3)]

        assert [False, False, False] == calls

    def test_closing_is_counted(self, opened, item, health):
        """Closing shows up in the metric."""
        safety, guarded, mood = opened
        mood["bad"] = False
        health(safety, "broken").retry_at = 0
        guarded.pre_publish(item)

        assert 1 == safety.counts("handrail.breaker.changes")["broken", "pre_publish", "closed"]

    def test_failed_try_keeps_it_open(self, opened, item, health, seen):
        """If the try fails, the module is left out again."""
        safety, guarded, _ = opened
        health(safety, "broken").retry_at = 0
        causes = [seen(guarded.pre_publish(item), "faults") for _ in range(2)]

        assert [{("broken", "error")}, {("broken", "breaker_open")}] == causes

    def test_one_call_at_a_time_tries(self, module, make, item, gate, health, seen):
        """While one call tries the module, others leave it out."""
        mood, begun = {"bad": True}, threading.Event()

        def hook(item):
            if mood["bad"]:
                raise ValueError
            begun.set()
            gate.wait()

        safety = make(module("broken", hook, cost="blocking"))
        guarded = safety.feature("comments")
        for _ in range(OPEN_AFTER):
            guarded.pre_publish(item)
        mood["bad"] = False
        health(safety, "broken").retry_at = 0
        tries = threading.Thread(target=guarded.pre_publish, args=(item,))
        tries.start()
        begun.wait()
        other = guarded.pre_publish(item)
        gate.set()
        tries.join()

        assert {("broken", "breaker_open")} == seen(other, "faults")

    def test_cool_off_doubles(self):
        """Each failed try doubles the time to the next, up to five minutes."""
        health, waits = Health(), []
        for _ in range(OPEN_AFTER):
            health.book(False, 0)
        for _ in range(8):
            waits.append(health.retry_at)
            health.retry_at = 0
            health.book(False, 0)

        assert [min(COOL_OFF_NS * 2**n, COOL_OFF_MOST_NS) for n in range(8)] == waits

    def test_cool_off_begins_anew(self):
        """After a breaker has closed, the next cool-off is the shortest again."""
        health = Health()
        for outcome in [*[False] * OPEN_AFTER, False, True, *[False] * OPEN_AFTER]:
            health.book(outcome, 0)

        assert COOL_OFF_NS == health.retry_at

    def test_open_breaker_is_policy(self, moody, make, item):
        """What an open breaker means is what the fault rules say."""
        policy = Policy(faults=[{"causes": ["breaker_open"], "then": "block"}, {"then": "allow"}])
        guarded = make(moody("broken", {"bad": True}), policy=policy).feature("comments")
        actions = [guarded.pre_publish(item).action for _ in range(OPEN_AFTER + 1)]

        assert [*[Action.ALLOW] * OPEN_AFTER, Action.BLOCK] == actions


class TestOverruns:
    """An inline module that overruns again and again is moved to the pool, with a way back."""

    @pytest.fixture(name="slow")
    def _slow(self, module, make, gate):
        """A Safety with an inline module that takes ten budgets while ``mood["bad"]``."""
        mood, threads = {"bad": True}, []

        def hook(item):
            threads.append(threading.current_thread().name)
            if mood["bad"]:
                gate.wait(0.01)

        safety = make(module("slow", hook), budget_ms=1)
        return safety, safety.feature("comments"), mood, threads

    def test_one_overrun_moves_nobody(self, slow, item):
        """After one overrun the module still runs in the caller's thread."""
        _, guarded, _, threads = slow
        guarded.pre_publish(item)
        guarded.pre_publish(item)

        assert {threading.current_thread().name} == set(threads)

    def test_repeated_overruns_move_it(self, slow, item):
        """After five overruns the module runs on a thread of its own."""
        safety, guarded, _, threads = slow
        for _ in range(OVERRUNS):
            guarded.pre_publish(item)
        safety._core.workers.submit = run = Recorded(safety._core.workers.submit)
        guarded.pre_publish(item)

        assert (OVERRUNS, ["slow"]) == (
            threads.count(threading.current_thread().name), run.names
        )  # fmt: skip

    def test_move_is_counted(self, slow, item):
        """A move shows up in the metric."""
        safety, guarded, _, _ = slow
        for _ in range(OVERRUNS):
            guarded.pre_publish(item)

        assert {("slow", "pre_publish"): 1} == safety.counts("handrail.modules.moved")

    def test_has_a_way_back(self, slow, item, health):
        """After a minute the module runs in the caller's thread again."""
        safety, guarded, mood, threads = slow
        for _ in range(OVERRUNS):
            guarded.pre_publish(item)
        mood["bad"] = False
        threads.clear()
        health(safety, "slow").moved_until = 1
        safety._core.tick()
        guarded.pre_publish(item)

        assert [threading.current_thread().name] == threads


class Recorded:
    """Notes the names of the tasks that are submitted to the workers, and tells *after* them."""

    def __init__(self, submit, after=lambda names: None):
        self._submit, self._after, self.names = submit, after, []

    def __call__(self, task, *, remote):
        self.names.append(task.name)
        self._submit(task, remote=remote)
        self._after(self.names)


class TestThreadsRunOut:
    """Where the system gives no thread, one module fails and the call goes on."""

    def test_module_fails_alone(self, finds, guard, item, monkeypatch, seen):
        """A blocking module for which there is no thread is a fault; inline ones ran."""

        def no_more(self):
            raise RuntimeError("can't start new thread")

        guarded = guard(finds("slow", cost="blocking"), finds("spam"))
        monkeypatch.setattr(threading.Thread, "start", no_more)
        decision = guarded.pre_publish(item)
        monkeypatch.undo()

        assert {"slow": (FAILED, "error"), "spam": (RAN, None)} == seen(decision)

    def test_takes_no_time(self, finds, guard, item, monkeypatch):
        """A module for which there was no thread took next to no time."""

        def no_more(self):
            raise RuntimeError("can't start new thread")

        guarded = guard(finds("slow", cost="blocking"))
        monkeypatch.setattr(threading.Thread, "start", no_more)
        (row,) = guarded.pre_publish(item).coverage
        monkeypatch.undo()

        assert row.ms < 1000

    def test_next_call_tries_again(self, finds, guard, item, monkeypatch):
        """The next call gets its thread if there is one then."""

        def no_more(self):
            raise RuntimeError("can't start new thread")

        guarded = guard(finds("slow", cost="blocking"), finds("far", cost="remote"))
        monkeypatch.setattr(threading.Thread, "start", no_more)
        guarded.pre_publish(item)
        monkeypatch.undo()

        assert 2 == len(guarded.pre_publish(item).findings)
