"""Rows that are added up side by side come to what they come to one by one."""

from __future__ import annotations

from itertools import product
from operator import add

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail_classifier._features import ROWS, rows
from handrail_classifier._kept import Words, added
from handrail_classifier._lanes import Lanes
from handrail_classifier._tokens import LONGEST, MOST, tokens
from handrail_classifier._weights import VALUES, ZERO, Weights, shipped

WIDTH = len(shipped().heads) + 1
LANES = Lanes(shipped().table, WIDTH)


def one_by_one(numbers, table=None):
    """The sum of each head and the squared length, a row after the other."""
    total, table = [0] * WIDTH, table or shipped().table
    for number in numbers:
        squared, *heads = table[number * WIDTH : (number + 1) * WIDTH]
        total = [total[0] + squared - ZERO, *map(add, total[1:], map(VALUES.__getitem__, heads))]
    return total[1:], total[0]


@given(st.lists(st.integers(0, ROWS - 1), max_size=40))
def test_sums(numbers):
    """Rows have the same sums together, each alone, and one by one."""
    together, alone = LANES.add(numbers), sum(map(LANES.one, numbers))

    assert one_by_one(numbers) == LANES.read(together)[:2]
    assert together == alone


@pytest.mark.parametrize("size", [0, 1, 256, 257, 3_000])
def test_many(size):
    """However many rows there are."""
    numbers = [7_919 * n % ROWS for n in range(size)]

    assert one_by_one(numbers) == LANES.read(LANES.add(numbers))[:2]


@pytest.mark.parametrize("byte", [0, 1, ZERO, 254, 255])
def test_ends_of_the_scale(byte):
    """Rows of the least and of the greatest weights neither borrow nor carry."""
    table = bytes([byte]) * WIDTH * 2
    numbers = [0, 1] * 400

    assert (
        one_by_one(numbers, table) == Lanes(table, WIDTH).read(Lanes(table, WIDTH).add(numbers))[:2]
    )


def test_groups_are_counted_apart():
    """How many groups are named stands beside the sums."""
    heads, squared, groups = LANES.read(LANES.add([5]) + 3 * LANES.group)

    assert (*one_by_one([5]), 3) == (heads, squared, groups)


@pytest.mark.parametrize("byte", [0, 255])
@pytest.mark.parametrize("length", [1, 2, 3, 7, 40])
def test_the_longest_text(byte, length):
    """The lanes hold the rows of the longest text, whatever its weights, and however it is cut."""
    letters = "bcdfghjklmnpqrtvwxz"
    words = map("".join, product(letters, repeat=min(length, 4)))
    text = " ".join(word + "a" * (length - len(word)) for word in words)[:LONGEST]
    weights = Weights(shipped().heads, bytes([byte]) * len(shipped().table), frozenset(),
                      shipped().lines)  # fmt: skip
    found = tokens(text)[:MOST]
    numbers = rows(found, frozenset(), quoted=False)
    lanes = Lanes(weights.table, WIDTH)
    words = Words(lanes, frozenset())
    total, pairs = added(found, [words[text] for text in found])

    assert one_by_one(numbers, weights.table) == lanes.read(total + lanes.add(pairs))[:2]
