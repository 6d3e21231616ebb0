"""Features: declared once, refused where they cannot be."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from handrail import (
    Condition,
    ConfigError,
    Feature,
    FeatureError,
    HandrailError,
    InvalidValueError,
    Manifest,
    Policy,
    Requires,
    Safety,
    UnknownNameError,
    hookimpl,
)


class Looks:
    """A module that looks and finds nothing."""

    MANIFEST = Manifest(
        name="looks", version="1", issues=["hate.speech"], surfaces=["comments"], languages=["en"]
    )

    @hookimpl
    def pre_publish(self, item):
        return None


@pytest.fixture(name="opened")
def _opened():
    """Open a feature of a Safety; say what the error says."""

    def opened(feature, *modules, **options):
        with Safety([feature], modules=modules, **options) as safety:
            return safety.feature(feature.name)

    return opened


class TestFeature:
    """A product feature."""

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            pytest.param({"name": "Video Comments"}, "Feature.name", id="name"),
            pytest.param({"name": 5}, "Feature.name", id="number as name"),
            pytest.param({"surface": ""}, "surface", id="surface"),
            pytest.param({"markets": ["Germany"]}, "market 'Germany'", id="market"),
            pytest.param({"markets": [False]}, "Feature.markets", id="NO read as false"),
            pytest.param({"provides": ["actor.ag"]}, "'actor.age'", id="provision"),
            pytest.param({"carries_out": ["hodl"]}, "'hold'", id="action"),
            pytest.param({"carries_out": ["geo_blok"]}, "'geo_block'", id="effect"),
            pytest.param({"substitutes": {"hodl": "block"}}, "'hold'", id="substituted"),
            pytest.param({"substitutes": {"hold": "blok"}}, "'block'", id="substitute"),
            pytest.param({"substitutes": ["hold"]}, "keys and values", id="list of substitutes"),
            pytest.param({"budget_ms": 0}, "budget_ms", id="no time"),
            pytest.param({"budget_ms": 60_001}, "budget_ms", id="too much time"),
            pytest.param({"budget_ms": "50"}, "budget_ms", id="text as time"),
            pytest.param({"budget_ms": True}, "budget_ms", id="true as time"),
            pytest.param({"budget_ms": float("nan")}, "budget_ms", id="NaN as time"),
            pytest.param({"deep_budget_ms": 0}, "deep_budget_ms", id="no time for the deep"),
            pytest.param({"max_text": 0}, "max_text", id="no text"),
            pytest.param({"max_text": 10_000_001}, "max_text", id="too much text"),
            pytest.param({"max_text": True}, "max_text", id="true as text"),
            pytest.param({"max_text": 5e3}, "max_text", id="part of a character"),
            pytest.param({"audience": {"min_age": -1}}, "min_age", id="negative age"),
            pytest.param({"audience": {"min_age": "13"}}, "min_age", id="text as age"),
            pytest.param({"audience": {"min_age": 18, "max_age": 17}}, "max_age", id="nobody"),
            pytest.param({"audience": {"age": 18}}, "unknown field", id="unknown age"),
            pytest.param({"requires": {"issues": ["hat.*"]}}, "'hate'", id="family"),
            pytest.param({"requires": {"issues": {"later": ["hate.*"]}}}, "stage", id="stage"),
            pytest.param({"requires": {"isues": []}}, "'issues'", id="requirement"),
        ],
    )  # fmt: skip
    def test_refuses(self, wrong, said):
        """A key that cannot mean what it says is refused, and the text says which."""
        with pytest.raises(InvalidValueError, match=said.replace(".", r"\.")):
            Feature(**{"name": "wall", "surface": "comments", **wrong})

    def test_required_issues_mean_before_publishing(self):
        """A bare list of issues is required at ``pre_publish``."""
        assert {"pre_publish": ("hate.speech",)} == dict(Requires(issues=["hate.speech"]).issues)

    def test_a_family_is_required_issue_by_issue(self):
        """A family stands for its issues."""
        feature = Feature(name="a", surface="b", requires={"issues": {"report": ["hate.*"]}})

        assert 4 == len(feature.requires.issues["report"])

    def test_can_do_everything_until_it_says_what(self):
        """A feature that states nothing is taken to be able to do all."""
        assert Feature(name="a", surface="b").can("geo_block")

    @pytest.mark.parametrize(
        ("word", "expected"),
        [
            pytest.param("block", True, id="stated"),
            pytest.param("hold", False, id="not stated"),
            pytest.param("allow", True, id="allow goes without saying"),
        ],
    )
    def test_can_do_what_it_says(self, word, expected):
        """A feature that states what it carries out can do that and allow."""
        assert expected == Feature(name="a", surface="b", carries_out=["block"]).can(word)

    def test_a_substitute_is_something_it_can_do(self):
        """What is done instead must be possible."""
        with pytest.raises(InvalidValueError, match="limit is not in carries_out"):
            Feature(name="a", surface="b", carries_out=["block"], substitutes={"hold": "limit"})


class TestOpening:
    """``safety.feature(name)`` raises at start-up, not at midnight."""

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            pytest.param({"surface": "live"}, "no loaded module serves .* 'live'", id="surface"),
            pytest.param({"requires": {"issues": ["fraud.scam"]}}, "fraud.scam", id="issue"),
            pytest.param(
                {"requires": {"issues": {"report": ["hate.speech"]}}},
                "requires hate.speech at report",
                id="stage",
            ),
            pytest.param({"requires": {"modules": ["text"]}}, "module 'text'", id="module"),
            pytest.param(
                {"requires": {"issues": ["hate.speech"]}, "markets": ["DE"]},
                "not measured in a language of DE",
                id="language",
            ),
        ],
    )  # fmt: skip
    def test_uncovered_feature_does_not_start(self, opened, changes, said):
        """A feature without what it requires raises, and the text says what is missing."""
        feature = Feature(**{"name": "wall", "surface": "comments", **changes})

        with pytest.raises(FeatureError, match=said):
            opened(feature, Looks())

    def test_covered_feature_starts(self, opened):
        """A feature starts once a module covers what it requires, in a language of its market."""
        feature = Feature(
            name="wall",
            surface="comments",
            markets=["GB"],
            requires={"issues": ["hate.speech"], "modules": ["looks"]},
        )

        assert "wall" == opened(feature, Looks()).name

    def test_a_module_in_shadow_covers_nothing(self, opened):
        """What only counts for comparison guards nobody."""
        feature = Feature(name="wall", surface="comments", requires={"issues": ["hate.speech"]})
        modes = {"looks": {"mode": "shadow", "expires": "2999-01-01"}}

        with pytest.raises(FeatureError, match=r"requires hate\.speech"):
            opened(feature, Looks(), modes=modes)

    def test_unknown_feature_names_the_nearest(self):
        """A misspelled feature is refused with the right spelling."""
        feature = Feature(name="wall", surface="comments")

        with (
            Safety([feature], modules=[Looks()]) as safety,
            pytest.raises(FeatureError, match=r"unknown feature 'wal'\. Did you mean 'wall'"),
        ):
            safety.feature("wal")

    def test_two_features_of_a_name_are_refused(self):
        """A name means one feature."""
        with pytest.raises(FeatureError, match="Two features"):
            Safety([Feature(name="wall", surface="comments")] * 2)

    def test_without_strict_it_starts_and_stays_visible(self):
        """An uncovered feature of a lenient Safety starts, and its problem is still listed."""
        feature = Feature(name="wall", surface="live")
        with Safety([feature], modules=[Looks()], strict=False) as safety:
            safety.feature("wall")
            problems = [p.what for p in safety.problems() if p.level == "error"]

        assert ["no loaded module serves the surface 'live'."] == problems

    @pytest.mark.parametrize(
        ("feature", "policy"),
        [
            pytest.param(
                {"carries_out": ["block"]},
                {"issues": {"hate.speech": {"hold": 0.5}}},
                id="an action of a ladder",
            ),
            pytest.param(
                {"carries_out": ["limit"]},
                {"issues": {"hate.speech": {"limit": {"at": 0.5, "reach": 0.2}}}},
                id="an effect of a ladder",
            ),
            pytest.param(
                {"carries_out": ["limit"]},
                {"issues": {"hate.speech": {"limit": 0.5}}, "limits": {"reach": 0.2}},
                id="the effects of every limit",
            ),
            pytest.param(
                {"carries_out": ["block"]},
                {"rules": [{"id": "r", "issue": "hate.speech", "at": 0.5, "then": {"label": "x"}}]},
                id="an effect of a rule",
            ),
            pytest.param(
                {"carries_out": ["block"]},
                {"faults": [{"causes": ["timeout"], "then": "hold"}]},
                id="an action of a fault rule",
            ),
            pytest.param(
                {"carries_out": ["hold"]},
                {"issues": {"hate.speech": {"hold": 0.5}}},
                id="the end of a hold",
            ),
        ],
    )
    def test_refuses_a_policy_that_it_cannot_carry_out(self, opened, feature, policy):
        """A policy that asks for too much is refused at start-up, with both ways out."""
        asks = Policy(holds={"within": "1h", "otherwise": "block"}, **policy)

        with pytest.raises(FeatureError, match=r"cannot carry out .*substitute"):
            opened(Feature(name="wall", surface="comments", **feature), Looks(), policy=asks)

    def test_refuses_a_policy_that_reads_what_it_does_not_send(self, opened):
        """A condition on something the feature never provides is refused at start-up."""
        rule = {
            "id": "new", "issue": "hate.speech", "then": "block", "unknown": "skip",
            "when": Condition(["actor.tenure_days"], lambda days: days < 3),
        }  # fmt: skip
        feature = Feature(name="wall", surface="comments", provides=["text"])

        with pytest.raises(FeatureError, match=r"needs 'actor\.tenure_days'"):
            opened(feature, Looks(), policy=Policy(rules=[rule]))


def test_no_modules_as_text():
    """A name instead of a list of modules is refused, not taken apart into letters."""
    with pytest.raises(HandrailError, match="a list of modules"):
        Safety(modules="looks")


def test_settings_of_a_module_without_any_are_refused():
    """Settings that nobody reads are refused."""
    with pytest.raises(ConfigError, match="has no settings"):
        Safety(modules=[Looks()], settings={"looks": {"loud": True}})


def test_unknown_name_error_is_an_invalid_value():
    """Whoever catches invalid values catches unknown names."""
    assert issubclass(UnknownNameError, InvalidValueError)


def test_a_namespace_can_be_a_module():
    """Whatever has a manifest and a marked hook is a module."""
    with Safety(
        modules=[SimpleNamespace(MANIFEST=Looks.MANIFEST, pre_publish=Looks().pre_publish)]
    ) as safety:
        names = [module.name for module in safety.modules]

    assert ["looks"] == names
