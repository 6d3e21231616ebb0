"""What the learned part reads off a text: its words, two at a time, and its concepts in pairs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import combinations, pairwise
from zlib import crc32

_ALL = 0xFFFFFFFF
_LEFT, _RIGHT = 0x9E3779B1, 0x85EBCA6B
"""Odd numbers that spread what two numbers make over 32 bits."""


@lru_cache(maxsize=50_000)
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


def features(words: Sequence[str], concepts: Iterable[str]) -> set[int]:
    """The numbers of all that is read off: each counts once, however often it stands."""
    said = [*map(word, words)]
    found = {*said}
    found.update([(a * _LEFT ^ b * _RIGHT) + 1 & _ALL for a, b in pairwise(said)])
    found.update(
        [(a * _LEFT ^ b * _RIGHT) + 2 & _ALL for a, b in zip(said, said[2:], strict=False)]
    )
    names = sorted(map(concept, concepts))
    found.update(names)
    found.update([(a * _LEFT ^ b * _RIGHT) & _ALL for a, b in combinations(names, 2)])
    return found
