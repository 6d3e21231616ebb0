"""The contact module judges contacts by whose they seem and by who can see them."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

import handrail_contact
from handrail import Actor, InvalidValueError, Item, MissingExtraError
from handrail.testing import ModuleContract
from handrail_contact._phone import library

DOXXING, SCAM, SPAM = "privacy.doxxing", "fraud.scam", "integrity.spam"
HERS = "Her number is 212-555-0123, go on and call"
BITCOIN = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"


class TestContract(ModuleContract):
    """The contact module keeps its contract with the SDK."""

    module = handrail_contact
    examples = {  # noqa: RUF012
        DOXXING: [HERS, "his address is john.smith at gmail dot com"],
        SCAM: [f"send it to {BITCOIN}"],
        SPAM: ["add me on telegram: @cool_jane"],
    }
    harmless = (
        "Version 1.2.3.4 came out on 2024-01-02 at 12:34:56.",
        "Look at google.com, order 12345678901 costs $1,234,567.",
        "Thanks @jane, I like it!",
    )


def judged(item, surface="comments", **settings):
    """The findings about an item or a text, by issue."""
    item = Item("item-1", item) if isinstance(item, str) else item
    context = SimpleNamespace(
        surface=surface, derive=lambda *_: handrail_contact.find_contacts(item, None)
    )
    found = handrail_contact.pre_publish(item, context, handrail_contact.Settings(**settings))
    return {finding.issue: finding for finding in found}


def score(issue, item, surface="comments", **settings):
    """The score of an issue; 0 where there is no finding of it."""
    found = judged(item, surface, **settings)
    return found[issue].score if issue in found else 0


class TestWhose:
    """The words next to a contact say whose it seems to be."""

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            (HERS, 0.8),
            ("212-555-0123 is her cell", 0.8),
            ("John's number is 212-555-0123", 0.8),
            ("Seine Nummer: +49 30 901820", 0.8),
            ("is this your number? 212-555-0123", 0.75),
            ("your number is 212-555-0123", 0.75),
            ("212-555-0123", 0.5),
            ("my number is 212-555-0123", 0.2),
            ("call me: 212-555-0123", 0.2),
            ("I like her. My number is 212-555-0123", 0.2),
            ("I like her. Try 212-555-0123", 0.5),
            ("her insta is jane.doe", 0.4),
            ("my insta is jane.doe", 0),
        ],
    )
    def test_score_in_public(self, text, expected):
        """Somebody else's number weighs more than one's own, in public."""
        assert expected == score(DOXXING, text)

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            (HERS, "seems to be somebody else's"),
            ("your number is 212-555-0123", "seems to be the reader's"),
            ("212-555-0123", "of nobody named"),
            ("my number is 212-555-0123", "seems to be the author's own"),
        ],
    )
    def test_reason_says_whose(self, text, words):
        """A moderator reads whose the number seems to be."""
        assert words in judged(text)[DOXXING].reason

    @pytest.mark.parametrize(
        "text",
        [
            "write to support@shop.org",
            "bugs go to kernel-dev@lists.shop.org",
            "use jane@example.com here",
            "hotline: +1 800 555 0199",
        ],
    )
    def test_an_office_is_nobody(self, text):
        """What reaches an office, or stands in examples, exposes no person."""
        assert DOXXING not in judged(text)

    def test_a_minor_is_looked_after(self):
        """A child's own number in public weighs as much as anybody's."""
        text = "my number is 212-555-0123"
        child = Item("item-1", text, author=Actor("a", age=14))

        assert score(DOXXING, text) < 0.5 == score(DOXXING, child)

    def test_a_wallet_exposes_nobody(self):
        """A crypto address is no personal data."""
        assert DOXXING not in judged(f"his wallet is {BITCOIN}")

    @pytest.mark.parametrize(
        ("text", "expected"), [("212-555-0123", 0.2), ("ring 212-555-0123", 0.2), (HERS, 0.8)]
    )
    def test_in_a_profile_it_is_the_author_s(self, text, expected):
        """In a profile a number of nobody named is the author's own; somebody else's stays so."""
        assert expected == score(DOXXING, text, "profiles")

    def test_an_account_weighs_more(self):
        """A bank account of nobody named weighs more than a phone number of nobody named."""
        assert score(DOXXING, "DE89 3704 0044 0532 0130 00") > score(DOXXING, "212-555-0123")


class TestVisibility:
    """The fewer people see a contact, the less it weighs."""

    @pytest.mark.parametrize(
        ("visibility", "expected"), [("public", 0.8), ("connections", 0.7), ("private", 0.4)]
    )
    def test_circle(self, visibility, expected):
        """Somebody else's number weighs by the circle that sees it."""
        assert expected == score(DOXXING, Item("item-1", HERS, visibility=visibility))

    @pytest.mark.parametrize("text", ["my number is 212-555-0123", "212-555-0123"])
    def test_private_words_are_private(self, text):
        """One's own number, or nobody's, in a message is no finding of exposure."""
        assert DOXXING not in judged(text, "messaging")

    def test_messaging_is_private(self):
        """Where the host names no visibility, messages are private."""
        assert 0.4 == score(DOXXING, HERS, "messaging")

    def test_said_visibility_counts(self):
        """A public message is public, whatever the surface."""
        assert 0.8 == score(DOXXING, Item("item-1", HERS, visibility="public"), "messaging")


