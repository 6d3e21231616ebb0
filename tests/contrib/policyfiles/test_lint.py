"""What is allowed but hardly meant is a warning; what can never match is refused."""

from __future__ import annotations

from datetime import date

import pytest

from handrail import Feature
from handrail_policyfiles._bundle import STARTING, policy_files
from handrail_policyfiles._never import contradiction
from handrail_policyfiles._starting import DIRECTORY

HEAD = "policy: house\nowner: safety\n"
RULE = HEAD + "rules:\n  - {id: one, issue: integrity.spam, at: 0.5, then: block, %s}\n"


class TestWarnings:
    """A bundle with warnings is loaded, and shows them."""

    def test_none(self, desk, sound):
        """A sound policy has none."""
        assert [] == desk.warnings(sound)

    def test_no_owner(self, desk):
        """An enforced rule that nobody answers for is said."""
        assert [
            "comments.yaml:3:6: rules.0.id: an enforced rule has no owner, nor has its policy"
        ] == desk.warnings(
            "policy: house\nrules:\n  - {id: one, issue: hate.speech, at: 0.5, then: block}\n"
        )

    def test_a_shadow_needs_no_owner(self, desk):
        """Nobody has to answer for what only counts."""
        assert [] == desk.warnings(
            "policy: house\nrules:\n"
            "  - {id: one, issue: hate.speech, at: 0.5, then: block, mode: shadow,"
            " expires: 2999-01-01}\n"
        )

    @pytest.mark.parametrize(
        ("given", "expected"),
        [
            ("review_by: 2020-01-01", "review_by: it was due: look at it again"),
            ("rollout: 0", "rollout: it counts for nobody; mode: off says so"),
            ("expires: 2999-01-01", "expires: it ends a shadow only: remove it, or say ends"),
            ("mode: shadow, expires: 2020-01-01", "expires: it is over: renew it, promote it"),
            ("ends: 2020-01-01T00:00Z", "ends: it is over, and never matches again: remove it"),
        ],
    )
    def test_in_a_rule(self, desk, given, expected):
        """A doubt about a rule stands at its key."""
        (said,) = desk.warnings(RULE % given)

        assert f"rules.0.{expected}" in said

    def test_a_limit_without_effects(self, desk):
        """A limit that limits nothing is said where it first stands."""
        assert [
            (
                "comments.yaml:4:17: issues.hate.speech.limit: a limit without effects publishes "
                "as it is: say limits"
            )
        ] == desk.warnings(HEAD + "issues:\n  hate.speech: {limit: 0.5}\n")

    def test_a_law_that_changes(self, desk):
        """A deadline that will change is said, with the day."""
        desk.write(
            HEAD + "rules:\n  - id: order\n    when: stage == 'report'\n"
            "    then: {review: {queue: legal, within: law:in-grievance}}\n"
        )

        assert [("rules.0.then.review.within: law:in-grievance changes on 2026-02-20: "
                "read the bundle that day")] == [
            w.message for w in desk.read(day=date(2026, 2, 1)).warnings
        ]  # fmt: skip

    def test_a_law_that_has_changed(self, desk):
        """From the day it changed on, there is nothing to say."""
        desk.write(
            HEAD + "rules:\n  - id: order\n    when: stage == 'report'\n"
            "    then: {review: {queue: legal, within: law:in-grievance}}\n"
        )

        assert () == desk.read(day=date(2026, 2, 20)).warnings


class TestUnserved:
    """What decides about issues that nobody looks for is named."""

    def test_ladders_and_rules(self, desk):
        """Each place is said; a pattern only where none of its issues is looked for."""
        desk.write(
            "policy: house\nowner: s\nissues:\n  hate.*: {block: 0.5}\n  goods.*: {block: 0.5}\n"
            "overrides:\n"
            "  - {id: one, when: stage == 'report', issues: {fraud.scam: {block: 0.1}}}\n"
            "rules:\n  - {id: two, issue: integrity.spam, at: 0.5, then: block}\n"
            "  - {id: three, issue: hate.speech, at: 0.5, then: block}\n"
            "  - {id: four, when: links.count > 2, then: block}\n"
        )
        said = desk.read().unserved({"hate.speech"})

        assert [(5, 3), (7, 49), (9, 15)] == [(d.line, d.column) for d in said]
        assert (
            "issues.goods.*: no module looks for goods.*: nothing comes of this" == said[0].message
        )


