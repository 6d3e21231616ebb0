"""Early stop: a call ends early only between classes of cost, and only where nothing is lost."""

from __future__ import annotations

import pytest

from handrail import Action, Condition, Item, Policy, Status, issues

HOLDS = {"within": "1h", "otherwise": "block"}
BLOCKS = {"block": 0.5}
MANDATORY = sorted(n for n, i in issues().items() if i.flags & {"mandatory_report", "preserve"})


@pytest.fixture(name="rest_ran")
def _rest_ran(finds, guard, seen):
    """Ask with something found inline; tell whether the blocking module was run as well."""

    def rest_ran(policy, *, score=0.9, issue="fraud.scam", item=None, **options):
        guarded = guard(
            finds("inline", score), finds("rest", issue=issue, cost="blocking"),
            policy=Policy(**policy), **options,
        )  # fmt: skip
        status, reason = seen(guarded.pre_publish(item or Item(id="i", text="t")))["rest"]
        return {(Status.RAN, None): True, (Status.SKIPPED, "decided"): False}[status, reason]

    return rest_ran


class TestStops:
    """What cannot change the answer is skipped, and coverage says so."""

    def test_when_nothing_is_above(self, rest_ran):
        """After a BLOCK, a module that could only block as well is skipped."""
        assert not rest_ran({"issues": {"*": BLOCKS}})

    def test_when_the_rest_has_no_rule(self, rest_ran):
        """After a BLOCK, a module that no rule asks about is skipped."""
        assert not rest_ran({"issues": {"integrity.spam": BLOCKS}})

    def test_when_the_rest_is_milder(self, rest_ran):
        """After a LIMIT, a module that could only nudge is skipped."""
        assert not rest_ran({"issues": {"integrity.spam": {"limit": 0.5}, "fraud.*": {"nudge": 0}}})

    def test_is_said(self, finds, guard, item):
        """A call that ended early is not complete."""
        guarded = guard(
            finds("inline"), finds("rest", cost="remote"), policy=Policy(issues={"*": BLOCKS})
        )

        assert not guarded.pre_publish(item).complete

    def test_is_no_fault(self, finds, guard, item):
        """A call that ended early is not degraded."""
        guarded = guard(
            finds("inline"), finds("rest", cost="remote"), policy=Policy(issues={"*": BLOCKS})
        )

        assert not guarded.pre_publish(item).degraded

    def test_is_counted(self, finds, make, item):
        """Modules that were skipped show up in the metric."""
        safety = make(
            finds("inline"), finds("rest", cost="remote"), policy=Policy(issues={"*": BLOCKS})
        )
        safety.feature("comments").pre_publish(item)

        assert {("rest", "pre_publish", "decided"): 1} == safety.counts("handrail.skipped")


