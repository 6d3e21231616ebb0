"""Concepts as data: which words, in which language, say the same thing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeAlias

import attrs

from handrail import InvalidValueError

from ._tokens import NUMBER, folded

GAP = "*"
"""Stands for no word, one or two."""

GAP_MOST = 2

STEM_LEAST = 3
"""Letters before the ``*`` of a word that may end in any way."""

WORDS_KEPT = 50_000
"""Words of which it is kept what they begin."""

MOST, AMONG = 12, 45
"""Places that count of one concept, and the words among which no more of them count."""

AHEAD = 9
"""Of a word that is said over and over, so many at the end begin phrases, as its first do."""

ANY = "*"
"""The language of words that all languages use."""


class Seen(NamedTuple):
    """A concept in a text: its tokens from *start* to *end*."""

    start: int
    end: int


Found: TypeAlias = "dict[str, dict[str, list[Seen]]]"
"""By language, then by concept, where each stands."""


@attrs.frozen
class Slot:
    """What may stand at one place of a phrase."""

    exact: frozenset[str]
    stems: tuple[str, ...]
    number: bool

    def holds(self, word: str) -> bool:
        """Whether *word* may stand here."""
        return (
            word in self.exact
            or (self.number and word[0].isdigit())
            or (bool(self.stems) and word.startswith(self.stems))
        )


_NOTHING = Slot(frozenset(), (), number=False)


@attrs.frozen
class Phrase:
    """Words for a concept in a language; None is a gap."""

    concept: str
    language: str
    slots: tuple[Slot | None, ...]
    single: bool = attrs.field(init=False, eq=False, repr=False)
    last: frozenset[str] = attrs.field(init=False, eq=False, repr=False)

    @single.default
    def _one_word(self) -> bool:
        return len(self.slots) == 1

    @last.default
    def _ends_with(self) -> frozenset[str]:
        """The words of which one must be in a text; none where that cannot be said."""
        end = self.slots[-1]
        if end is None or end.stems or end.number or len(self.slots) == 1:
            return frozenset()
        return end.exact

    def end(self, words: Sequence[str], place: int, slot: int = 0) -> int:
        """Where the phrase ends that begins at *place*, or -1."""
        if slot == len(self.slots):
            return place
        here = self.slots[slot]
        if here is None:
            ends = (self.end(words, place + gap, slot + 1) for gap in range(GAP_MOST + 1))
            return next((end for end in ends if end >= 0), -1)
        if place < len(words) and here.holds(words[place]):
            return self.end(words, place + 1, slot + 1)
        return -1


def phrase(concept: str, language: str, said: str) -> Phrase:
    """Read ``send|give me|us * code|pass*``: words that may stand in each place.

    Raises:
        InvalidValueError: It begins or ends with a gap, a stem is short, or there is no word.
    """
    slots = [None if part == GAP else _slot(part) for part in said.split()]
    if not slots or slots[0] is None or slots[-1] is None:
        raise InvalidValueError("words: expected a phrase that begins and ends with a word")
    return Phrase(concept, language, tuple(slots))


def _slot(part: str) -> Slot:
    words = [word if word.startswith("<") else _folded(word) for word in part.split("|")]
    stems = tuple(word[:-1] for word in words if word.endswith("*"))
    exact = frozenset(word for word in words if not word.endswith("*")) - {NUMBER}
    if not all(words) or any(len(stem) < STEM_LEAST for stem in stems):
        raise InvalidValueError(f"words: expected words, or {STEM_LEAST} letters before *")
    return Slot(exact, stems, NUMBER in words)


def _folded(word: str) -> str:
    return folded(word[:-1]) + "*" if word.endswith("*") else folded(word)


class _Starts(NamedTuple):
    """What a word may begin: phrases by a word that they end with, and those that end openly."""

    open: tuple[Phrase, ...]
    lasts: frozenset[str]
    by_last: dict[str, list[Phrase]]


class Concepts:
    """All phrases, by the word that they begin with."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        exact: dict[str, list[Phrase]] = defaultdict(list)
        stems: dict[str, list[tuple[str, Phrase]]] = defaultdict(list)
        self._numbers: list[Phrase] = []
        for each in dict.fromkeys(phrases):
            first = each.slots[0] or _NOTHING
            for word in first.exact:
                exact[word].append(each)
            for stem in first.stems:
                stems[stem[:STEM_LEAST]].append((stem, each))
            if first.number:
                self._numbers.append(each)
        self._exact = {word: tuple(some) for word, some in exact.items()}
        self._stems = {head: tuple(some) for head, some in stems.items()}
        self._kept: dict[str, _Starts] = {}

    def find(self, words: Sequence[str]) -> Found:
        """Return where each concept stands, in time linear in the number of words."""
        found: Found = {}
        kept, here = self._kept, frozenset(words)
        run, before = 0, ""
        for place, word in enumerate(words):
            run, before = (run + 1 if word == before else 1), word
            if run > MOST and words[place : place + AHEAD] == [word] * AHEAD:
                continue
            starts = kept.get(word) or self._starting(word)
            for each in starts.open:
                _look(each, words, place, found)
            for last in starts.lasts & here:
                for each in starts.by_last[last]:
                    _look(each, words, place, found)
        return found

    def _starting(self, word: str) -> _Starts:
        """The phrases that may begin with a word; looked up once for each word."""
        found = [*self._exact.get(word, ())]
        stems = self._stems.get(word[:STEM_LEAST], ())
        found += [each for stem, each in stems if word.startswith(stem)]
        if word[0].isdigit():
            found += self._numbers
        starts = _starts(found)
        if len(self._kept) < WORDS_KEPT:
            self._kept[word] = starts
        return starts


def _look(phrase: Phrase, words: Sequence[str], place: int, found: Found) -> None:
    said = found.get(phrase.language)
    seen = said.get(phrase.concept) if said else None
    if seen and len(seen) >= MOST and seen[-MOST].start > place - AMONG:
        return
    end = place + 1 if phrase.single else phrase.end(words, place)
    if end >= 0:
        here = Seen(place, end)
        if seen is None:
            found.setdefault(phrase.language, {})[phrase.concept] = [here]
        elif here not in seen[-MOST:]:
            seen.append(here)


def _starts(phrases: Sequence[Phrase]) -> _Starts:
    by_last: dict[str, list[Phrase]] = defaultdict(list)
    for each in phrases:
        for word in each.last:
            by_last[word].append(each)
    return _Starts(
        tuple(each for each in phrases if not each.last), frozenset(by_last), dict(by_last)
    )
