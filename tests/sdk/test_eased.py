"""Exceptions: what they lower, what they leave, and what the decision says of it."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from handrail import Action, Condition, Feature, FeatureError, Policy, PolicyError

ALLOW, NUDGE, LIMIT, HOLD, BLOCK = Action
HATE = "hate.speech"
HOLDS = {"within": "24h", "otherwise": "limit"}
ALWAYS = Condition(["now"], lambda now: True)
NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def rule(**changes):
    return {"id": "r", "issue": HATE, "at": 0.5, "then": "block", **changes}


def eased(**changes):
    return {
        "id": "e", "when": ALWAYS, "issues": [HATE], "at_most": "limit", "owner": "policy-eu",
        "review_by": "2999-01-01", **changes,
    }  # fmt: skip


def asked(outcome):
    """The names of the effects asked for."""
    return [effect.name for effect in outcome.effects]


def queues(outcome):
    """Queue and deadline of every review."""
    return {k: v for e in outcome.effects if e.name == "review" for k, v in e.value.items()}


class TestMatch:
    """What stands on the decision."""

    @pytest.fixture(name="match")
    def _match(self, decide):
        policy = Policy(rules=[rule()], exceptions=[eased()], limits={"reach": 0.2})
        return decide(policy, (HATE, 0.9)).rules[0]

    def test_names_who_eased_it(self, match):
        """A rule that was eased names its exception."""
        assert ("e",) == match.eased_by

    def test_says_what_was_asked_and_what_is_left(self, match):
        """It says what it would have asked for, and what was left of that."""
        assert (BLOCK, LIMIT) == (match.asked, match.action)

    def test_nothing_stands_where_nothing_was_eased(self, decide):
        """A rule below the ceiling names nobody."""
        policy = Policy(rules=[rule(then="nudge")], exceptions=[eased()])
        (match,) = decide(policy, (HATE, 0.9)).rules

        assert ((), None) == (match.eased_by, match.asked)

    @pytest.mark.parametrize("turn", list(itertools.permutations(range(3))))
    def test_three_in_any_order(self, decide, turn):
        """Of several exceptions the lowest ceiling holds, and all are named in one order."""
        three = [eased(id=name, at_most=most) for name, most in
                 (("a", "hold"), ("b", "nudge"), ("c", "limit"))]  # fmt: skip
        policy = Policy(rules=[rule()], exceptions=[three[n] for n in turn], holds=HOLDS)
        outcome = decide(policy, (HATE, 0.9))

        assert (NUDGE, ("a", "b", "c")) == (outcome.action, outcome.rules[0].eased_by)

    @pytest.mark.parametrize("turn", [1, -1])
    def test_reviews_of_two_in_any_order(self, decide, turn):
        """The cases that two exceptions name are both opened, whichever came first."""
        two = [eased(id=q, review={"queue": q, "within": "2h"}) for q in ("press", "art")]
        policy = Policy(rules=[rule()], exceptions=two[::turn], limits={"reach": 0.2})

        assert {"press": "2h", "art": "2h"} == queues(decide(policy, (HATE, 0.9)))


class TestLeft:
    """What a ceiling leaves of a rule's effects."""

    @pytest.mark.parametrize("name", ["support", "label"])
    def test_keeps(self, decide, name):
        """What takes nothing away stays, under the lowest ceiling."""
        hard = rule(then={"action": "block", name: "x"})
        policy = Policy(rules=[hard], exceptions=[eased(at_most="allow")])

        assert name in asked(decide(policy, (HATE, 0.9)))

    @pytest.mark.parametrize("at_most", ["allow", "nudge"])
    @pytest.mark.parametrize(
        "then",
        [{"reach": 0.1}, {"geo_block": ["DE"]}, {"deny": ["post"]}, {"strike": 1},
         {"min_viewer_age": 18}],
        ids=lambda then: next(iter(then)),
    )  # fmt: skip
    def test_below_a_limit_takes_restricting_effects_away(self, decide, at_most, then):
        """Under a ceiling below LIMIT an effect that takes something away is gone by itself."""
        policy = Policy(rules=[rule(then=then)], exceptions=[eased(at_most=at_most)])

        assert ["review"] == asked(decide(policy, (HATE, 0.9)))

    def test_at_a_limit_an_effect_by_itself_stays(self, decide):
        """An effect that restricts is a LIMIT, and a ceiling of LIMIT is not below it."""
        policy = Policy(rules=[rule(then={"reach": 0.1})], exceptions=[eased()])

        assert ["reach"] == asked(decide(policy, (HATE, 0.9)))

    def test_a_limit_has_the_effects_of_the_policy(self, decide):
        """What is lowered to a LIMIT is limited as the policy says."""
        policy = Policy(rules=[rule()], exceptions=[eased()], limits={"reach": 0.2})

        assert ["reach", "review"] == asked(decide(policy, (HATE, 0.9)))

    @pytest.mark.parametrize("turn", [1, -1])
    def test_a_rule_is_eased_as_a_whole(self, decide, turn):
        """Of a rule that says several things, each is lowered as the most severe one is."""
        parts = [{"action": "block"}, {"deny": ["post"], "for": "7d"}]
        policy = Policy(
            rules=[rule(then=parts[::turn])], exceptions=[eased()], limits={"reach": 0.2}
        )

        assert ["reach", "review"] == asked(decide(policy, (HATE, 0.9)))


