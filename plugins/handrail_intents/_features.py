"""What the learned part reads off a text: its words, two at a time, and its concepts in pairs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import combinations
from zlib import crc32

_ALL = 0xFFFFFFFF
_LEFT, _RIGHT = 0x9E3779B1, 0x85EBCA6B
"""Odd numbers that spread what two numbers make over 32 bits."""

_KEPT = 50_000
"""Words whose numbers are kept."""


class _Words(dict[str, tuple[int, int, int]]):
    """The number of each word met so far, and what it makes as the first or second of two.

    Safe in threads: what is kept is only ever added, or thrown away as a whole.
    """

    def __missing__(self, said: str) -> tuple[int, int, int]:
        if len(self) >= _KEPT:
            self.clear()
        number = word(said)
        spread = self[said] = (number, number * _LEFT & _ALL, number * _RIGHT & _ALL)
        return spread


_spread = _Words().__getitem__


def word(said: str) -> int:
    """The number of a word."""
    return crc32(said.encode())


@lru_cache(maxsize=5_000)
def concept(name: str) -> int:
    """The number of a concept, which is no word's."""
    return crc32(b"\0" + name.encode())


def pair(first: int, second: int, apart: int) -> int:
    """The number of two that stand *apart* words from each other."""
    return ((first * _LEFT ^ second * _RIGHT) + apart) & _ALL


def together(one: str, other: str) -> int:
    """The number of two concepts, whichever is said first; of one concept, where they are one."""
    first, second = sorted((concept(one), concept(other)))
    return first if one == other else pair(first, second, 0)


def spoken(words: Sequence[str]) -> set[int]:
    """The numbers of words, and of two that are neighbours or have one between them."""
    said, lefts, rights = zip(*map(_spread, words), strict=True) if words else ((), (), ())
    found = {*said}
    found.update([(a ^ b) + 1 & _ALL for a, b in zip(lefts, rights[1:], strict=False)])
    found.update([(a ^ b) + 2 & _ALL for a, b in zip(lefts, rights[2:], strict=False)])
    return found


def features(words: Sequence[str], concepts: Iterable[str]) -> set[int]:
    """The numbers of all that is read off: each counts once, however often it stands."""
    names = [*concepts]
    found = spoken(words)
    found.update(map(concept, names))
    found.update(together(one, other) for one, other in combinations(names, 2))
    return found
