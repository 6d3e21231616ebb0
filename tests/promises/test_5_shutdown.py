"""Promise 5 at the ends of a process: fork, close and exit never hang, and say what was lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from textwrap import dedent
from time import monotonic

import pytest

from handrail import Finding, JsonlSink, MemorySink, Policy, Status
from handrail._health import Health
from handrail._tasks import Join, Task
from handrail._workers import Workers

SLACK_S = 20
HOLDING = Policy(
    issues={"integrity.spam": {"hold": 0.5}}, holds={"within": "1h", "otherwise": "block"}
)

PREAMBLE = """
import asyncio, gc, json, os, sys, threading, time
from types import SimpleNamespace
from handrail._telemetry import _reader
from handrail import Feature, Finding, Item, JsonlSink, Manifest, MemorySink, Safety, hookimpl

def module(name, hook, **marks):
    manifest = Manifest(name=name, version="1.0", issues={"integrity.spam"}, surfaces={"*"})
    return SimpleNamespace(MANIFEST=manifest, pre_publish=hookimpl(**marks)(hook))

def make(*modules, **options):
    features = [Feature(name="comments", surface="comments")]
    return Safety(features, modules=modules, **{"budget_ms": 30_000, **options})

def found(item):
    return [Finding("integrity.spam", 0.9, "seen")]

def slow(item):
    return found(item)

async def far(item):
    return found(item)

def hangs(item):
    threading.Event().wait()

def say(answer):
    print("ANSWER" + json.dumps(answer), flush=True)

ITEM = Item(id="i", text="t")
"""


class Stuck(MemorySink):
    """A durable sink of which one method hangs."""

    durable = True

    def __init__(self, method, gate):
        super().__init__()
        setattr(self, method, lambda *_: gate.wait())


class TestAfterClose:
    """A call after ``close()`` still answers, and starts nothing."""

    @pytest.fixture(name="closed", params=["blocking", "remote"])
    def _closed(self, make, finds, request):
        """A guarded feature of a closed Safety, with one module inline and one not."""
        safety = make(finds("near", 0.1), finds("off", cost=request.param))
        guarded = safety.feature("comments")
        safety.close()
        return guarded

    def test_says_what_was_not_run(self, closed, item, seen):
        """What would need a thread is a fault, and coverage says so."""
        assert (Status.FAILED, "missing") == seen(closed.pre_publish(item))["off"]

    def test_says_why(self, closed, item):
        """The fault says that all is closed."""
        assert [("off", "closed")] == [(f.source, f.place) for f in closed.pre_publish(item).faults]

    def test_runs_what_needs_no_thread(self, closed, item, seen):
        """What runs in the caller's thread still does."""
        assert (Status.RAN, None) == seen(closed.pre_publish(item))["near"]

    def test_starts_no_thread(self, closed, item):
        """No thread is there afterwards that was not before."""
        before = set(threading.enumerate())
        closed.pre_publish(item)

        assert set() == set(threading.enumerate()) - before

    @pytest.mark.parametrize("remote", [True, False])
    def test_nothing_starts_while_closing(self, remote):
        """A task that comes too late for the look before is turned away, and delivered."""
        workers, told = Workers(), threading.Event()
        task = Task(0, "late", lambda: None, Health())
        Join([task], told.set)
        workers.close()
        workers.submit(task, remote=remote)

        assert (True, RuntimeError, None, {}) == (
            told.is_set(), type(task.error), workers._loop, workers._lanes,
        )  # fmt: skip


