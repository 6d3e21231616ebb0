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
            pytest.param("flibber wumpel", "nl", "sv", True, id="a long phrase in another"),
            pytest.param("flib wump", "nl", "sv", False, id="a short phrase in another"),
            pytest.param("flib wump", "en", "sv", True, id="a short English phrase in another"),
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

    @pytest.mark.parametrize(
        ("term", "of", "text", "counts"),
        [
            pytest.param("fl ib", "nl", "flib", False, id="two short words are a word"),
            pytest.param("flibber wu", "nl", "flibberwu", True, id="longer ones are no word"),
            pytest.param("fl ib", "en", "flib", True, id="English is often run together"),
            pytest.param("돌쇠 바보", "ko", "돌쇠바보", True, id="Korean syllables are letters"),
        ],
    )
    def test_short_phrases_are_not_words(self, found, term, of, text, counts):
        """The words of a phrase are found written together where that makes no other word."""
        assert counts == found(term, of, text, of)

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


class TestForms:
    """A term is found with the endings of its language, and not where it is part of a word."""

    @pytest.mark.parametrize(
        ("term", "of", "text", "counts"),
        [
            pytest.param("돌쇠", "ko", "돌쇠들아 그만해", True, id="Korean particles"),
            pytest.param("돌쇠", "ko", "이 돌쇠ㅋㅋㅋㅋ", True, id="Korean laughs"),
            pytest.param("돌쇠", "ko", "돌쇠뭉치를 샀어요", False, id="another Korean word"),
            pytest.param("쇠", "ko", "쇠는 무겁다", False, id="one Korean syllable"),
            pytest.param("혼나라", "ko", "혼나라는 말", False, id="Korean verb"),
            pytest.param("돌쇠 바보", "ko", "돌쇠 바보들아", True, id="Korean phrase"),
            pytest.param("zurna", "tr", "zurnalar defolsun", True, id="Turkish plural"),
            pytest.param("zurna", "tr", "sen zurnasın", True, id="Turkish copula"),
            pytest.param("zurna", "tr", "bizim zurnacı geldi", False, id="another Turkish word"),
            pytest.param("zurna", "tr", "zurnapalas", False, id="begins like the Turkish word"),
            pytest.param("بلبل", "ar", "يا لهذا البلبل", True, id="Arabic article"),
            pytest.param("بلبل", "ar", "وبلبل آخر", True, id="Arabic and"),
            pytest.param("بلبل", "ar", "حدثت بلبلة كبيرة", False, id="another Arabic word"),
            pytest.param("بلبل", "ar", "بلـــبل", True, id="Arabic drawn out"),
            pytest.param("балбес", "ru", "одни балбесы", True, id="Russian plural"),
            pytest.param("балбес", "ru", "балбесничать", False, id="another Russian word"),
            pytest.param("gembul", "id", "dasar gembulnya itu", True, id="Indonesian suffix"),
            pytest.param("gembul", "id", "gembulan", False, id="another Indonesian word"),
            pytest.param("flibber", "en", "flibberler", False, id="no endings in English"),
        ],
    )
    def test_forms_are_found(self, found, term, of, text, counts):
        """A word with an ending is the word; a longer word is another."""
        assert counts == found(term, of, text, of)

    def test_span_is_the_listed_word(self, look):
        """The span leaves out the ending."""
        item = Item("item-1", "이 돌쇠들아", language="ko")
        terms = {"돌쇠": {"issue": INSULT, "language": "ko"}}
        finding = look(handrail_text, item, builtin=False, terms=terms)[INSULT]

        assert ((2, 4),) == finding.evidence.spans
        assert "disguised" not in finding.reason

    def test_allowed_phrase_covers_a_form(self, look):
        """What is allowed is allowed with an ending too."""
        terms = {"돌쇠": {"issue": INSULT, "language": "ko", "allowed": ["돌쇠 인형"]}}
        item = Item("item-1", "돌쇠 인형을 샀다", language="ko")

        assert {} == look(handrail_text, item, builtin=False, terms=terms)


class TestPerson:
    """Whom an insult is for is read in the insult's language."""

    @pytest.mark.parametrize(
        ("of", "text", "score"),
        [
            pytest.param("tr", "sen bir flibber gibisin", 0.7, id="Turkish you"),
            pytest.param("it", "sei un flibber", 0.7, id="Italian you"),
            pytest.param("pl", "jesteś flibber", 0.7, id="Polish you"),
            pytest.param("ja", "お前 flibber だな", 0.7, id="Japanese you"),
            pytest.param("zh", "你 flibber", 0.7, id="Chinese you"),
            pytest.param("ko", "너는 flibber", 0.7, id="Korean you"),
            pytest.param("ko", "언니는 flibber 좋아", 0.5, id="the end of a Korean word"),
            pytest.param("de", "sen flibber", 0.5, id="Turkish you in German"),
            pytest.param("it", "sono proprio un flibber", None, id="Italian me"),
            pytest.param("ru", "я такой flibber", None, id="Russian me"),
            pytest.param("nl", "ik ben zo een flibber", None, id="Dutch me"),
            pytest.param("ja", "俺は flibber", None, id="Japanese me"),
        ],
    )
    def test_person_raises_or_drops(self, look, of, text, score):
        """A second person near it raises an insult; said of oneself it is none."""
        terms = {"flibber": {"issue": INSULT, "score": 0.5, "language": of}}
        found = look(handrail_text, Item("item-1", text, language=of), builtin=False, terms=terms)

        assert score == (found[INSULT].score if found else None)


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
