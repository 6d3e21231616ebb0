"""Concepts as data: which words, in which language, say the same thing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from itertools import repeat
from typing import NamedTuple, TypeAlias

from ._known import Ranked, Word, had, keys, known, second
from ._phrases import GAP_MOST, NOTHING, STEM_LEAST, Phrase

WORDS_KEPT = 50_000
"""Words of which it is kept what they say and begin."""

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


class Reading(NamedTuple):
    """What a text says, and what is needed to say where.

    Attributes:
        names: Concepts in it, in any language.
        told: Those of them that the learned part is told.
        known: What is known of each word.
        longer: By place, the phrases of more than one word that begin there, and their ends.
        skipped: Places amidst a word that is said over and over.
    """

    names: Set[str]
    told: Set[str]
    known: Sequence[Word]
    longer: dict[int, list[tuple[Ranked, int]]]
    skipped: Set[int]


class Concepts:
    """All phrases, by the word that they begin with.

    Safe in threads: what is kept is only ever added, or thrown away as a whole.

    Args:
        phrases: What is said, and how.
        told: Languages whose concepts the learned part is told; none for all.
    """

    def __init__(self, phrases: Iterable[Phrase], told: Set[str] = frozenset()) -> None:
        exact: dict[str, list[Phrase]] = defaultdict(list)
        stems: dict[str, list[tuple[str, Phrase]]] = defaultdict(list)
        self._numbers: list[Phrase] = []
        self._asked: set[str] = set()
        self._told = told
        for each in dict.fromkeys(phrases):
            first = each.slots[0] or NOTHING
            for word in first.exact:
                exact[word].append(each)
            for stem in first.stems:
                stems[stem[:STEM_LEAST]].append((stem, each))
            if first.number:
                self._numbers.append(each)
            self._asked.update(keys(second(each) or NOTHING))
        self._exact, self._stems = {**exact}, {**stems}
        self._kept: dict[str, Word] = {}
        self._alike: dict[tuple[int, ...], Word] = {}

    def find(self, words: Sequence[str]) -> Found:
        """Return where each concept stands, in time linear in the number of words."""
        return self.places(self.read(words))

    def read(self, words: Sequence[str]) -> Reading:
        """Return which concepts stand in a text, and not yet where."""
        kept = self._kept
        said = [kept.get(word) or self._learn(word) for word in words]
        names: set[str] = set()
        names.update(*[word.names for word in said])
        told = names
        if self._told:
            told = set()
            told.update(*[word.told for word in said])
        longer: dict[int, list[tuple[Ranked, int]]] = {}
        skipped = _amidst(words)
        for place, maybe in _maybe(said):
            if place in skipped:
                continue
            for ranked in maybe:
                phrase = ranked[1]
                end = phrase.end(words, place + 1, 1)
                if end >= 0:
                    longer.setdefault(place, []).append((ranked, end))
                    names.add(phrase.concept)
                    if phrase.language in self._told:
                        told.add(phrase.concept)
        return Reading(names, told, said, longer, skipped)

    def places(self, read: Reading, wanted: Set[str] | None = None) -> Found:
        """Return where the *wanted* concepts stand; all of them by default.

        The languages of the others are there too, in the order in which they are met.
        """
        found: Found = {}
        for place, word in enumerate(read.known):
            if place in read.skipped:
                continue
            here: Iterable[tuple[Ranked, int]] = zip(word.alone, repeat(place + 1))
            if place in read.longer:
                here = sorted((*here, *read.longer[place]), key=_rank)
            for (_, phrase), end in here:
                said = found.setdefault(phrase.language, {})
                if wanted is None or phrase.concept in wanted:
                    _add(said.setdefault(phrase.concept, []), Seen(place, end))
        return found

    def _learn(self, word: str) -> Word:
        """What is known of a word; looked up once for each word."""
        found = [*self._exact.get(word, ())]
        stems = self._stems.get(word[:STEM_LEAST], ())
        found += [each for stem, each in stems if word.startswith(stem)]
        if word[0].isdigit():
            found += self._numbers
        alike = tuple(map(id, found))
        learnt = self._alike.get(alike) or self._alike.setdefault(alike, known(found, self._told))
        if asked := [key for key in had(word) if key in self._asked]:
            learnt = learnt._replace(keys=tuple(asked))
        if len(self._kept) >= WORDS_KEPT:
            self._kept.clear()
        self._kept[word] = learnt
        return learnt


def _maybe(known: Sequence[Word]) -> Iterator[tuple[int, Iterable[Ranked]]]:
    """By place, the longer phrases that may begin there, by the words behind."""
    had = [*[word.keys for word in known], *[()] * (GAP_MOST + 1)]
    for place, longer in enumerate([word.longer for word in known], 1):
        if longer is None:
            continue
        by_next, by_later, found = longer
        for key in had[place] if by_next else ():
            if key in by_next:
                found = [*found, *by_next[key]]
        for each in had[place : place + GAP_MOST + 1] if by_later else ():
            for key in each:
                if key in by_later:
                    found = [*found, *by_later[key]]
        if found:
            yield place - 1, {ranked[0]: ranked for ranked in found}.values()


def _amidst(words: Sequence[str]) -> Set[int]:
    """Places amidst a word that is said over and over, where nothing is looked for."""
    if len(words) < MOST + AHEAD or len(set(words)) > len(words) - MOST:
        return frozenset()
    found: set[int] = set()
    run, before = 0, ""
    for place, word in enumerate(words):
        run, before = (run + 1 if word == before else 1), word
        if run > MOST and words[place : place + AHEAD] == [word] * AHEAD:
            found.add(place)
    return found


def _rank(each: tuple[Ranked, int]) -> int:
    return each[0][0]


def _add(seen: list[Seen], here: Seen) -> None:
    """Take in a place, unless there are enough nearby."""
    if len(seen) >= MOST and seen[-MOST].start > here.start - AMONG:
        return
    if here not in seen[-MOST:]:
        seen.append(here)
