"""Conditions in rules, from an item to the decision."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from handrail import (
    Action,
    Actor,
    Feature,
    Item,
    Manifest,
    MemoryState,
    Policy,
    PolicyError,
    Safety,
    hookimpl,
)
from handrail_policyfiles.expression import compile_condition


@hookimpl
def pre_publish(item):
    """Find nothing."""


QUIET = SimpleNamespace(
    MANIFEST=Manifest(name="quiet", version="1.0", issues={"hate.speech"}, surfaces={"*"}),
    pre_publish=pre_publish,
)


@pytest.fixture(name="decide")
def _decide():
    """Decide over an item by one rule."""

    def decide(source, item, *, state=None, **rule):
        when = compile_condition(source, each="each" in rule)
        policy = Policy(rules=[{"id": "r", "when": when, "then": "block", **rule}])
        feature = Feature(name="wall", surface="comments")
        with Safety([feature], modules=[QUIET], policy=policy, state=state) as safety:
            return safety.feature("wall").pre_publish(item)

    return decide


def by(author, **more):
    """An item of an author."""
    return Item("i", "Free  MONEY!", author=author, **more)


@pytest.mark.parametrize(("unknown", "action"), [("match", Action.BLOCK), ("skip", Action.ALLOW)])
def test_what_is_unknown_is_the_rule_s(decide, unknown, action):
    """A condition that is left without an answer means what its rule says."""
    assert action is decide("actor.age < 18", by(Actor("a")), unknown=unknown).action


def test_what_is_settled_needs_no_rule(decide):
    """A missing value that could change nothing is not asked about."""
    source = 'actor.age < 18 || text.mentions("free money")'

    assert Action.BLOCK is decide(source, by(Actor("a")), unknown="skip").action


@pytest.mark.parametrize("source", ["actor.age < 18", "participants.exists(p, p.age < 18)"])
def test_unknown_is_demanded(decide, source):
    """A rule that could be left without an answer is refused without saying what that means."""
    with pytest.raises(PolicyError, match="unknown: match, skip or fault"):
        decide(source, by(Actor("a")))


def test_a_failure_is_a_fault_of_the_rule(decide):
    """What goes wrong in a test is booked, and the rule does not match."""
    decision = decide("10 / links.count > 2", by(Actor("a")))

    assert (Action.ALLOW, [("r", "error")]) == (
        decision.action,
        [(f.source, f.cause) for f in decision.faults],
    )


def test_each_recipient_is_asked_about(decide):
    """A rule with each: recipients holds for those it holds for."""
    people = [Actor("grown", age=30), Actor("young", age=15)]
    effect = {"deny": ["messaging"]}
    item = by(Actor("a", age=40), recipients=people)
    decision = decide(
        "actor.age >= 18 && recipient.age < 18", item, each="recipients", unknown="skip",
        then=effect,
    )  # fmt: skip

    assert ["young"] == [e.subject for e in decision.effects if e.name == "deny"]


def test_strikes_count(decide):
    """What the platform remembers of an author is asked for by family."""
    state = MemoryState()
    for _ in range(3):
        state.add_strike("a", "harassment.bullying")
    source = 'actor.strikes("harassment", "90d") >= 3'

    assert Action.BLOCK is decide(source, by(Actor("a")), state=state, unknown="skip").action
