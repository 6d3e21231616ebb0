"""The starting bundle: sound, tested by its own cases, and equal to the policies in code."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest

import handrail_classifier
import handrail_embedding
from handrail import (
    Action,
    Actor,
    Evidence,
    Fault,
    Feature,
    Finding,
    Item,
    Manifest,
    Preview,
    Safety,
    Stage,
    hookimpl,
    issue,
    issues,
    starting_policy,
)
from handrail_embedding._find import AT_ONCE, FIRST, MOST, PROBABLE, RARE
from handrail_policyfiles import Bundle, copy_starting, run_cases
from handrail_policyfiles import starting_policy as as_file
from handrail_policyfiles._starting import DIRECTORY

BUNDLE = Bundle.read(DIRECTORY)
IN_CODE = ("comments", "live", "messaging")
SCORES = (0.0, 0.29, 0.3, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0)
PEOPLE = {
    "an adult": {"author": Actor("a", age=30)},
    "a minor": {"author": Actor("a", age=17)},
    "somebody of unknown age": {"author": Actor("a")},
    "nobody known": {},
    "an adult before a minor": {
        "author": Actor("a", age=30), "participants": [Actor("b", age=12), Actor("c")],
    },
    "somebody of unknown age to a minor": {
        "author": Actor("a"), "recipients": [Actor("b", age=12)],
    },
    "an adult among adults": {"author": Actor("a", age=18), "recipients": [Actor("b", age=18)]},
    "an adult to somebody of unknown age": {
        "author": Actor("a", age=30), "recipients": [Actor("b")],
    },
}  # fmt: skip
FIRST_CONTACT = {"first_contact": 1, "adult_to_minor": 1}
TRAINED = (
    "harassment.bullying", "harassment.gendered", "hate.speech", "hate.threat", "integrity.spam",
    "sexual.explicit", "violence.threat",
)  # fmt: skip
AGREEING = ("classifier", "embedding")
DUTIES = {"preserve", "report_to", "review"}


def effects(decision, name):
    """The effects of a decision, without those that only the files ask for."""
    duty = "mandatory_report" in issue(name).flags
    return [e for e in decision.effects if not (duty and e.name in DUTIES)]


class TestBundle:
    """What ships is what a team may start from."""

    def test_has_no_warnings(self):
        """Nothing in it is doubtful."""
        assert () == Bundle.read(DIRECTORY, day=date(2026, 12, 1)).warnings

    def test_cases_pass(self):
        """Each policy has cases, and all pass."""
        results = run_cases(BUNDLE)
        names = {r.place.rpartition("/")[2].split(".")[0] for r in results}

        assert {} == {r.place: r.differences for r in results if not r.passed}
        assert {p.name.removeprefix("starting-") for p in BUNDLE.policies} == names

    @pytest.mark.parametrize("name", [p.name for p in BUNDLE.policies])
    def test_every_threshold_has_its_reason(self, name):
        """Each threshold is followed by a comment that says why it is where it is."""
        path = DIRECTORY / f"{name.removeprefix('starting-')}.yaml"
        bare = [
            line.strip()
            for line in path.read_text().splitlines()
            if any(f"{word}: 0." in line for word in ("nudge", "limit", "hold", "block", "at"))
            and "# " not in line
        ]

        assert [] == bare

    @pytest.mark.parametrize("policy", BUNDLE.policies, ids=lambda p: p.name)
    def test_duties_are_met(self, policy):
        """What has to be reported is preserved, proposed for a report, and told to nobody."""
        duties = [r for r in policy.rules if r.protected and "law" not in r.source]

        assert duties
        for rule in duties:
            names = {effect.name for effect in rule.then.all_effects}
            assert (True, "neutral") == (names >= DUTIES, rule.notice)

    @pytest.mark.parametrize("policy", BUNDLE.policies, ids=lambda p: p.name)
    def test_a_person_at_risk_is_helped(self, policy):
        """Each has a rule that offers help and a person soon."""
        (rule,) = [r for r in policy.rules if r.issue == "self_harm.at_risk"]

        assert {"support", "review"} == {effect.name for effect in rule.then.all_effects}


def surest(module, issue, surface):
    """The most that a trained module says of an issue by itself."""
    if module is handrail_classifier or issue in {name for name, _ in PROBABLE.values()}:
        return 1.0
    heads = [head for head, (name, _) in RARE.items() if name == issue]
    return 0.0 if surface in AT_ONCE else max(FIRST.get(head, MOST) for head in heads)


class TestEqual:
    """Files and code decide alike wherever both say something."""

    @pytest.fixture(name="surface", params=IN_CODE)
    def _surface(self, request):
        return request.param

    @pytest.fixture(name="both")
    def _both(self, surface):
        feature = Feature(name="f", surface=surface)
        pair = as_file(surface), starting_policy(surface)
        return {stage: [Preview([p], feature, stage) for p in pair] for stage in Stage}

    @pytest.mark.parametrize("people", PEOPLE)
    def test_over_issues_scores_and_ages(self, both, people):
        """For every issue, score and age the action and the effects are the same."""
        item = Item("1", "text", **PEOPLE[people])
        for name in issues():
            for score in SCORES:
                found = [Finding(name, score, "x")]
                one, two = (p.decide(item, found) for p in both[Stage.PRE_PUBLISH])
                assert one.action is two.action, (name, score)
                assert effects(one, name) == effects(two, name), (name, score)

    @pytest.mark.parametrize(
        "modules", [("classifier",), ("embedding",), ("classifier", "text"), AGREEING]
    )
    def test_over_trained_scores(self, both, modules):
        """What only a model is sure of, and what a list is sure of too, means the same to both."""
        item = Item("1", "text", author=Actor("a", age=30))
        for name in TRAINED:
            for score in SCORES:
                found = [Finding(name, score, "x", module=module) for module in modules]
                one, two = (p.decide(item, found) for p in both[Stage.PRE_PUBLISH])
                assert (one.action, one.effects) == (two.action, two.effects), (name, score)

    @pytest.mark.parametrize("module", [handrail_classifier, handrail_embedding])
    def test_a_trained_score_alone_blocks_nothing(self, both, surface, module):
        """Among adults, what a model alone is sure of is not blocked: but explicit live chat."""
        item = Item("1", "text", **PEOPLE["an adult among adults"])
        manifest = module.MANIFEST
        blocked = {
            name
            for name in {*manifest.issues, *manifest.hints} - {"sexual.explicit"}
            for score in SCORES
            if score <= surest(module, name, surface)
            for policy in both[Stage.PRE_PUBLISH]
            if policy.decide(item, [Finding(name, score, "x", module=manifest.name)]).action
            is Action.BLOCK
        }

        assert set() == blocked

    def test_two_trained_modules_that_agree_block(self, both):
        """An exception is for one that stands alone: two count like a model and a list."""
        item = Item("1", "text", **PEOPLE["an adult among adults"])
        found = [Finding("hate.speech", 0.97, "x", module=module) for module in AGREEING]

        assert {Action.BLOCK} == {p.decide(item, found).action for p in both[Stage.PRE_PUBLISH]}

    @pytest.mark.parametrize("count", ["thread_hostile", "piling", "nudge", "words"])
    def test_over_counts(self, both, count):
        """What modules count about threads and people means the same to both."""
        item = Item("1", "text", author=Actor("a", age=30))
        for score in SCORES:
            counted = Evidence(counts={count: 5})
            found = [
                Finding("harassment.bullying", 0.3, "x", evidence=counted),
                Finding("hate.speech", score, "x"),
            ]
            one, two = (p.decide(item, found) for p in both[Stage.PRE_PUBLISH])
            assert (one.action, one.effects) == (two.action, two.effects), score

    @pytest.mark.parametrize("counts", [{}, {"first_contact": 1}, FIRST_CONTACT])
    def test_over_first_contacts(self, both, counts):
        """What the counts of a finding say makes the same difference."""
        item = Item("1", "text", **PEOPLE["an adult before a minor"])
        found = [Finding("child_safety.grooming", 0.2, "x", evidence=Evidence(counts=counts))]
        one, two = (p.decide(item, found) for p in both[Stage.PRE_PUBLISH])

        assert (one.action, one.effects) == (two.action, two.effects)

    @pytest.mark.parametrize("stage", Stage)
    def test_over_faults(self, both, stage):
        """Whatever is left unseen, the action and the effects are the same."""
        item = Item("1", "text")
        for name in issues():
            failed = {Fault("module", "timeout"): [name]}
            one, two = (p.decide(item, faults=failed) for p in both[stage])

            assert (one.action, one.effects) == (two.action, two.effects), name


class TestConfirmed:
    """What an author confirms is published, and looked at all the same."""

    @pytest.mark.parametrize("make", [as_file, starting_policy])
    @pytest.mark.parametrize(
        ("surface", "name"),
        [("live", "violence.threat"), ("live", "hate.threat"), ("messaging", "hate.threat")],
    )
    def test_a_trained_threat_is_looked_at(self, make, surface, name):
        """A threat that only a model sees is asked about; confirmed, a person still looks."""
        manifest = Manifest(
            name="classifier", version="1", issues={name}, surfaces={"*"}, languages={"*"}
        )
        module = SimpleNamespace(
            MANIFEST=manifest, pre_publish=hookimpl(lambda item: [Finding(name, 0.97, "x")])
        )
        feature = Feature(name="f", surface=surface)
        with Safety([feature], modules=[module], policy=make(surface)) as safety:
            first = safety.feature("f").pre_publish(Item("1", "text"))
            second = safety.feature("f").pre_publish(Item("1", "text", confirms=first.id))
        looks = [effect.to_json()["value"] for effect in second.effects if effect.name == "review"]

        assert (Action.NUDGE, Action.ALLOW) == (first.action, second.action)
        assert [{"imminent_harm": "1h"}] == looks


class TestSaid:
    """What is out already has been said, whoever was asked before."""

    @pytest.mark.parametrize("make", [as_file, starting_policy])
    @pytest.mark.parametrize("name", ["violence.threat", "hate.threat"])
    @pytest.mark.parametrize("stage", [Stage.POST_PUBLISH, Stage.REPORT])
    def test_a_trained_threat_is_looked_at(self, make, name, stage):
        """In live chat a threat that only a model sees is looked at once published or reported."""
        preview = Preview([make("live")], Feature(name="f", surface="live"), stage)
        decision = preview.decide(Item("1", "text"), [Finding(name, 1.0, "x", module="classifier")])
        looks = [
            effect.to_json()["value"] for effect in decision.effects if effect.name == "review"
        ]

        assert ["1h"] == [look["imminent_harm"] for look in looks]


class TestByName:
    """Settings name a starting policy, and get the file."""

    def test_from_config(self):
        """With the extra, a starting policy knows the bundle it came in."""
        settings = {"version": 1, "policies": {"starting": ["comments", "reports"]}}
        with Safety.from_config(settings) as safety:
            policies = safety._core.policies

        assert [("starting-comments", BUNDLE.revision), ("starting-reports", BUNDLE.revision)] == [
            (p.name, p.bundle) for p in policies
        ]

    def test_without_the_extra(self, monkeypatch):
        """Without it, the policy in code does the same."""
        from handrail import MissingExtraError
        from handrail_policyfiles import _starting

        def missing():
            raise MissingExtraError("policy", "policy files")

        monkeypatch.setattr(_starting, "_bundle", missing)
        with Safety.from_config({"version": 1, "policies": {"starting": ["live"]}}) as safety:
            assert [None] == [p.bundle for p in safety._core.policies]


class TestCopy:
    """A copy is where a team's own policies begin."""

    def test_is_the_same_bundle(self, tmp_path):
        """What was copied is read as the same revision, with its cases."""
        copy_starting(tmp_path / "policies")
        bundle = Bundle.read(tmp_path / "policies")

        assert BUNDLE.revision == bundle.revision
        assert len(run_cases(BUNDLE)) == len(run_cases(bundle))

    def test_editors_find_the_schema(self, tmp_path):
        """Each copied file names a schema that was copied beside it."""
        for path in copy_starting(tmp_path, ["comments"]):
            if path.suffix == ".yaml":
                name = path.read_text().partition("$schema=")[2].partition("\n")[0]
                assert (tmp_path / name).is_file()

    def test_writes_over_nothing(self, tmp_path):
        """A policy that is there already stays as it is."""
        (tmp_path / "live.yaml").write_text("policy: mine\n")

        with pytest.raises(FileExistsError, match="is there already"):
            copy_starting(tmp_path)
        assert "policy: mine\n" == (tmp_path / "live.yaml").read_text()

    def test_an_unknown_name(self, tmp_path):
        """A name that is none is answered with the nearest."""
        with pytest.raises(ValueError, match="Did you mean 'comments'"):
            copy_starting(tmp_path, ["coments"])