class TestGoesOn:
    """What could still change the answer runs."""

    def test_inside_a_class(self, finds, guard, item, seen):
        """All inline modules run, whatever the first of them found."""
        guarded = guard(finds("a"), finds("b"), finds("c"), policy=Policy(issues={"*": BLOCKS}))

        assert {(Status.RAN, None)} == set(seen(guarded.pre_publish(item)).values())

    def test_inside_the_rest(self, finds, guard, item, seen):
        """All blocking and remote modules run, whatever the first of them found."""
        guarded = guard(
            finds("a", cost="blocking"), finds("b", cost="remote"), finds("c", cost="blocking"),
            policy=Policy(issues={"*": BLOCKS}),
        )  # fmt: skip

        assert {(Status.RAN, None)} == set(seen(guarded.pre_publish(item)).values())

    def test_when_nothing_was_found(self, rest_ran):
        """Below every threshold, the rest runs."""
        assert rest_ran({"issues": {"*": BLOCKS}}, score=0.1)

    def test_when_the_rest_is_stricter(self, rest_ran):
        """After a LIMIT, a module that could block runs."""
        assert rest_ran({"issues": {"integrity.spam": {"limit": 0.5}, "fraud.*": BLOCKS}})

    @pytest.mark.parametrize("issue", MANDATORY)
    def test_for_mandatory_issues(self, rest_ran, issue):
        """After a BLOCK, what must be reported or preserved is looked for all the same."""
        assert rest_ran({"issues": {"integrity.spam": BLOCKS}}, issue=issue)

    @pytest.mark.parametrize(
        "rung",
        [
            {"limit": {"at": 0.5, "reach": 0.1}},
            {"limit": {"at": 0.5, "label": "be_careful"}},
            {"block": {"at": 0.5, "review": {"queue": "general", "within": "1h"}}},
        ],
        ids=["reach", "label", "review"],
    )
    def test_for_effects(self, rest_ran, rung):
        """After a BLOCK, a module whose finding would add an effect runs."""
        assert rest_ran({"issues": {"integrity.spam": BLOCKS, "fraud.*": rung}})

    def test_for_holds(self, rest_ran):
        """After a BLOCK, a module whose finding would open a case runs."""
        policy = {"issues": {"integrity.spam": BLOCKS, "fraud.*": {"hold": 0.5}}, "holds": HOLDS}

        assert rest_ran(policy)

    def test_for_exceptions(self, rest_ran):
        """After a BLOCK, a module whose finding an exception would turn into a case runs."""
        always = Condition(["text.length"], lambda length: length >= 0)
        excepted = {
            "id": "satire", "when": always, "issues": ["fraud.scam"], "at_most": "limit",
            "owner": "policy", "review_by": "2999-01-01",
        }  # fmt: skip

        assert rest_ran({"issues": {"*": BLOCKS}, "exceptions": [excepted]})

    def test_for_conditions(self, rest_ran):
        """After a BLOCK, a rule that looks at no score may still ask for something."""
        rule = {"id": "long", "when": Condition(["text.length"], lambda n: n > 3), "then": "limit"}

        assert rest_ran({"issues": {"*": BLOCKS}, "rules": [rule]})

    def test_for_shadow(self, rest_ran):
        """With something in shadow, every call runs in full."""
        rule = {
            "id": "new", "issue": "fraud.scam", "at": 0.5, "then": "hold", "mode": "shadow",
            "expires": "2999-01-01",
        }  # fmt: skip

        assert rest_ran({"issues": {"*": BLOCKS}, "rules": [rule], "holds": HOLDS})

    def test_for_the_stated_share(self, rest_ran):
        """With a share of 1.0, every call runs in full."""
        assert rest_ran({"issues": {"*": BLOCKS}}, complete_share=1.0)

    def test_for_confirmed_items(self, rest_ran):
        """After a NUDGE that the author has confirmed, the rest runs."""
        policy = {"issues": {"integrity.spam": {"nudge": 0.5}, "fraud.*": {"nudge": 0.5}}}

        assert rest_ran(policy, item=Item(id="i", text="t", confirms="f" * 24))

    def test_after_a_fault(self, module, finds, guard, item, seen):
        """Beside a fault, the rest runs: what is known is not all there is to know."""

        def hook(item):
            raise ValueError

        guarded = guard(
            finds("inline"), module("broken", hook), finds("rest", cost="blocking"),
            policy=Policy(issues={"*": BLOCKS}),
        )  # fmt: skip

        assert (Status.RAN, None) == seen(guarded.pre_publish(item))["rest"]

    def test_complete_call_says_so(self, finds, guard, item):
        """A call in which all ran is complete."""
        guarded = guard(
            finds("inline"), finds("rest", cost="remote"), policy=Policy(issues={"*": BLOCKS}),
            complete_share=1.0,
        )  # fmt: skip

        assert guarded.pre_publish(item).complete

    def test_action_is_the_same_either_way(self, finds, guard, item):
        """Ending early changes neither the action nor the effects."""
        answers = [
            guard(
                finds("inline"), finds("rest", cost="blocking"),
                policy=Policy(issues={"*": BLOCKS}), complete_share=share,
            ).pre_publish(item)
            for share in (0.0, 1.0)
        ]  # fmt: skip

        assert [(Action.BLOCK, ())] * 2 == [(d.action, d.effects) for d in answers]