class TestMisnamed:
    """What ``applies`` names, and nearly is there."""

    def test_a_feature_and_a_surface(self, desk):
        """Each is said at its place, with what it may be meant for; others are let alone."""
        desk.write(
            "policy: house\nowner: s\n"
            "applies: {surfaces: [coments, groups], features: video_comment}\n"
        )
        features = [Feature(name="video_comments", surface="comments")]

        assert [
            (3, 22, "applies.surfaces.0: no surface 'coments' is known. Did you mean 'comments'?"),
            (3, 40, ("applies.features: no feature 'video_comment' is known. Did you mean "
                     "'video_comments'?")),
        ] == [(d.line, d.column, d.message) for d in desk.read().misnamed(features)]  # fmt: skip

    def test_without_features(self, desk):
        """The surfaces that have a starting policy are what may be meant."""
        desk.write("policy: house\nowner: s\napplies: {surfaces: [profile, wall]}\n")

        assert [22] == [d.column for d in desk.read().misnamed()]
        assert {*STARTING} == {p.stem for p in policy_files(DIRECTORY)} - {"reports"}


class TestNever:
    """A rule that can never match is refused."""

    @pytest.mark.parametrize(
        "given",
        ["stages: [report]", "when: score('integrity.spam') < 0.4", "when: links.count < 0"],
    )
    def test_is_refused(self, desk, given):
        """It is refused at the key that makes it impossible."""
        (said,) = desk.problems(
            (RULE % given).replace("rules:", "applies: {stages: [pre_publish]}\nrules:")
        )

        assert "it can never match" in said

    @pytest.mark.parametrize(
        "source",
        [
            'score("hate.speech") > 1',
            'score("hate.speech") > 1.0 && links.count > 2',
            'score("hate.speech") < 0',
            "actor.age > 20 && actor.age < 13",
            "20 < actor.age && actor.age < 13",
            "actor.age >= 18 && actor.age < 18",
            "links.count == 2 && links.count > 2",
            "(links.count > 5) && (links.count < 3)",
            'found("hate.speech", 0.5) < 0',
            "score('hate.speech') > 0.9 && score( \"hate.speech\" ) < 0.5",
        ],
    )
    def test_contradictions(self, source):
        """Comparisons that no number passes are found."""
        assert contradiction(source) is not None

    @pytest.mark.parametrize(
        "source",
        [
            'score("hate.speech") >= 1',
            "actor.age > 13 && actor.age < 20",
            "actor.age > 20 || actor.age < 13",
            "!(actor.age > 20) && actor.age < 13",
            "actor.age > 20 && links.count > 1 || stage == 'report' && actor.age < 13",
            "participants.all(p, p.age > 1 && p.age > 20 && p.age < 13 && p.age > 2)",
            "links.count > 5 ? links.count < 3 : true",
            "participants.exists(p, p.age > 20 && p.age < 13) || links.count > 1",
            "participants.exists(p, p.age > 20) && participants.exists(p, p.age < 13)",
            "recipients.exists(p, actor.age > 20 && links.count > 2 && actor.age < 13)",
            'text.mentions("a && links.count > 3 && links.count < 2")',
            "counter('sent') > 20.0 && links.count < 3",
            "amount.value < 0.0",
            "item.revision != 1",
            "actor.age >= 18 && actor.age <= 18",
        ],
    )
    def test_what_may_hold(self, source):
        """Whatever may hold, or is not understood, is left alone."""
        assert contradiction(source) is None

    def test_with_the_score_asked_for(self):
        """The rule's own threshold counts, for its own issue only."""
        source = 'score("hate.speech") < 0.5'

        assert (True, False) == (
            contradiction(source, "hate.speech", 0.6) is not None,
            contradiction(source, "hate.threat", 0.6) is not None,
        )
