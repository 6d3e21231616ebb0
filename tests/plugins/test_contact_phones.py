"""Phone numbers as people write them, and numbers that are something else."""

from __future__ import annotations

import pytest

from handrail import Actor, Item
from handrail_contact import find_contacts


def found(text, **fields):
    """The phone numbers in a text."""
    return [c for c in find_contacts(Item("item-1", text, **fields), None) if c.kind == "phone"]


class TestInternational:
    """A number with its country code needs nothing else."""

    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("+49 30 901820", "+4930901820"),
            ("+49 (0)30 901820", "+4930901820"),
            ("+49-1512-3456789", "+4915123456789"),
            ("+1 (212) 555-0123", "+12125550123"),
            ("+44 20 7946 0958", "+442079460958"),
            ("+44 7912 345678", "+447912345678"),
            ("+33 6 12 34 56 78", "+33612345678"),
            ("+34 612 345 678", "+34612345678"),
            ("+39 312 345 6789", "+393123456789"),
            ("+55 11 91234-5678", "+5511912345678"),
            ("+351 912 345 678", "+351912345678"),
            ("+91 98765 43210", "+919876543210"),
            ("+81 90-1234-5678", "+819012345678"),
            ("+82 10-1234-5678", "+821012345678"),
            ("+86 138 1234 5678", "+8613812345678"),
            ("+7 912 345-67-89", "+79123456789"),
            ("+90 532 123 45 67", "+905321234567"),
            ("+20 100 123 4567", "+201001234567"),
            ("+234 802 123 4567", "+2348021234567"),
            ("+52 55 1234 5678", "+525512345678"),
            ("+61 412 345 678", "+61412345678"),
            ("0049 30 901820", "+4930901820"),
            ("+٤٩ ٣٠ ٩٠١٨٢٠", "+4930901820"),
            ("+４９ ３０ ９０１８２０", "+4930901820"),
        ],
    )
    def test_is_found(self, text, value):
        """The number is found in its international form."""
        assert [(value, True)] == [(c.value, c.checked) for c in found(f"Reach us: {text}.")]


class TestNational:
    """A number without its country code needs a likely country, a shape, or words around it."""

    @pytest.mark.parametrize(
        ("region", "text", "value"),
        [
            ("DE", "030 901820", "+4930901820"),
            ("DE", "0151 23456789", "+4915123456789"),
            ("GB", "020 7946 0958", "+442079460958"),
            ("FR", "06 12 34 56 78", "+33612345678"),
            ("FR", "06.12.34.56.78", "+33612345678"),
            ("ES", "612 345 678", "+34612345678"),
            ("IT", "312 345 6789", "+393123456789"),
            ("BR", "(11) 91234-5678", "+5511912345678"),
            ("IN", "98765 43210", "+919876543210"),
            ("JP", "090-1234-5678", "+819012345678"),
            ("KR", "010-1234-5678", "+821012345678"),
            ("CN", "138 1234 5678", "+8613812345678"),
            ("US", "212 555 0123", "+12125550123"),
            ("US-CA", "212 555 0123", "+12125550123"),
            ("AU", "0412 345 678", "+61412345678"),
        ],
    )
    def test_author_s_country_counts(self, region, text, value):
        """The numbering plan of the author's country is asked."""
        author = Actor("a", region=region)

        assert [value] == [c.value for c in found(text, author=author)]

    def test_item_s_country_counts(self):
        """The item's country is asked too."""
        assert ["+34612345678"] == [c.value for c in found("612 345 678", region="ES")]

    def test_language_counts(self):
        """Where no country is known, those of the language are asked."""
        assert ["+4915123456789"] == [c.value for c in found("0151 23456789", language="de-DE")]

    @pytest.mark.parametrize(
        "text", ["(212) 555-0123", "212-555-0123", "212.555.0123", "212-555-0123x45"]
    )
    def test_north_american_shape_is_enough(self, text):
        """Three, three and four digits that the plan allows are a number anywhere."""
        assert ["+12125550123"] == [c.value for c in found(text)]

    @pytest.mark.parametrize(
        "text",
        [
            "call 555 0123",
            "Your Mobile No 07808726822",
            "079 2718 1155",
            "claim it: 08718727870",
            "call 08000407165 (18+)",
            "my number is 5550123",
            "Tel.: 788 063 12",
            "Handy 15123456",
            "9469 9966 (cell)",
        ],
    )
    def test_words_around_count(self, text):
        """What people call a number to call is one, unchecked."""
        assert [False] == [c.checked for c in found(text)]

    def test_bare_digits_are_none(self):
        """The same digits without such words are none."""
        assert [] == found("they sold 5550123 of them")

    @pytest.mark.parametrize(
        "text", ["they sold 15123456789 of them", "612 345 678 people live there"]
    )
    def test_a_plan_is_not_enough(self, text):
        """Digits that the plan allows are none where nobody would write a number so."""
        assert [] == found(text, author=Actor("a", region="DE"))

    def test_a_plus_may_be_left_out(self):
        """Where the words say that it is a number, the plus of its country may be missing."""
        assert ["+447912345678"] == [c.value for c in found("call 447912345678")]

    def test_what_follows_in_brackets_is_apart(self):
        """A number ends where brackets open."""
        assert ["08000407165"] == [c.value for c in found("call 08000407165 (18+)")]


