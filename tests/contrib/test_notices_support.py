"""Who helps, by country."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import handrail_notices
from handrail import ConfigError
from handrail_notices import Catalogue, support_cards
from handrail_notices._support import shipped

DATA = Path(handrail_notices.__file__).parent / "data" / "support.csv"
HEAD = "countries,kind,name,phone,text,url,languages,source,checked\n"
KINDS = ["crisis", "child", "intimate_image", "domestic_violence", "fraud"]


@pytest.fixture(name="own")
def _own(tmp_path):
    """A catalogue with help lines of its own."""

    def own(text):
        (tmp_path / "support.csv").write_text(text)
        return Catalogue(directory=tmp_path)

    return own


class TestShipped:
    """The list that comes along."""

    @pytest.mark.parametrize(
        ("kind", "region", "phone"),
        [
            ("crisis", "US", "988"),
            ("crisis", "GB", "116 123"),
            ("crisis", "DE", "0800 111 0 111"),
            ("crisis", "FR", "3114"),
            ("child", "HR", "116 111"),
            ("crisis", "IN", "14416"),
        ],
    )
    def test_names_the_line_of_a_country(self, kind, region, phone):
        """The first card is the country's own."""
        assert phone == support_cards([kind], region)[0].phone

    def test_part_of_a_country_is_the_country(self):
        """A region such as US-CA has the lines of its country."""
        assert support_cards(["crisis"], "US") == support_cards(["crisis"], "US-CA")

    @pytest.mark.parametrize("kind", ["crisis", "child", "intimate_image"])
    def test_somebody_helps_everywhere(self, kind):
        """Without a line of the country one stands in that helps everywhere."""
        assert kind == support_cards([kind], "AQ")[0].kind

    @pytest.mark.parametrize("region", [None, "AQ", "DE"])
    def test_ends_with_an_emergency_number(self, region):
        """Whatever is asked, the last card is for an emergency."""
        assert "emergency" == support_cards(["crisis"], region)[-1].kind

    def test_emergency_number_is_generic_where_none_is_known(self):
        """Nobody is given another country's number."""
        card = support_cards(["crisis"], None, "de")[-1]

        assert ("Örtliche Notrufnummer", None) == (card.name, card.phone)

    def test_speakers_of_the_language_come_first(self):
        """In Belgium a French speaker reads the French line first."""
        names = [card.languages for card in support_cards(["crisis"], "BE", "fr-BE")[:2]]

        assert [("fr",), ("nl",)] == names

    def test_kinds_in_the_order_asked(self):
        """Cards come in the order of the kinds, each kind once."""
        kinds = [card.kind for card in support_cards(["fraud", "crisis", "fraud"], "ES")]

        assert ["fraud", "crisis", "emergency"] == kinds

    def test_unknown_kind_helps_nobody(self):
        """A kind that no list has leaves the emergency number."""
        assert ["emergency"] == [card.kind for card in support_cards(["canary"], "DE")]

    def test_claims_no_check_nobody_made(self):
        """A line that nobody verified says so."""
        assert {None} == {card.checked for _, card in shipped().rows}

    def test_says_that_it_must_be_verified(self):
        """Whoever opens the file reads it first."""
        assert "verify each line" in DATA.read_text().partition(HEAD)[0]

    @pytest.mark.parametrize("kind", KINDS)
    def test_each_line_can_be_reached(self, kind):
        """Every card has a number, a text line or a page, a name and a source."""
        cards = [card for _, card in shipped().rows if card.kind == kind]

        assert all((c.phone or c.text or c.url) and c.name and c.source for c in cards)

    def test_has_no_other_kinds(self):
        """The kinds are those that the documentation names."""
        assert {*KINDS, "emergency"} == {card.kind for _, card in shipped().rows}


class TestOwn:
    """A host's own list."""

    def test_replaces_the_kind_of_a_country(self, own):
        """What a host lists for a country and kind is all there is of it."""
        catalogue = own(HEAD + "GB,crisis,Ours,1234,,,en,https://x.example,2026-11-01\n")

        cards = catalogue.support_cards(["crisis"], "GB")

        assert [("Ours", date(2026, 11, 1)), ("Local emergency number", None)] == [
            (card.name, card.checked) for card in cards
        ]

    def test_leaves_the_rest(self, own):
        """Ireland keeps the line that it shared with Great Britain."""
        catalogue = own(HEAD + "GB,crisis,Ours,1234,,,en,https://x.example,\n")

        assert "Samaritans" == catalogue.support_cards(["crisis"], "IE")[0].name

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("", "support.csv:1:1: expected the columns countries,kind,name"),
            ("a,b\n", "support.csv:1:1: expected the columns countries,kind,name"),
            (HEAD + "GB,crisis,Ours\n", "support.csv:2:1: expected 9 columns, and a kind"),
            (HEAD + "GB,,Ours,1,,,,,\n", "support.csv:2:1: expected 9 columns, and a kind"),
            (HEAD + "# x\nGB,crisis,Ours,1,,,,,soon\n", "support.csv:3:1: checked: expected a day"),
            (HEAD + "GB,crisis,A\u202eB,1,,,,,\n", "support.csv:2:1: a control character"),
            ("#" * 1_000_001, "support.csv: more than 1000000 bytes"),
        ],
    )
    def test_refuses_with_the_place(self, own, text, said):
        """A list that cannot be read is refused with its line."""
        with pytest.raises(ConfigError) as caught:
            own(text)

        assert said in str(caught.value)
