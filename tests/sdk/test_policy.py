"""Policies as data: what contradicts itself, the taxonomy or a person at risk is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from time import process_time

import pytest

from handrail import (
    Action,
    Condition,
    Context,
    Effect,
    ExceptionRule,
    FaultRule,
    Feature,
    Finding,
    HandrailError,
    Holds,
    InvalidValueError,
    Item,
    Link,
    Links,
    Manifest,
    Policy,
    PolicyError,
    Preview,
    Rule,
    Safety,
    Stage,
    Then,
    UnknownNameError,
    hookimpl,
    starting_policy,
)
from handrail._inputs import INPUTS

OLD = Condition(["actor.tenure_days"], lambda days: days < 3)
SURE = Condition(["links.count"], lambda count: count > 2)
EXCEPTION = {
    "id": "news", "when": SURE, "issues": ["hate.speech"], "at_most": "limit",
    "owner": "policy-eu", "review_by": "2999-01-01",
}  # fmt: skip


def rule(**changes):
    """A rule that is right but for *changes*."""
    return Rule(**{"id": "r", "issue": "hate.speech", "at": 0.5, "then": "block", **changes})


class TestPolicy:
    """The platform's rules for some surfaces or features."""

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            pytest.param({"issues": {"hate.speach": {"block": 0.5}}}, "'hate.speech'", id="issue"),
            pytest.param({"issues": {"hat.*": {"block": 0.5}}}, "'hate'", id="family"),
            pytest.param({"issues": {"hate.speech": {"blok": 0.5}}}, "'block'", id="action"),
            pytest.param({"issues": {"hate.speech": 0.5}}, "thresholds by action", id="number"),
            pytest.param({"issues": ["hate.speech"]}, "ladders by issue", id="list"),
            pytest.param({"issues": {"hate.speech": {"block": 1.1}}}, "from 0 to 1", id="above 1"),
            pytest.param({"issues": {"hate.speech": {"block": -0.1}}}, "from 0 to 1", id="below 0"),
            pytest.param({"issues": {"hate.speech": {"block": True}}}, "from 0 to 1", id="true"),
            pytest.param({"issues": {"hate.speech": {"block": "0.5"}}}, "from 0 to 1", id="text"),
            pytest.param(
                {"issues": {"hate.speech": {"block": float("nan")}}}, "from 0 to 1", id="NaN"
            ),
            pytest.param(
                {"issues": {"hate.speech": {"limit": {"reach": 0.2}}}}, "from 0 to 1", id="no at"
            ),
            pytest.param(
                {"issues": {"hate.speech": {"nudge": 0.6, "block": 0.5}}},
                "could never decide",
                id="a rung above a stricter one",
            ),
            pytest.param(
                {"issues": {"hate.speech": {"limit": {"at": 0.5, "action": "block"}}}},
                "it is the action already",
                id="a rung with another action",
            ),
            pytest.param(
                {"issues": {"hate.speech": {"limit": {"at": 0.5, "raech": 0.2}}}},
                "'reach'",
                id="unknown effect",
            ),
            pytest.param(
                {"issues": {"hate.speech": {"hold": 0.5}}}, "holds must say", id="endless hold"
            ),
            pytest.param({"faults": [{"then": "hold"}]}, "holds must say", id="endless fault"),
            pytest.param({"rules": [rule(), rule()]}, "two rules are called 'r'", id="same id"),
            pytest.param({"mode": "shadow"}, "says when it expires", id="endless shadow"),
            pytest.param({"mode": "shadwo"}, "'shadow'", id="mode"),
            pytest.param({"mode": "shadow", "expires": "soon"}, "a date", id="soon"),
            pytest.param({"mode": "shadow", "expires": 5}, "a date", id="number as date"),
            pytest.param({"applies": {"stages": ["later"]}}, "'later'", id="stage"),
            pytest.param({"applies": {"surface": ["live"]}}, "'surfaces'", id="key of applies"),
            pytest.param({"limits": {"raech": 0.2}}, "'reach'", id="limits"),
            pytest.param({"rules": [{"id": "r"}]}, "'then' is missing", id="rule without then"),
            pytest.param({"rules": [{"id": "r", "thn": 1}]}, "'then'", id="key of a rule"),
        ],
    )
    def test_refuses(self, wrong, said):
        """A policy that cannot mean what it says is refused, with what and where."""
        with pytest.raises(HandrailError, match=said.replace(".", r"\.")):
            Policy(**wrong)

    def test_equal_thresholds_are_fine(self):
        """Two rungs may begin at one score: the stricter decides."""
        policy = Policy(issues={"hate.speech": {"nudge": 0.5, "block": 0.5}})

        assert [0.5, 0.5] == [rung.at for rung in policy.issues["hate.speech"]]

    @pytest.mark.parametrize(
        ("applies", "where", "expected"),
        [
            pytest.param({}, ("live", "show", "report"), True, id="everywhere"),
            pytest.param({"surfaces": ["live"]}, ("live", "show", "report"), True, id="surface"),
            pytest.param({"surfaces": ["wall"]}, ("live", "show", "report"), False, id="other"),
            pytest.param({"features": ["show"]}, ("live", "show", "report"), True, id="feature"),
            pytest.param({"features": ["wall"]}, ("live", "show", "report"), False, id="not it"),
            pytest.param({"stages": ["report"]}, ("live", "show", "report"), True, id="stage"),
            pytest.param(
                {"stages": ["pre_publish"]}, ("live", "show", "report"), False, id="other stage"
            ),
        ],
    )
    def test_covers(self, applies, where, expected):
        """A policy holds where surface, feature and stage all fit."""
        surface, feature, stage = where

        assert expected == Policy(applies=applies).covers(surface, feature, Stage(stage))