class TestDisguise:
    """A number written so as not to look like one."""

    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("0 7 7 0 0 9 0 0 9 8 2", "07700900982"),
            ("0-7-7-0-0-9-0-0-9-8-2", "07700900982"),
            ("zero seven seven double oh nine zero zero nine eight two", "07700900982"),
            ("null eins fünf eins zwei drei vier fünf sechs sieben acht", "01512345678"),
            ("zéro six un deux trois quatre cinq six sept huit", "0612345678"),
            ("call five five five one two three four", "5551234"),
            ("call 0️⃣7️⃣7️⃣0️⃣0️⃣9️⃣0️⃣0️⃣1️⃣2️⃣3️⃣", "07700900123"),
            ("call 077\u200b00 900\u200b123", "07700900123"),
            ("call 𝟎𝟕𝟕𝟎𝟎 𝟗𝟎𝟎𝟏𝟐𝟑", "07700900123"),
            ("call O7700 9OO123", "07700900123"),
            ("call 2one2 five55 oh123", "+12125550123"),
        ],
    )
    def test_is_found(self, text, value):
        """A number is found through its disguise, which is told."""
        assert [(value, True)] == [(c.value, c.obfuscated) for c in found(text)]

    def test_counting_is_no_number(self):
        """Somebody who counts gives no number."""
        assert [] == found("one two three four five six seven eight nine")


class TestNearMiss:
    """Digits that are something else."""

    @pytest.mark.parametrize(
        "text",
        [
            "on 2024-01-02",
            "on 02.01.2024 12:30",
            "01/02/2024",
            "2024-01-02 12:34:56",
            "1998 - 2004",
            "call me on 02.01.2024",
            "call me 2024-01-02",
            "the office has 192.168.100.200",
            "call 1111111111",
            "a call for 1234567 dollars",
            "a call of 1234567.89 points",
            "a call on host 10012345:8080",
            "20041231",
            "1700000000",
            "1415297812",
            "$1,234,567.00",
            "1.234.567,00 €",
            "2.124.821.694 views",
            "order 12345678901",
            "order #030901820",
            "invoice no. 0309018200",
            "tracking number 0303456789",
            "192.168.100.200",
            "10.0.0.1:8080",
            "ISBN 978-3-16-148410-0",
            "ISSN 2049-3630",
            "ISBN-10: 0231130104",
            "version 10.15.7.1234",
            "v1.2.3.4.5.6.7.8",
            "21-14, 10-20, 30-40",
            "6-4 6-7 7-5",
            "3.14159265358979",
            "0000000000",
            "+1234567 of them",
            "user1234567890",
            "https://shop.org/item/171183229277",
            "id=135079930",
            "52.520008, 13.404954",
            "4111 1111 1111 1112",
            "10 000 000 people",
        ],
    )
    def test_is_no_phone_number(self, text):
        """Dates, prices, orders, addresses of machines, books, versions and scores are none."""
        assert [] == found(text)


def test_lookups_are_capped():
    """Forty numbers of an item are looked up, not more."""
    assert 40 == len(found(" , ".join(f"call +49 30 9018{n:02}" for n in range(60))))
