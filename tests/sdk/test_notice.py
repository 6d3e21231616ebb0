"""What a notice is told about a decision, and when."""

from __future__ import annotations

import pytest

from handrail import Actor, Condition, Feature, Policy, Safety
from handrail.testing import failing, finding, make_item

RULE = {
    "id": "de-130",
    "issue": "hate.speech",
    "at": 0.5,
    "then": {"action": "hold", "label": "disputed"},
    "source": {"law": "StGB 130", "ground": "illegal"},
    "clause": {"id": "HS-4", "url": "https://example.org/terms#hs-4"},
}
POLICY = Policy(
    name="wall",
    issues={"harassment.*": {"nudge": 0.5}},
    rules=[RULE],
    holds={"within": "4h", "otherwise": "block"},
)
MODULES = (finding("hate.speech", 0.9), finding("harassment.bullying", 0.9, name="bully"))


class Recorder:
    """Notices that remember what they were asked."""

    def __init__(self):
        self.asked = []

    def notice(self, judged):
        self.asked.append(judged)
        return "said"


def decide(notices, *modules, policy=POLICY, **fields):
    """Decide one item."""
    wall = Feature(name="wall", surface="comments")
    with Safety([wall], modules=modules, policy=policy, notices=notices, budget_ms=5000) as safety:
        return safety.feature("wall").pre_publish(make_item(**fields))


@pytest.fixture(name="notices")
def _notices():
    return Recorder()


@pytest.fixture(name="judged")
def _judged(notices):
    """What is asked where a rule and a ladder match."""

    def judged(*modules, **fields):
        assert "said" == decide(notices, *(modules or MODULES), **fields).notice
        return notices.asked[0]

    return judged


class TestJudged:
    """What a notice may speak of."""

    def test_names_what_the_deciding_rule_is_about(self, judged):
        """The issue is the deciding rule's, the issues are those of all that matched."""
        asked = judged()

        assert ("hate.speech", ("harassment.bullying", "hate.speech")) == (
            asked.issue,
            asked.issues,
        )

    def test_cites_the_deciding_rule(self, judged):
        """Clause and law come from the rule that decided."""
        asked = judged()

        assert ("HS-4", "StGB 130") == (asked.clause["id"], asked.law)

    def test_cites_nothing_for_a_ladder(self, judged):
        """A ladder has no clause of its own."""
        assert {} == judged(MODULES[1]).clause

    def test_knows_how_it_ends(self, judged):
        """Effects and the end of a HOLD are told."""
        asked = judged()

        assert ("BLOCK", ["label", "review"]) == (
            asked.hold.otherwise.name,
            [effect.name for effect in asked.effects],
        )

    def test_prefers_the_language_of_the_author(self, judged):
        """Whoever reads the notice reads it in their own language, not that of the item."""
        asked = judged(author=Actor("ada", language="de", region="AT"), language="en")

        assert ("de", "AT") == (asked.language, asked.region)

    def test_takes_the_language_of_the_item_else(self, judged):
        """An author without a language is spoken to in that of the item."""
        assert "fr" == judged(author=Actor("ada"), language="fr").language

    def test_fault_accuses_of_nothing(self, judged):
        """What could not be looked at was not found."""
        policy = Policy(faults=[{"then": "block"}])

        asked = judged(failing("error"), policy=policy)

        assert (True, None, ()) == (asked.unseen, asked.issue, asked.issues)

    def test_rule_without_a_score_is_no_fault(self, judged):
        """A rule that a condition alone decides counts as found."""
        rule = {"id": "r", "when": Condition([], lambda: True), "then": "block"}

        assert not judged(policy=Policy(rules=[rule])).unseen

    @pytest.mark.parametrize(
        ("deciding", "other", "say"),
        [
            ("usual", "usual", "usual"),
            ("neutral", "usual", "neutral"),
            ("usual", "neutral", "neutral"),
            ("none", "usual", "none"),
            # What is forbidden to say of one rule is no reason to hide what another did.
            ("usual", "none", "neutral"),
        ],
    )
    def test_says_as_much_as_each_rule_allows(self, judged, deciding, other, say):
        """The deciding rule may silence a notice; any rule may keep it neutral."""
        order = {"id": "order", "issue": "harassment.bullying", "at": 0.5, "then": {"label": "x"}}
        rules = [{**RULE, "notice": deciding}, {**order, "source": RULE["source"], "notice": other}]

        policy = Policy(rules=rules, holds={"within": "4h", "otherwise": "block"})

        assert say == judged(policy=policy).say

    def test_carries_the_id_that_an_appeal_names(self, notices):
        """The decision's id comes along."""
        decision = decide(notices, *MODULES)

        assert ("said", decision.id) == (decision.notice, notices.asked[0].decision)


class TestWhen:
    """A notice is made when it is read, and never hurts."""

    def test_clean_answer_asks_for_none(self, notices):
        """An ALLOW without effects says nothing, and asks nobody what to say."""
        assert (None, []) == (decide(notices, finding("hate.speech", 0)).notice, notices.asked)

    def test_allow_with_effects_asks(self, notices):
        """Whoever is offered help may be told."""
        policy = Policy(
            rules=[{"id": "r", "issue": "hate.speech", "at": 0.5, "then": {"support": "crisis"}}]
        )

        assert "said" == decide(notices, MODULES[0], policy=policy).notice

    def test_is_made_when_it_is_read(self, notices):
        """A decision whose notice nobody reads asks for none."""
        decide(notices, *MODULES)

        assert [] == notices.asked

    def test_failure_costs_the_notice_only(self):
        """Notices that raise leave a decision without one."""

        class Broken:
            def notice(self, judged):
                raise RuntimeError

        assert None is decide(Broken(), *MODULES).notice