class TestRevision:
    """The hash of what a policy says."""

    def test_same_content_is_the_same_revision(self):
        """Writing a policy twice makes one revision."""
        one, two = (
            Policy(rules=[rule(when=SURE)], issues={"hate.*": {"block": 0.5}}) for _ in "ab"
        )

        assert one.revision == two.revision

    @pytest.mark.parametrize(
        "changes",
        [
            pytest.param({"at": 0.6}, id="threshold"),
            pytest.param({"then": "nudge"}, id="action"),
            pytest.param({"then": {"reach": 0.2}}, id="effect"),
            pytest.param({"then": {"reach": 0.2, "for": "1d"}}, id="how long"),
            pytest.param({"when": SURE}, id="a condition"),
            pytest.param(
                {"when": Condition(["links.count"], lambda count: count > 3)},
                id="a number in the code of a condition",
            ),
            pytest.param({"source": {"law": "StGB 86a"}}, id="law"),
        ],
    )
    def test_other_content_is_another_revision(self, changes):
        """Whatever changes a decision changes the revision."""
        revisions = {Policy(rules=[rule()]).revision, Policy(rules=[rule(**changes)]).revision}

        assert 2 == len(revisions)

    def test_conditions_that_differ_in_a_number_differ(self):
        """The code of a condition is part of the content."""
        tests = [lambda count: count > 2, lambda count: count > 3]
        rules = [rule(when=Condition(["links.count"], test)) for test in tests]

        assert 2 == len({Policy(rules=[r]).revision for r in rules})


