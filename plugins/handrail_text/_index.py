"""The index: which phrases of a list stand in a text, however long the list is.

Words are looked up, whole phrases by their longest word; only phrases of scripts that write no
spaces are searched for with an automaton.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from copy import copy
from itertools import accumulate

from ._inside import Inside

UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
"""Letters of scripts that write no spaces between words."""

_PLACES = 32
"""Places in phrases that one word leads to; a bound, for each costs a look."""

_Numbers = tuple[int, ...]
_Places = tuple[tuple[int, int], ...]


class Index:
    """Numbered phrases, without repeated letters, one space between words.

    Once it is sealed nothing in it changes but what it has met: threads share it.
    """

    def __init__(self) -> None:
        self._phrases: dict[str, int | _Numbers] = {}
        self._anchors: dict[str, _Places] = {}
        self._places: dict[_Places, _Places] = {}
        self._inside = Inside()
        self._met: set[str] = set()

    def __getstate__(self) -> dict[str, object]:
        """Return what a copy has, which may learn more."""
        own = {"_phrases": {**self._phrases}, "_anchors": {**self._anchors}, "_met": set()}
        return {**vars(self), **own, "_places": {}, "_inside": copy(self._inside)}

    def add(self, phrase: str, number: int) -> None:
        """Take in *phrase*, which may be there already under other numbers."""
        first, last = UNSPACED.match(phrase), UNSPACED.match(phrase, len(phrase) - 1)
        if first or last:
            self._inside.add(f"{'' if first else ' '}{phrase}{'' if last else ' '}", number)
            return
        there = self._phrases.setdefault(phrase, number)
        if there != number:
            self._phrases[phrase] = (*(there if isinstance(there, tuple) else (there,)), number)
        if " " in phrase:
            self._anchor(phrase)

    def _anchor(self, phrase: str) -> None:
        """Have the longest word lead to the phrase: it is seldom a common one."""
        words = phrase.split(" ")
        for n in sorted(range(len(words)), key=lambda n: -len(words[n])):
            place, known = (n, len(words)), self._anchors.get(words[n], ())
            if place in known:
                return
            if len(known) < _PLACES:
                self._lead(words[n], place)
                return
        word = min(words, key=lambda w: len(self._anchors[w]))
        self._lead(word, (words.index(word), len(words)))

    def _lead(self, word: str, place: tuple[int, int]) -> None:
        places = (*self._anchors.get(word, ()), place)
        self._anchors[word] = self._places.setdefault(places, places)  # Few differ: keep one.

    def seal(self) -> None:
        """Get ready; raises MissingExtraError if the phrases need the extra ``text``."""
        self._places = {}
        self._inside.seal()

    def leads(self, word: str) -> bool:
        """Whether *word* is a phrase, or leads to one; ask it of words before what stands there.

        Those that do are remembered: they are far fewer than the list has, and quicker to look up.
        """
        if word in self._anchors or word in self._phrases:
            self._met.add(word)
            return True
        return False

    def unspaced(self, skeleton: str) -> bool:
        """Whether a phrase of a script without spaces may stand in *skeleton*."""
        return bool(self._inside) and UNSPACED.search(skeleton) is not None

    def stands(self, words: list[str], places: Sequence[range] = ()) -> bool:
        """Whether any phrase stands among *words*, of each of which ``leads`` was asked.

        Those of scripts without spaces are left out.
        With *places*, in their order, whether one has words there, or on both sides of where
        there are none.
        """
        standing = self._standing(words, self._met)
        if not places:
            return next(standing, None) is not None
        stops = [place.stop for place in places]
        for phrase, first in standing:
            behind = bisect_right(stops, first)
            last = first + phrase.count(" ") + 1
            if behind < len(places) and places[behind].start < last:
                return True
        return False

    def standing(self, words: list[str]) -> list[tuple[str, int]]:
        """Return the phrases among *words*, and with which word each begins.

        ``leads`` was asked of each of them; phrases of scripts without spaces are left out.
        """
        return [*self._standing(words, self._met)]

    def numbers(self, phrase: str) -> _Numbers:
        """Return the numbers of a phrase that stands among words."""
        there = self._phrases[phrase]
        return there if isinstance(there, tuple) else (there,)

    def find(self, skeleton: str) -> Iterator[tuple[str, int | _Numbers, int]]:
        """Yield the phrases in *skeleton*, their numbers, and where they begin there."""
        yield from self._among(skeleton.split(" "))
        for phrase, numbers, start in self._inside.find(skeleton):
            yield phrase.strip(" "), numbers, start + (phrase[0] == " ")

    def _among(self, words: list[str]) -> Iterator[tuple[str, int | _Numbers, int]]:
        starts: list[int] = []  # Where words begin: only hits ask.
        for phrase, n in self._standing(words, {word for word in words if self.leads(word)}):
            starts = starts or [*accumulate(map(len, words), initial=0)]
            yield phrase, self._phrases[phrase], starts[n] + n

    def _standing(self, words: list[str], leading: set[str]) -> Iterator[tuple[str, int]]:
        """Yield the phrases among *words*, and with which word each begins."""
        known, anchors = self._phrases, self._anchors
        for n in [n for n, word in enumerate(words) if word in leading]:
            if words[n] in known:
                yield words[n], n
            for before, length in anchors.get(words[n], ()):
                if before <= n:
                    phrase = " ".join(words[n - before : n - before + length])
                    if phrase in known:
                        yield phrase, n - before
