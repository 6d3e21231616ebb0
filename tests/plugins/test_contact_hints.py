"""What is counted before contacts are searched for leaves out nothing that a search asks for."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handrail import Item
from handrail_contact._asks import ASKED_SIGNS, asks
from handrail_contact._crypto import FIGURES_LEAST, SHORTEST, crypto
from handrail_contact._digits import DIGIT_WORDS, DIGITS, LEAST, WORDS_LEAST
from handrail_contact._email import (
    _PLAIN,
    BIG_HOSTS,
    BRACKETED_SIGNS,
    SPELLED_SIGNS,
    _spaced_out,
    emails,
)
from handrail_contact._handle import LINKED, profiles
from handrail_contact._hints import Known, hints
from handrail_contact._payment import _UPI, PAY_WORDS, payments
from handrail_contact._phone import phones
from handrail_contact._plain import View
from handrail_contact._services import NEEDLES, TOKENS, mentioned

PIECES = (
    *NEEDLES, *TOKENS, *PAY_WORDS, *BIG_HOSTS, *SPELLED_SIGNS, *BRACKETED_SIGNS, *LINKED,
    *ASKED_SIGNS, "give me your", "0 one 000",
    *DIGIT_WORDS, "@", "0", "j @ x . d e", "b@ybl", "212-555-0123", "+49 30 901820", "jane",
    "doe.x", "me", "add", "on", "at", "my",
    "ａ", "а", "\u200b", "\u00a0", "\n", " ", "  ", "(", ")", ".", ",", "$", "🙂", "İ",
    "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "x" * 45, "4111 1111 1111 1111", "n i n e", "t.me/jane_1",
)  # fmt: skip
texts = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=14).map("".join)


def everything(text):
    """Whether any search finds something, without a look at what there is to find."""
    view, item = View(text), Item("item-1", text)
    searches = (
        payments(view), crypto(view), emails(view), profiles(view), phones(view, item, said(view)),
        asks(view),
    )  # fmt: skip
    return any(any(True for _ in search) for search in searches)


def said(view: View) -> int:
    """How many words of a text are digits."""
    return sum(token.strip(DIGITS) in DIGIT_WORDS for token in view.tokens)


@given(texts)
@settings(max_examples=400)
def test_no_search_finds_where_nothing_is_counted(text):
    """A text without hints has no contact in it."""
    if hints(text) is None:
        assert not everything(text)
        assert not mentioned(View(text))


@given(texts)
@settings(max_examples=200)
def test_words_for_digits_are_counted_as_in_the_whole(text):
    """Word by word there are as many words for digits as in the whole text."""
    has = hints(text)
    assert has is None or has.numerals == said(View(text))


@given(texts)
@settings(max_examples=400)
def test_each_count_is_of_what_its_search_asks_for(text):
    """Where a search's own question is answered yes, its count is above zero."""
    view = View(text)
    has = hints(text)
    asked = {
        "long": view.longest >= SHORTEST and view.digits >= FIGURES_LEAST,
        "signs": _PLAIN.search(view.text) or _UPI.search(view.text) or [*_spaced_out(view)],
        "spelled": view.has((*BIG_HOSTS, *SPELLED_SIGNS, *BRACKETED_SIGNS)),
        "paid": view.has(PAY_WORDS),
        "linked": view.has(LINKED),
        "named": mentioned(view),
        "asked": [*asks(view)],
        "figures": view.digits >= LEAST,
    }
    for name, yes in asked.items():
        assert not yes or (has is not None and getattr(has, name) > 0), name


@pytest.mark.parametrize(
    "needle", [*NEEDLES, *SPELLED_SIGNS, *PAY_WORDS, *LINKED, *TOKENS, *ASKED_SIGNS]
)
def test_a_needle_alone_is_counted(needle):
    """Each needle is counted also where nothing stands around it."""
    assert hints(f"x {needle} x") is not None


@pytest.mark.parametrize("words", [WORDS_LEAST - 1, WORDS_LEAST])
def test_words_for_digits_count_from_three_on(words):
    """Two words for digits are no number, three may be one."""
    assert (hints("five " * words) is not None) == (words >= WORDS_LEAST)


@given(st.lists(texts, max_size=4))
@settings(max_examples=200)
def test_what_is_kept_of_words_changes_nothing(said):
    """A text has the same whether its words are new, were met with others, or were met alone."""
    kept = Known()
    for text in said:
        kept.hints(text)

    assert [Known().hints(text) for text in said] == [kept.hints(text) for text in said]


@pytest.mark.parametrize("word", ["²", "＠", "①23", "1234567890123", "x" * 13 + "１"])
def test_odd_figures_and_signs_are_counted_among_new_words(word):
    """Neither is overlooked where it stands among words that have nothing."""
    alone, view = Known()[word], View(word)

    has = Known().hints(f"hello {word} you 9999999 @")
    assert alone > 0
    assert has is not None
    assert has.figures == view.digits + 7
    assert has.signs == ("@" in view.text) + 1


def test_kept_words_are_bounded(monkeypatch):
    """Words that are too many are thrown away, and have the same when they come again."""
    monkeypatch.setattr("handrail_contact._hints._KEPT", 3)
    kept = Known()
    before = kept.hints("gmail dot com five six seven 12")

    assert before == kept.hints("gmail dot com five six seven 12")
    assert len(kept) <= 8


@pytest.mark.parametrize("word", ["@jane", '"@jane', "\u200b@jane,", "@"])
def test_a_mention_is_no_hint(word):
    """An @ that a name follows is of no address; by itself it may be one of spaced letters."""
    has = hints(f"thank you {word}")
    assert has is None if "jane" in word else has.signs == 1


@pytest.mark.parametrize("word", ["a@b.example", "@a@b.example", "j@"])
def test_an_address_is_a_hint(word):
    """An @ behind a letter may be of an address."""
    assert hints(f"thank you {word}").signs == 1