class TestRule:
    """One rule."""

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            pytest.param({"at": None}, "a score .* or a condition", id="neither"),
            pytest.param({"issue": None}, "at: a score", id="a score of nothing"),
            pytest.param({"at": 1.5}, "at: a score", id="above 1"),
            pytest.param({"at": "0.5"}, "at: a score", id="text"),
            pytest.param({"at": float("nan")}, "at: a score", id="NaN"),
            pytest.param({"issue": "hate.*"}, "name one issue", id="pattern"),
            pytest.param({"issue": "hate.speach"}, "'hate.speech'", id="issue"),
            pytest.param({"when": lambda: True}, "expected a Condition", id="a bare function"),
            pytest.param({"when": OLD}, "may be missing: say unknown", id="unknown not said"),
            pytest.param({"when": OLD, "unknown": "maybe"}, "unknown: ", id="unknown word"),
            pytest.param({"mode": "shadow"}, "says when it expires", id="endless shadow"),
            pytest.param({"starts": "2026-12-01T00:00"}, "needs a zone", id="naive start"),
            pytest.param({"review_by": datetime(2026, 1, 1, tzinfo=UTC)}, "a date", id="a time"),
            pytest.param({"then": "blok"}, "'block'", id="action"),
            pytest.param({"then": None}, "unknown action", id="nothing"),
            pytest.param({"then": {"geo_blok": ["DE"]}}, "'geo_block'", id="effect"),
            pytest.param({"then": {"reach": 0.2, "on": "actr"}}, "can act on 'actr'", id="target"),
            pytest.param(
                {"then": {"action": "block", "on": "actor"}}, "can act on", id="no effect"
            ),
            pytest.param({"then": {"action": "block", "for": "7d"}}, "about effects", id="for"),
            pytest.param(
                {"then": {"action": "block", "audience": {"regions": ["DE"]}}},
                "about effects",
                id="audience",
            ),
            pytest.param({"then": {"reach": 0.2, "for": "soon"}}, "duration", id="soon"),
            pytest.param({"id": ""}, "id: expected", id="no id"),
            pytest.param({"id": 5}, "id: expected", id="number as id"),
        ],
    )
    def test_refuses(self, wrong, said):
        """A rule that could never do what it says is refused."""
        with pytest.raises(HandrailError, match=said):
            rule(**wrong)

    def test_a_strike_is_of_its_own_issue(self):
        """A bare number is the weight for the rule's issue."""
        effect = Effect("strike", {"hate.speech": 2})

        assert Then(effects=(effect,)) == rule(then={"strike": 2}).then

    def test_a_target_goes_to_the_effects_that_can_have_it(self):
        """``on`` names what the effects act on."""
        ask = rule(then={"deny": ["live"], "report_to": "ncmec", "on": "session"}).then

        assert {"deny": "session", "report_to": "item"} == {e.name: e.target for e in ask.effects}

    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            pytest.param({}, False, id="house rule"),
            pytest.param({"source": {"law": "StGB 86a"}}, True, id="law"),
            pytest.param({"issue": "child_safety.csam"}, True, id="mandatory report"),
        ],
    )
    def test_is_protected(self, changes, expected):
        """No exception reaches a law or a mandatory report."""
        assert expected == rule(**changes).protected

    @pytest.mark.parametrize("then", ["nudge", "hold", "block", {"strike": 1}, {"label": "x"}])
    def test_does_not_punish_a_person_at_risk(self, then):
        """A non_punitive issue accepts support, review and reach, and nothing else."""
        with pytest.raises(PolicyError, match="non_punitive"):
            rule(issue="self_harm.at_risk", then=then)

    @pytest.mark.parametrize(
        "then",
        [
            pytest.param({"support": "crisis"}, id="support"),
            pytest.param({"review": {"queue": "imminent_harm", "within": "10m"}}, id="review"),
            pytest.param({"action": "limit", "reach": 0.5}, id="reach"),
        ],
    )
    def test_helps_a_person_at_risk(self, then):
        """Help, a look and less reach are accepted."""
        assert rule(issue="self_harm.at_risk", then=then).then.effects

    def test_a_ladder_does_not_punish_either(self):
        """A ladder that names a non_punitive issue is refused like a rule."""
        with pytest.raises(PolicyError, match="non_punitive"):
            Policy(issues={"self_harm.at_risk": {"block": 0.5}})


