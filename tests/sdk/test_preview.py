"""A preview says what policies would decide, at any moment, without modules and a record."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from handrail import (
    Action,
    Condition,
    Fault,
    Feature,
    FeatureError,
    Finding,
    Item,
    MemoryState,
    Policy,
    Preview,
    Report,
    Stage,
    Status,
)

COMMENTS = Feature(name="comments", surface="comments")
NOW = datetime(2030, 1, 2, 3, 4, 5, 678, UTC)
HOLDS = {"within": "24h", "otherwise": "block"}
POLICY = Policy(issues={"hate.speech": {"hold": 0.5}}, holds=HOLDS)


def found(score, module=None):
    """A finding of hate."""
    return Finding("hate.speech", score, "x", module=module)


def test_findings_decide():
    """The policies decide about what was found."""
    preview = Preview([POLICY], COMMENTS)

    assert [Action.ALLOW, Action.HOLD] == [
        preview.decide(Item("1"), [found(score)]).action for score in (0.4, 0.6)
    ]


def test_time_is_as_said():
    """The decision, the end of its hold and every condition have the time that is said."""
    seen = []
    when = Condition(["now"], lambda now: bool(seen.append(now)))
    policy = Policy(name="clock", rules=[{"id": "clock", "when": when, "then": "block"}])
    decision = Preview([POLICY, policy], COMMENTS, now=NOW).decide(Item("1"), [found(1)])

    assert (NOW, NOW + timedelta(hours=24)) == (decision.at, decision.hold.until)
    assert {NOW} == set(seen)


@pytest.mark.parametrize(("hour", "expected"), [(2, Action.ALLOW), (3, Action.BLOCK)])
def test_rules_start_at_their_time(hour, expected):
    """A rule that starts later holds from its moment on."""
    start = datetime(2030, 1, 2, 3, tzinfo=UTC)
    rule = {"id": "later", "issue": "hate.speech", "at": 0.5, "then": "block", "starts": start}
    preview = Preview([Policy(rules=[rule])], COMMENTS, now=datetime(2030, 1, 2, hour, tzinfo=UTC))

    assert expected is preview.decide(Item("1"), [found(1)]).action


def test_shadow_is_shown():
    """What is in shadow counts for comparison only."""
    rule = {
        "id": "new", "issue": "hate.speech", "at": 0.5, "then": "block", "mode": "shadow",
        "expires": "2031-01-01",
    }  # fmt: skip
    decision = Preview([Policy(rules=[rule])], COMMENTS, now=NOW).decide(Item("1"), [found(1)])

    assert (Action.ALLOW, Action.BLOCK) == (decision.action, decision.shadow.action)


def test_a_fault_follows_the_fault_rules():
    """What failed leaves its issues unseen, and coverage says so."""
    policy = Policy(
        holds=HOLDS, faults=[{"issues": ["hate.*"], "causes": ["timeout"], "then": "hold"}]
    )
    preview = Preview([policy], COMMENTS)
    decisions = [
        preview.decide(Item("1"), faults={Fault("text", cause): ["hate.speech"]})
        for cause in ("timeout", "error")
    ]

    assert [Action.HOLD, Action.ALLOW] == [d.action for d in decisions]
    assert [Status.FAILED] == [c.status for c in decisions[0].coverage]
    assert all(d.degraded for d in decisions)


def test_no_module_is_no_fault():
    """Where nothing failed, nothing is degraded: a preview has no modules to miss."""
    feature = Feature(name="comments", surface="comments", requires={"issues": ["hate.speech"]})
    decision = Preview([POLICY], feature).decide(Item("1"))

    assert (Action.ALLOW, (), False) == (decision.action, decision.faults, decision.degraded)


def test_modules_are_named():
    """Each finding keeps the module that found it."""
    decision = Preview([POLICY], COMMENTS).decide(Item("1"), [found(0.6, "b"), found(0.7, "a")])

    assert ["a", "b"] == [f.module for f in decision.findings]


def test_state_is_asked():
    """Counters come from the state that is given; without one they are unknown."""
    when = Condition(["counter(sent)"], lambda sent: sent > 2)
    policy = Policy(rules=[{"id": "much", "when": when, "unknown": "skip", "then": "block"}])
    state = MemoryState()
    state.set_counter("sent", "a", 3)
    preview, item = Preview([policy], COMMENTS), Item("1", author={"id": "a"})

    assert [Action.ALLOW, Action.BLOCK] == [
        preview.decide(item, state=given).action for given in (None, state)
    ]


def test_a_report_is_seen():
    """At the report stage conditions see the report."""
    when = Condition(["report.source"], lambda source: source == "authority")
    then = {"review": {"queue": "legal", "within": "1h"}}
    policy = Policy(rules=[{"id": "order", "when": when, "unknown": "skip", "then": then}])
    item = Item("1")
    decision = Preview([policy], COMMENTS, Stage.REPORT).decide(
        item, report=Report(id="r", item=item, source="authority")
    )

    assert {"legal": "1h"} == dict(decision.effects[0].value)


def test_a_feature_that_cannot():
    """What a feature cannot carry out is refused, as when it is opened."""
    feature = Feature(name="comments", surface="comments", carries_out=["block"])

    with pytest.raises(FeatureError, match="cannot carry out 'hold'"):
        Preview([POLICY], feature)
