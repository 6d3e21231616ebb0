"""Promise 9: a person's decision stands.

What a person let pass is not asked about again: for that revision, that issue and that very rule.
Whatever is about another one, and whatever the law or a duty to report demands, is as it was.
"""

from __future__ import annotations

import attrs
import pytest

from handrail import Action, Actor, Cause, Condition, Finding, Item, Policy, Rule
from handrail._policy import mark_of

SPAM, HATE = "integrity.spam", "hate.speech"
ITEM = Item("1", "words", language="en")
HARD = {"action": "block", "deny": ["post"], "label": ["x"], "strike": 1, "support": "crisis",
        "review": {"queue": "q", "within": "1h"}}  # fmt: skip


def rule(**changes):
    return {"id": "r", "issue": SPAM, "at": 0.5, "then": HARD, **changes}


class Said:
    """What people have let pass: item, revision, issue and rule."""

    def __init__(self, *passed) -> None:
        self.passed = {*passed}

    def approved(self, feature, item, issue, rule):
        """Return whether exactly that was let pass."""
        return (item.id, item.revision, issue, rule) in self.passed


class Broken:
    """Approvals that cannot be read."""

    def approved(self, feature, item, issue, rule):
        """Raise with the item in it."""
        raise ValueError(item)


def hash_of(decision, name="r"):
    """The hash of a rule that matched."""
    return next(m.hash for m in decision.rules if m.rule == name)


@pytest.fixture(name="judge")
def _judge(guard, finds):
    """Let *item* pass under a first policy, then ask about another under a second."""

    def judge(first, second=None, *, item=ITEM, issue=SPAM, name="r", found=SPAM):
        one = guard(finds("m", issue=found), policy=first).pre_publish(ITEM)
        said = Said(("1", 1, issue, hash_of(one, name)))
        again = guard(finds("m", issue=found), policy=second or first, approvals=said)
        return again.pre_publish(item)

    return judge


class TestPasses:
    """What was let pass."""

    def test_action_is_gone(self, judge):
        """The item is allowed."""
        assert Action.ALLOW is judge(Policy(rules=[rule()])).action

    def test_effects_are_gone_but_help(self, judge):
        """Nothing is asked for but support, which is no judgement."""
        assert ["support"] == [e.name for e in judge(Policy(rules=[rule()])).effects]

    @pytest.mark.parametrize("then", [{"label": "x"}, {"strike": 1}, {"reach": 0.1}])
    def test_effects_without_an_action_are_gone(self, judge, then):
        """A rule that only asks for an effect is over with, too."""
        assert () == judge(Policy(rules=[rule(then=then)])).effects

    def test_person_is_named(self, judge):
        """The rule is among those that matched, eased by a person's approval."""
        (match,) = judge(Policy(rules=[rule()])).rules

        assert (("approval",), Action.BLOCK) == (match.eased_by, match.asked)

    def test_rung_of_a_ladder(self, judge):
        """A rung of a ladder is let pass as a rule is."""
        policy = Policy(issues={SPAM: {"block": 0.5}})

        assert Action.ALLOW is judge(policy, name=f"{SPAM}:block").action

    def test_is_counted(self, make, finds):
        """What people let pass is counted beside exceptions."""
        policy = Policy(rules=[rule()])
        first = make(finds("m"), policy=policy).feature("comments").pre_publish(ITEM)
        safety = make(finds("m"), policy=policy, approvals=Said(("1", 1, SPAM, hash_of(first))))
        safety.feature("comments").pre_publish(ITEM)

        assert {("comments", "approval"): 1} == safety.counts("handrail.exceptions")


