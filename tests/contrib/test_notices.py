"""What a notice says, and what it never says."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from handrail import (
    Action,
    Actor,
    Effect,
    Feature,
    Hold,
    InvalidValueError,
    Judged,
    Policy,
    Safety,
    Stage,
    expand,
    issues,
)
from handrail.testing import finding, make_item
from handrail_notices import Catalogue

APPEAL = "https://example.org/appeal?d={decision}"
UNTIL = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
HOLD = Hold(until=UNTIL, otherwise="block")
ACTIONS = [Action.NUDGE, Action.LIMIT, Action.HOLD, Action.BLOCK]
TEACH = ["integrity.spam", "integrity.fake_account", "security.account_takeover", "ai.jailbreak"]
TIP_OFF = sorted(expand(["child_safety.*", "exploitation.trafficking", "fraud.money_laundering"]))
CATALOGUE = Catalogue(appeal_url=APPEAL)
APPEALS = "If you think this is wrong, ask for it to be looked at again, by a person:"


def plain(text):
    """A notice without isolates, and with the spaces people type."""
    return text and re.sub("[\u2068\u2069]", "", text).replace("\u202f", " ")


def say(action, issue=None, *, catalogue=CATALOGUE, others=(), **fields):
    """The notice for an outcome."""
    matched = tuple(sorted({*others, *([issue] if issue else [])}))
    judged = Judged(
        action=Action.parse(action), issue=issue, issues=matched, decision="d1", **fields
    )
    return plain(catalogue.notice(judged))


@pytest.fixture(name="full")
def _full():
    """Everything that an outcome can carry."""
    return {
        "clause": {"id": "HS-4", "url": "https://example.org/terms#hs-4"},
        "law": "StGB 130",
        "hold": HOLD,
        "effects": (
            Effect("deny", "comments", until=UNTIL),
            Effect("preserve", "365d"),
            Effect("report_to", "ncmec"),
            Effect("review", {"queue": "restricted", "within": "1h"}),
        ),
        "region": "US",
    }


AGAIN, FREE = (
    "This was looked at again, and what was decided has changed.",
    "This was looked at again: nothing restricts it any more.",
)
REVIEW = Effect("review", {"queue": "q", "within": "1h"})


class TestRevised:
    """What is said of an outcome that takes the place of another."""

    @pytest.mark.parametrize(
        ("effect", "fields", "first"),
        [
            (Effect("geo_block", "DE"), {"issue": "hate.speech"}, AGAIN),
            (Effect("geo_block", "DE"), {"issue": "hate.speech", "say": "neutral"}, AGAIN),
            (Effect("geo_block", "DE"), {"issue": "exploitation.trafficking"}, AGAIN),
            (Effect("geo_block", "DE"), {"issue": "self_harm.at_risk"}, AGAIN),
            (REVIEW, {"issue": "hate.speech"}, FREE),
            (Effect("support", ["crisis"]), {"issue": "self_harm.at_risk"}, FREE),
        ],
        ids=["shown", "neutral", "tips off", "at risk", "review", "support"],
    )
    def test_an_allow_says_whether_something_restricts(self, effect, fields, first):
        """Nothing restricts it any more only where nothing does, whether that is said or not."""
        said = say("allow", **fields, effects=(effect,), revised=True)

        assert first == said.splitlines()[0]


class TestUsual:
    """What most people are told."""

    def test_block(self, full):
        """A BLOCK says what, why, what else, by which rule, by whom, and how to appeal."""
        assert say("block", "hate.speech", **full).splitlines() == [
            "This was not posted.",
            "It appears to attack people for who they are.",
            "Some of what you can do here is paused. This ends on November 23, 2026, 2:00 PM UTC.",
            "The rule it is about: HS-4",
            "https://example.org/terms#hs-4",
            "The law it is about: StGB 130",
            "This was decided automatically.",
            APPEALS,
            "https://example.org/appeal?d=d1",
        ]

    def test_limit(self):
        """A LIMIT says what its limits are."""
        effects = (Effect("reach", 0.2), Effect("geo_block", ["FR", "DE"]))

        assert say("limit", "fraud.scam", effects=effects).splitlines()[:4] == [
            "This can be seen, but with limits.",
            "It appears to mislead people about money, goods or who somebody is.",
            "It is shown to fewer people.",
            "It cannot be seen in: Germany and France.",
        ]

    def test_hold(self):
        """A HOLD says by when it ends."""
        assert say("hold", "harassment.bullying", hold=HOLD).splitlines() == [
            "This will appear once it has been looked at.",
            "It appears to insult, threaten or pursue somebody.",
            "It will be looked at by November 23, 2026, 2:00 PM UTC.",
            "This was decided automatically.",
        ]

    def test_hold_for_the_creator(self):
        """A HOLD that waits for the creator says who looks."""
        hold = Hold(until=UNTIL, otherwise="block", waits_for="creator")

        said = "Whoever runs this place looks at it by November 23, 2026, 2:00 PM UTC."
        assert said in say("hold", "hate.speech", hold=hold).splitlines()

    def test_nudge(self):
        """A NUDGE asks, and says why."""
        assert say("nudge", "harassment.bullying").splitlines() == [
            "Before you post: do you want to send this as it is?",
            "It appears to insult, threaten or pursue somebody.",
        ]

    def test_end_is_told_in_utc(self):
        """A time of another zone is turned into the one that is named."""
        other = datetime.fromisoformat("2026-11-23T19:30:00+05:30")
        hold = Hold(until=other, otherwise="block")

        assert "November 23, 2026, 2:00 PM UTC" in say("hold", "hate.speech", hold=hold)

    def test_fault_accuses_of_nothing(self):
        """What could not be looked at is told as that."""
        assert "It could not be fully checked yet." == say("hold", unseen=True).splitlines()[1]

    def test_person_is_named_as_such(self):
        """A decision in which a person took part says so."""
        said = say("block", "hate.speech", automated=False)

        assert ("A person decided this." in said, "automatically" in said) == (True, False)

    def test_report_is_not_named(self):
        """In a conversation of two, a word about a report names who reported."""
        assert say("block", "hate.speech") == say("block", "hate.speech", stage=Stage.REPORT)

    def test_allow_with_an_effect_is_told(self):
        """What is published but not everywhere is spoken of, for a statement is owed."""
        said = say("allow", "violence.dangerous_organization", effects=(Effect("geo_block", "DE"),))

        assert "It cannot be seen in: Germany." in said.splitlines()

    @pytest.mark.parametrize("effects", [(), (Effect("review", {"queue": "q", "within": "1h"}),)])
    def test_allow_without_one_is_not(self, effects):
        """A look in the background is nobody's notice."""
        assert None is say("allow", "hate.speech", effects=effects)

    def test_effects_on_what_is_not_out_are_left_out(self):
        """A blocked item has no reach to speak of."""
        assert "fewer" not in say("block", "hate.speech", effects=(Effect("reach", 0.2),))

    @pytest.mark.parametrize("name", ["preserve", "report_to", "review", "strike"])
    def test_silent_effects_are_left_out(self, name):
        """What the platform does for itself or an authority stands in no notice."""
        values = {"preserve": "1d", "report_to": "ncmec", "strike": {"hate.speech": 1},
                  "review": {"queue": "legal", "within": "1h"}}  # fmt: skip

        effects = (Effect(name, values[name]),)

        assert say("block", "hate.speech") == say("block", "hate.speech", effects=effects)

    def test_what_is_done_to_somebody_else_is_left_out(self):
        """An effect on another person is not the author's business."""
        effects = (Effect("deny", "messaging", target="pair", subject="canary"),)

        assert say("block", "hate.speech") == say("block", "hate.speech", effects=effects)

    def test_without_an_address_no_appeal_is_promised(self):
        """A notice does not promise what the host does not offer."""
        assert "wrong" not in say("block", "hate.speech", catalogue=Catalogue())

    @pytest.mark.parametrize("url", ["javascript:alert(1)", "example.org", "https://x\n.example"])
    def test_appeal_is_an_address(self, url):
        """Anything else than an address is refused at the start."""
        with pytest.raises(InvalidValueError, match="appeal_url"):
            Catalogue(appeal_url=url)

    def test_clause_stays_on_its_line(self):
        """A name from a policy file cannot break the line or turn its direction."""
        said = CATALOGUE.notice(
            Judged(action=Action.BLOCK, clause={"id": "A\n\u202eB", "url": "https://x.example/\na"})
        )

        assert ["The rule it is about: \u2068AB\u2069", "https://x.example/a"] == (
            said.splitlines()[1:3]
        )

    def test_clause_leads_to_a_page_only(self):
        """An address that is none is left out."""
        clause = {"id": "A", "url": "javascript:alert(1)"}

        assert "javascript" not in say("block", clause=clause)

    def test_what_is_filled_in_is_isolated(self):
        """A name keeps its own direction in a sentence that runs the other way."""
        said = CATALOGUE.notice(Judged(action=Action.BLOCK, clause={"id": "HS-4"}, language="ar"))

        assert "\u2068HS-4\u2069" in said

    def test_addresses_are_not(self):
        """An address survives being copied: no invisible character touches it."""
        said = CATALOGUE.notice(Judged(action=Action.BLOCK, decision="d1", language="ar"))

        assert "https://example.org/appeal?d=d1" == said.splitlines()[-1]


