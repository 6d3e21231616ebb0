"""What the classifier keeps, and what it works out at once, comes to what is worked out slowly."""

from __future__ import annotations

import string
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from handrail_classifier import _kept
from handrail_classifier._features import END, ROWS, START, half, pair, pairs, token
from handrail_classifier._lanes import Lanes
from handrail_classifier._score import Model
from handrail_classifier._spelling import number, word
from handrail_classifier._weights import shipped

WORDS = ("women", "muslims", "you", "000123", "idiot", "1d10t", "<", "!!", "straße", "x" * 45, "a")
LANES = Lanes(shipped().table, len(shipped().heads) + 1)
letters = st.text(string.ascii_lowercase + "é", min_size=3, max_size=12)


def slowly(tokens):
    """The sum of each different pair, one after the other."""
    names = {"^": "^", "$": "$", **{text: token(text, shipped().known).name for text in tokens}}
    rows = [pair(names[one], names[other]) for one, other in set(pairs(tokens))]
    return sum(LANES.one(row) for row in rows if row is not None)


def model(tokens):
    """A model that has met these tokens, and no pairs."""
    made = Model(shipped())
    for text in tokens:
        made._words[text]
    return made


@given(st.lists(st.sampled_from(WORDS), max_size=12))
def test_pairs(tokens):
    """Pairs add up to the same the first time, the second and any other."""
    kept = model(tokens)._pairs
    expected = slowly(tokens)

    assert [expected] * 20 == [kept.sum(tokens) for _ in range(20)]


def test_pairs_of_words_that_are_not_known():
    """Nothing has to be kept of the words."""
    assert slowly(["you", "idiot"]) == Model(shipped())._pairs.sum(["you", "idiot"])


def test_one_new_pair_of_a_text_is_kept():
    """So that pairs that never come again do not push out others."""
    kept = model(WORDS)._pairs
    kept.sum(WORDS)

    assert len(kept) == 1


@pytest.mark.parametrize("more", [1, 2, 40])
def test_kept_pairs_are_bounded(more, monkeypatch):
    """Those that are too many are thrown away, and the sums stay."""
    monkeypatch.setattr(_kept, "_PAIRS", 3)
    kept = model(WORDS)._pairs

    assert {slowly(WORDS)} == {kept.sum(WORDS) for _ in range(more)}
    assert len(kept) <= 3


@pytest.mark.parametrize("text", ["idiot", "women", "x" * 45])
def test_words_start_anew(text):
    """Once all is thrown away, words and pairs are what they were."""
    made = model([text])
    before = made._words[text], made._pairs.sum([text])
    made._words.clear()

    assert before == (made._words[text], made._pairs.sum([text]))


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


def test_edges_are_known_while_all_is_thrown_away(monkeypatch):
    """Whoever reads in between finds the start and the end of a text under their names."""
    made, seen = model(WORDS)._words, []

    def halved(name):
        seen.append([made.name(START), made.name(END), START in made.halves, END in made.halves])
        return half(name)

    expected = [made.name(START), made.name(END), START in made.halves, END in made.halves]
    monkeypatch.setattr(_kept, "half", halved)
    made.clear()

    assert seen
    assert all(expected == each for each in seen)
    assert not made
