"""A call that failed in the SDK itself is decided, recorded and counted like any other."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from types import SimpleNamespace

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider

from handrail import (
    Action,
    AsyncSafety,
    Feature,
    Item,
    JsonlSink,
    Manifest,
    MemorySink,
    Policy,
    Report,
    Safety,
    Stage,
    hookimpl,
    read_record,
)

ISSUE = "integrity.spam"
HOLDS = {"within": "1h", "otherwise": "block"}
ITEM = Item("i-1", "text", language="de", revision=4)


def policy(then):
    """A policy that answers every fault so."""
    return Policy(faults=[{"then": then}], holds=HOLDS)


def module(name):
    """A module that finds nothing."""
    hooks = {stage.value: hookimpl(lambda item: None) for stage in Stage}
    manifest = Manifest(name=name, version="1", issues={ISSUE}, surfaces="*", languages="*")
    return SimpleNamespace(MANIFEST=manifest, **hooks)


class Notices:
    """Says that it was asked."""

    def notice(self, *asked):
        """Return a text made of what was asked."""
        return f"asked: {len(asked)}"


@pytest.fixture(name="make")
def _make(monkeypatch):
    """Make a Safety in which nothing can run any module, so that every call fails."""
    made = []

    def fail(*_):
        raise ZeroDivisionError

    def make(then, kind=Safety, **options):
        feature = Feature(name="comments", surface="comments")
        modules = [module("one"), module("two")]
        made.append(kind([feature], modules=modules, policy=policy(then), **options)._core)
        for place in ("_guarded", "_sync_guarded", "_async_guarded"):
            monkeypatch.setattr(f"handrail.{place}.run", fail)
        return made[-1]

    make.made = made
    yield make
    for core in made:
        core.close()


@pytest.fixture(name="ask")
def _ask(make):
    """Ask about an item, from synchronous and asynchronous code alike."""

    def ask(then, stage="pre_publish", subject=ITEM, kind=Safety, **options):
        from handrail import AsyncGuardedFeature, GuardedFeature

        core = make(then, kind, **options)
        core.open("comments")
        guarded = (GuardedFeature if kind is Safety else AsyncGuardedFeature)(core, "comments")
        answer = getattr(guarded, stage)(subject)
        return answer if kind is Safety else asyncio.run(answer)

    return ask


class TestDecision:
    """What the fault rules ask for, whole."""

    def test_effect_has_its_end(self, ask):
        """An effect that a fault rule ends in time says when, counted from the call."""
        decision = ask({"action": "limit", "reach": 0.1, "for": "2h"})

        assert [timedelta(hours=2)] == [e.until - decision.at for e in decision.effects]

    def test_hold_has_its_end(self, ask):
        """A HOLD ends as its policy says, counted from the call."""
        decision = ask("hold")

        assert timedelta(hours=1) == decision.hold.until - decision.at

    def test_hold_asks_for_a_review(self, ask):
        """A HOLD opens a case here too."""
        assert ask("hold").effect("review") is not None

    def test_notice_is_what_the_host_says(self, ask):
        """Its author is told what the host's notices say of the action."""
        assert "asked" in ask("block", notices=Notices()).notice

    def test_every_planned_module_is_in_coverage(self, ask):
        """Coverage says of each module that it was not run, and why."""
        rows = [(row.module, row.status.value, row.reason) for row in ask("allow").coverage]

        assert [("one", "skipped", "call failed"), ("two", "skipped", "call failed")] == [
            row for row in rows if not row[0].startswith("(")
        ]

    def test_is_about_the_item(self, ask):
        """It names the item and its revision."""
        decision = ask("allow")

        assert ("i-1", 4) == (decision.item, decision.revision)

    def test_about_no_item_names_none(self, ask):
        """What was about no item names none, and its coverage speaks of modules alone."""
        decision = ask("allow", subject=None)

        assert ("", 2) == (decision.item, len(decision.coverage))

    def test_is_degraded_and_not_complete(self, ask):
        """It says that it saw nothing."""
        decision = ask("allow")

        assert (True, False) == (decision.degraded, decision.complete)

    def test_has_the_callers_trace_id(self, ask):
        """It is found from the caller's trace."""
        with TracerProvider().get_tracer("host").start_as_current_span("request") as span:
            decision = ask("allow")

        assert trace.format_trace_id(span.get_span_context().trace_id) == decision.trace_id

    def test_effects_are_counted(self, make, ask):
        """The metric of effects counts what it asks for."""
        ask({"action": "limit", "reach": 0.1})
        core = make.made[-1]
        core.flush()

        assert {("comments", "pre_publish", "reach"): 1} == core.telemetry.counts(
            "handrail.effects"
        )


@pytest.mark.parametrize("kind", [Safety, AsyncSafety])
class TestRecorded:
    """What opens a case is durable before the answer, in both facades."""

    def test_hold_is_durable(self, ask, tmp_path, kind):
        """A HOLD is on disk, and says so."""
        decision = ask("hold", kind=kind, sink=JsonlSink(tmp_path / "record.jsonl"))

        assert (True, [True]) == (
            decision.recorded,
            [e.recorded for e in read_record(tmp_path / "record.jsonl")],
        )

    def test_review_at_report_is_durable(self, ask, tmp_path, kind):
        """A report whose call failed opens a case that is on disk, and its receipt says so."""
        sink = JsonlSink(tmp_path / "record.jsonl")
        receipt = ask("block", "report", Report(id="r", item_id="i-1"), kind=kind, sink=sink)

        assert ("i-1", True) == (receipt.item, receipt.recorded)

    def test_hold_that_the_disk_refuses_says_so(self, ask, kind):
        """A HOLD that could not be made durable stands, and names the sink."""

        class Full(MemorySink):
            durable = True

            def commit(self, decisions):
                raise OSError

        decision = ask("hold", kind=kind, sink=Full())

        assert (Action.HOLD, False, {"handrail", "sink"}) == (
            decision.action,
            decision.recorded,
            {fault.source for fault in decision.faults},
        )

    def test_sink_that_breaks_in_itself_costs_the_record_alone(self, ask, kind):
        """Whatever goes wrong while it is recorded, the decision is returned."""

        class Odd(MemorySink):
            asked = 0

            @property
            def durable(self):
                self.asked += 1
                if self.asked > 1:
                    raise ZeroDivisionError
                return True

        decision = ask("hold", kind=kind, sink=Odd())

        assert (Action.HOLD, False) == (decision.action, decision.recorded)
