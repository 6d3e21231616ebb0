"""What the classifier keeps, and what it works out at once, comes to what is worked out slowly."""

from __future__ import annotations

import string
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from handrail_classifier import _kept
from handrail_classifier._features import END, ROWS, START, pair, pairs, token
from handrail_classifier._kept import Words, added, row_by_row
from handrail_classifier._lanes import Lanes
from handrail_classifier._spelling import number, word
from handrail_classifier._weights import shipped

WORDS = ("women", "muslims", "you", "000123", "idiot", "1d10t", "<", "!!", "straße", "x" * 45, "a")
LANES = Lanes(shipped().table, len(shipped().heads) + 1)
letters = st.text(string.ascii_lowercase + "é", min_size=3, max_size=12)


def slowly(both):
    """The row of a pair of tokens, by their names."""
    names = [text if text in (START, END) else token(text, shipped().known).name for text in both]
    return pair(*names)


def words(tokens):
    """What is kept of tokens."""
    made = Words(LANES, shipped().known)
    return [made[text] for text in tokens]


@given(st.lists(st.sampled_from(WORDS), max_size=12))
@example(["you", "idiot"])
@example(["you", "you", "you", "idiot", "you", "you"])
@example(["women", "you", "women", "you"])
def test_pairs(tokens):
    """Different pairs have the rows that their names stand for, each of them once."""
    rows = [row for row in map(slowly, set(pairs(tokens))) if row is not None]

    assert sorted(rows) == sorted(added(tokens, words(tokens))[1])


@given(st.lists(st.sampled_from(WORDS), max_size=12))
def test_pairs_in_order(tokens):
    """All pairs have theirs, those too that come again or have none."""
    assert [*map(slowly, pairs(tokens))] == row_by_row(words(tokens))


@pytest.mark.parametrize("most", [1, 3])
def test_kept_words_are_bounded(most, monkeypatch):
    """Those that are too many are thrown away, and come to the same when they are met again."""
    monkeypatch.setattr(_kept, "_WORDS", most)
    made = Words(LANES, shipped().known)

    assert [made[text] for text in WORDS] == [made[text] for text in WORDS] == words(WORDS)
    assert len(made) <= most


@pytest.mark.parametrize("text", ["x" * 45, "idiot"])
def test_long_tokens_are_not_kept(text):
    """They are as good as random, and would only fill the memory."""
    made = Words(LANES, shipped().known)
    made[text]

    assert (text in made) == (text == "idiot")


@given(st.integers(0, ROWS - 1), st.integers(0, ROWS - 1), st.integers(0, 3))
def test_one_head(first, second, groups):
    """The sum of one head is the one that is read with all others."""
    total = LANES.add([first, second]) + groups * LANES.group

    heads = [LANES.head(n, total) for n in range(len(shipped().heads))]
    assert LANES.read(total)[0] == heads


@given(letters, st.integers(0, 10))
@example("hllo", 1)
@example("éfgh", 2)
def test_swapped_neighbours(meant, place):
    """A word with two neighbours swapped is the one that is known."""
    place %= len(meant) - 1
    typed = meant[:place] + meant[place + 1] + meant[place] + meant[place + 2 :]

    assert word(typed, {number(meant)}) == meant


@given(letters, st.sets(letters, max_size=4))
def test_swapped_into_the_first_that_is_known(typed, others):
    """Of several known words it is the first, and none but such as two neighbours make."""
    swaps = [typed[:i] + typed[i + 1] + typed[i] + typed[i + 2 :] for i in range(len(typed) - 1)]
    known = {*map(number, swaps), *map(number, others)} - {number(typed)}
    there = [swap for swap in swaps if number(swap) in known and swap != typed]
    runs = any(a == b for a, b in pairwise(typed))

    assert runs or word(typed, known) == (there[0] if there else typed)