class TestExceptionRule:
    """The only thing that loosens."""

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            pytest.param({"owner": ""}, "has an owner", id="nobody's"),
            pytest.param({"review_by": None}, "review_by", id="forever"),
            pytest.param({"issues": ["child_safety.csam"]}, "must be reported", id="mandatory"),
            pytest.param({"issues": ["child_safety.*"]}, "must be reported", id="its family"),
            pytest.param({"issues": ["*"]}, "must be reported", id="everything"),
            pytest.param({"when": OLD}, "say unknown", id="unknown not said"),
            pytest.param({"when": OLD, "unknown": "match"}, "would loosen", id="loosened blindly"),
            pytest.param({"when": None}, "expected a Condition", id="always"),
        ],
    )
    def test_refuses(self, wrong, said):
        """An exception without an owner, an end or a limit is refused."""
        with pytest.raises(HandrailError, match=said):
            Policy(exceptions=[{**EXCEPTION, **wrong}])

    def test_is_taken(self):
        """A named, owned, dated exception is taken."""
        assert Action.LIMIT is ExceptionRule(**EXCEPTION).at_most


class TestHolds:
    """Every hold ends."""

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            pytest.param({"within": "forever"}, "duration", id="no end"),
            pytest.param({"otherwise": "hold"}, "has no end", id="another hold"),
            pytest.param({"waits_for": "godot"}, "staff or creator", id="nobody comes"),
        ],
    )
    def test_refuses(self, wrong, said):
        """A hold without an end, or for nobody, is refused."""
        with pytest.raises((InvalidValueError, PolicyError), match=said):
            Holds(**{"within": "1h", "otherwise": "block", **wrong})


class TestFaultRule:
    """What to do when something failed."""

    @pytest.mark.parametrize(
        "wrong",
        [
            pytest.param({"causes": ["tiemout"]}, id="cause"),
            pytest.param({"stages": ["later"]}, id="stage"),
            pytest.param({"issues": ["hate.speach"]}, id="issue"),
            pytest.param({"then": "blok"}, id="action"),
        ],
    )
    def test_refuses(self, wrong):
        """A word that is on no list is refused."""
        with pytest.raises(UnknownNameError):
            FaultRule(**{"then": "block", **wrong})


class TestCondition:
    """A test over declared inputs."""

    @pytest.mark.parametrize(
        ("inputs", "said"),
        [
            pytest.param(["actor.aeg"], "'actor.age'", id="misspelled"),
            pytest.param(["score(hate.speach)"], "'hate.speech'", id="issue"),
            pytest.param(["strikes(hate.speech, soon)"], "days, such as 90d", id="window"),
            pytest.param(["session(hate.speech)"], "number of segments", id="segments"),
            pytest.param(["count(hate.speech)"], "name of its evidence", id="count of nothing"),
            pytest.param([5], "expected strings", id="number"),
        ],
    )
    def test_refuses_inputs(self, inputs, said):
        """An input that does not exist is refused when the condition is made."""
        with pytest.raises(InvalidValueError, match=said.replace(".", r"\.")):
            Condition(inputs, lambda value: True)

    @pytest.mark.parametrize("test", [lambda: True, lambda a, b: True], ids=["none", "two"])
    def test_refuses_a_test_of_other_arguments(self, test):
        """A test that could not be called is refused when the condition is made."""
        with pytest.raises(InvalidValueError, match="does not take 1 arguments"):
            Condition(["now"], test)

    @pytest.mark.parametrize(
        ("inputs", "expected"),
        [
            pytest.param(["actor.age"], True, id="may be missing"),
            pytest.param(["actor.age?"], False, id="taken as None"),
            pytest.param(["links.count"], False, id="always there"),
            pytest.param(["score(hate.speech)"], False, id="a score is at least 0"),
            pytest.param(["counter(posts)"], True, id="a counter may not be known"),
        ],
    )
    def test_may_miss(self, inputs, expected):
        """A condition knows whether a value it needs may be missing."""
        assert expected == Condition(inputs, lambda value: True).may_miss

    def test_inputs_are_frozen(self):
        """These inputs may be added to, but none is renamed or goes."""
        assert {
            "item.kind", "item.tags", "item.revision", "item.attributes", "item.language",
            "item.region", "item.visibility", "item.relation", "item.created_at", "actor.age",
            "actor.age_known_by", "actor.tenure_days", "actor.region", "actor.language",
            "actor.tags", "participants", "recipients", "links.count", "media.count",
            "amount.value", "text.length", "report.source", "report.issue", "now",
        } <= set(INPUTS)  # fmt: skip


