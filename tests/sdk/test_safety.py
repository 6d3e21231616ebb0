"""What a Safety does beside calling modules: records, renews, settings, and the host's word."""

from __future__ import annotations

import logging
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import attrs
import pytest

from handrail import (
    Action,
    Feature,
    Finding,
    InvalidValueError,
    Item,
    JsonlSink,
    Manifest,
    MemorySink,
    Policy,
    Report,
    Safety,
    hookimpl,
    read_record,
)

ISSUE = "harassment.bullying"
LADDER = {"hold": 0.5, "block": 0.8}
HOLDS = {"within": "1h", "otherwise": "limit"}


def module(issue: str = ISSUE, score: float = 0.6) -> SimpleNamespace:
    """A module that finds one issue in everything."""

    def pre_publish(item: Item) -> list[Finding]:
        return [Finding(issue, score, "found")]

    manifest = Manifest(name="one", version="1", issues={issue}, surfaces="*", languages="*")
    return SimpleNamespace(MANIFEST=manifest, pre_publish=hookimpl(pre_publish))


def make(found: Any = None, **options: Any) -> Safety:
    """A Safety of one feature, one module and one ladder."""
    policy = Policy(issues={ISSUE: LADDER, "child_safety.grooming": LADDER}, holds=HOLDS)
    return Safety(
        [Feature(name="comments", surface="comments")],
        **{"modules": [found or module()], "policy": policy, **options},
    )


class TestRecorded:
    def test_hold_with_a_durable_sink_is(self, tmp_path):
        """A HOLD that the disk has says so."""
        with make(sink=JsonlSink(tmp_path / "record.jsonl")) as safety:
            decision = safety.feature("comments").pre_publish(Item("c1"))

        assert (Action.HOLD, True, False) == (
            decision.action,
            decision.recorded,
            decision.degraded,
        )

    def test_line_of_a_hold_says_so_too(self, tmp_path):
        """What the record says of a HOLD is what its caller was told, once."""
        with make(sink=JsonlSink(tmp_path / "record.jsonl")) as safety:
            safety.feature("comments").pre_publish(Item("c1"))

        assert [True] == [e.recorded for e in read_record(tmp_path / "record.jsonl")]

    def test_refused_hold_is_not(self, tmp_path):
        """A HOLD that the sink refuses stands, is degraded, and names the sink."""

        class Full(JsonlSink):
            def commit(self, decisions):
                raise OSError

        with make(sink=Full(tmp_path / "record.jsonl")) as safety:
            decision = safety.feature("comments").pre_publish(Item("c1"))

        assert (Action.HOLD, False, ["sink"]) == (
            decision.action,
            decision.recorded,
            [f.source for f in decision.faults],
        )

    def test_hold_in_memory_is_not(self):
        """A HOLD that only memory has is not recorded, which is no fault of anybody."""
        with make(sink=MemorySink()) as safety:
            decision = safety.feature("comments").pre_publish(Item("c1"))

        assert (False, False) == (decision.recorded, decision.degraded)


class TestCases:
    def test_hold_asks_for_a_review(self):
        """A HOLD asks for a person."""
        with make(module(score=0.6)) as safety:
            decision = safety.feature("comments").pre_publish(Item("c1"))

        assert {"general": "1h"} == dict(decision.effect("review").value)

    def test_block_of_the_same_ladder_asks_for_none(self):
        """What its own ladder blocks opens no case: a flood of spam would open thousands."""
        with make(module(score=0.9)) as safety:
            decision = safety.feature("comments").pre_publish(Item("c1"))

        assert (Action.BLOCK, None) == (decision.action, decision.effect("review"))

    def test_block_of_an_issue_with_a_queue_of_its_own_does(self):
        """An issue that demands special eyes gets them, blocked or not."""
        with make(module("child_safety.grooming", 0.9)) as safety:
            decision = safety.feature("comments").pre_publish(Item("c1"))

        assert {"restricted": "1h"} == dict(decision.effect("review").value)


