"""Deciding: findings and faults in, an outcome out; nothing depends on an order."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime, timedelta

import pytest

from handrail import (
    Action,
    Actor,
    Condition,
    Item,
    Policy,
    PolicyError,
)
from handrail._counting import NoState

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


def cancelled(now):
    raise asyncio.CancelledError


def item(age=None, **more):
    return Item("i", author=Actor("a", age=age), **more)


def queues(outcome):
    """Queue and deadline of every review."""
    return {k: v for e in outcome.effects if e.name == "review" for k, v in e.value.items()}


class TestLadder:
    """Thresholds by issue."""

    @pytest.mark.parametrize(
        ("score", "expected"),
        [
            pytest.param(0.49, ALLOW, id="below"),
            pytest.param(0.5, NUDGE, id="a threshold is reached, not passed"),
            pytest.param(0.7, HOLD, id="next rung"),
            pytest.param(0.8999, HOLD, id="just below"),
            pytest.param(1.0, BLOCK, id="top"),
        ],
    )
    def test_rung(self, decide, score, expected):
        """A score takes the highest rung that it reaches."""
        assert expected is decide(Policy(**LADDER), (HATE, score)).action

    @pytest.mark.parametrize(
        ("issues", "expected"),
        [
            pytest.param({"*": {"block": 0.5}}, BLOCK, id="default"),
            pytest.param({"*": {"block": 0.5}, "hate.*": {"nudge": 0.5}}, NUDGE, id="family"),
            pytest.param(
                {"*": {"block": 0.5}, "hate.*": {"limit": 0.5}, HATE: {"nudge": 0.5}},
                NUDGE,
                id="exact",
            ),
            pytest.param({"hate.*": {"block": 0.5}, HATE: {}}, ALLOW, id="exactly nothing"),
            pytest.param({"fraud.*": {"block": 0.5}}, ALLOW, id="another family"),
        ],
    )
    def test_exact_beats_family_beats_default(self, decide, issues, expected):
        """The most exact ladder counts alone, stricter or not, in whatever order it stands."""
        both = [dict(issues), dict(reversed(issues.items()))]

        assert [expected] * 2 == [decide(Policy(issues=i), (HATE, 0.9)).action for i in both]

    def test_no_pattern_reaches_a_person_at_risk(self, decide):
        """A ladder for a family or for everything leaves a non_punitive issue alone."""
        policy = Policy(issues={"self_harm.*": {"block": 0.1}, "*": {"block": 0.1}})

        assert ALLOW is decide(policy, ("self_harm.at_risk", 1.0)).action

    def test_findings_of_one_issue_count_by_the_highest(self, decide):
        """Several findings of an issue are not added up."""
        policy = Policy(**LADDER)

        assert NUDGE is decide(policy, (HATE, 0.5), (HATE, 0.4), (HATE, 0.6)).action

    def test_two_policies_both_hold(self, decide):
        """Of two policies that cover a feature, the stricter wins."""
        lenient = Policy(name="a", issues={HATE: {"nudge": 0.5}})
        strict = Policy(name="b", issues={"hate.*": {"block": 0.5}})

        assert [BLOCK, BLOCK] == [
            decide(both, (HATE, 0.9)).action for both in ([lenient, strict], [strict, lenient])
        ]

    def test_two_policies_of_a_name_are_refused(self, decide):
        """A record says which policy decided, so names are unique."""
        with pytest.raises(PolicyError, match="share a name"):
            decide([Policy(), Policy()])

    def test_a_policy_for_elsewhere_is_left_out(self, decide):
        """A policy of another surface plays no role."""
        policy = Policy(**LADDER, applies={"surfaces": ["live"]})

        assert ALLOW is decide(policy, (HATE, 0.9)).action

    def test_effects_of_a_rung(self, decide):
        """A rung's own effects come with it, and end in time."""
        rung = {"at": 0.5, "reach": 0.1, "for": "7d"}
        policy = Policy(issues={HATE: {"limit": rung}}, limits={"reach": 0.9})
        (effect,) = decide(policy, (HATE, 0.9)).effects
        left = effect.until - datetime.now(UTC)

        assert (0.1, True) == (effect.value, timedelta(days=6, hours=23) < left < timedelta(days=7))


