"""What an outcome is made of: exceptions, faults, effects, ends of holds, substitutes, shadow."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from handrail import (
    Action,
    Actor,
    Condition,
    Feature,
    Item,
    Policy,
    Stage,
)
from handrail._table import Table

ALLOW, NUDGE, LIMIT, HOLD, BLOCK = Action
HATE = "hate.speech"
HOLDS = {"within": "24h", "otherwise": "limit"}
YOUNG = Condition(["actor.age"], lambda age: age < 18)
ALWAYS = Condition(["now"], lambda now: True)
NEVER = Condition(["now"], lambda now: False)
LADDER = {"issues": {HATE: {"nudge": 0.5, "hold": 0.7, "block": 0.9}}, "holds": HOLDS}
NEWS = {
    "id": "news", "when": ALWAYS, "issues": [HATE], "at_most": "limit",
    "owner": "policy-eu", "review_by": "2999-01-01",
}  # fmt: skip
LATER, BEFORE = "2999-01-01", "2020-01-01"


def rule(**changes):
    return {"id": "r", "issue": HATE, "at": 0.5, "then": "block", **changes}


def raising(*values):
    raise ValueError("canary")


def item(age=None, **more):
    return Item("i", author=Actor("a", age=age), **more)


def queues(outcome):
    """Queue and deadline of every review."""
    return {k: v for e in outcome.effects if e.name == "review" for k, v in e.value.items()}


class TestExceptions:
    """The only thing that loosens."""

    def policy(self, *rules, **changes):
        return Policy(**LADDER, exceptions=[{**NEWS, **changes}], rules=rules)

    def test_caps_and_opens_a_case(self, decide):
        """What automation would have blocked is limited, and a person looks."""
        outcome = decide(self.policy(), (HATE, 0.95))

        assert (LIMIT, {"general": "24h"}, ("news",)) == (
            outcome.action,
            {k: v.replace("1d", "24h") for k, v in queues(outcome).items()},
            outcome.exceptions,
        )

    @pytest.mark.parametrize(
        ("changes", "score", "expected"),
        [
            pytest.param({"when": NEVER}, 0.95, BLOCK, id="it does not hold"),
            pytest.param({"issues": ["hate.threat"]}, 0.95, BLOCK, id="another issue"),
            pytest.param({}, 0.6, NUDGE, id="what is below stays"),
            pytest.param({"when": YOUNG, "unknown": "skip"}, 0.95, BLOCK, id="unknown"),
            pytest.param({"when": Condition(["now"], raising)}, 0.95, BLOCK, id="broken"),
        ],
    )
    def test_loosens_nothing_else(self, decide, changes, score, expected):
        """An exception that does not hold, or cannot tell, changes nothing."""
        assert expected is decide(self.policy(**changes), (HATE, score)).action

    def test_below_the_cap_no_case_is_opened(self, decide):
        """A nudge under a ceiling of limit needs nobody to look."""
        assert {} == queues(decide(self.policy(), (HATE, 0.6)))

    def test_never_over_a_law(self, decide):
        """A rule that a law stands behind is out of reach."""
        law = rule(source={"law": "StGB 86a", "ground": "illegal"})

        assert BLOCK is decide(self.policy(law), (HATE, 0.95)).action

    def test_never_over_a_mandatory_report(self, decide):
        """A rule about what must be reported is out of reach, whatever else is excepted."""
        grooming = rule(issue="child_safety.grooming")
        found = [(HATE, 0.95), ("child_safety.grooming", 0.9)]

        assert BLOCK is decide(self.policy(grooming), *found).action

    def test_never_over_a_fault(self, decide):
        """What a fault asks for is not lowered."""
        policy = Policy(exceptions=[NEWS], faults=[{"then": "block"}])

        assert BLOCK is decide(policy, faults=[([HATE], "error")]).action

    def test_drops_the_punishment(self, decide):
        """Under a ceiling, what would have punished is left to the person who looks."""
        hard = rule(then={"action": "block", "deny": ["comments"], "support": "crisis"})
        outcome = decide(Policy(exceptions=[NEWS], rules=[hard]), (HATE, 0.9))

        assert ["review", "support"] == [e.name for e in outcome.effects]

    def test_lowest_of_several_holds_in_any_order(self, decide):
        """Where several exceptions hold, the lowest ceiling counts and all are named."""
        one, two = {**NEWS, "id": "one"}, {**NEWS, "id": "two", "at_most": "hold"}
        outcomes = [
            decide(Policy(**LADDER, exceptions=each), (HATE, 0.95))
            for each in ([one, two], [two, one])
        ]

        assert [(LIMIT, ("one", "two"))] * 2 == [(o.action, o.exceptions) for o in outcomes]


class TestFaults:
    """A fault means what policy says, by stage, issue and cause."""

    @pytest.mark.parametrize(
        ("faults", "expected"),
        [
            pytest.param([{"then": "nudge"}, {"then": "block"}], NUDGE, id="the first counts"),
            pytest.param(
                [{"issues": ["fraud.*"], "then": "block"}, {"then": "nudge"}], NUDGE, id="issue"
            ),
            pytest.param(
                [{"causes": ["timeout"], "then": "block"}, {"then": "nudge"}], NUDGE, id="cause"
            ),
            pytest.param(
                [{"stages": ["report"], "then": "block"}, {"then": "nudge"}], NUDGE, id="stage"
            ),
            pytest.param([{"issues": ["hate.*"], "then": "block"}], BLOCK, id="family"),
            pytest.param([{"issues": ["fraud.*"], "then": "block"}], ALLOW, id="built-in rest"),
            pytest.param([], ALLOW, id="built-in"),
        ],
    )
    def test_first_that_fits(self, decide, faults, expected):
        """The first rule that fits an unseen issue holds."""
        policy = Policy(faults=faults)

        assert expected is decide(policy, faults=[([HATE], "error")]).action

    def test_each_unseen_issue_finds_its_own_rule(self, decide):
        """A module that covers two issues leaves both unseen; the stricter rule wins."""
        policy = Policy(faults=[{"issues": ["fraud.*"], "then": "nudge"}, {"then": "block"}])

        assert BLOCK is decide(policy, faults=[(["fraud.scam", HATE], "error")]).action

    def test_children_are_held_without_a_policy(self, decide):
        """Where nobody says anything, what may hide abuse of a child is held for a person."""
        outcome = decide([], faults=[(["child_safety.csam"], "timeout")])

        assert (HOLD, ["restricted"]) == (outcome.action, list(queues(outcome)))

    def test_who_cannot_hold_blocks(self, decide):
        """Where the feature cannot hold, the built-in rule blocks instead."""
        live = Feature(name="live", surface="live", carries_out=["block"])

        assert BLOCK is decide([], feature=live, faults=[(["child_safety.csam"], "error")]).action

    def test_at_report_a_fault_opens_a_case(self, decide):
        """A fault while working a report leaves visibility alone and a person looks."""
        policy = Policy(faults=[{"then": "block"}])
        outcome = decide(policy, stage="report", faults=[([HATE], "error")])

        assert (ALLOW, ["general"]) == (outcome.action, list(queues(outcome)))

    @pytest.mark.parametrize("order", [1, -1], ids=["one way", "the other"])
    def test_policies_have_no_order(self, decide, order):
        """Of two policies with a rule for a fault, the stricter wins, whichever comes first."""
        both = [Policy(name="a", faults=[{"then": "allow"}]),
                Policy(name="b", faults=[{"then": "block"}])]  # fmt: skip
        outcome = decide(both[::order], faults=[([HATE], "error")])

        assert (BLOCK, ["b", "a"]) == (outcome.action, [m.policy for m in outcome.rules])

    def test_every_issue_gets_its_queue(self, decide):
        """A review for several unseen issues goes to the queue of each."""
        policy = Policy(faults=[{"then": "hold"}], holds=HOLDS)
        names = ["fraud.scam", "hate.speech", "intellectual_property.copyright"]
        alone = [set(queues(decide(policy, faults=[([name], "error")]))) for name in names]

        assert set().union(*alone) == set(queues(decide(policy, faults=[(names, "error")])))


class TestEffects:
    """Effects of all rules that matched, merged."""

    def test_a_block_erases_no_support(self, decide):
        """Spam that is blocked still gets a person at risk their help."""
        rules = [
            rule(issue="integrity.spam"),
            rule(id="s", issue="self_harm.at_risk", then={"support": "crisis"}),
        ]
        outcome = decide(Policy(rules=rules), ("integrity.spam", 0.9), ("self_harm.at_risk", 0.9))

        assert (BLOCK, ["support"]) == (outcome.action, [e.name for e in outcome.effects])

    def test_one_strike_an_issue(self, decide):
        """Two rules that strike for one issue strike once."""
        rules = [rule(id=str(n), then={"strike": n}) for n in (1, 2)]
        (effect,) = decide(Policy(rules=rules), (HATE, 0.9)).effects

        assert {HATE: 2} == dict(effect.value)

    @pytest.mark.parametrize(
        ("ladder", "expected"),
        [
            pytest.param({"limit": 0.5}, 0.2, id="a limit without effects takes the policy's"),
            pytest.param({"limit": {"at": 0.5, "reach": 0.9}}, 0.9, id="one with its own does not"),
        ],
    )
    def test_limits(self, decide, ladder, expected):
        """A policy says once what a limit means where it is not said."""
        policy = Policy(issues={HATE: ladder}, limits={"reach": 0.2})

        assert [expected] == [e.value for e in decide(policy, (HATE, 0.9)).effects]

    def test_limits_do_not_punish_a_person_at_risk(self, decide):
        """A policy's limits reach a non_punitive issue only as far as they are soft."""
        policy = Policy(
            issues={"self_harm.at_risk": {"limit": 0.5}}, limits={"reach": 0.5, "label": "careful"}
        )
        outcome = decide(policy, ("self_harm.at_risk", 0.9))

        assert ["reach"] == [e.name for e in outcome.effects]

    def test_a_hold_is_seen_by_somebody(self, decide):
        """A hold asks for a review, in the queue of its issue, before it ends."""
        policy = Policy(issues={"violence.terrorism": {"hold": 0.5}}, holds=HOLDS)
        expected = {"1d"} if HOLDS["within"] == "24h" else set()

        assert expected == set(queues(decide(policy, ("violence.terrorism", 0.9))).values())

    def test_general_reviewers_never_see_it(self, decide):
        """Where an issue has no general queue, every review of the item moves out of it."""
        policy = Policy(
            issues={"*": {"hold": 0.5}},
            holds=HOLDS,
            rules=[rule(then={"review": {"queue": "general", "within": "10m"}})],
        )
        outcome = decide(policy, (HATE, 0.9), ("child_safety.csam", 0.9))

        assert {"restricted": "10m"} == queues(outcome)