@pytest.fixture(name="process")
def _process():
    """Run a script in a process of its own until it ends; return what it said."""

    def process(script):
        code = PREAMBLE + dedent(script)
        command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", code]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        if done.returncode:
            pytest.fail(done.stderr)
        said = [line[6:] for line in done.stdout.splitlines() if line.startswith("ANSWER")]
        return json.loads(said[-1])

    return process


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
class TestFork:
    """A child forked from a process with live threads answers, writes its own record, and ends."""

    @pytest.fixture(name="forked")
    def _forked(self, process):
        """Fork after a call, run *child* in the child, and return what it said through a pipe."""

        def forked(child, before="", options=""):
            return process(f"""
                safety = make(module("near", found), module("slow", slow, cost="blocking"),
                              module("far", far), {options})
                comments = safety.feature("comments")
                parent = comments.pre_publish(ITEM)
            {before}
                read, write = os.pipe()
                if os.fork() == 0:
                    said = {child}
                    os.write(write, json.dumps(said).encode())
                    os.close(write)
                    sys.exit()
                os.close(write)
                with os.fdopen(read) as pipe:
                    say(json.load(pipe))
                os.wait()
                os._exit(0)
                """)

        return forked

    def test_child_answers(self, forked):
        """The child's calls are answered in full by threads of its own."""
        assert 3 == forked("len(comments.pre_publish(ITEM).findings)")

    def test_child_has_new_ids(self, forked):
        """No id of the child continues those of the parent."""
        child, parent = forked("[comments.pre_publish(ITEM).id, parent.id]")

        assert child[:14] != parent[:14]

    def test_child_does_not_repeat_the_parents_record(self, forked):
        """What was in the parent's buffer is not written by the child."""
        said = "[safety.flush(), comments.pre_publish(ITEM), safety.flush(), len(sink.entries)][-1]"
        before = "    safety._core.recorder._observing.acquire()"

        assert 1 == forked(said, before, "sink=(sink := MemorySink())")

    def test_child_counts_from_nothing(self, forked):
        """What the parent has counted, with what is gone there, the parent alone exports."""
        before = """
                safety.flush()
                gone = make(module("gone", found))
                gone.feature("comments").pre_publish(ITEM)
                gone.close()
                del gone
                gc.collect()
        """

        assert [] == forked("[o.value for o in _reader('handrail.calls')(None)]", before)

    def test_child_has_dropped_nothing(self, forked):
        """What the parent has dropped is not reported again, nor taken off."""
        before = """
                safety._core.recorder.dropped = 7
                safety.flush()
        """

        assert [] == forked("list(safety.counts('handrail.record.dropped').values())", before)

    def test_child_knows_what_was_decided(self, forked):
        """What was decided before the fork is not unguarded when the child publishes it."""
        said = "[comments.post_publish(ITEM), list(safety.counts('handrail.unguarded').values())]"

        before = """
                safety.flush()
        """

        assert [] == forked(f"{said}[1]", before)

    def test_child_forgets_unreturned_calls(self, forked):
        """Calls that hang in the parent's threads do not count against the module in the child."""
        before = "    for h in safety._core.planner.pulse.health.values(): h.unreturned = 9"

        assert 3 == forked("len(comments.pre_publish(ITEM).findings)", before)

    def test_child_waits_for_no_lock(self, forked):
        """Locks that threads of the parent held are free in the child."""
        before = """
                core = safety._core
                core.planner.pulse.troubled = True
                core.planner.pulse.lock.__enter__()
                core.workers._lock.acquire()
                core.recorder._starting.acquire()
                for health in core.planner.pulse.health.values():
                    health._lock.__enter__()
        """

        assert 3 == forked("len(comments.pre_publish(ITEM).findings)", before)

    def test_child_reads_state_that_was_being_written(self, forked):
        """What is remembered in process can be read in the child, whoever was writing it."""
        before = """
                from handrail import MemoryCaps, MemoryState
                state, caps = MemoryState(), MemoryCaps()
                state._lock.__enter__()
                caps._lock.__enter__()
        """

        assert [0, {}] == forked("[state.strikes('a', 'hate', 9), caps.tripped()]", before)

    def test_parent_goes_on(self, process):
        """The parent's threads are not disturbed by a child that has come and gone."""
        assert [3, 3] == process("""
            safety = make(module("near", found), module("slow", slow, cost="blocking"),
                          module("far", far))
            comments = safety.feature("comments")
            counts = [len(comments.pre_publish(ITEM).findings)]
            if os.fork() == 0:
                comments.pre_publish(ITEM)
                sys.exit()
            os.wait()
            counts.append(len(comments.pre_publish(ITEM).findings))
            say(counts)
            """)


class TestExit:
    """An interpreter that exits waits for no module."""

    @pytest.mark.parametrize(
        "hook",
        [
            "module('x', hangs, cost='blocking')",
            "module('x', lambda item: thread(), cost='blocking')",
            "module('x', lingers)",
            "module('x', blocks)",
            "module('x', in_thread)",
        ],
    )
    def test_with_hung_modules(self, process, hook):
        """A process whose modules hang ends all the same."""
        assert "over" == process(f"""
            async def lingers(item):
                await asyncio.get_running_loop().create_future()

            async def blocks(item):
                hangs(item)

            async def in_thread(item):
                await asyncio.to_thread(hangs, item)

            def thread():
                hangs(None)

            make({hook}, budget_ms=300).feature("comments").pre_publish(ITEM)
            say('over')
            """)

    def test_writes_out_what_is_buffered(self, process, tmp_path):
        """What is in the buffer at exit is written."""
        path = tmp_path / "record.jsonl"
        process(f"""
            safety = make(module("near", found), sink=JsonlSink({str(path)!r}))
            for _ in range(3):
                safety.feature("comments").pre_publish(ITEM)
            say(0)
            """)

        assert 3 == len(path.read_text().splitlines())

    def test_writes_out_what_a_forgotten_safety_left(self, process, tmp_path):
        """A Safety that nobody holds any more loses nothing at exit."""
        path = tmp_path / "record.jsonl"
        process(f"""
            def main():
                safety = make(module("near", found), sink=JsonlSink({str(path)!r}))
                safety.feature("comments").pre_publish(ITEM)

            main()
            say(0)
            """)

        assert 1 == len(path.read_text().splitlines())

    def test_waits_for_the_sink_of_a_forgotten_safety(self, process):
        """What a slow sink is writing when nobody holds its Safety any more is not cut off."""
        assert "written" == process("""
            begun = threading.Event()

            class Slow(MemorySink):
                def write(self, batch):
                    begun.set()
                    threading.Event().wait(0.3)
                    say("written")

            def main():
                safety = make(module("near", found), sink=Slow())
                safety.feature("comments").pre_publish(ITEM)

            main()
            begun.wait()
            say("cut off")
            """)

    def test_with_a_hung_sink(self, process):
        """A process whose sink hangs ends all the same."""
        assert "over" == process("""
            class Stuck(MemorySink):
                def write(self, batch):
                    threading.Event().wait()

            safety = make(module("near", found), sink=Stuck())
            safety.feature("comments").pre_publish(ITEM)
            say('over')
            """)

    def test_call_while_the_interpreter_exits(self, process):
        """A call made by an exit handler of the host is answered."""
        assert [True] == process("""
            import atexit
            comments = make(module("near", found), module("slow", slow, cost="blocking"),
                            module("far", far)).feature("comments")
            atexit.register(lambda: say(
                ["near" in {f.module for f in comments.pre_publish(ITEM).findings}]))
            """)