class TestTipsNobodyOff:
    """What is the same whatever was found."""

    @pytest.mark.parametrize("action", ACTIONS)
    @pytest.mark.parametrize("name", [*TIP_OFF, *TEACH])
    def test_same_words_for_all(self, name, action, full):
        """The notice for child safety and for spam is the neutral one, whatever came with it."""
        neutral = say(action, "hate.speech", say="neutral")

        assert neutral == say(action, name, **full)

    @pytest.mark.parametrize("name", TIP_OFF)
    def test_no_word_of_what_decided_beside_it(self, name, full):
        """Where another issue decided, the notice is neutral all the same."""
        assert say("block", say="neutral") == say("block", "hate.speech", others=[name], **full)

    @pytest.mark.parametrize("name", TEACH)
    def test_spam_beside_it_hides_no_reason(self, name, full):
        """Whoever is blocked for something else is owed its reasons, spam or not."""
        assert say("block", "hate.speech", **full) == say(
            "block", "hate.speech", others=[name], **full
        )

    @pytest.mark.parametrize(
        "name", [n for n in issues() if "mandatory_report" in issues()[n].flags]
    )
    def test_what_must_be_reported_is_neutral(self, name, full):
        """Nobody learns from a notice that an authority is told."""
        assert say("block", name, **full) == say("block", say="neutral")

    @pytest.mark.parametrize(
        ("action", "said"),
        [
            ("nudge", ["Before you post: do you want to send this as it is?"]),
            ("hold", ["Thank you. This will appear once it has been looked at."]),
            ("block", ["This could not be posted.", APPEALS, "https://example.org/appeal?d=d1"]),
        ],
    )
    def test_neutral_words(self, action, said, full):
        """What was stopped may be appealed; what only waits is looked at anyway."""
        assert said == say(action, "child_safety.csam", **full).splitlines()

    def test_allow_is_silent(self, full):
        """An item that stays up while somebody looks gets no notice."""
        assert None is say("allow", "child_safety.grooming", **full)

    @pytest.mark.parametrize("action", ACTIONS)
    @pytest.mark.parametrize("language", CATALOGUE.languages)
    def test_spam_teaches_nothing(self, language, action, full):
        """A spam notice has no name of an issue, rule or number in it."""
        said = say(action, "integrity.spam", language=language, **full)

        words = {word for name in issues() for word in re.findall("[a-z]{4,}", name)}
        text = said.replace(APPEAL.replace("{decision}", "d1"), "").lower()
        assert (set(), []) == (words & set(re.findall(r"\w+", text)), re.findall(r"\d", text))

    def test_nothing_where_a_law_forbids_it(self, full):
        """A rule that allows no notice gets none."""
        assert None is say("block", "hate.speech", say="none", **full)


