"""The text module reads many languages, and knows which term is a word of which of them."""

from __future__ import annotations

import json
import sys
from base64 import b64decode
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import handrail_text
from handrail import InvalidValueError, Item, Text
from handrail_text._find import findings
from handrail_text._inside import Inside
from handrail_text._rows import shipped
from handrail_text._settings import ISSUES, Settings

INSULT = "harassment.bullying"
REMARKS = Path(__file__).parents[1] / "bench/scenes/remarks.jsonl"
LANGUAGES = sorted({"ar", "es", "hi", "id", "it", "ja", "ko", "nl", "pl", "pt", "ru", "tr", "zh"})


@pytest.fixture(name="found")
def _found(look):
    """Whether a made-up term of a language is found in a text said to be of another."""

    def found(term, of, text, said):
        terms = {term: {"issue": INSULT, "language": of}}
        item = Item("item-1", text, language=said)
        return bool(look(handrail_text, item, builtin=False, terms=terms))

    return found


class TestLanguage:
    """The language of a text says which words count."""

    @pytest.mark.parametrize(
        ("term", "of", "said", "counts"),
        [
            pytest.param("flibber", "nl", "nl-BE", True, id="its own"),
            pytest.param("flibber", "nl", None, True, id="nobody says"),
            pytest.param("flibber", "nl", "sv", False, id="another"),
            pytest.param("flibber wump", "nl", "sv", True, id="a phrase in another"),
            pytest.param("flibber", "nl!", "nl", True, id="certain and its own"),
            pytest.param("flibber", "nl!", None, False, id="certain and nobody says"),
            pytest.param("flibber wump", "nl!", "sv", False, id="a certain phrase in another"),
            pytest.param("돌쇠", "ko", "en", True, id="letters that the language does not write"),
            pytest.param("балда", "ru", "en", True, id="Cyrillic in English"),
            pytest.param("балда", "ru", "bg", False, id="Cyrillic in Bulgarian"),
            pytest.param("蠢木", "zh", "ja", False, id="Han in Japanese"),
            pytest.param("ぽんこつ", "ja", "zh", True, id="Kana in Chinese"),
            pytest.param("蠢木", "zh", "yue", True, id="Cantonese"),
            pytest.param("بلبل", "ar", "arz", True, id="Egyptian Arabic"),
        ],
    )
    def test_language_says_which_terms_count(self, found, term, of, said, counts):
        """A word counts in its own language, or where it can be no word of the text's."""
        assert counts == found(term, of, f"{term}!", said)

    @pytest.mark.parametrize("language", ["!", "*!"])
    def test_certain_needs_a_language(self, language):
        """An exclamation mark without a language is refused."""
        with pytest.raises(InvalidValueError, match="expected a language before '!'"):
            Settings(terms={"flibber": {"issue": INSULT, "language": language}})

    def test_certain_terms_belong_to_their_language(self):
        """A list's languages have no exclamation mark, and choosing one takes all its terms."""
        ours = shipped(ISSUES)
        kept = {ours.term(n).certain for n, *_ in ours.phrases({"tr"})}

        assert LANGUAGES == sorted(set(LANGUAGES) & ours.languages)
        assert {True, False} == kept

    def test_settings_take_their_terms_again(self):
        """Terms read from settings make the same settings."""
        terms = Settings(terms={"flibber": {"issue": INSULT, "language": "nl!"}}).terms

        assert terms == Settings(terms=terms).terms


class TestInside:
    """Phrases of scripts without spaces are found without the extra too."""

    @given(
        phrases=st.sets(st.text("春夏秋冬 a", min_size=1, max_size=4), max_size=8),
        text=st.text("春夏秋冬 a", max_size=30),
    )
    def test_finds_the_same_without_the_extra(self, phrases, text):
        """Looking letter by letter finds what the automaton finds."""
        with_extra, without = Inside(), Inside()
        for n, phrase in enumerate(sorted(phrases)):
            with_extra.add(phrase, n)
            without.add(phrase, n)
        with_extra.seal()
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(sys.modules, "ahocorasick_rs", None)
            without.seal()

        assert sorted(with_extra.find(text)) == sorted(without.find(text))


@pytest.fixture(name="shares", scope="module")
def _shares():
    """The share of the remarks in which something is found, by language and kind."""
    settings, hits = Settings(), {}
    for line in REMARKS.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        text = row.get("text") or b64decode(row["coded"]).decode("utf-8")
        found = findings(settings.matcher.hits(Text(text), row["language"]), text, settings.aimed)
        hits.setdefault((row["language"], "coded" in row), []).append(
            any(finding.score >= 0.5 for finding in found)
        )
    return {kind: sum(found) / len(found) for kind, found in hits.items()}


class TestShipped:
    """The shipped list finds made-up remarks, and leaves those alone that only look bad."""

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_finds_most_bad_remarks(self, shares, language):
        """Of bad remarks at least seven in ten are found."""
        assert shares[language, True] >= 0.7

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_spares_most_fine_remarks(self, shares, language):
        """Of remarks with words that only look bad at most three in ten are found."""
        assert shares[language, False] <= 0.3
