"""Who decided: levels of rules; and what else a rule may say of itself."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from handrail import Action, Actor, Condition, Item, Policy, PolicyError

ALLOW, NUDGE, LIMIT, HOLD, BLOCK = Action
HATE, CSAM = "hate.speech", "child_safety.csam"
HOLDS = {"within": "24h", "otherwise": "limit"}
ALWAYS = Condition(["now"], lambda now: True)
YOUNG = Condition(["actor.age"], lambda age: age < 18)
LAW = {"law": "StGB 86a", "ground": "illegal"}
NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
OWN = {"within": "2h", "otherwise": "block", "waits_for": "creator"}


def rule(**changes):
    return {"id": "r", "issue": HATE, "at": 0.5, "then": "block", **changes}


class TestDecider:
    """Of rules as severe, the weightiest level names the ground."""

    LEVELS = ("law", "mandatory_report", "age", "jurisdiction", "product")

    @pytest.mark.parametrize(("high", "low"), list(itertools.pairwise(LEVELS)))
    def test_weightier_decides(self, decide, high, low):
        """The weightier of two levels decides, whatever the rules are called."""
        policy = Policy(rules=[rule(id="a", level=low), rule(id="z", level=high)])

        assert "z" == decide(policy, (HATE, 0.9)).decided_by

    def test_severity_comes_first(self, decide):
        """A rule of the product that blocks decides over a law that only nudges."""
        policy = Policy(rules=[rule(id="law", then="nudge", source=LAW), rule(id="ours")])

        assert "ours" == decide(policy, (HATE, 0.9)).decided_by

    def test_outcome_is_that_of_all(self, decide):
        """Whoever decides, the effects of every rule are asked for."""
        policy = Policy(rules=[rule(source=LAW), rule(id="b", then={"label": "x"})])

        assert ["label"] == [e.name for e in decide(policy, (HATE, 0.9)).effects]

    @pytest.mark.parametrize("turn", [1, -1])
    def test_rules_stand_by_severity_then_level_then_name(self, decide, turn):
        """All rules that matched are listed, the decider first, in whatever order they stood."""
        rules = [
            rule(id="d", then="nudge", source=LAW), rule(id="c"), rule(id="b"),
            rule(id="a", level="age"),
        ]  # fmt: skip
        outcome = decide(Policy(rules=rules[::turn]), (HATE, 0.9))

        assert ["a", "b", "c", "d"] == [m.rule for m in outcome.rules]


class TestDerived:
    """The level of a rule that names none."""

    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            pytest.param({}, "product", id="nothing else"),
            pytest.param({"source": LAW}, "law", id="a law"),
            pytest.param({"issue": CSAM}, "mandatory_report", id="what must be reported"),
            pytest.param({"issue": CSAM, "source": LAW}, "law", id="both"),
            pytest.param({"when": YOUNG, "unknown": "match"}, "age", id="the author's age"),
            pytest.param({"then": {"geo_block": ["DE"]}}, "jurisdiction", id="where viewers are"),
            pytest.param({"then": {"min_viewer_age": 18}}, "jurisdiction", id="how old they are"),
            pytest.param(
                {"then": [{"label": "x"}, {"label": "y", "audience": {"regions": ["DE"]}}]},
                "jurisdiction",
                id="whose region is named",
            ),
            pytest.param({"source": {"ground": "terms"}}, "product", id="the terms"),
            pytest.param({"source": LAW, "level": "age"}, "age", id="what it says itself"),
        ],
    )
    def test_of_a_rule(self, decide, changes, expected):
        """What a rule stands on, reads or asks for gives its level."""
        policy = Policy(rules=[rule(**changes)])
        found = [(HATE, 0.9), (CSAM, 0.9)]
        outcome = decide(policy, *found, item=Item("i", author=Actor("a", age=12)))

        assert expected == outcome.rules[0].level

    def test_of_a_recipients_age(self, decide):
        """A rule that reads how old a recipient is, is about age."""
        young = rule(
            when=Condition(["recipient.age"], lambda age: age < 18), unknown="match",
            each="recipients", then={"deny": ["gift"], "on": "pair"},
        )  # fmt: skip
        item = Item("i", author=Actor("a"), recipients=[Actor("b", age=9)])

        assert "age" == decide(Policy(rules=[young]), (HATE, 0.9), item=item).rules[0].level

    @pytest.mark.parametrize(
        ("when", "issue", "expected"),
        [(YOUNG, HATE, "age"), (ALWAYS, HATE, "product"), (YOUNG, CSAM, "mandatory_report")],
    )
    def test_of_an_override(self, decide, when, issue, expected):
        """An override's level is that of its condition, unless the issue must be reported."""
        override = {"id": "o", "when": when, "unknown": "match", "issues": {issue: {"block": 0.5}}}
        item = Item("i", author=Actor("a", age=12))
        outcome = decide(Policy(overrides=[override]), (issue, 0.9), item=item)

        assert expected == outcome.rules[0].level


