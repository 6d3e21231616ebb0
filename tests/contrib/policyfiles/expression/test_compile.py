"""What a compiled condition tells the SDK: inputs, whether it may miss, what it is hashed by."""

from __future__ import annotations

import pytest

from handrail import Policy, Rule
from handrail_policyfiles.expression import ExpressionError, compile_condition
from handrail_policyfiles.expression import _official as official


def revision(source, lists=None):
    """The revision of a policy whose one rule has the condition."""
    when = compile_condition(source, lists=lists or {})
    rule = Rule(id="r", when=when, unknown="skip", then="block")
    return Policy(rules=[rule]).revision


class TestInputs:
    """Each thing that is asked for is read once, by the name the SDK knows."""

    @pytest.mark.parametrize(
        ("source", "inputs"),
        [
            ("actor.age < 18", ("actor.age?",)),
            ("links.count > 2 && links.count < 9", ("links.count",)),
            ('score("hate.speech") > 0.5', ("score(hate.speech)",)),
            ('score("hate.speech", "text") > 0.5', ("score(hate.speech, text)",)),
            ('found("hate.speech", 0.50) >= 2', ("found(hate.speech, 0.5)",)),
            ('count("hate.speech", "hits") > 2', ("count(hate.speech, hits)",)),
            ('counter("posts_1h") > 2', ("counter(posts_1h)?",)),
            ('actor.strikes("hate", "90d") > 2', ("strikes(hate, 90d)?",)),
            ('session.count("hate.speech", "1 segment") > 0', ("session(hate.speech, 1)?",)),
            ('text.mentions("a") || text.mentions_any(["b"])', ("text.words",)),
            ("item.attributes.beta == true", ("item.attributes",)),
            ("participants.exists(p, p.age < 18)", ("participants",)),
            ("true", ()),
        ],
    )
    def test_are_named(self, source, inputs):
        """An input that may be missing arrives as None, so that the test decides."""
        assert inputs == compile_condition(source).inputs

    def test_know_the_issues_they_look_at(self):
        """The engine learns whose findings a condition looks at."""
        source = 'score("hate.speech") > 0.5 || found("fraud.scam", 0.5) > 1'

        assert {"hate.speech", "fraud.scam"} == compile_condition(source).issues

    def test_have_to_be_provided(self):
        """A feature that never sends what is asked for cannot take the condition."""
        assert {"actor.age", "author"} == (
            compile_condition("actor.age < 18 || 'x' in actor.tags").provisions
        )


class TestMayMiss:
    """A condition that may be left without an answer says so when it is loaded."""

    @pytest.mark.parametrize(
        ("source", "expected"),
        [
            ("actor.age < 18", True),
            ("links.count > 2", False),
            ('score("hate.speech") > 0.5', False),
            ("item.attributes.a == 'x'", True),
            ("'a' in item.attributes", False),
            ("participants.exists(p, p.age < 18)", True),
            ("participants.exists(p, p.id == 'x')", False),
            ("item.id.matches('^a')", False),
            ("item.region.matches('^a')", True),
        ],
    )
    def test_is_known(self, source, expected):
        """Inputs, fields of people and attributes may be missing; findings may not."""
        assert expected == compile_condition(source).may_miss


class TestSource:
    """What a condition was written as is what its rule is hashed by."""

    def test_is_kept(self):
        """People who ask for a rule see its condition as it was written."""
        assert "links.count  >  2" == compile_condition("links.count  >  2").source

    def test_counts(self):
        """A rule with another condition is another rule."""
        assert revision("links.count > 2") != revision("links.count > 3")

    @pytest.mark.parametrize("source", ["item.id in lists.l", "text.mentions_any(lists.l)"])
    def test_lists_count(self, source):
        """A rule whose list has changed is another rule."""
        assert revision(source, {"l": frozenset("a")}) != revision(source, {"l": frozenset("b")})

    def test_lists_that_are_not_drawn_on_do_not_count(self):
        """A rule stays the same when other lists change."""
        assert revision("item.id == 'a'") == revision("item.id == 'a'", {"l": frozenset("a")})


class TestWithoutTheRuntime:
    """Without the extra, what is simple still works, and the rest says what is missing."""

    @pytest.fixture(autouse=True)
    def _away(self, monkeypatch):
        monkeypatch.setattr(official, "installed", lambda: False)

    def test_simple_conditions_work(self):
        """What becomes plain Python needs no runtime."""
        assert compile_condition("links.count > 2").test(3)

    def test_others_name_the_extra(self):
        """What the runtime has to answer names the extra that brings it."""
        with pytest.raises(ExpressionError, match=r"handrail\[policy\]"):
            compile_condition("item.id.matches('^a')")
