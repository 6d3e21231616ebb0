"""Addresses, accounts and wallets are found in the forms people write."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail import Item
from handrail_contact import find_contacts
from handrail_contact._extract import LONGEST, MOST
from handrail_contact._keccak import keccak_256

PIECES = [
    "jane", "@", "gmail", ".com", " at ", " dot ", "+49 30 901820", "her ", "\u200b", "DE89",
    "0 7 7 ", "one ", "telegram", ": ", "add me on ", "é", "а", "\n", "t.me/", "(", ")",
]  # fmt: skip


def found(text):
    """The contacts in a text: kind, service, normal form."""
    return [(c.kind, c.service, c.value) for c in find_contacts(Item("item-1", text), None)]


def values(text, kind):
    """The normal forms of one kind in a text."""
    return [value for each, _, value in found(text) if each == kind]


class TestEmail:
    """An e-mail address, plain or spelled out."""

    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("write to Jane.Doe@mail.shop.org.", "jane.doe@mail.shop.org"),
            ("<jane+x@shop.co.uk>", "jane+x@shop.co.uk"),
            ("jane (at) gmail (dot) com", "jane@gmail.com"),
            ("jane[at]shop[dot]org", "jane@shop.org"),
            ("jane{at}shop.org", "jane@shop.org"),
            ("jane.doe at gmail dot com", "jane.doe@gmail.com"),
            ("jane at gmail.com", "jane@gmail.com"),
            ("jane @ gmail . com", "jane@gmail.com"),
            ("jane dot doe at shop dot org", "jane.doe@shop.org"),
            ("jane@gmail", "jane@gmail.com"),
            ("jane99 gmail com", "jane99@gmail.com"),
            ("j a n e @ s h o p . o r g", "jane@shop.org"),
            ("jane ät gmx punkt de", "jane@gmx.de"),
            ("jane arroba gmail punto com", "jane@gmail.com"),
            ("ｊａｎｅ＠ｇｍａｉｌ．ｃｏｍ", "jane@gmail.com"),
            ("jаne@gmаil.com", "jane@gmail.com"),
            ("ｊａｎｅ＠shop。org", "jane@shop.org"),
            ("ja\u200bne@gm\u200bail.com", "jane@gmail.com"),
        ],
    )
    def test_is_found(self, text, value):
        """An address is found in its normal form."""
        assert [value] == values(text, "email")

    @pytest.mark.parametrize(
        "text",
        [
            "look at google.com",
            "look at gmail.com",
            "find us at shop dot org",
            "we met at the dot com party",
            "then at some point it broke",
            "relevant at that point in time",
            "the shop at example.com",
            "meet @ noon",
            "results at www (dot) shop (dot) com",
            "@jane @joe",
            "a@b",
            "root@localhost",
            "hostname@localhost.localdomain",
            "show msg@kiosk.Valid until May",
            "polka dot dress at home",
            "jane at work dot nonsense",
            "a bakery at example.com, gmail works too",
            "gmail or msg@kiosk.Info desk",
            "open gmail com",
            "a..b@shop.org",
        ],
    )
    def test_ordinary_text_has_none(self, text):
        """Places, mentions and machines are no address."""
        assert [] == values(text, "email")

    @pytest.mark.parametrize(
        ("text", "expected"), [("jane@gmail.com", False), ("jane (at) gmail.com", True)]
    )
    def test_disguise_is_told(self, text, expected):
        """An address written so as not to look like one says so."""
        (contact,) = find_contacts(Item("item-1", text), None)

        assert expected is contact.obfuscated

    def test_span_is_of_the_raw_text(self):
        """A span covers what stands in the raw text, invisible characters and all."""
        text = "\u200bhi ja\u200bne@gmail.com!"
        (contact,) = find_contacts(Item("item-1", text), None)

        assert "ja\u200bne@gmail.com" == text[slice(*contact.span)]


class TestAccount:
    """A bank account whose length and checksum hold."""

    @pytest.mark.parametrize(
        "value",
        [
            "DE89370400440532013000",
            "GB82WEST12345698765432",
            "FR1420041010050500013M02606",
            "ES9121000418450200051332",
            "IT60X0542811101000000123456",
            "NL91ABNA0417164300",
            "CH9300762011623852957",
            "AT611904300234573201",
            "PT50000201231234567890154",
            "BR1800360305000010009795493C1",
            "TR330006100519786457841326",
            "PL61109010140000071219812874",
            "SA0380000000608010167519",
            "NO9386011117947",
        ],
    )
    def test_is_found(self, value):
        """An account is found, in one piece and in groups."""
        grouped = " ".join(value[n : n + 4] for n in range(0, len(value), 4))

        assert [value] == values(f"pay {value} now", "iban")
        assert [value] == values(f"pay {grouped}.", "iban")
        assert [value] == values(value.lower(), "iban")

    @pytest.mark.parametrize(
        "text",
        [
            "DE88370400440532013000",
            "DE2437040044053201301",
            "DE89370400440532013000X",
            "XX89370400440532013000",
            "GB82 WEST",
        ],
    )
    def test_wrong_is_none(self, text):
        """A wrong checksum, length or country makes no account."""
        assert [] == values(text, "iban")


class TestCard:
    """A card number whose prefix and check digit hold."""

    @pytest.mark.parametrize(
        "text",
        ["4111 1111 1111 1111", "5555555555554444", "3782-822463-10005", "6011111111111117"],
    )
    def test_is_found(self, text):
        """A card is found in the groups it is printed in."""
        assert 1 == len(values(f"my card {text} ok", "card"))

    @pytest.mark.parametrize(
        "text", ["4111 1111 1111 1112", "1234567890123456", "0000000000000000", "978-3-16-148410-0"]
    )
    def test_wrong_is_none(self, text):
        """A wrong check digit or prefix makes no card."""
        assert [] == values(text, "card")


class TestCrypto:
    """A crypto address whose checksum holds."""

    @pytest.mark.parametrize(
        ("service", "value"),
        [
            ("bitcoin", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
            ("bitcoin", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy"),
            ("bitcoin", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"),
            ("bitcoin", "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"),
            ("ethereum", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"),
            ("ethereum", "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"),
            ("tron", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"),
        ],
    )
    def test_is_found(self, service, value):
        """An address is found with its chain."""
        assert [("crypto", service, value)] == found(f"send to {value} today")

    @pytest.mark.parametrize(
        "text",
        [
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb",
            "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1Beaed",
            "0x0000000000000000000000000000000000000000",
            "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        ],
    )
    def test_wrong_is_none(self, text):
        """A wrong checksum makes no address, and a digest of a file is none."""
        assert [] == values(text, "crypto")

    def test_unchecked_is_told(self):
        """An Ethereum address in one case has no checksum to hold."""
        (contact,) = find_contacts(
            Item("item-1", "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"), None
        )

        assert not contact.checked

    def test_keccak_is_keccak(self):
        """The digest of nothing is the known one."""
        known = "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"

        assert known == keccak_256(b"").hex()


class TestPayLink:
    """A link or a name to pay to."""

    @pytest.mark.parametrize(
        ("text", "service", "value"),
        [
            ("https://paypal.me/janedoe", "paypal", "janedoe"),
            ("cash.app/$janedoe", "cash_app", "$janedoe"),
            ("cashapp me $janedoe", "cash_app", "$janedoe"),
            ("venmo: @jane-doe", "venmo", "@jane-doe"),
            ("revolut.me/janed", "revolut", "janed"),
            ("jane@okicici", "upi", "jane"),
        ],
    )
    def test_is_found(self, text, service, value):
        """A way to pay is found with its service."""
        assert [("pay_link", service, value)] == found(text)

    @pytest.mark.parametrize("text", ["I paid $20 with paypal", "venmo is down", "jane@oak.tree"])
    def test_talk_of_paying_is_none(self, text):
        """Talk about paying is no way to pay."""
        assert [] == values(text, "pay_link")


class TestBounds:
    """However odd or long a text is, the work is bounded."""

    def test_contacts_are_capped(self):
        """Of many contacts the first are kept."""
        assert MOST == len(found(" ".join(f"a{n}@shop.org" for n in range(300))))

    def test_long_texts_are_read_in_part(self):
        """What stands behind the limit is not read."""
        assert [] == found("a " * (LONGEST // 2) + "jane@shop.org")

    def test_nothing_in_nothing(self):
        """An empty text has no contacts."""
        assert [] == found("")

    @given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
    def test_spans_stay_inside(self, text):
        """Every span is a range of the text that is not empty."""
        spans = [c.span for c in find_contacts(Item("item-1", text), None)]

        assert all(0 <= start < end <= len(text) for start, end in spans)

    def test_repr_shows_no_contact(self):
        """A contact shown somewhere shows no address."""
        assert "jane" not in repr(find_contacts(Item("item-1", "jane@shop.org"), None))