class TestHold:
    """Every hold ends."""

    def test_soonest_end_and_hardest_otherwise(self, decide):
        """Of two holds the sooner end and the stricter end count, and staff before creator."""
        holds = [
            {"within": "1h", "otherwise": "limit", "waits_for": "creator"},
            {"within": "2h", "otherwise": "block"},
        ]
        both = [
            Policy(name=str(n), issues={HATE: {"hold": 0.5}}, holds=h) for n, h in enumerate(holds)
        ]
        hold = decide(both, (HATE, 0.9)).hold
        left = hold.until - datetime.now(UTC)

        assert (BLOCK, "staff", True) == (hold.otherwise, hold.waits_for, left < timedelta(hours=1))

    def test_a_block_has_no_end(self, decide):
        """What is blocked is not held."""
        assert None is decide(Policy(**LADDER), (HATE, 0.95)).hold


class TestSubstitutes:
    """What a feature cannot carry out, it states another thing for."""

    @pytest.mark.parametrize(
        ("policy", "feature", "action", "effects"),
        [
            pytest.param(
                {"issues": {HATE: {"hold": 0.5}}, "holds": {"within": "1h", "otherwise": "block"}},
                {"carries_out": ["block"], "substitutes": {"hold": "block"}},
                BLOCK,
                ["review"],
                id="an action, and the case of a hold is still opened",
            ),
            pytest.param(
                {"rules": [rule(then={"geo_block": ["DE"]})]},
                {"carries_out": ["block"], "substitutes": {"geo_block": "block"}},
                BLOCK,
                [],
                id="an effect",
            ),
            pytest.param(
                {"issues": {HATE: {"limit": 0.5}}, "limits": {"reach": 0.2}},
                {"carries_out": ["block", "limit"], "substitutes": {"reach": "block"}},
                BLOCK,
                [],
                id="the effects of every limit",
            ),
            pytest.param(
                {"rules": [rule(then={"strike": 1})]},
                {"carries_out": ["block"]},
                ALLOW,
                ["strike"],
                id="what the platform does itself needs no feature",
            ),
        ],
    )
    def test_replace(self, decide, policy, feature, action, effects):
        """The stated substitute takes the place of what cannot be done."""
        wall = Feature(name="wall", surface="comments", **feature)
        outcome = decide(Policy(**policy), (HATE, 0.9), feature=wall)

        assert (action, effects) == (outcome.action, [e.name for e in outcome.effects])

    def test_end_of_a_hold(self, decide):
        """What a hold ends in is something the feature can do."""
        wall = Feature(
            name="wall", surface="comments", carries_out=["hold", "block"],
            substitutes={"limit": "block"},
        )  # fmt: skip

        assert BLOCK is decide(Policy(**LADDER | {"issues": {HATE: {"hold": 0.5}}}), (HATE, 0.9),
                               feature=wall).hold.otherwise  # fmt: skip