class TestList:
    """A rule that asks for several things."""

    THEN = ({"label": "x"}, {"action": "nudge", "reach": 0.5, "for": "1h"},
            {"action": "block", "deny": ["post"], "on": "actor", "for": "7d"})  # fmt: skip

    @pytest.mark.parametrize("turn", list(itertools.permutations(range(3))))
    def test_most_severe_action_counts(self, decide, turn):
        """Its action is the most severe of them, in whatever order they stand."""
        policy = Policy(rules=[rule(then=[self.THEN[n] for n in turn])])

        assert BLOCK is decide(policy, (HATE, 0.9)).action

    def test_matches_once(self, decide):
        """It is one rule, and matched once."""
        outcome = decide(Policy(rules=[rule(then=self.THEN)]), (HATE, 0.9))

        assert [("r", BLOCK)] == [(m.rule, m.action) for m in outcome.rules]

    def test_each_has_its_target_and_end(self, decide):
        """Each part keeps the target and the end it names."""
        outcome = decide(Policy(rules=[rule(then=self.THEN)]), (HATE, 0.9))
        ends = {e.name: e.until for e in outcome.effects}

        assert (timedelta(days=7) - HOUR, None, "actor") == (
            ends["deny"] - ends["reach"],
            ends["label"],
            next(e.target for e in outcome.effects if e.name == "deny"),
        )

    @pytest.mark.parametrize("then", [[], [{"label": "x"}, {"nonsense": 1}]])
    def test_refuses(self, then):
        """A list of nothing, or with something unknown in it, is refused."""
        with pytest.raises(ValueError, match=r"empty list|nonsense"):
            Policy(rules=[rule(then=then)])


class TestHold:
    """How one rule's HOLD ends."""

    def test_own_comes_before_the_policys(self, decide):
        """A rule's own hold takes the place of the policy's."""
        policy = Policy(rules=[rule(then="hold", hold=OWN)], holds=HOLDS)
        hold = decide(policy, (HATE, 0.9)).hold

        assert (BLOCK, "creator", True) == (
            hold.otherwise, hold.waits_for, hold.until - datetime.now(UTC) < 2 * HOUR,
        )  # fmt: skip

    def test_own_is_enough(self, decide):
        """A policy whose every hold says how it ends needs no holds of its own."""
        policy = Policy(rules=[rule(then="hold", hold=OWN)])

        assert HOLD is decide(policy, (HATE, 0.9)).action

    def test_of_another_rule_is_not(self):
        """One rule's hold says nothing of another's."""
        with pytest.raises(PolicyError, match="within and otherwise"):
            Policy(rules=[rule(then="hold", hold=OWN), rule(id="s", then="hold")])

    def test_deadline_of_its_review(self, decide):
        """Somebody looks at it before it ends."""
        (review,) = decide(Policy(rules=[rule(then="hold", hold=OWN)]), (HATE, 0.9)).effects

        assert {"general": "2h"} == dict(review.value)

    def test_without_a_hold_is_refused(self):
        """A hold on a rule that asks for none is a mistake."""
        with pytest.raises(PolicyError, match=r"rule 'r'.*hold"):
            Policy(rules=[rule(hold=OWN)])


