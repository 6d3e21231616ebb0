"""Promise 1 around event loops, records and telemetry: what the host brings may break as well."""

from __future__ import annotations

import asyncio
import threading
from time import monotonic

import pytest
import structlog

from handrail import Action, AsyncSafety, Finding, MemorySink, Policy, Safety

HOLDING = Policy(
    issues={"integrity.spam": {"hold": 0.5}}, holds={"within": "1h", "otherwise": "block"}
)
BLOCKING = Policy(issues={"integrity.spam": {"block": 0.5}})
SLACK_S = 5


class Sink(MemorySink):
    """A durable sink of which one method does as told."""

    durable = True

    def __init__(self, method, act):
        super().__init__()
        setattr(self, method, lambda *_: act())


class Broken:
    """A tracer, or a span, that breaks wherever it is touched."""

    def __getattr__(self, name):
        raise ZeroDivisionError


def fail():
    raise OSError("disk full")


class TestCancellation:
    """The host's own cancellation passes; nobody else's does."""

    @pytest.fixture(name="cancelled")
    def _cancelled(self, module, make, item, gate):
        """Cancel a call while a module hangs; return what the module saw and its Safety."""

        def cancelled(hook, begun, cost):
            safety = make(module("hung", hook, cost=cost), kind=AsyncSafety)

            async def main():
                task = asyncio.create_task(safety.feature("comments").pre_publish(item))
                await asyncio.to_thread(begun.wait)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task

            asyncio.run(main())
            return safety

        return cancelled

    def test_passes(self, cancelled):
        """A cancelled call raises CancelledError at once, and so is its remote module told."""
        begun, told = threading.Event(), threading.Event()

        async def hook(item):
            begun.set()
            try:
                await asyncio.get_running_loop().create_future()
            finally:
                told.set()

        cancelled(hook, begun, None)

        assert told.wait(SLACK_S)

    def test_leaves_nothing_unaccounted(self, cancelled, gate):
        """A thread that a cancelled call left behind counts as not returned until it is back."""
        begun = threading.Event()

        def hook(item):
            begun.set()
            gate.wait()

        safety = cancelled(hook, begun, "blocking")

        assert 1 == sum(h.unreturned for h in safety._core.planner.pulse.health.values())

    def test_of_another_call_is_untouched(self, module, make, item, gate):
        """Cancelling one of two calls that wait for the same module leaves the other alone."""
        begun = threading.Semaphore(0)

        async def hook(item):
            begun.release()
            await asyncio.to_thread(gate.wait)
            return [Finding("integrity.spam", 0.9, "seen")]

        safety = make(module("slow", hook), kind=AsyncSafety)

        async def main():
            guarded = safety.feature("comments")
            one, two = (asyncio.create_task(guarded.pre_publish(item)) for _ in range(2))
            await asyncio.to_thread(lambda: [begun.acquire() for _ in range(2)])
            one.cancel()
            gate.set()
            return await two

        assert 1 == len(asyncio.run(main()).findings)


class TestRunningLoops:
    """Both facades work inside a running loop."""

    def test_sync_facade_works(self, finds, guard, item):
        """Safety inside a running loop answers in full."""
        guarded = guard(finds("far", cost="remote"), finds("slow", cost="blocking"))

        async def main():
            return guarded.pre_publish(item)

        assert 2 == len(asyncio.run(main()).findings)

    def test_sync_facade_is_warned_about_once(self, finds, guard, item):
        """Calls that stall their own loop are warned about once per feature."""
        guarded = guard(finds("far", cost="remote"))

        async def main():
            for _ in range(3):
                guarded.pre_publish(item)

        with structlog.testing.capture_logs() as logs:
            asyncio.run(main())

        assert 1 == [e["event"] for e in logs].count("handrail.sync_in_loop")

    def test_sync_facade_is_counted(self, finds, make, item):
        """Every such call is counted."""
        safety = make(finds("far", cost="remote"))

        async def main():
            for _ in range(3):
                safety.feature("comments").pre_publish(item)

        asyncio.run(main())

        assert {("comments",): 3} == safety.counts("handrail.sync_in_loop")

    def test_asyncio_debug_mode(self, finds, guard, item, monkeypatch):
        """AsyncSafety works in asyncio's debug mode, which refuses calls from the wrong thread."""
        monkeypatch.setenv("PYTHONASYNCIODEBUG", "1")
        guarded = guard(
            finds("spam"), finds("far", cost="remote"), finds("slow", cost="blocking"),
            kind=AsyncSafety,
        )  # fmt: skip

        decision = asyncio.run(guarded.pre_publish(item))

        assert 3 == len(decision.findings)

    def test_one_safety_in_two_loops(self, finds, guard, item):
        """One AsyncSafety serves a second event loop after the first is gone."""
        guarded = guard(finds("far", cost="remote"), kind=AsyncSafety)
        answers = [asyncio.run(guarded.pre_publish(item)) for _ in range(2)]

        assert [1, 1] == [len(d.findings) for d in answers]

    def test_many_awaited_at_once(self, finds, guard, item):
        """Two hundred calls awaited together are all answered in full."""
        guarded = guard(
            finds("far", cost="remote"), finds("slow", cost="blocking"), kind=AsyncSafety
        )

        async def main():
            return await asyncio.gather(*(guarded.pre_publish(item) for _ in range(200)))

        assert [2] * 200 == [len(d.findings) for d in asyncio.run(main())]