class TestShadow:
    """What only counts for comparison."""

    @pytest.mark.parametrize(
        "policy",
        [
            pytest.param({"rules": [rule(mode="shadow", expires=LATER)]}, id="a rule"),
            pytest.param({"rules": [rule()], "mode": "shadow", "expires": LATER}, id="a policy"),
        ],
    )
    def test_counts_only_there(self, decide, policy):
        """A shadow decides in the shadow and nowhere else."""
        outcomes = [decide(Policy(**policy), (HATE, 0.9), shadow=s) for s in (False, True)]

        assert [ALLOW, BLOCK] == [outcome.action for outcome in outcomes]

    @pytest.mark.parametrize(
        "policy",
        [
            pytest.param({"rules": [rule(mode="shadow", expires=BEFORE)]}, id="a rule"),
            pytest.param({"rules": [rule()], "mode": "shadow", "expires": BEFORE}, id="a policy"),
            pytest.param({"rules": [rule()], "mode": "off"}, id="off"),
        ],
    )
    def test_expired_counts_nowhere(self, decide, policy):
        """A shadow whose time is over is off."""
        assert ALLOW is decide(Policy(**policy), (HATE, 0.9), shadow=True).action


class TestReach:
    """What may still change a decision; early stop stands on it."""

    @pytest.fixture(name="reach")
    def _reach(self):
        def reach(*names, **policy):
            wall = Feature(name="wall", surface="comments")
            return Table([Policy(**policy)], wall, Stage.PRE_PUBLISH).reach(names)

        return reach

    @pytest.mark.parametrize(
        ("policy", "expected"),
        [
            pytest.param({"issues": {HATE: {"nudge": 0.5}}}, (NUDGE, False), id="an action"),
            pytest.param({"issues": {"fraud.scam": {"block": 0.5}}}, (ALLOW, False), id="nothing"),
            pytest.param({"rules": [rule(then={"label": "x"})]}, (ALLOW, True), id="an effect"),
            pytest.param(
                {"rules": [rule(at=None, when=ALWAYS)]}, (ALLOW, True), id="a rule without a score"
            ),
            pytest.param(
                {
                    "rules": [
                        rule(
                            issue="fraud.scam",
                            when=Condition(["score(hate.speech)"], lambda s: s > 0.5),
                        )
                    ]
                },
                (BLOCK, False),
                id="a condition of another issue's rule",
            ),
            pytest.param(
                {
                    "exceptions": [
                        {**NEWS, "when": Condition(["score(hate.speech)"], lambda s: s > 0.5)}
                    ]
                },
                (ALLOW, True),
                id="a condition of an exception",
            ),
        ],
    )
    def test_of_an_issue(self, reach, policy, expected):
        """A finding reaches the actions and effects of every rule that looks at its issue."""
        assert expected == reach(HATE, **policy)
