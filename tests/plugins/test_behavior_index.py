"""The near-copy index finds what differs in a word, and keeps within its bounds."""

from __future__ import annotations

import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail import InvalidValueError
from handrail_behavior import NearIndex
from handrail_behavior._shape import words

WORDS = [f"w{n:x}q" for n in range(2000)]


def sentence(rng: random.Random, least: int = 4, most: int = 30) -> list[str]:
    """So many words by chance."""
    return [rng.choice(WORDS) for _ in range(rng.randint(least, most))]


def edited(words: list[str], how: str, rng: random.Random) -> str:
    """The words with one changed, left out or added."""
    at = rng.randrange(len(words))
    changed = list(words)
    if how == "changed":
        changed[at] = "other"
    elif how == "left out":
        del changed[at]
    else:
        changed.insert(at, "other")
    return " ".join(changed)


class TestFinding:
    """What counts as a copy."""

    @pytest.mark.parametrize("how", ["changed", "left out", "added"])
    def test_one_word_of_any_text(self, how):
        """Whatever word of texts from 4 to 30 words is edited, nearly all are found."""
        rng = random.Random(7)
        texts = [sentence(rng) for _ in range(2000)]
        index = NearIndex(2000)
        for text in texts:
            index.add(" ".join(text))
        hits = sum(index.find(edited(text, how, rng)) is not None for text in texts)

        assert hits >= 0.97 * len(texts)

    def test_others_are_left_alone(self):
        """Of other texts made of the same words hardly one is taken for a copy."""
        rng = random.Random(7)
        index = NearIndex(2000)
        for _ in range(2000):
            index.add(" ".join(sentence(rng)))
        hits = sum(index.find(" ".join(sentence(rng))) is not None for _ in range(2000))

        assert hits <= 2

    @pytest.mark.parametrize(
        "other",
        [
            "Win 500 coins now, friends!",
            "win 1000 coins now friends",
            "now win 500 coins friends",
            "w\u200bin 500 c\u03bfins now friends 🎉",
            "@you win 500 coins now friends",
        ],
    )
    def test_what_makes_no_difference(self, other):
        """Case, signs, numbers, order, disguises and names make no difference."""
        index = NearIndex(10)
        index.add("win 500 coins now friends", 3, 9.0)
        near = index.find(other)

        assert (3, 9.0, True) == (near.value, near.at, near.exact)

    @pytest.mark.parametrize(
        ("kept", "other"), [("hi", "ho"), ("oh no", "oh yes"), ("oh no", "oh no no")]
    )
    def test_short_texts_are_as_they_are(self, kept, other):
        """Texts of one or two words have no near-copies."""
        index = NearIndex(10)
        index.add(kept)

        assert index.find(kept).exact
        assert index.find(other) is None

    def test_short_texts_are_never_met_by_chance(self):
        """Whatever place and tag a word's key has, two words are no near-copy of three."""
        found = []
        for n in range(2000):
            index = NearIndex(1)
            index.add(f"oh word{n}x")
            found.append(index.find(f"oh word{n}x word{n}x"))

        assert {None} == set(found)

    @pytest.mark.parametrize("text", ["", " \n", "@name"])
    def test_nothing_said(self, text):
        """A text without anything in it has no copies but of its own kind."""
        index = NearIndex(10)
        index.add("hello out there")

        assert index.find(text) is None

    def test_scripts_without_spaces(self):
        """One character of a Chinese text may be changed."""
        index = NearIndex(10)
        index.add("今天晚上一起去看电影吧")

        assert index.find("今天晚上一起去看电視吧") is not None


class TestBounds:
    """What it forgets, and what it takes."""

    def test_the_oldest_makes_room(self):
        """Beyond the most, the oldest text is gone and the others are there."""
        index = NearIndex(3)
        for n, text in enumerate(
            ["one two three a", "five six seven", "eight nine ten", "so it is"]
        ):
            index.add(text, n)

        assert 3 == len(index)
        assert index.find("one two three a") is None
        assert [1, 2, 3] == [
            index.find(t).value for t in ("five six seven", "eight nine ten", "so it is")
        ]

    def test_older_than_asked(self):
        """A text older than asked for is not given."""
        index = NearIndex(3)
        index.add("one two three", at=100)

        assert index.find("one two three", since=101) is None
        assert index.find("one two three", since=100) is not None

    def test_forgets_by_age(self):
        """What came before a moment can be dropped."""
        index = NearIndex(10)
        for n in range(6):
            index.add(f"text of the letter {chr(97 + n) * 3}", at=n)
        index.forget(3)

        assert 3 == len(index)

    def test_memory_is_fixed(self):
        """Its tables do not grow with what is added."""
        index, rng = NearIndex(100), random.Random(3)
        before = index.nbytes
        for _ in range(1000):
            index.add(" ".join(sentence(rng)))

        assert before == index.nbytes < 100 * 100

    def test_after_many_rounds(self):
        """After the ring went round ten times, edits of what is kept are still found."""
        index, rng = NearIndex(300), random.Random(3)
        texts = [sentence(rng) for _ in range(3000)]
        for text in texts:
            index.add(" ".join(text))
        hits = sum(index.find(edited(t, "changed", rng)) is not None for t in texts[-300:])

        assert hits >= 0.95 * 300

    @pytest.mark.parametrize("most", [0, True, 1.5, 1 << 25])
    def test_refuses_odd_sizes(self, most):
        """The number of texts is a whole number within bounds."""
        with pytest.raises(InvalidValueError, match="most"):
            NearIndex(most)

    @given(st.lists(st.text(max_size=60), max_size=20))
    def test_finds_what_it_was_given(self, texts):
        """Whatever text is added last is found, if there is anything in it."""
        index = NearIndex(50)
        for n, text in enumerate(texts):
            index.add(text, n)
            near = index.find(text)

            assert near is None or near.exact
            assert near is not None or not text.strip() or "@" in text or not text.isprintable()


@given(st.text(st.characters(codec="ascii"), max_size=40))
def test_words_of_ascii(text):
    """Words are what is left between spaces of the lower-cased text without its signs."""
    text = text.replace("@", "")
    left = "".join(c for c in text.lower() if c not in string.punctuation).split()
    signs = "".join(sorted(set(text) - {" "}))
    expected = ["0" if word.isdecimal() else word for word in left] or [signs] * bool(signs)

    assert expected == words(text)