class TestBinds:
    """It is about that revision, that issue and that very rule."""

    @pytest.mark.parametrize(
        "item",
        [
            pytest.param(Item("1", "words", revision=2, language="en"), id="another revision"),
            pytest.param(Item("2", "words", language="en"), id="another item"),
        ],
    )
    def test_to_the_revision(self, judge, item):
        """What was edited since, or is something else, is judged anew."""
        assert Action.BLOCK is judge(Policy(rules=[rule()]), item=item).action

    def test_to_the_issue(self, judge):
        """What was let pass as to one issue is not as to another."""
        assert Action.BLOCK is judge(Policy(rules=[rule()]), issue=HATE).action

    @pytest.mark.parametrize(
        "changes",
        [
            pytest.param({"at": 0.6}, id="threshold"),
            pytest.param({"then": {**HARD, "strike": 2}}, id="what it asks for"),
            pytest.param({"when": Condition(["now"], lambda now: True)}, id="condition"),
        ],
    )
    def test_to_the_rule(self, judge, changes):
        """A rule that was changed since is another rule."""
        changed = Policy(rules=[rule(**changes)])

        assert Action.BLOCK is judge(Policy(rules=[rule()]), changed).action

    @pytest.mark.parametrize(
        "changes",
        [
            pytest.param({"rollout": 100}, id="rollout"),
            pytest.param({"starts": "2020-01-01T00:00Z", "ends": "2999-01-01T00:00Z"}, id="dates"),
            pytest.param({"review_by": "2999-01-01"}, id="review_by"),
            pytest.param({"owner": "somebody else", "approvers": ["a", "b"]}, id="people"),
            pytest.param({"cap": 3}, id="cap"),
        ],
    )
    def test_rolling_out_changes_no_rule(self, judge, changes):
        """A rule that is only rolled out, dated or signed is the rule that was judged by."""
        other = Policy(rules=[rule(**changes)])

        assert Action.ALLOW is judge(Policy(rules=[rule()]), other).action

    def test_other_rules_stand(self, judge):
        """A second rule about the same issue was not what the person judged by."""
        policy = Policy(rules=[rule(), rule(id="other", then="nudge")])

        assert (Action.NUDGE, "other") == (judge(policy).action, judge(policy).decided_by)


class TestOverridden:
    """What no approval reaches."""

    def test_by_a_law(self, judge):
        """A rule that stands on a law decides as before."""
        law = Policy(rules=[rule(source={"law": "StGB 86a"})])

        assert Action.BLOCK is judge(law).action

    def test_by_a_mandatory_report(self, judge):
        """What must be reported is, whoever let it pass."""
        issue = "child_safety.csam"
        policy = Policy(rules=[rule(issue=issue, then="block")])

        assert Action.BLOCK is judge(policy, issue=issue, found=issue).action

    def test_by_a_fault(self, guard, module):
        """An approval of the item does not say that what failed has looked."""

        class Anything:
            def approved(self, feature, item, issue, rule):
                return True

        def fails(item):
            raise RuntimeError

        policy = Policy(faults=[{"then": "block"}])
        guarded = guard(module("m", fails), policy=policy, approvals=Anything())

        assert Action.BLOCK is guarded.pre_publish(ITEM).action


class TestUnreadable:
    """Where nobody can tell what people decided."""

    @pytest.fixture(name="decision")
    def _decision(self, guard, finds):
        policy = Policy(rules=[rule()])
        return guard(finds("m"), policy=policy, approvals=Broken()).pre_publish(ITEM)

    def test_rule_stands(self, decision):
        """The rule decides as if nobody had looked."""
        assert Action.BLOCK is decision.action

    def test_is_a_fault(self, decision):
        """It is a fault of the approvals, and the decision is degraded."""
        faults = [(f.source, f.cause) for f in decision.faults]

        assert ([("approvals", Cause.ERROR)], True) == (faults, decision.degraded)

    def test_one_fault_names_every_issue(self, guard, finds):
        """Of several rules that could not be asked about, each issue stands in the fault."""
        rules = [rule(), rule(id="q", issue="hate.speech")]
        modules = finds("m"), finds("n", issue="hate.speech")
        decision = guard(*modules, policy=Policy(rules=rules), approvals=Broken()).pre_publish(ITEM)

        assert [("hate.speech", SPAM)] == [fault.issues for fault in decision.faults]

    def test_falls_to_the_fault_rules(self, guard, finds):
        """Fault rules hold for it, for the rule's issue."""
        policy = Policy(rules=[rule(then="nudge")], faults=[{"issues": [SPAM], "then": "block"}])
        guarded = guard(finds("m"), policy=policy, approvals=Broken())

        assert Action.BLOCK is guarded.pre_publish(ITEM).action