class TestCase:
    """A person looks at what automation let pass."""

    @pytest.mark.parametrize(
        ("issue", "queue"), [(HATE, "general"), ("harassment.defamation", "legal")]
    )
    def test_in_the_queue_of_the_issue(self, decide, issue, queue):
        """The case is opened where the issue's flags demand."""
        policy = Policy(rules=[rule(issue=issue)], exceptions=[eased(issues=[issue])])

        assert [queue] == list(queues(decide(policy, (issue, 0.9))))

    def test_as_given(self, decide):
        """A review that the exception names takes its place."""
        given = eased(review={"queue": "press", "within": "2h"})
        policy = Policy(rules=[rule()], exceptions=[given])

        assert {"press": "2h"} == queues(decide(policy, (HATE, 0.9)))

    def test_none(self, decide):
        """With review none, what passes is only counted."""
        policy = Policy(rules=[rule()], exceptions=[eased(review="none", at_most="allow")])
        outcome = decide(policy, (HATE, 0.9))

        assert ([], ("e",)) == (asked(outcome), outcome.exceptions)

    def test_none_stays_none_where_another_opens_one(self, decide):
        """Of two exceptions, one that opens a case is enough for a case."""
        both = [eased(id="a", review="none"), eased(id="b")]

        assert {"general": "1d"} == queues(
            decide(Policy(rules=[rule()], exceptions=both), (HATE, 0.9))
        )