class TestRenewal:
    @pytest.fixture
    def safety(self):
        """A Safety with a rule that starts in an hour."""
        later = datetime.now(UTC) + timedelta(hours=1)
        rule = {"id": "later", "issue": ISSUE, "at": 0.5, "then": "block", "starts": later}
        with make(policy=Policy(issues={ISSUE: LADDER}, holds=HOLDS, rules=[rule])) as safety:
            yield safety

    def test_rule_waits_for_its_start(self, safety):
        """A rule that starts later does not count yet."""
        assert Action.HOLD is safety.feature("comments").pre_publish(Item("c1")).action

    def test_rule_counts_from_its_start_on(self, safety, monkeypatch):
        """A running process takes a rule up when its time has come."""
        comments, core = safety.feature("comments"), safety._core
        future = datetime.now(UTC) + timedelta(hours=2)

        class Later(datetime):
            @classmethod
            def now(cls, tz=None):
                return future

        monkeypatch.setattr("handrail._planner.datetime", Later)
        core.plans = {k: attrs.evolve(p, changes_at=0) for k, p in core.plans.items()}

        core.tick()

        assert Action.BLOCK is comments.pre_publish(Item("c1")).action

    def test_plan_knows_when_it_changes(self, safety):
        """A plan whose rules have dates says when it has to be made anew."""
        safety.feature("comments")
        plan = safety._core.plans["pre_publish:comments"]

        assert 3500 < (plan.changes_at - plan_clock()) / 1e9 <= 3600


def plan_clock() -> int:
    """The clock of plans."""
    from time import monotonic_ns

    return monotonic_ns()


class TestHostsWord:
    def test_published_against_a_block_counts(self):
        """A host that says it published what was held is counted as unguarded."""
        with make() as safety:
            comments = safety.feature("comments")
            comments.carried_out(comments.pre_publish(Item("c1")), published=True)

            assert {("comments", "against the decision"): 1} == safety.counts("handrail.unguarded")

    def test_record_says_what_was_carried_out(self):
        """What the host tells of a decision is recorded with its id and action."""
        sink = MemorySink()
        with make(sink=sink) as safety:
            comments = safety.feature("comments")
            decision = comments.pre_publish(Item("c1"))
            comments.carried_out(decision)

        assert (decision.id, Action.HOLD) == (sink.entries[-1].decision, sink.entries[-1].action)

    def test_stage_that_no_module_serves_is_a_fault(self):
        """What nobody looks at is never recorded as a clean ALLOW."""
        sink = MemorySink()
        with make(sink=sink) as safety:
            receipt = safety.feature("comments").post_publish(Item("c1"))

        assert (True, [True]) == (receipt.degraded, [e.degraded for e in sink.entries])

    def test_report_without_its_item_is_a_fault(self):
        """Modules that had only an id to look at have not looked."""
        with make(sink=MemorySink()) as safety:
            receipt = safety.feature("comments").report(Report(id="r1", item_id="c1"))

        assert (True, "pending") == (receipt.degraded, receipt.status)


class TestSettings:
    def test_policies_in_code_stand_beside_those_of_the_file(self):
        """A settings file can be given policies from code."""
        settings = {
            "version": 1,
            "features": {"comments": {"surface": "comments"}},
            "strict": False,
        }
        policy = Policy(name="mine", issues={ISSUE: {"block": 0.5}})
        with Safety.from_config(settings, policy=policy) as safety:
            decision = safety.feature("comments").pre_publish(Item("c1"))

        assert "mine" == decision.policy.name

    def test_no_sink_leaves_the_file_alone(self, tmp_path):
        """A dry run does not touch the record."""
        settings = {"version": 1, "sink": {"jsonl": str(tmp_path / "record.jsonl")}}
        Safety.from_config(settings, sink=None).close()

        assert [] == list(tmp_path.iterdir())

    def test_substitute_cannot_let_through_what_is_kept_back(self):
        """A feature that cannot hold does not publish instead."""
        with pytest.raises(InvalidValueError, match="would publish what a policy keeps back"):
            Feature(name="chat", surface="live", substitutes={"hold": "allow"})


class TestLog:
    def test_unconfigured_structlog_goes_to_logging(self):
        """Without structlog's configuration, events go to the host's logging, not to stdout."""
        code = (
            "import logging, sys; logging.basicConfig(stream=sys.stderr, level='INFO')\n"
            "from handrail._log import log; log('handrail.decided', feature='comments')"
        )
        run = [sys.executable, "-c", code]
        done = subprocess.run(run, capture_output=True, text=True, check=True)

        assert ("", True) == (done.stdout, "event='handrail.decided'" in done.stderr)

    def test_level_is_the_hosts(self, caplog):
        """The logger is the standard library's, under our name."""
        with caplog.at_level(logging.WARNING, "handrail"):
            from handrail._log import _plain

            _plain().info("handrail.decided")

        assert [] == caplog.records