class TestRules:
    """What matched, and what decided."""

    def test_every_match_is_kept(self, decide):
        """A decision lists every rule that matched, the most severe first."""
        policy = Policy(**LADDER, rules=[rule(then={"label": "x"})])
        outcome = decide(policy, (HATE, 0.95))

        assert [
            ("hate.speech:block", BLOCK, 0.95, 0.9),
            ("hate.speech:hold", HOLD, 0.95, 0.7),
            ("hate.speech:nudge", NUDGE, 0.95, 0.5),
            ("r", ALLOW, 0.95, 0.5),
        ] == [(m.rule, m.action, m.score, m.at) for m in outcome.rules]

    def test_first_by_name_decides_a_tie(self, decide):
        """Of two rules as severe, the first by policy and name is said to have decided."""
        policies = [Policy(name=n, rules=[rule(id="z"), rule(id="a")]) for n in "yx"]

        assert "a" == decide(policies, (HATE, 0.9)).decided_by

    def test_allow_was_decided_by_nobody(self, decide):
        """Where nothing asked for an action, no rule decided."""
        assert None is decide(Policy(**LADDER), (HATE, 0.1)).decided_by

    def test_match_has_the_hash_of_its_rule(self, decide):
        """The same rule has the same hash in another policy; another threshold another."""
        hashes = [
            decide(Policy(name=n, rules=[rule(at=at)]), (HATE, 0.9)).rules[0].hash
            for n, at in [("a", 0.5), ("b", 0.5), ("a", 0.6)]
        ]

        assert (True, True) == (hashes[0] == hashes[1], hashes[0] != hashes[2])

    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            pytest.param({}, BLOCK, id="score alone"),
            pytest.param({"at": None, "when": ALWAYS}, BLOCK, id="condition alone"),
            pytest.param({"when": NEVER}, ALLOW, id="score but not condition"),
            pytest.param({"at": 0.95, "when": ALWAYS}, ALLOW, id="condition but not score"),
            pytest.param({"mode": "off"}, ALLOW, id="off"),
            pytest.param({"mode": "shadow", "expires": LATER}, ALLOW, id="shadow"),
            pytest.param({"starts": f"{LATER}T00:00+00:00"}, ALLOW, id="not yet"),
            pytest.param({"starts": f"{BEFORE}T00:00+00:00"}, BLOCK, id="begun"),
            pytest.param({"ends": f"{BEFORE}T00:00+00:00"}, ALLOW, id="over"),
            pytest.param({"ends": f"{LATER}T00:00+00:00"}, BLOCK, id="not over"),
            pytest.param({"review_by": BEFORE}, BLOCK, id="a review nags, it does not switch off"),
        ],
    )
    def test_matches(self, decide, changes, expected):
        """A rule matches where score and condition both say so, in its time."""
        assert expected is decide(Policy(rules=[rule(**changes)]), (HATE, 0.9)).action

    def test_a_condition_needs_no_finding(self, decide):
        """A rule without a score looks at every item."""
        policy = Policy(rules=[rule(at=None, issue=None, when=ALWAYS)])

        assert BLOCK is decide(policy).action