CARE = (
    "It sounds as if things are hard right now. "
    "You are not alone, and it is good that you spoke up."
)

REPROACHES = {
    "en": "violat|breach|against", "de": "verstoß|verstöß|verletz|regel",
    "fr": "viol|infraction|enfrein|règle",
    "es": "viola|infring|infracc|incumpl|norma", "pt": "viola|infra|incumpr|descumpr|regra",
    "it": "viola|infra|regola", "nl": "overtre|schend|regel", "pl": "narusz|łami|zasad",
    "tr": "ihlal|aykırı|kural", "id": "langgar|aturan", "ja": "違反|ルール|規約", "ko": "위반|규칙",
    "ar": "انتهاك|ينتهك|مخالف|قاعدة|قواعد", "hi": "उल्लंघन|नियम",
}  # fmt: skip
"""How each language would accuse somebody of breaking a rule."""


class TestCares:
    """What somebody who may be at risk is told."""

    CRISIS = (Effect("support", "crisis"),)

    def test_offers_help(self):
        """An at-risk post stays up, and its author reads who listens."""
        said = say("allow", "self_harm.at_risk", effects=self.CRISIS, region="US-CA")

        assert said.splitlines() == [
            CARE,
            "These people listen, free of judgement:",
            "988 Suicide & Crisis Lifeline: 988",
            "If somebody is in danger now, call 911.",
        ]

    def test_offers_help_unasked(self):
        """Where the item does not go up, help is offered even if no rule asked for it."""
        said = say("hold", "self_harm.at_risk", region="FR")

        assert "Numéro national de prévention du suicide: 3114" in said.splitlines()

    def test_offers_help_where_nothing_is_known(self):
        """Without a country the notice names what helps everywhere."""
        said = say("allow", "self_harm.at_risk", effects=self.CRISIS)

        assert "If somebody is in danger now, call your local emergency number." in said

    def test_product_may_show_the_lines_itself(self):
        """With cards=False the notice keeps to kind words."""
        catalogue = Catalogue(cards=False)

        said = say("allow", "self_harm.at_risk", catalogue=catalogue, effects=self.CRISIS)

        assert 1 == len(said.splitlines())

    @pytest.mark.parametrize("action", [Action.ALLOW, *ACTIONS])
    @pytest.mark.parametrize("language", CATALOGUE.languages)
    def test_reproaches_nobody(self, language, action, full):
        """No at-risk notice speaks of a rule, in any language."""
        full["effects"] = self.CRISIS

        said = say(action, "self_harm.at_risk", language=language, **full)

        assert (True, None) == (bool(said), re.search(REPROACHES[language], said.lower()))

    def test_reproaches_nobody_for_what_else_matched(self, full):
        """A graver issue beside it changes nothing about the tone."""
        said = say("block", "hate.speech", others=["self_harm.at_risk"], **full)

        assert ("hard right now" in said, "HS-4" in said, "attack" in said) == (True, False, False)

    def test_rule_may_keep_it_neutral(self):
        """A rule that asks for neutral words gets them here too."""
        assert say("hold", "self_harm.at_risk", say="neutral") == say("hold", say="neutral")

    def test_usual_notice_names_help_too(self):
        """Support that a rule asks for follows any notice."""
        said = say("block", "self_harm.eating_disorder", effects=self.CRISIS, region="GB")

        assert "Samaritans: 116 123" in said.splitlines()


def test_no_user_text():
    """No word of an item or its author gets into a notice."""
    rule = {"id": "canary-rule", "issue": "hate.speech", "at": 0.5, "then": "block"}
    module = finding("hate.speech", 0.9, name="canary_module")
    item = make_item(
        "canary-text", id="canary-id", author=Actor("canary-author", tags=["canary-tag"]),
        tags=["canary-tag"], attributes={"canary": "canary"}, links=["canary.example"],
    )  # fmt: skip

    with Safety(
        [Feature(name="wall", surface="comments")], modules=[module], budget_ms=5000,
        policy=Policy(rules=[rule]), notices=CATALOGUE,
    ) as safety:  # fmt: skip
        notice = safety.feature("wall").pre_publish(item).notice

    assert ("This was not posted." in notice, "canary" in notice) == (True, False)
