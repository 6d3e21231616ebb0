"""At the stage ``report`` somebody only says so: nothing is hidden unless a rule means it."""

from __future__ import annotations

import pytest

from handrail import (
    Action,
    Feature,
    Finding,
    Item,
    Manifest,
    Policy,
    Report,
    Rule,
    Safety,
    Stage,
    hookimpl,
)

HOLDS = {"within": "24h", "otherwise": "block"}
BULLYING, CSAM = "harassment.bullying", "child_safety.csam"


class Certain:
    """Finds whatever its item is called, at every stage."""

    MANIFEST = Manifest(
        name="certain", version="1", issues={BULLYING, CSAM}, surfaces={"*"}, languages={"*"}
    )

    @hookimpl
    def pre_publish(self, item):
        """Find it before."""
        yield Finding(item.id, 1.0, "a stand-in")

    @hookimpl
    def post_publish(self, item):
        """Find it after."""
        yield Finding(item.id, 1.0, "a stand-in")

    @hookimpl
    def report(self, item):
        """Find it when told."""
        yield Finding(item.id, 1.0, "a stand-in")


def decided(stage, issue=BULLYING, **policy):
    """What a policy makes of a finding at a stage."""
    features = [Feature(name="video_comments", surface="comments")]
    with Safety(features, modules=[Certain()], policy=Policy(holds=HOLDS, **policy)) as safety:
        made = safety.feature("video_comments")
        if stage is Stage.REPORT:
            return made.work(stage, Report(id="r1", item=Item(issue)))
        return made.work(stage, Item(issue))


@pytest.mark.parametrize("action", ["nudge", "limit", "hold", "block"])
def test_ladder_asks_for_a_review(action):
    """A rung's action becomes a review where somebody only says so."""
    limits = {"limits": {"reach": 0.2}} if action == "limit" else {}
    made = decided(Stage.REPORT, issues={BULLYING: {action: 0.5}}, **limits)

    assert (Action.ALLOW, ["review"]) == (made.action, [e.name for e in made.effects])


def test_ladder_acts_after_publishing():
    """What a module finds by itself after publishing is acted on."""
    assert Action.BLOCK is decided(Stage.POST_PUBLISH, issues={BULLYING: {"block": 0.5}}).action


def test_rule_for_every_stage_asks_for_a_review():
    """A rule that does not name the stage does not mean it."""
    rule = Rule(id="r", issue=BULLYING, at=0.5, then="block")

    assert Action.ALLOW is decided(Stage.REPORT, rules=[rule]).action


def test_rule_that_names_the_stage_acts():
    """Hiding before somebody looked is possible, and said."""
    rule = Rule(id="r", issue=BULLYING, at=0.5, then="hold", stages=["report"])

    assert Action.HOLD is decided(Stage.REPORT, rules=[rule]).action


def test_what_must_be_reported_acts():
    """A known picture of abuse does not stay up until somebody has time."""
    assert Action.BLOCK is decided(Stage.REPORT, CSAM, issues={CSAM: {"block": 0.5}}).action


def test_law_acts():
    """A rule with a law behind it acts at every stage."""
    rule = Rule(id="r", issue=BULLYING, at=0.5, then="block", source={"law": "StGB 185"})

    assert Action.BLOCK is decided(Stage.REPORT, rules=[rule]).action


def test_effects_of_a_rule_stay():
    """A rule's own effects are asked for all the same."""
    rule = Rule(id="r", issue=BULLYING, at=0.5, then={"action": "block", "label": ["disputed"]})
    made = decided(Stage.REPORT, rules=[rule])

    assert ["label", "review"] == [e.name for e in made.effects]


def test_policy_for_the_stage_alone_acts():
    """Whoever writes a policy for reports alone means them."""
    made = decided(Stage.REPORT, applies={"stages": ["report"]}, issues={BULLYING: {"block": 0.5}})

    assert Action.BLOCK is made.action
