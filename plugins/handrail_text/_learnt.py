"""What is learnt of term lists before any text is looked at; of the shipped one only once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from functools import lru_cache
from itertools import islice

import attrs

from handrail import Fold, fold

from ._endings import Endings
from ._index import Index
from ._rows import Rows
from ._skeleton import Disguises, once
from ._tongues import together
from ._views import Masks

NUMBERED = 64
"""Phrases of a term that can be told apart by their number."""

_BATCH = 1_000
"""Phrases folded at once while a list is read."""

_SHARED = 2
"""Lists that are kept learnt, each in one choice of languages and disguises."""


class Learnt:
    """The phrases of lists, the words that masks may hide, and those that take endings.

    Once it is sealed nothing in it changes: threads share it.
    """

    def __init__(self, seen: Disguises) -> None:
        self._seen = seen
        self.how = seen.fold()
        self.index = Index()
        self.endings = Endings(self.how)
        self.masks = Masks(self.how)

    def __getstate__(self) -> dict[str, object]:
        """Return what a copy has, which may learn more."""
        own = {"index": self.index, "endings": self.endings, "masks": self.masks}
        return {**vars(self), **{name: copy(each) for name, each in own.items()}}

    def learn(self, first: int, phrases: Iterator[tuple[int, int, str, str]]) -> None:
        """Take in the phrases of a list whose first row has the number *first*."""
        while batch := list(islice(phrases, _BATCH)):
            plain = folded([text for *_, text in batch], self.how)
            bare = once("\0".join(plain)).split("\0")
            for (row, place, language, text), whole, skeleton in zip(
                batch, plain, bare, strict=True
            ):
                number = (first + row) * NUMBERED + place
                if not place:
                    self.masks.learn(whole)
                self.endings.learn(text, skeleton, language)
                if skeleton:
                    self.index.add(skeleton, number)
                if " " in skeleton and self._seen.spacing and together(language, whole):
                    self.index.add(once(whole.replace(" ", "")), number)


def folded(phrases: Sequence[str], how: Fold) -> list[str]:
    """Fold phrases, all at once: a list may have a million."""
    whole = "\0".join(phrase.replace("\0", " ") for phrase in phrases)
    plain = fold(whole, attrs.evolve(how, keep="\0")).plain
    return [" ".join(phrase.split()) for phrase in plain.split("\0")]


@lru_cache(maxsize=_SHARED)
def learnt(rows: Rows, languages: tuple[str, ...], seen: Disguises) -> Learnt:
    """Return what is learnt of one list, sealed; to learn more, copy it."""
    made = Learnt(seen)
    made.learn(0, rows.phrases(languages))
    made.index.seal()
    return made
