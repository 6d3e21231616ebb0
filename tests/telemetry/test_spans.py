"""Spans as a collector receives them: one per call that is to have one, and what it says."""

from __future__ import annotations

import asyncio
import time

import pytest
from opentelemetry import trace
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags

from handrail import Action, AsyncSafety, Feature, Finding, Item, Policy, Report

BLOCKS = Policy(name="strict", issues={"hate.speech": {"block": 0.5}})
ITEM = Item("1", "some words")
SLACK_NS = 100_000_000


@pytest.fixture(name="host")
def _host(receiver):
    """The host's own tracer, whose spans are recorded."""
    return trace.get_tracer("host")


def fails(item):
    """Raise as a hook."""
    raise RuntimeError(item.text)


class TestWhichCallsHaveOne:
    """A span costs; a clean call without a parent seldom has one."""

    def test_unsampled_clean_allow_has_none(self, safety, module, spans, name):
        """A clean ALLOW that chance did not choose makes no span."""
        safety(module(), trace_share=0).feature(name).pre_publish(ITEM)

        assert [] == spans()

    def test_sampled_clean_allow_has_one(self, safety, module, spans, name):
        """A clean ALLOW that chance chose makes exactly one span."""
        safety(module(), trace_share=1).feature(name).pre_publish(ITEM)

        assert ["handrail.pre_publish"] == [s.name for s in spans()]

    def test_block_has_one_whatever_the_share(self, safety, module, finds, spans, name):
        """A call that is not ALLOW makes a span even where no clean call does."""
        made = safety(module(finds(0.9)), policy=BLOCKS, trace_share=0)
        made.feature(name).pre_publish(ITEM)

        assert ["block"] == [s.attributes["handrail.action"] for s in spans()]

    def test_unsampled_allow_with_findings_has_none(self, safety, module, finds, spans, name):
        """An ALLOW is left to chance whatever was found: the log has it."""
        made = safety(module(finds(0.1)), policy=BLOCKS, trace_share=0)
        made.feature(name).pre_publish(ITEM)

        assert [] == spans()

    def test_unsampled_call_in_shadow_has_none(self, safety, module, spans, name):
        """Something in shadow does not make every clean call a span."""
        modes = {f"{name}_m": {"mode": "shadow", "expires": "2999-01-01"}}
        made = safety(module(), module(name=f"{name}_b"), modes=modes, trace_share=0)
        made.feature(name).pre_publish(ITEM)

        assert [] == spans()

    def test_recording_parent_always_gets_a_child(self, safety, module, spans, host, name):
        """Under a recording span, a clean unsampled ALLOW is its child."""
        feature = safety(module(), trace_share=0).feature(name)
        with host.start_as_current_span("request") as parent:
            feature.pre_publish(ITEM)

        (span,) = spans()
        assert parent.get_span_context().span_id.to_bytes(8) == span.parent

    def test_unsampled_parent_is_obeyed(self, safety, module, finds, spans, name):
        """The host's sampler is not outvoted: under its dropped span even a BLOCK has none."""
        feature = safety(module(finds(0.9)), policy=BLOCKS, trace_share=1).feature(name)
        dropped = SpanContext(trace_id=7, span_id=7, is_remote=False, trace_flags=TraceFlags(0))
        with trace.use_span(NonRecordingSpan(dropped)):
            feature.pre_publish(ITEM)

        assert [] == spans()

    @pytest.mark.parametrize("stage", ["post_publish", "report"])
    def test_other_stages_have_spans_of_their_name(self, safety, module, spans, name, stage):
        """A span is called like its hook."""
        feature = safety(module(stage=stage), trace_share=1).feature(name)
        subject = ITEM if stage == "post_publish" else Report(id="r", item=ITEM)
        getattr(feature, stage)(subject)

        assert [f"handrail.{stage}"] == [s.name for s in spans()]

    def test_async_call_has_one(self, module, spans, name):
        """AsyncSafety makes the same one span."""

        async def ask():
            features = [Feature(name=name, surface="comments")]
            async with AsyncSafety(features, modules=[module()], trace_share=1) as safety:
                await safety.feature(name).pre_publish(ITEM)

        asyncio.run(ask())

        assert ["handrail.pre_publish"] == [s.name for s in spans()]

    def test_cancelled_call_ends_its_span(self, module, spans, name):
        """A call that its host cancels leaves no span open."""
        begun = asyncio.Event()

        async def waits(item):
            loop.call_soon_threadsafe(begun.set)
            await asyncio.Event().wait()

        async def ask():
            nonlocal loop
            loop = asyncio.get_running_loop()
            features = [Feature(name=name, surface="comments", budget_ms=60_000)]
            async with AsyncSafety(features, modules=[module(waits)]) as safety:
                call = asyncio.create_task(safety.feature(name).pre_publish(ITEM))
                await begun.wait()
                call.cancel()
                await asyncio.gather(call, return_exceptions=True)

        loop = None
        asyncio.run(ask())

        assert 1 == len(spans())