class TestStages:
    """When a rule is looked at."""

    @pytest.mark.parametrize("stage", ["pre_publish", "post_publish", "report"])
    @pytest.mark.parametrize(
        "stages", [(), ("report",), ("pre_publish", "post_publish")], ids=["all", "one", "two"]
    )
    def test_named_ones_only(self, decide, stages, stage):
        """A rule is looked at in the stages it names, and in all where it names none."""
        outcome = decide(Policy(rules=[rule(stages=stages)]), (HATE, 0.9), stage=stage)

        assert (not stages or stage in stages) is bool(outcome.rules)

    def test_unknown_stage_is_refused(self):
        """A misspelled stage is refused."""
        with pytest.raises(ValueError, match="report"):
            Policy(rules=[rule(stages=["reports"])])


class TestTime:
    """From when until when a rule holds."""

    @pytest.mark.parametrize(
        ("at", "expected"),
        [(NOON - HOUR, ALLOW), (NOON, BLOCK), (NOON + HOUR / 2, BLOCK), (NOON + HOUR, ALLOW)],
    )
    def test_start_counts_and_end_does_not(self, decide, at, expected):
        """It holds from its start until just before its end."""
        timed = rule(starts=NOON, ends=NOON + HOUR)

        assert expected is decide(Policy(rules=[timed]), (HATE, 0.9), now=at).action

    @pytest.mark.parametrize("ends", [NOON, NOON - HOUR])
    def test_end_before_start_is_refused(self, ends):
        """A span in which it never holds is refused."""
        with pytest.raises(PolicyError, match=r"rule 'r'.*ends before it starts"):
            Policy(rules=[rule(starts=NOON, ends=ends)])

    @pytest.mark.parametrize("key", ["starts", "ends"])
    def test_needs_a_zone(self, key):
        """A time without a zone is another moment in each market, and refused."""
        with pytest.raises(ValueError, match=key):
            Policy(rules=[rule(**{key: "2027-03-01T12:00"})])


class TestWords:
    """What a rule may say of itself."""

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            pytest.param({"notice": "none"}, "law", id="silence needs a law"),
            pytest.param({"notice": "loud"}, "usual or neutral or none", id="notice"),
            pytest.param({"existing": "all"}, "new or sweep", id="existing"),
            pytest.param({"level": "ours"}, "law or mandatory_report", id="level"),
            pytest.param({"cap": 0}, "percent", id="no cap"),
            pytest.param({"cap": 101}, "percent", id="more than all"),
            pytest.param({"mode": "shadow"}, "expires", id="a shadow without an end"),
        ],
    )
    def test_refuses(self, changes, said):
        """What is none of the words is refused, by name and with what is allowed."""
        with pytest.raises(PolicyError, match=rf"rule 'r'.*{said}"):
            Policy(rules=[rule(**changes)])

    def test_silence_with_a_law(self):
        """Where a law forbids to tell, nothing is told."""
        assert "none" == Policy(rules=[rule(notice="none", source=LAW)]).rules[0].notice

    @pytest.mark.parametrize("cap", [0.1, 100])
    def test_cap(self, cap):
        """A cap is a percent above nought."""
        assert cap == Policy(rules=[rule(cap=cap)]).rules[0].cap

    def test_clause_stands_on_the_match(self, decide):
        """The clause of the terms that a rule enforces is named where it matched."""
        policy = Policy(rules=[rule(clause={"id": "4.2", "url": "https://example.org/terms"})])

        assert "4.2" == decide(policy, (HATE, 0.9)).rules[0].clause

    @pytest.mark.parametrize("wrong", [{"text": 1.0}, {"text": None}])
    def test_pinned_versions_are_strings(self, wrong):
        """A version that was read as a number has lost its last digit, and is refused."""
        with pytest.raises(PolicyError, match="modules"):
            Policy(modules=wrong)
