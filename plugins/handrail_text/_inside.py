"""Phrases that are found wherever they stand: those of scripts that write no spaces."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from handrail import MissingExtraError

if TYPE_CHECKING:
    from ahocorasick_rs import AhoCorasick

FEW = 5_000
"""Phrases that are found without the extra ``text``: the shipped list has fewer."""


class Inside:
    """Numbered phrases. Once it is sealed nothing in it changes: threads share it."""

    def __init__(self) -> None:
        self._numbers: dict[str, list[int]] = defaultdict(list)
        self._found: list[tuple[str, tuple[int, ...]]] = []
        self._lengths: dict[str, tuple[int, ...]] = {}
        self._automaton: AhoCorasick | None = None

    def __getstate__(self) -> dict[str, object]:
        """Return what a copy has, which may learn more."""
        numbers = defaultdict(list, {phrase: [*numbers] for phrase, numbers in self._found})
        return {**vars(self), "_numbers": numbers}

    def add(self, phrase: str, number: int) -> None:
        """Take in *phrase*, which may be there already under other numbers."""
        self._numbers[phrase].append(number)

    def seal(self) -> None:
        """Get ready; raises MissingExtraError if there are many and the extra ``text`` is not."""
        phrases, known = self._numbers, len(self._found)
        self._found = [(phrase, tuple(numbers)) for phrase, numbers in phrases.items()]
        try:
            from ahocorasick_rs import AhoCorasick
        except ImportError:
            if len(phrases) > FEW:
                raise MissingExtraError("text", "handrail_text") from None
            self._lengths = _lengths(phrases)
        else:
            if len(phrases) > known:  # Where there are no more, it stays what it is.
                self._automaton = AhoCorasick(list(phrases))
            self._numbers = {}

    def __bool__(self) -> bool:
        return bool(self._found)

    def find(self, text: str) -> Iterator[tuple[str, tuple[int, ...], int]]:
        """Yield the phrases in *text*, their numbers, and where they begin."""
        if self._automaton is not None:
            for n, start, _ in self._automaton.find_matches_as_indexes(text, overlapping=True):
                yield *self._found[n], start
        elif self._lengths:
            yield from self._walk(text)

    def _walk(self, text: str) -> Iterator[tuple[str, tuple[int, ...], int]]:
        lengths, known = self._lengths, self._numbers
        for start, letter in enumerate(text):
            for length in lengths.get(letter, ()):
                phrase = text[start : start + length]
                if len(phrase) == length and phrase in known:
                    yield phrase, tuple(known[phrase]), start


def _lengths(phrases: dict[str, list[int]]) -> dict[str, tuple[int, ...]]:
    """Return by first letter how long phrases are: few lengths, whatever their number."""
    by_letter: dict[str, set[int]] = defaultdict(set)
    for phrase in phrases:
        by_letter[phrase[0]].add(len(phrase))
    return {letter: tuple(sorted(lengths)) for letter, lengths in by_letter.items()}