class TestSinks:
    """A sink that breaks costs the record, and says so; never the answer."""

    @pytest.mark.parametrize("method", ["write", "commit", "close"])
    def test_raising_sink(self, finds, make, item, method):
        """A sink that raises leaves the action as it was decided."""
        safety = make(finds("spam"), policy=HOLDING, sink=Sink(method, fail))
        decision = safety.feature("comments").pre_publish(item)
        safety.flush()
        safety.close()

        assert Action.HOLD is decision.action

    def test_failed_commit_is_a_fault(self, finds, guard, item):
        """A case that could not be made durable is a fault of the sink, and not recorded."""
        guarded = guard(finds("spam"), policy=HOLDING, sink=Sink("commit", fail))
        decision = guarded.pre_publish(item)

        assert (False, ["sink"]) == (decision.recorded, [f.source for f in decision.faults])

    @pytest.mark.parametrize("method", ["write", "commit"])
    def test_hanging_sink(self, finds, make, item, gate, method):
        """A sink that hangs while it writes or commits delays a HOLD by its grace at most."""
        begun = threading.Event()

        def hang():
            begun.set()
            gate.wait()

        safety = make(finds("spam"), policy=HOLDING, sink=Sink(method, hang))
        guarded = safety.feature("comments")
        guarded.pre_publish(item)
        safety._core.recorder._wake.set()
        begun.wait()
        start = monotonic()
        guarded.pre_publish(item)

        assert monotonic() - start < SLACK_S

    def test_hanging_sink_fills_no_memory(self, finds, make, item, gate, monkeypatch):
        """Cases that wait for a sink that hangs are bounded; further ones are told at once."""
        monkeypatch.setattr("handrail._writer.COMMITS_MOST", 2)
        monkeypatch.setattr("handrail._writer.COMMIT_GRACE_S", 0.001)
        safety = make(finds("spam"), policy=HOLDING, sink=Sink("commit", gate.wait))
        for _ in range(10):
            safety.feature("comments").pre_publish(item)

        assert safety._core.recorder.writer._commits.qsize() <= 2

    def test_full_buffer_counts_what_it_drops(self, finds, make, item, gate):
        """With the sink hanging and the buffer full, calls answer and drops are counted."""
        safety = make(finds("spam"), sink=Sink("write", fail))
        safety._core.recorder.limit = 5
        for _ in range(12):
            safety.feature("comments").pre_publish(item)
        safety.flush()

        assert {(): 7} == safety.counts("handrail.record.dropped")


class TestTelemetry:
    """The host's tracing and logging may break; what was decided stands."""

    @pytest.mark.parametrize("cost", ["inline", "blocking"])
    def test_broken_tracer(self, finds, make, item, cost):
        """A tracer that raises changes neither the action nor the findings."""
        safety = make(finds("spam", cost=cost), policy=BLOCKING, trace_share=1.0)
        safety._core.telemetry._tracer = Broken()
        decision = safety.feature("comments").pre_publish(item)

        assert (Action.BLOCK, 1, ()) == (decision.action, len(decision.findings), decision.faults)

    @pytest.mark.parametrize("kind", [Safety, AsyncSafety])
    def test_broken_tracer_and_clean_call(self, module, make, item, kind):
        """A clean call stays clean where its span cannot be made."""
        safety = make(module("quiet", lambda item: None), kind=kind, trace_share=1.0)
        safety._core.telemetry._tracer = Broken()
        asked = safety.feature("comments").pre_publish(item)
        decision = asyncio.run(asked) if kind is AsyncSafety else asked

        assert not decision.degraded

    def test_broken_logging(self, finds, make, item):
        """A host whose logging raises still has its decisions counted and drained."""

        def broken(*_):
            raise ZeroDivisionError

        safety = make(finds("spam"), policy=BLOCKING)
        before = structlog.get_config()["processors"]
        structlog.configure(processors=[broken])
        try:
            safety.feature("comments").pre_publish(item)
            counted = safety.counts("handrail.calls")
        finally:
            structlog.configure(processors=before)

        assert {("comments", "pre_publish", "block"): 1} == counted


class TestIntake:
    """An intake that breaks is no exception for the host."""

    def test_raising_intake(self, finds, guard, item):
        """Where the intake raises, the receipt is pending and says that it is degraded."""

        class Intake:
            def accept(self, feature, subject):
                raise OSError

        guarded = guard(finds("spam", stage="post_publish"), intake=Intake())
        receipt = guarded.post_publish(item)

        assert ("pending", True) == (receipt.status, receipt.degraded)

    @pytest.mark.parametrize("answer", [None, False, 0, ""])
    def test_forgetful_intake(self, finds, guard, item, answer):
        """Where the intake does not say that it took it, the item is looked at in process."""

        class Intake:
            def accept(self, feature, subject):
                return answer

        guarded = guard(finds("spam", stage="post_publish"), intake=Intake())
        receipt = guarded.post_publish(item)

        assert ("pending", False) == (receipt.status, receipt.degraded)

    def test_refusing_intake(self, finds, guard, item):
        """What an intake refuses in so many words is refused, and logged."""

        class Intake:
            def accept(self, feature, subject):
                return "refused"

        guarded = guard(finds("spam", stage="post_publish"), intake=Intake())
        with structlog.testing.capture_logs() as logs:
            receipt = guarded.post_publish(item)

        assert ("refused", False) == (receipt.status, receipt.recorded)
        assert [("handrail.intake_refused", "post_publish")] == [
            (each["event"], each["stage"]) for each in logs
        ]