class TestClose:
    """``close()`` writes out what it can, waits for nobody, and counts what is lost."""

    @pytest.mark.parametrize("cost", ["blocking", "remote"])
    def test_with_hung_modules(self, module, make, item, gate, cost):
        """Closing does not wait for modules that hang."""

        async def far(item):
            gate.wait()

        hook = far if cost == "remote" else lambda item: gate.wait()
        safety = make(module("hung", hook, cost=cost), budget_ms=50)
        safety.feature("comments").pre_publish(item)
        start = monotonic()
        safety.close()

        assert monotonic() - start < SLACK_S

    @pytest.mark.parametrize("method", ["write", "commit", "close"])
    def test_with_a_hung_sink(self, finds, make, item, gate, method):
        """Closing does not wait for a sink that hangs."""
        safety = make(finds("spam"), sink=Stuck(method, gate), policy=HOLDING)
        safety.feature("comments").pre_publish(item)
        start = monotonic()
        safety.close()

        assert monotonic() - start < SLACK_S

    def test_what_a_hung_sink_never_took_is_counted(self, finds, make, item, gate):
        """Entries that could not be written when closing are dropped, and that is counted."""
        safety = make(finds("spam"), sink=Stuck("write", gate))
        guarded, recorder = safety.feature("comments"), safety._core.recorder
        guarded.pre_publish(item)
        recorder._wake.set()
        while recorder.buffer:
            recorder._wake.set()
        guarded.pre_publish(item)
        safety.close()

        assert {(): 1} == safety._core.telemetry.counts("handrail.record.dropped")

    def test_twice(self, finds, make, item):
        """Closing twice is closing once."""
        sink = MemorySink()
        safety = make(finds("spam"), sink=sink)
        safety.feature("comments").pre_publish(item)
        safety.close()
        safety.close()

        assert 1 == len(sink.entries)

    def test_writes_out_what_is_buffered(self, finds, make, item, tmp_path):
        """What is in the buffer is in the file when ``close()`` returns."""
        path = tmp_path / "record.jsonl"
        safety = make(finds("spam"), sink=JsonlSink(path))
        for _ in range(3):
            safety.feature("comments").pre_publish(item)
        safety.close()

        assert 3 == len(path.read_text().splitlines())

    def test_calls_after_it_are_dropped_and_counted(self, finds, make, item):
        """A call after closing answers; its record is dropped, and that is counted."""
        safety = make(finds("spam"), sink=MemorySink())
        guarded = safety.feature("comments")
        guarded.pre_publish(item)
        safety.close()
        guarded.pre_publish(item)

        assert {(): 1} == safety.counts("handrail.record.dropped")

    def test_lets_its_threads_end(self, module, finds, make, item):
        """After closing, no thread of this Safety is left."""
        before = set(threading.enumerate())
        safety = make(
            finds("a", cost="blocking"), finds("b", cost="remote"), sink=MemorySink(),
            policy=HOLDING,
        )  # fmt: skip
        safety.feature("comments").pre_publish(item)
        ours = set(threading.enumerate()) - before
        safety.close()
        for thread in ours:
            thread.join(SLACK_S)

        assert set() == {t.name for t in ours if t.is_alive()}

    def test_forgotten_safety_lets_its_threads_end(self, module, item):
        """A Safety that nobody closed and nobody holds leaves no thread behind."""
        from handrail import Feature, Safety

        before = set(threading.enumerate())

        def forget():
            hook = module("a", lambda item: [Finding("integrity.spam", 0.9, "x")], cost="blocking")
            safety = Safety([Feature(name="comments", surface="comments")], modules=[hook])
            safety.feature("comments").pre_publish(item)
            return set(threading.enumerate()) - before

        ours = forget()
        for thread in ours:
            thread.join(SLACK_S)

        assert set() == {t.name for t in ours if t.is_alive()}