class TestReach:
    """What an exception reaches, and what it never does."""

    @pytest.mark.parametrize(("score", "expected"), [(0.69, LIMIT), (0.7, BLOCK), (0.9, BLOCK)])
    def test_below(self, decide, score, expected):
        """With ``below``, a finding of at least that score is not eased."""
        policy = Policy(rules=[rule()], exceptions=[eased(below=0.7)], limits={"reach": 0.2})

        assert expected is decide(policy, (HATE, score)).action

    def test_below_reaches_a_rule_without_a_finding(self, decide):
        """A rule that matched by its condition alone has no score to be above it."""
        plain = rule(at=None, when=ALWAYS)
        policy = Policy(rules=[plain], exceptions=[eased(below=0.7)], limits={"reach": 0.2})

        assert LIMIT is decide(policy).action

    @pytest.mark.parametrize("level", ["law", "mandatory_report"])
    def test_never_what_names_such_a_level(self, decide, level):
        """A rule that says a law or a duty to report stands behind it passes an exception by."""
        policy = Policy(rules=[rule(level=level)], exceptions=[eased(at_most="allow")])

        assert BLOCK is decide(policy, (HATE, 0.9)).action

    @pytest.mark.parametrize(
        "law", [{"law": "StGB 86a", "ground": "illegal"}, {"law": "LCEN"}], ids=["ground", "bare"]
    )
    def test_never_a_law(self, decide, law):
        """A rule that stands on a law passes an exception by, and says nothing of it."""
        policy = Policy(rules=[rule(source=law)], exceptions=[eased(at_most="allow")])
        outcome = decide(policy, (HATE, 0.9))

        assert (BLOCK, ()) == (outcome.action, outcome.exceptions)

    @pytest.mark.parametrize("issues", ["child_safety.csam", "child_safety.*", "*"])
    def test_never_a_mandatory_report(self, issues):
        """An exception that reaches what must be reported is refused."""
        with pytest.raises(PolicyError, match="must be reported"):
            Policy(exceptions=[eased(issues=issues)])

    @pytest.mark.parametrize(
        ("at", "expected"),
        [
            pytest.param(NOON - HOUR, BLOCK, id="before it starts"),
            pytest.param(NOON, LIMIT, id="from its start on"),
            pytest.param(NOON + HOUR, BLOCK, id="its end is over"),
        ],
    )
    def test_between_start_and_end(self, decide, at, expected):
        """It eases from its start until its end."""
        timed = eased(starts=NOON, ends=NOON + HOUR)
        policy = Policy(rules=[rule()], exceptions=[timed], limits={"reach": 0.2})

        assert expected is decide(policy, (HATE, 0.9), now=at).action


class TestHold:
    """A ceiling of HOLD ends in something, in every feature."""

    POLICY = Policy(rules=[rule()], exceptions=[eased(at_most="hold")], holds=HOLDS)

    def feature(self, *able, **instead):
        """A feature that can carry out these, and states those instead."""
        return Feature(name="wall", surface="comments", carries_out=able, substitutes=instead)

    def test_ends_as_the_policy_says(self, decide):
        """What is lowered to a HOLD ends as the policy's holds do, not in a BLOCK."""
        assert LIMIT is decide(self.POLICY, (HATE, 0.9)).hold.otherwise

    def test_needs_an_end(self):
        """A policy that may hold by an exception only says how that ends too."""
        with pytest.raises(PolicyError, match="within and otherwise"):
            Policy(rules=[rule()], exceptions=[eased(at_most="hold")])

    def test_end_is_substituted(self, decide):
        """A feature that cannot do what the hold ends in does what it states instead."""
        wall = self.feature("hold", "block", limit="block")

        assert BLOCK is decide(self.POLICY, (HATE, 0.9), feature=wall).hold.otherwise

    def test_end_without_a_substitute_is_refused(self, decide):
        """A feature that can neither do it nor says what instead is told so, by name."""
        with pytest.raises(FeatureError, match=r"'limit'.*rule 'e'"):
            decide(self.POLICY, (HATE, 0.9), feature=self.feature("hold", "block"))

    def test_ceiling_is_substituted(self, decide):
        """Where a feature cannot hold, the ceiling is what it states instead."""
        wall = self.feature("limit", "block", "reach", hold="limit")

        assert LIMIT is decide(self.POLICY, (HATE, 0.9), feature=wall).action


class TestRefused:
    """What an exception may not be."""

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"below": 1.5}, "below"),
            ({"owner": ""}, "owner"),
            ({"unknown": "match"}, "loosen"),
            ({"starts": NOON, "ends": NOON}, "ends before it starts"),
        ],
    )
    def test_with_a_reason(self, changes, said):
        """A wrong exception is refused by name, with the reason."""
        with pytest.raises(PolicyError, match=rf"exception 'e'.*{said}"):
            Policy(exceptions=[eased(**changes)])
