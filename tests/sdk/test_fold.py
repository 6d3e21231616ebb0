"""Folding gives many spellings one, and knows the way back to each character."""

from __future__ import annotations

import string
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail import Fold, InvalidValueError, Text, fold


class TestPlain:
    """What the default folding makes of a text."""

    @pytest.mark.parametrize(
        ("text", "plain"),
        [
            pytest.param("Hello, World!", "hello world", id="case and signs"),
            pytest.param("  a\t\n--b  ", "a b", id="one space between words"),
            pytest.param("ｗｉｄｅ １２", "wide 12", id="width"),
            pytest.param("𝕗𝕒𝕟𝕔𝕪 ⓒⓘⓡⓒⓛⓔ", "fancy circle", id="mathematical and circled"),
            pytest.param("Crème Brûlée", "creme brulee", id="accents"),
            pytest.param("ł ø ħ", "l o h", id="strokes"),
            pytest.param("z\u0300\u0301\u0302a\u0336", "za", id="stacked marks"),
            pytest.param("in\u200bvis\u00adible\ufe0f", "invisible", id="invisible characters"),
            pytest.param("аррӏе", "apple", id="Cyrillic look-alikes"),
            pytest.param("🅱🅾🆇 🇦🇧", "box ab", id="letters in boxes and flags"),
            pytest.param("5️⃣", "5", id="keycap"),
            pytest.param("you🐍s", "you snake s", id="emoji for a word"),
            pytest.param("smile 🙂 now", "smile now", id="any other emoji"),
            pytest.param("1337 $ales", "1337 ales", id="digits stay, signs go"),
            pytest.param("straße", "strasse", id="one letter for two"),
            pytest.param("한국 が", "한국 が", id="other scripts stay composed"),
            pytest.param("हिन्दी", "हिन्दी", id="vowel signs stay"),
            pytest.param("\ud800a\x00b", "a b", id="lone surrogate and NUL"),
            pytest.param("", "", id="nothing"),
        ],
    )
    def test_text_folds(self, text, plain):
        """A text folds to what a reader makes of it."""
        assert plain == fold(text).plain

    @given(st.text())
    def test_folded_text_has_one_space_between_words(self, text):
        """There is no space at the ends, nor two together, nor any other."""
        plain = fold(text).plain

        assert plain == " ".join(plain.split())

    @given(st.text())
    def test_folding_twice_changes_nothing(self, text):
        """A folded text is its own folded text."""
        plain = fold(text).plain

        assert plain == fold(plain).plain

    @given(st.text(alphabet=string.printable))
    def test_ascii_folds_to_letters_and_digits(self, text):
        """Of ASCII, letters in lower case, digits and spaces stay."""
        assert set(fold(text).plain) <= set(string.ascii_lowercase + string.digits + " ")


class TestSwitches:
    """What a fold sees through is chosen."""

    @pytest.mark.parametrize(
        ("how", "text", "plain"),
        [
            (Fold(leet=True), "5h1p $ale", "ship sale"),
            (Fold(look_alikes=False), "crème аррӏе", "crème аррӏе"),
            (Fold(emoji=False), "you🐍", "you"),
            (Fold(apart=True), "a,, b!", "a   b "),
            (Fold(keep="*"), "f*b", "f*b"),
        ],
    )
    def test_switch_changes_the_answer(self, how, text, plain):
        """Each switch does what it says."""
        assert plain == fold(text, how).plain

    @pytest.mark.parametrize("wrong", [{"leet": 1}, {"keep": " "}, {"keep": None}])
    def test_wrong_switch_is_refused(self, wrong):
        """A switch is true or false, and no space is kept."""
        with pytest.raises(InvalidValueError):
            Fold(**wrong)


class TestWayBack:
    """Each folded character knows where it came from."""

    def test_span_is_what_stands_in_the_text(self):
        """A word of the folded text covers its raw characters, signs around it left out."""
        text = "so,  «fl\u200bіbbеr» 🐍"
        folded = fold(text)
        start = folded.plain.index("flibber")

        assert "fl\u200bіbbеr" == text[slice(*folded.span(start, start + 7))]

    def test_word_for_an_emoji_comes_from_it(self):
        """All letters read from one emoji come from its one character."""
        folded = fold("ab 🐍🐍 c")

        assert [3] * 5 == [folded.origin(place) for place in range(3, 8)]

    @given(st.text(alphabet="aB ,\u200béﬁ🐍ß\u0301"), st.booleans())
    def test_each_character_folds_to_what_it_became(self, text, apart):
        """What stands at an origin folds to a text with the folded character in it."""
        how = Fold(apart=apart)
        folded = fold(text, how)
        for place, letter in enumerate(folded.plain):
            raw = text[folded.origin(place)]

            assert letter in fold(raw, Fold(apart=True)).plain

    @given(st.text())
    def test_origins_never_run_backwards(self, text):
        """The order of characters stays, and every origin is in the text."""
        folded = fold(text)
        origins = [folded.origin(place) for place in range(len(folded.plain))]

        assert origins == sorted(origins)
        assert all(0 <= place < len(text) for place in origins)


class TestShared:
    """A call folds a text once for all its modules."""

    def test_same_way_is_folded_once(self):
        """Who asks again for the same way gets the same object."""
        text = Text("Some text")

        assert text.fold(Fold(leet=True)) is text.fold(Fold(leet=True))

    def test_plain_is_the_default_way(self):
        """``plain`` is what ``fold`` gives without a word."""
        text = Text("Sömе text")

        assert "some text" == text.plain == text.fold().plain

    def test_repr_shows_no_text(self):
        """A folded text shows its length, nothing it says."""
        assert "Folded(6 characters)" == repr(fold("secret"))

    def test_nothing_is_loaded_until_asked_for(self):
        """Importing the context loads no folding."""
        code = "import sys; from handrail import Context; print('handrail._fold' in sys.modules)"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)

        assert b"False" == done.stdout.strip()