class TestScam:
    """Lures and ways to pay are signs of a scam; together they weigh more."""

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("let's move to whatsapp", 0.3),
            ("let's move to t3legram", 0.45),
            ("let's move to tеlegram", 0.45),
            ("text me on whatsapp, my card is 4111 1111 1111 1111", 0.3),
            (f"pay to {BITCOIN}", 0.4),
            ("paypal.me/janedoe", 0.2),
            (f"text me on whatsapp and pay to {BITCOIN}", 0.7),
        ],
    )
    def test_score(self, text, expected):
        """A sign of a scam has its score."""
        assert expected == score(SCAM, text)

    def test_a_stranger_weighs_more(self):
        """The same lure to a stranger weighs more."""
        lure = Item("item-1", "let's move to whatsapp", relation="stranger")

        assert 0.5 == score(SCAM, lure, "messaging")

    def test_a_stranger_s_account_weighs_more(self):
        """The same way to pay weighs more where a stranger shows it."""
        link = Item("item-1", "paypal.me/janedoe", relation="stranger")

        assert 0.3 == score(SCAM, link, "messaging")

    def test_friends_may_move(self):
        """Between people who are connected, a lure in a message is none."""
        lure = Item("item-1", "let's move to whatsapp", relation="connected")

        assert {} == judged(lure, "messaging")


class TestSpam:
    """Lures, disguises and many contacts in public are signs of advertising."""

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("add me on telegram", 0.3),
            ("add me on telegram: @cool_jane", 0.5),
            ("jane (at) gmail (dot) com", 0.5),
            ("a@shop.org b@shop.org c@shop.org", 0.5),
            ("a@shop.org b@shop.org c@shop.org d@shop.org", 0.6),
            ("a@shop.org a@shop.org a@shop.org", 0),
        ],
    )
    def test_score(self, text, expected):
        """A sign of advertising has its score."""
        assert expected == score(SPAM, text)

    @pytest.mark.parametrize(
        "text",
        [
            "add me on telegram: @cool_jane",
            "jane (at) gmail (dot) com",
            "a@shop.org b@shop.org c@shop.org",
        ],
    )
    def test_messages_advertise_nothing(self, text):
        """In private a lure, a disguise or many contacts are no sign of advertising."""
        assert SPAM not in judged(text, "messaging")


class TestDisposable:
    """Addresses to throw away are known by their providers."""

    @pytest.mark.parametrize(
        ("host", "expected"),
        [("mailinator.com", 0.4), ("box.mailinator.com", 0.4), ("notmailinator.org", None)],
    )
    def test_provider_is_known(self, host, expected):
        """A provider counts with all below it, and nothing beside it."""
        found = judged(f"write to jane.doe@{host}").get(SPAM)

        assert expected == (found and found.score)


class TestEvidence:
    """Evidence says where and what, and never repeats it."""

    def test_counts_the_kinds(self):
        """Counts are by kind of contact."""
        found = judged("hers: 212-555-0123, jane@shop.org, joe@shop.org")[DOXXING]

        assert {"email": 2, "phone": 1} == dict(found.evidence.counts)

    def test_spans_cover_the_contacts(self):
        """Spans point at the contacts."""
        ((start, end),) = judged(HERS)[DOXXING].evidence.spans

        assert "212-555-0123" == HERS[start:end]

    def test_spans_are_capped(self):
        """A finding names twenty places, not more."""
        text = " ".join(f"a{n}@shop.org" for n in range(50))

        assert 20 == len(judged(text)[DOXXING].evidence.spans)


class TestSettings:
    """A host says what is no finding on its surface."""

    @pytest.mark.parametrize(
        ("text", "settings"),
        [
            (HERS, {"ignored": ["phone"]}),
            ("write to jane@shop.org", {"allowed": ["shop.org"]}),
            ("write to jane@mail.shop.org", {"allowed": ["shop.org"]}),
            ("write to jane@shop.org", {"allowed": ["Jane@shop.org"]}),
            ("call +49 30 901820", {"allowed": ["+4930901820"]}),
            ("add me on telegram", {"own_services": ["telegram"]}),
            ("her telegram: @cool_jane", {"own_services": ["telegram"]}),
        ],
    )
    def test_excepted(self, text, settings):
        """What a host excepts is no finding."""
        assert {} != judged(text)
        assert {} == judged(text, **settings)

    def test_flood_is_set(self):
        """The number that makes a flood is the host's."""
        assert 0 < score(SPAM, "a@shop.org b@shop.org", flood=2)

    @pytest.mark.parametrize(
        "settings",
        [
            {"flood": 1},
            {"flood": True},
            {"ignored": ["fax"]},
            {"own_services": ["carrier_pigeon"]},
            {"allowed": ["a b"]},
        ],
    )
    def test_wrong_setting_is_refused(self, settings):
        """A setting that cannot mean what it says is refused at start-up."""
        with pytest.raises(InvalidValueError, match=next(iter(settings))):
            handrail_contact.Settings(**settings)

    def test_wrong_list_is_refused(self):
        """What is no list of strings is refused."""
        with pytest.raises(InvalidValueError, match="strings"):
            handrail_contact.Settings(allowed=5)

    def test_refusal_names_the_entry_not_its_text(self):
        """A wrong entry is named by its number: it may be personal data."""
        with pytest.raises(InvalidValueError, match=r"allowed\[1\]") as refused:
            handrail_contact.Settings(allowed=["shop.org", "jane x1y2"])
        assert "x1y2" not in str(refused.value)

    def test_missing_extra_is_said_at_start_up(self, monkeypatch):
        """Without the extra, the start fails and names it."""
        library.cache_clear()
        monkeypatch.setitem(sys.modules, "phonenumbers", None)

        with pytest.raises(MissingExtraError, match=r"handrail\[contact\]"):
            handrail_contact.Settings()

    def test_repr_keeps_addresses(self):
        """Settings shown somewhere show no address."""
        assert "shop.org" not in repr(handrail_contact.Settings(allowed=["shop.org"]))
