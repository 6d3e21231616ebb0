"""Cut piece by piece, a text has the tokens that it has as a whole."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handrail import fold
from handrail_classifier._cut import SHORT, Cutter
from handrail_classifier._tokens import HOW, tokens

CUTTER = Cutter()
PIECES = (
    *" .*_-'’!?@$,;(", *"iab1", "i d i o t", "i.d.i.o.t", " I ", "a", "don't", "http://a.b/c?d",
    "www.x", "&#46;", "£100", "🙂", "é", "ｉ", "\u200b", "\u00a0", "  ", "\n", "\u2028", '"', "İ",
    "你好", "ß", "ﷺ", "you", "id*ot", "x" * 45,
    "You,", "tree. ", "hi.,", "com", "MAY.",
)  # fmt: skip
texts = st.lists(st.sampled_from(PIECES) | st.text(max_size=2), max_size=16).map("".join)


def whole(text):
    """The tokens of a text that is folded and cut as a whole, as training does."""
    return tokens(fold(text, HOW).plain)


@given(texts)
@settings(max_examples=1_000)
def test_as_a_whole(text):
    """The tokens are those of the whole text."""
    assert whole(text) == CUTTER.tokens(text)


@pytest.mark.parametrize(
    "text",
    ["i d i o t", "an i d i o t", "(i d i", "i.d.i.o.t", "a, i d-i", "I\u200b d i", "i d\ni"],
)  # fmt: skip
def test_letters_that_stand_apart(text):
    """Letters are put together across pieces exactly where they are in the whole text."""
    assert whole(text) == CUTTER.tokens(text)


def test_letters_across_pieces_are_one_token():
    """What the whole text says is one word is one here too."""
    assert ["an", "idiot"] == CUTTER.tokens("an i d i o t")


def test_beyond_what_is_cut_by_pieces():
    """A long text is read up to where the whole would be."""
    text = "a ﷺ " * SHORT * 5
    assert whole(text) == CUTTER.tokens(text)


def test_pieces_are_kept_and_thrown_away(monkeypatch):
    """A cutter that keeps almost nothing cuts alike."""
    monkeypatch.setattr("handrail_classifier._cut._KEPT", 2)
    cutter = Cutter()
    assert ["a", "b", "c", "a"] == cutter.tokens("a, b. c, a")
    assert len(cutter) <= 2