class TestWhatASpanSays:
    """Attributes, status and times of one span."""

    @pytest.fixture(name="blocked")
    def _blocked(self, safety, module, finds, spans, name):
        """The span of a call that was blocked by one module while another failed."""
        modules = [module(finds(0.9)), module(fails, name=f"{name}_broken")]
        safety(*modules, policy=BLOCKS).feature(name).pre_publish(ITEM)
        (span,) = spans()
        return span

    @pytest.mark.parametrize(
        ("attribute", "value"),
        [
            ("surface", "comments"),
            ("stage", "pre_publish"),
            ("action", "block"),
            ("policy.name", "strict"),
            ("policy.revision", BLOCKS.revision),
            ("issues", ["hate.speech"]),
            ("scores", [0.9]),
            ("effects", []),
            ("degraded", True),
            ("complete", True),
        ],
    )
    def test_attribute(self, blocked, attribute, value):
        """A span carries the decision in plain attributes."""
        assert value == blocked.attributes[f"handrail.{attribute}"]

    def test_modules_are_an_array(self, blocked, name):
        """What each module did is an array attribute, not a span of its own."""
        assert {f"{name}_m", f"{name}_broken"} == set(blocked.attributes["handrail.modules"])

    def test_times_stand_beside_the_modules(self, blocked):
        """Each module that ran has its microseconds at the same place."""
        assert 2 == len(blocked.attributes["handrail.module_us"])

    def test_faults_are_source_and_cause(self, blocked, name):
        """A fault is a source and a cause, never an exception."""
        assert [f"{name}_broken:error"] == blocked.attributes["handrail.faults"]

    def test_fault_is_an_error_status(self, blocked):
        """A call with a fault has the status ERROR."""
        assert blocked.failed

    def test_has_no_events(self, blocked):
        """A failure adds no exception event, whose text could be content."""
        assert 0 == blocked.events

    def test_carries_the_id_of_the_decision(self, safety, module, spans, name):
        """A span and its decision find each other."""
        decision = safety(module(), trace_share=1).feature(name).pre_publish(ITEM)

        assert [decision.id] == [s.attributes["handrail.decision"] for s in spans()]

    def test_clean_call_is_no_error(self, safety, module, spans, name):
        """A clean call leaves the status unset."""
        safety(module(), trace_share=1).feature(name).pre_publish(ITEM)

        assert [False] == [s.failed for s in spans()]

    def test_late_span_has_true_times(self, safety, module, spans, name):
        """A span made after the call starts and ends when the call did."""
        feature = safety(module(), trace_share=1).feature(name)
        before = time.time_ns()
        feature.pre_publish(ITEM)
        after = time.time_ns()
        (span,) = spans()

        assert before - SLACK_NS < span.start < span.end < after + SLACK_NS

    def test_late_span_is_as_long_as_the_call(self, safety, module, spans, name):
        """A late span lasts what the decision says it took."""
        decision = safety(module(), trace_share=1).feature(name).pre_publish(ITEM)
        (span,) = spans()

        assert decision.latency_us == (span.end - span.start) // 1000


