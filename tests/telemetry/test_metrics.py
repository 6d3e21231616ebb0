"""Metrics as a collector receives them: they equal what happened."""

from __future__ import annotations

import asyncio
import gc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail import (
    Actor,
    Condition,
    Feature,
    Finding,
    Item,
    Manifest,
    Media,
    MemorySink,
    Policy,
    Report,
    Safety,
    hookimpl,
)
from handrail._fields import SAMPLED
from handrail._record import Recorder
from handrail._telemetry import Telemetry

ITEM = Item("1", "some words")
RUNGS = {"nudge": 0.2, "limit": {"at": 0.4, "reach": 0.1}, "hold": 0.6, "block": 0.8}
POLICY = Policy(issues={"hate.speech": RUNGS}, holds={"within": "1h", "otherwise": "block"})
SCORES = {"allow": 0.1, "nudge": 0.3, "limit": 0.5, "hold": 0.7, "block": 0.9}


class Says:
    """A module that finds what the item's text says."""

    def __init__(self, name: str) -> None:
        values = {"issues": {"hate.speech"}, "surfaces": {"comments"}, "languages": {"*"}}
        self.MANIFEST = Manifest(name=name, version="1", **values)

    @hookimpl
    def pre_publish(self, item):
        """Find with the score that the text says."""
        return [Finding("hate.speech", float(item.text), "listed")] if item.text else None


def fails(item):
    """Raise as a hook."""
    raise RuntimeError(item.text)


@pytest.fixture(name="feature")
def _feature(safety, name):
    """A guarded feature whose module finds what the text says."""
    return safety(Says(f"{name}_m"), policy=POLICY, trace_share=0).feature(name)


class TestCalls:
    """``handrail.calls`` and what calls bring with them."""

    @pytest.mark.parametrize("action", list(SCORES))
    def test_calls_are_counted_by_action(self, feature, points, name, action):
        """Each call adds one under its feature, stage and action."""
        feature.pre_publish(Item("1", str(SCORES[action])))
        feature._core.flush()

        assert {(name, "pre_publish", action): 1} == points("handrail.calls", feature=name)

    def test_clean_calls_are_counted(self, feature, points, name):
        """A call without findings adds one as well."""
        for number in range(40):
            feature.pre_publish(Item(str(number)))
        feature._core.flush()

        assert {(name, "pre_publish", "allow"): 40} == points("handrail.calls", feature=name)

    def test_findings_are_counted_by_module_and_issue(self, feature, points, name):
        """Each finding adds one under its module, stage and issue."""
        for score in ("0.1", "0.9", ""):
            feature.pre_publish(Item("1", score))
        feature._core.flush()

        assert {(f"{name}_m", "pre_publish", "hate.speech"): 2} == points(
            "handrail.findings", module=f"{name}_m"
        )

    def test_effects_are_counted_by_name(self, feature, points, name):
        """Each effect asked for adds one under its name."""
        feature.pre_publish(Item("1", "0.5"))
        feature._core.flush()

        assert {(name, "pre_publish", "reach"): 1} == points("handrail.effects", feature=name)

    def test_faults_are_counted_by_source_and_cause(self, safety, module, points, name):
        """Each fault adds one under who failed and why."""
        made = safety(module(fails))
        made.feature(name).pre_publish(ITEM)
        made.flush()

        assert {(f"{name}_m", "pre_publish", "error"): 1} == points(
            "handrail.faults", source=f"{name}_m"
        )

    def test_call_that_failed_is_counted_by_its_action(self, feature, points, name):
        """A call about no item is counted like any other, under the action it got."""
        action = feature.pre_publish("no item").action
        feature._core.flush()

        assert {(name, "pre_publish", action.name.lower()): 1} == points(
            "handrail.calls", feature=name
        )

    @given(st.lists(st.sampled_from(["", "0.1", "0.3", "0.5", "0.9"]), max_size=30))
    def test_counts_equal_what_was_returned(self, scores):
        """Over any calls, the counts by action are those of the decisions returned."""
        with Safety(
            [Feature(name="any", surface="comments")], modules=[Says("any_m")], policy=POLICY
        ) as safety:
            feature = safety.feature("any")
            actions = [feature.pre_publish(Item("1", s)).action.name.lower() for s in scores]
            counted = safety.counts("handrail.calls")

        assert {("any", "pre_publish", a): actions.count(a) for a in actions} == counted

    def test_exceptions_are_counted_by_name(self, safety, points, name):
        """A decision that an exception lowered is counted under its name."""
        exception = {
            "id": "news", "when": Condition(["item.kind"], lambda kind: True),
            "issues": ["hate.speech"], "at_most": "limit", "owner": "o", "review_by": "2999-01-01",
        }  # fmt: skip
        policy = Policy(issues={"hate.speech": {"block": 0.8}}, exceptions=[exception])
        made = safety(Says(f"{name}_m"), policy=policy)
        made.feature(name).pre_publish(Item("1", "0.9"))
        made.flush()

        assert {(name, "news"): 1} == points("handrail.exceptions", feature=name)

    def test_skipped_modules_are_counted(self, safety, module, points, name):
        """A module not run because all was decided is counted as skipped."""
        slow = module(lambda item: None, cost="blocking", name=f"{name}_slow")
        policy = Policy(issues={"hate.speech": {"block": 0.8}})
        made = safety(Says(f"{name}_m"), slow, policy=policy, complete_share=0)
        made.feature(name).pre_publish(Item("1", "0.9"))
        made.flush()

        assert {(f"{name}_slow", "pre_publish", "decided"): 1} == points(
            "handrail.skipped", module=f"{name}_slow"
        )