class TestMark:
    """The hash of a rule: what it matches and asks for."""

    def test_is_that_of_the_decision(self, guard, finds):
        """The hash on a decision is the rule's own."""
        policy = Policy(rules=[rule()])
        decision = guard(finds("m"), policy=policy).pre_publish(ITEM)

        assert mark_of(policy.rules[0]) == hash_of(decision)

    def test_is_the_same_in_shadow(self):
        """A rule has one hash from its first day in shadow to its last enforced."""
        shadow = rule(mode="shadow", expires="2999-01-01")

        assert mark_of(Rule(**rule())) == mark_of(Rule(**shadow))

    @pytest.mark.parametrize(
        "changes",
        [
            {"id": "s"}, {"issue": HATE}, {"at": 0.6}, {"then": "block"}, {"stages": ["report"]},
            {"source": {"law": "x"}}, {"clause": {"id": "1"}}, {"level": "age"},
            {"notice": "neutral"}, {"existing": "sweep"}, {"each": "recipients"},
            {"hold": {"within": "1h", "otherwise": "limit"}},
        ],
        ids=lambda changes: next(iter(changes)),
    )  # fmt: skip
    def test_is_of_all_that_it_means(self, changes):
        """Whatever changes what a rule matches, asks for or rests on changes its hash."""
        plain = Rule(**rule(then="hold", when=Condition(["now"], lambda now: True)))
        assert mark_of(plain) != mark_of(attrs.evolve(plain, **changes))

    def test_of_an_override_is_of_what_a_missing_value_means(self, guard, finds):
        """An override that begins to match where a value is missing is another one."""
        old = Condition(["actor.tenure_days"], lambda days: days > 3)
        item = attrs.evolve(ITEM, author=Actor("a", tenure_days=9))
        hashes = set()
        for unknown in ("skip", "match", "fault"):
            part = {"id": "o", "when": old, "unknown": unknown, "issues": {SPAM: {"block": 0.5}}}
            guarded = guard(finds("m"), policy=Policy(overrides=[part]))
            hashes.add(hash_of(guarded.pre_publish(item), f"o/{SPAM}:block"))

        assert 3 == len(hashes)


def test_what_did_not_match_needs_no_person(guard, finds):
    """Approvals are asked about what matched, not about every call."""
    asked = []

    class Asked:
        def approved(self, feature, item, issue, rule):
            asked.append(issue)
            return False

    quiet = guard(finds("m", 0.1), policy=Policy(rules=[rule()]), approvals=Asked())
    quiet.pre_publish(ITEM)

    assert [] == asked


def test_a_person_decides_beside_an_exception(guard, finds):
    """Where an exception would have left a LIMIT, what a person let pass is let pass."""
    exception = {
        "id": "e", "when": Condition(["now"], lambda now: True), "issues": [SPAM],
        "at_most": "limit", "owner": "o", "review_by": "2999-01-01",
    }  # fmt: skip
    policy = Policy(rules=[rule()], exceptions=[exception], limits={"reach": 0.2})
    first = guard(finds("m"), policy=policy).pre_publish(ITEM)
    guarded = guard(finds("m"), policy=policy, approvals=Said(("1", 1, SPAM, hash_of(first))))

    assert (Action.ALLOW, ("approval",)) == (
        guarded.pre_publish(ITEM).action,
        guarded.pre_publish(ITEM).rules[0].eased_by,
    )


def test_finding_is_kept(judge):
    """What modules noticed stands on the decision, whoever let it pass."""
    assert [Finding(SPAM, 0.9, "as the test says", module="m")] == list(
        judge(Policy(rules=[rule()])).findings
    )