class TestChildren:
    """What hooks off the caller's thread trace is below our span; that is why it starts early."""

    @pytest.fixture(name="ask")
    def _ask(self, safety, module, host, spans, name):
        """Call once with a hook that opens a span of its own; return both spans."""

        def ask(hook, **options):
            feature = safety(module(hook, **options), trace_share=0).feature(name)
            decision = feature.pre_publish(ITEM)
            (ours,), (inner,) = spans(), spans(called=f"{name}.inner")
            return decision, ours, inner

        return ask

    def test_blocking_hook_is_a_child(self, ask, host, name):
        """A span that a pool thread opens is a child of the call's."""

        def blocking(item):
            with host.start_as_current_span(f"{name}.inner"):
                return

        _, ours, inner = ask(blocking, cost="blocking")

        assert ours.id == inner.parent

    def test_remote_hook_is_a_child(self, ask, host, name):
        """A span that opens on the event loop is a child of the call's."""

        async def remote(item):
            with host.start_as_current_span(f"{name}.inner"):
                await asyncio.sleep(0)

        _, ours, inner = ask(remote)

        assert ours.id == inner.parent

    def test_child_lies_within_the_call(self, ask, host, name):
        """An early span begins before what its hooks trace, and ends after it.

        Our clock is read off the wall once per process; the slack is for what it drifts since.
        """

        async def remote(item):
            with host.start_as_current_span(f"{name}.inner"):
                await asyncio.sleep(0)

        _, ours, inner = ask(remote)

        assert ours.start - SLACK_NS < inner.start < inner.end < ours.end + SLACK_NS

    def test_early_span_is_not_left_current(self, safety, module, name):
        """After the call the caller's context is what it was."""
        safety(module(cost="blocking")).feature(name).pre_publish(ITEM)

        assert not trace.get_current_span().get_span_context().is_valid


class TestTraceId:
    """A decision names its caller's trace."""

    def test_is_the_callers(self, safety, module, host, name):
        """Under a span, trace_id is that span's, 32 hexadecimal digits."""
        feature = safety(module()).feature(name)
        with host.start_as_current_span("request") as parent:
            decision = feature.pre_publish(ITEM)

        assert f"{parent.get_span_context().trace_id:032x}" == decision.trace_id

    @pytest.mark.parametrize("cost", [None, "blocking"])
    def test_is_none_without_a_caller(self, safety, module, name, cost):
        """Without a span around it, trace_id is None, even where the call made its own."""
        decision = safety(module(cost=cost), trace_share=1).feature(name).pre_publish(ITEM)

        assert decision.trace_id is None

    def test_is_on_the_receipt(self, safety, module, host, name):
        """A receipt names the trace too."""
        feature = safety(module(stage="post_publish")).feature(name)
        with host.start_as_current_span("request") as parent:
            receipt = feature.post_publish(ITEM)

        assert f"{parent.get_span_context().trace_id:032x}" == receipt.trace_id


def test_nudge_hold_and_limit_have_spans_too(safety, module, spans, name):
    """Every action but ALLOW makes a span."""
    rungs = {"nudge": 0.2, "limit": 0.4, "hold": 0.6, "block": 0.8}
    policy = Policy(issues={"hate.speech": rungs}, holds={"within": "1h", "otherwise": "block"})
    found = module(lambda item: [Finding("hate.speech", float(item.text), "listed")])
    feature = safety(found, policy=policy, trace_share=0).feature(name)
    for score in ("0.2", "0.4", "0.6", "0.8"):
        feature.pre_publish(Item(score, score))

    assert [a.name.lower() for a in list(Action)[1:]] == [
        s.attributes["handrail.action"] for s in spans()
    ]