class TestSampled:
    """What is measured in a share of the calls."""

    def test_one_call_in_so_many_has_its_duration_counted(self, feature, points, name):
        """The buckets of the call's duration hold one call in SAMPLED."""
        for number in range(4 * SAMPLED):
            feature.pre_publish(Item(str(number)))
        feature._core.flush()

        assert 4 == sum(points("handrail.call.duration", feature=name).values())

    def test_modules_have_durations_of_their_own(self, feature, points, name):
        """Each module's runs are counted in the same sampled calls."""
        for number in range(4 * SAMPLED):
            feature.pre_publish(Item(str(number)))
        feature._core.flush()

        assert 4 == sum(points("handrail.module.duration", module=f"{name}_m").values())

    @pytest.mark.parametrize("stage", ["pre_publish", "post_publish"])
    def test_no_stage_escapes_the_sample(self, safety, module, points, name, stage):
        """A host that calls two stages in turn has both measured."""
        made = safety(module(), module(stage="post_publish", name=f"{name}_b"))
        feature = made.feature(name)
        for number in range(4 * SAMPLED):
            feature.pre_publish(Item(str(number)))
            feature.post_publish(Item(str(number)))
        made.flush()

        assert 4 == sum(points("handrail.call.duration", feature=name, stage=stage).values())

    def test_unmeasured_languages_are_counted_by_module(self, safety, module, points, name):
        """A sampled call in a language that a module was not measured in is counted."""
        made = safety(module(languages={"en"}))
        feature = made.feature(name)
        for number in range(4 * SAMPLED):
            feature.pre_publish(Item(str(number), language="sw"))
        made.flush()

        assert {(f"{name}_m", "pre_publish"): 4} == points(
            "handrail.unmeasured", module=f"{name}_m"
        )

    def test_unserved_parts_are_counted(self, feature, points, name):
        """A part of a sampled item that no module reads is counted."""
        for number in range(4 * SAMPLED):
            feature.pre_publish(Item(str(number), media=[Media(id="m", type="image/png")]))
        feature._core.flush()

        assert {(name, "pre_publish", "media"): 4} == points("handrail.unserved", feature=name)


class TestHost:
    """What the host told back, and what it did not."""

    @pytest.mark.parametrize("event", ["carried_out", "viewed", "withdrawn"])
    def test_host_events_are_counted(self, feature, points, name, event):
        """What the host tells back is counted by name."""
        decision = feature.pre_publish(Item("1"))
        getattr(feature, event)(decision if event == "carried_out" else ITEM)
        feature._core.flush()

        assert {(name, event): 1} == points("handrail.host_events", feature=name)

    def test_publishing_undecided_is_counted(self, feature, points, name):
        """An item published without a decision is counted as unguarded."""
        feature.post_publish(ITEM)
        feature._core.flush()

        assert {(name, "no decision"): 1} == points("handrail.unguarded", feature=name)

    def test_a_stalled_event_loop_is_counted(self, safety, module, points, name):
        """A synchronous call that waits inside a running event loop is counted."""
        made = safety(module(cost="blocking"))

        async def ask():
            made.feature(name).pre_publish(ITEM)

        asyncio.run(ask())
        made.flush()

        assert {(name,): 1} == points("handrail.sync_in_loop", feature=name)