class TestStartingPolicy:
    """Policies for a first day."""

    @pytest.mark.parametrize("surface", ["comments", "live", "messaging"])
    def test_is_for_its_surface(self, surface):
        """A starting policy holds on its surface at every stage, and nowhere else."""
        policy = starting_policy(surface)

        assert [True, True, True, False] == [
            *(policy.covers(surface, "x", stage) for stage in Stage),
            policy.covers("profiles", "x", Stage.REPORT),
        ]

    def test_live_does_not_hold(self):
        """In a live room nothing waits: no ladder there holds."""
        rungs = [rung for ladder in starting_policy("live").issues.values() for rung in ladder]

        assert Action.HOLD not in {rung.action for rung in rungs}

    def test_unknown_surface_names_those_there_are(self):
        """Another surface has no starting policy."""
        with pytest.raises(UnknownNameError, match="comments, live, messaging"):
            starting_policy("zzz")


class TestDerivations:
    """What conditions ask for is worked out, where a module can."""

    MANY = Rule(id="many", when=Condition(["links.count"], lambda n: n > 1), then="nudge")

    def test_condition_alone_brings_it_in(self):
        """No hook has to need the links of a text for a condition to count them."""

        def find(item: Item, context: Context) -> Links:
            return Links([Link("http://a.example/", "a.example", "a.example")] * 2)

        class Finder:
            MANIFEST = Manifest(
                name="finder", version="1", issues={"fraud.phishing"}, surfaces={"*"},
                languages={"*"}, provides={"links": find},
            )  # fmt: skip

            @hookimpl
            def pre_publish(self, item: Item) -> None:
                return None

        features = [Feature(name="wall", surface="comments")]
        with Safety(features, modules=[Finder()], policy=Policy(rules=[self.MANY])) as safety:
            decision = safety.feature("wall").pre_publish(Item("i", "no matter"))

        assert Action.NUDGE is decision.action

    def test_nobody_to_find_it_is_a_problem(self):
        """Where no module finds links in a text, that is said."""
        features = [Feature(name="wall", surface="comments")]
        with Safety(features, policy=Policy(rules=[self.MANY]), strict=False) as safety:
            said = [p.what for p in safety.problems()]

        assert "conditions ask for links, and no loaded module finds them in a text." in said


class TestHashes:
    """A rule is known by what it matches and asks for."""

    @staticmethod
    def mark(**more):
        rule = {"id": "r", "issue": "integrity.spam", "at": 0.5, "then": "block", **more}
        return Policy(rules=[rule]).hashes["r"]

    def test_rollout_keeps_it(self):
        """The same rule for other people, or in shadow, is the same rule."""
        assert self.mark() == self.mark(rollout=5, mode="shadow", expires="2099-01-01")

    def test_another_meaning_changes_it(self):
        """Another threshold is another rule."""
        assert self.mark() != self.mark(at=0.6)

    def test_decisions_name_it(self):
        """The hash is the one that a decision's match has."""
        policy = Policy(rules=[{"id": "r", "issue": "integrity.spam", "at": 0.5, "then": "block"}])
        preview = Preview([policy], Feature(name="wall", surface="comments"))
        (match,) = preview.decide(Item("i"), [Finding("integrity.spam", 0.9, "why")]).rules

        assert match.hash == policy.hashes["r"]


def test_many_rules_make_a_policy_at_once():
    """To look for ids that come twice does not take the square of their number."""
    rules = [Rule(id=f"{n}", issue="integrity.spam", at=0.5, then="nudge") for n in range(15_000)]
    start = process_time()
    Policy(rules=rules)

    assert process_time() - start < 0.5