class TestConditions:
    """What is unknown is never silently a no."""

    @pytest.mark.parametrize(
        ("unknown", "action", "faults"),
        [
            pytest.param("match", BLOCK, [], id="match"),
            pytest.param("skip", ALLOW, [], id="skip"),
            pytest.param("fault", ALLOW, [("r", "unknown", {HATE})], id="fault"),
        ],
    )
    @pytest.mark.parametrize(
        "test",
        [
            pytest.param(YOUNG, id="a value is missing"),
            pytest.param(
                Condition(["actor.age?", "actor.age_known_by"], lambda a, k: None), id="two"
            ),
        ],
    )
    def test_unknown(self, decide, unknown, action, faults, test):
        """Each word for what is missing does what it says."""
        policy = Policy(rules=[rule(when=test, unknown=unknown)])
        outcome = decide(policy, (HATE, 0.9), item=item())

        assert (action, faults) == (outcome.action, [(f[0], f[1], f[5]) for f in outcome.faults])

    def test_optional_value_arrives_as_none(self, decide):
        """An input with a question mark is None where it is missing."""
        when = Condition(["actor.age?"], lambda age: age is None)

        assert BLOCK is decide(Policy(rules=[rule(when=when)]), (HATE, 0.9)).action

    @pytest.mark.parametrize("read", ["now", "item.kind"])
    def test_cannot_tell_without_a_word_for_it_is_a_fault(self, decide, read):
        """A test that answers None where nobody said what that means is a fault, not a no."""
        when = Condition([read], lambda value: None)
        outcome = decide(Policy(rules=[rule(when=when)]), (HATE, 0.9))

        assert [("r", "unknown")] == [f[:2] for f in outcome.faults]

    @pytest.mark.parametrize("read", ["now", "item.kind"])
    @pytest.mark.parametrize(
        "test",
        [
            pytest.param(raising, id="it raises"),
            pytest.param(cancelled, id="it cancels"),
            pytest.param(lambda now: sys.exit(), id="it exits"),
            pytest.param(
                lambda now: type("Odd", (), {"__bool__": raising})(), id="its answer does"
            ),
        ],
    )
    def test_a_condition_that_raises_is_a_fault(self, decide, test, read):
        """A broken condition is a fault of its rule; the other rules decide."""
        rules = [rule(when=Condition([read], test)), rule(id="s", then="nudge")]
        outcome = decide(Policy(rules=rules), (HATE, 0.9))

        assert (NUDGE, [("r", "error", {HATE})]) == (
            outcome.action,
            [(f[0], f[1], f[5]) for f in outcome.faults],
        )

    def test_a_broken_condition_falls_to_the_fault_rules(self, decide):
        """What a broken condition means is policy, by its issue."""
        rules = [rule(when=Condition(["now"], raising), then="nudge")]
        policy = Policy(rules=rules, faults=[{"issues": ["hate.*"], "then": "block"}])

        assert BLOCK is decide(policy, (HATE, 0.9)).action

    def test_state_that_cannot_be_read_is_a_fault(self, decide):
        """A counter that raises is a fault of every rule that asked, and unknown to it."""

        class Broken(NoState):
            def counter(self, name, item):
                raise OSError

        when = Condition(["counter(posts)"], lambda n: n > 3)
        rules = [rule(id=i, when=when, unknown=u) for i, u in [("a", "skip"), ("b", "match")]]
        outcome = decide(Policy(rules=rules), (HATE, 0.9), state=Broken())

        assert (BLOCK, [("a", "error"), ("b", "error")]) == (
            outcome.action,
            [f[:2] for f in outcome.faults],
        )

    def test_a_fault_names_all_issues_that_hang_on_it(self, decide):
        """An override that cannot tell leaves all its issues unsure, whichever was found first."""
        override = {
            "id": "minors", "when": YOUNG, "unknown": "fault",
            "issues": {HATE: {"block": 0.5}, "fraud.scam": {"block": 0.5}},
        }  # fmt: skip
        found = [(HATE, 0.9), ("fraud.scam", 0.9)]
        outcomes = [decide(Policy(overrides=[override]), *f) for f in (found, found[::-1])]

        assert [[("minors", {HATE, "fraud.scam"})]] * 2 == [
            [(f[0], f[5]) for f in outcome.faults] for outcome in outcomes
        ]

    def test_is_tested_once(self, decide):
        """A condition that many rungs hang on is tested once a call."""
        calls = []
        when = Condition(["now"], lambda now: not calls.append(now))
        issues = {"hate.*": {"nudge": 0.1, "block": 0.2}}
        decide(Policy(overrides=[{"id": "o", "when": when, "issues": issues}]), (HATE, 0.9))

        assert 1 == len(calls)

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            pytest.param("item.kind", "gift", id="kind"),
            pytest.param("item.tags", frozenset({"t"}), id="tags"),
            pytest.param("item.language", "de", id="language"),
            pytest.param("actor.age", 15, id="age"),
            pytest.param("actor.age_known_by", "declared", id="how it is known"),
            pytest.param("actor.tenure_days", 2, id="tenure"),
            pytest.param("text.length", 5, id="length"),
            pytest.param("links.count", 1, id="links"),
            pytest.param("media.count", 0, id="media"),
            pytest.param("score(hate.speech)", 0.9, id="score"),
            pytest.param("score(fraud.scam)", 0.0, id="no score is 0"),
            pytest.param("count(hate.speech, hits)", 3, id="count"),
            pytest.param("count(hate.speech, misses)", 0, id="no count is 0"),
        ],
    )
    def test_reads(self, decide, found, name, value):
        """An input is what its name says."""
        seen = []
        when = Condition([name], lambda got: seen.append(got) or False)
        author = Actor("a", age=15, tenure_days=2)
        subject = Item(
            "i", "hello", kind="gift", tags=["t"], language="de", links=["x"], author=author
        )
        policy = Policy(rules=[rule(at=None, when=when, unknown="fault")])
        decide(policy, found(HATE, counts={"hits": 3}), item=subject)

        assert [value] == seen


class TestOverrides:
    """Stricter ladders where a condition holds."""

    POLICY = Policy(
        **LADDER,
        overrides=[
            {"id": "a", "when": YOUNG, "unknown": "skip", "issues": {HATE: {"hold": 0.3}}},
            {"id": "b", "when": ALWAYS, "issues": {HATE: {"hold": 0.6, "block": 0.95}}},
        ],
    )

    @pytest.mark.parametrize(
        ("age", "score", "expected"),
        [
            pytest.param(15, 0.3, HOLD, id="the strictest threshold of a rung wins"),
            pytest.param(15, 0.29, ALLOW, id="below all"),
            pytest.param(30, 0.6, HOLD, id="all that match apply"),
            pytest.param(30, 0.5, NUDGE, id="other rungs stay"),
            pytest.param(30, 0.9, BLOCK, id="a weaker threshold loosens nothing"),
            pytest.param(None, 0.3, ALLOW, id="unknown is skipped, as it says"),
        ],
    )
    def test_rung_by_rung(self, decide, age, score, expected):
        """On each rung the strictest threshold that applies wins."""
        assert expected is decide(self.POLICY, (HATE, score), item=item(age)).action