class TestShadow:
    """``handrail.shadow``."""

    def ask(self, safety, name, score):
        """Call once with a policy in shadow that blocks what the live one only limits."""
        shadow = Policy(
            name="next", issues={"hate.speech": {"block": 0.5}}, mode="shadow", expires="2999-01-01"
        )
        live = Policy(issues={"hate.speech": {"limit": {"at": 0.4, "reach": 0.1}}})
        made = safety(Says(f"{name}_m"), policy=[live, shadow])
        made.feature(name).pre_publish(Item("1", score))
        made.flush()

    def test_a_difference_is_counted(self, safety, points, name):
        """A call that shadow would have decided otherwise is counted as one that differs."""
        self.ask(safety, name, "0.7")

        assert {(name, "pre_publish", "limit", "block", "true"): 1} == points(
            "handrail.shadow", feature=name
        )

    def test_agreement_is_counted(self, safety, points, name):
        """A call that shadow decided alike is counted too, so that a share can be had."""
        self.ask(safety, name, "0.1")

        assert {(name, "pre_publish", "allow", "allow", "false"): 1} == points(
            "handrail.shadow", feature=name
        )


class TestTrouble:
    """What goes wrong with modules, sinks and the buffer."""

    def test_breaker_is_counted(self, safety, module, points, name):
        """A breaker that opens is counted by module, stage and state."""
        feature = safety(module(fails)).feature(name)
        for _ in range(10):
            feature.pre_publish(ITEM)

        assert {(f"{name}_m", "pre_publish", "open"): 1} == points(
            "handrail.breaker.changes", module=f"{name}_m"
        )

    def test_dropped_entries_are_counted(self):
        """Entries that found no room in the buffer are counted."""
        telemetry = Telemetry()
        recorder = Recorder(MemorySink(), telemetry, limit=0)
        recorder.add(None)
        recorder.drain()
        recorder.close()

        assert {(): 1} == telemetry.counts("handrail.record.dropped")

    def test_refusals_of_the_sink_are_counted(self, safety, module, name):
        """A write that the sink refuses is counted."""

        class Full(MemorySink):
            def write(self, batch):
                raise OSError

        made = safety(module(), sink=Full())
        made.feature(name).pre_publish(ITEM)
        made.flush()

        assert 1 <= made.counts("handrail.sink.failures")[()]


class TestManySafeties:
    """Instruments belong to the process, counts to a Safety."""

    def test_all_are_exported(self, module, points, name):
        """Two Safeties that count the same thing are added up."""
        feature = Feature(name=name, surface="comments")
        for _ in range(2):
            with Safety([feature], modules=[module()]) as safety:
                safety.feature(name).pre_publish(ITEM)

        assert {(name, "pre_publish", "allow"): 2} == points("handrail.calls", feature=name)

    def test_one_that_is_gone_still_counts(self, module, points, name):
        """A counter does not fall when a Safety is collected."""
        with Safety([Feature(name=name, surface="comments")], modules=[module()]) as safety:
            safety.feature(name).pre_publish(ITEM)
        del safety
        gc.collect()

        assert {(name, "pre_publish", "allow"): 1} == points("handrail.calls", feature=name)

    def test_each_reads_its_own(self, module, name):
        """``counts`` is about one Safety."""
        feature = Feature(name=name, surface="comments")
        with (
            Safety([feature], modules=[module()]) as one,
            Safety([feature], modules=[module()]) as two,
        ):
            one.feature(name).pre_publish(ITEM)
            counted = two.counts("handrail.calls")

        assert {} == counted


def test_receipts_are_counted_under_their_stage(safety, module, points, name):
    """A report counts as a call at its stage."""
    made = safety(module(stage="report"))
    made.feature(name).report(Report(id="r", item=ITEM, reporter=Actor("a")))
    made.flush()

    assert {(name, "report", "allow"): 1} == points("handrail.calls", feature=name)
