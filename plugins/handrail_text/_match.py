"""The matcher: every listed term in a text, however it is spelled, in time linear in the text."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from copy import copy
from functools import lru_cache
from itertools import accumulate, islice

from handrail import Text, fold

from ._hints import Forms, Hints, Known, Reading, bare
from ._hits import Hit, cover, is_excused, mildest, outermost
from ._learnt import NUMBERED, Learnt, folded
from ._rows import Rows
from ._skeleton import Disguises, Skeleton, once
from ._spelling import Spelling, words
from ._terms import Term, Values
from ._tongues import serves, spoken
from ._turned import turned
from ._views import LONE, as_i, as_l, as_space, joined, unjoined

_MOST = 1_000
"""Hits looked for in one reading of a text; a wall of abuse is not read to its end."""

_SINGLE = 20
"""Words of a list up to which a text is looked at word by word."""

_PIECE = re.compile(r"\S+")

_SPELLED = 4_096
"""Spellings a matcher remembers, of those that were hit."""


class Matcher:
    """All terms of one settings value, compiled. Nothing in it changes: threads share it.

    Args:
        lists: The terms, and the languages of each list that count; none means all.
        seen: Which disguises are seen through.
        base: What is learnt of the first list already.
    """

    def __init__(
        self,
        lists: Sequence[tuple[Rows | Values, Collection[str]]],
        seen: Disguises,
        base: Learnt | None = None,
    ) -> None:
        self._seen = seen
        self._lists = [terms for terms, _ in lists]
        self._firsts = [0, *accumulate(len(terms) for terms in self._lists)]
        self._spelled = lru_cache(maxsize=_SPELLED)(self._spelling)
        learnt = self._learn(lists, base)
        self._how, self._masks = learnt.how, learnt.masks
        self._index, self._endings = learnt.index, learnt.endings
        self._known = Known(self._index, self._endings, self._how)
        self._forms = Forms(self._index, self._endings, self._how, self._known.plainly)
        self._unjoined = self._reading(unjoined)
        others = ((as_space, "@"), (as_i, ""), (as_l, ""))
        self._others = tuple((read, self._reading(read, sign)) for read, sign in others)

    def _reading(self, read: Callable[[str], str], sign: str = "") -> Reading:
        return Reading(self._index, self._how, read, self._known.plainly, sign)

    def _learn(
        self, lists: Sequence[tuple[Rows | Values, Collection[str]]], base: Learnt | None
    ) -> Learnt:
        new = [(n, *each) for n, each in enumerate(lists) if len(each[0]) and (n or not base)]
        if base is not None and not new:
            return base
        learnt = copy(base) if base else Learnt(self._seen)
        for n, terms, languages in new:
            learnt.learn(self._firsts[n], terms.phrases(languages))
        learnt.index.seal()
        return learnt

    def _spelling(self, number: int, pattern: str) -> Spelling:
        """Return the spelling of the phrase with that number which *pattern* is left of."""
        row, place = divmod(number, NUMBERED)
        n = bisect_right(self._firsts, row) - 1
        term = self._lists[n].term(row - self._firsts[n])
        phrase = term.phrases[place]
        (whole,) = folded([phrase], self._how)
        return Spelling.of(
            term, phrase, whole if once(whole) == pattern else whole.replace(" ", "")
        )

    def hits(self, read: Text, language: str | None = None) -> list[Hit]:
        """Return the terms in a text, in order, none inside another of the same issue.

        Single words of another language than *language* are left out: they may be ordinary there.
        """
        text = read.raw
        has = self._known.hints(text)
        if has is None:
            return []
        tongue = spoken(language)
        found: set[Hit] = set()
        excused: dict[Term, list[Hit]] = defaultdict(list)
        for spelling, start, end in self._standing(read, has, tongue):
            disguised = words(text[start:end]) != spelling.written
            hit = Hit(spelling.term, start, end, disguised)
            (excused[spelling.term].append if spelling.excuses else found.add)(hit)
        if not found:
            return []
        covers = {term: cover(hits) for term, hits in excused.items()}
        meant = [
            h for h in found if serves(h.term, tongue) and not is_excused(h, covers.get(h.term))
        ]
        return outermost(mildest(meant, text) if "*" in text else meant)

    def _standing(
        self, read: Text, has: Hints, language: str | None
    ) -> Iterator[tuple[Spelling, int, int]]:
        """Yield the phrases of a text, in every way in which it can be read."""
        text, pieces = read.raw, read.raw.split()
        phrases = self._known.plainly.standing(pieces) if has.listed else []
        single = None if has.unspaced else self._words(text, pieces, phrases)
        if single is None:
            yield from self._look(Skeleton.of(read.fold(self._how)), text, language)
        for spelling, start, end in single or ():
            if spelling.plausible(text[start:end], language):
                yield spelling, start, end
        for view in self._views(read, pieces, has):
            yield from self._look(view, text, language)

    def _words(
        self, text: str, pieces: list[str], phrases: list[tuple[str, int]]
    ) -> list[tuple[Spelling, int, int]] | None:
        """Return the hits of *phrases*, where all are words of plain letters: no fold is needed."""
        if not phrases or len(phrases) > _SINGLE:
            return None if phrases else []
        found: list[tuple[Spelling, int, int]] = []
        ends = [*accumulate(map(len, map(self._known.plainly.__getitem__, pieces)))]
        for phrase, n in phrases:
            place = bisect_right(ends, n)
            word = bare(pieces[place])
            if not word or " " in phrase:
                return None
            start = next(islice(_PIECE.finditer(text), place, None)).start()
            runs = (
                [1] * len(word)
                if word == phrase
                else Skeleton(word).run_lengths(1, len(phrase) + 1)
            )
            for number in self._index.numbers(phrase):
                spelling = self._spelled(number, phrase)
                if spelling.excuses:
                    return None
                if spelling.fits(runs, repeats=self._seen.repeats):
                    found.append((spelling, start, start + len(word)))
        return found

    def _views(self, read: Text, pieces: list[str], has: Hints) -> Iterator[Skeleton]:
        """Fold a text in every way in which a disguised phrase may stand there."""
        text, seen, whole = read.raw, self._seen, has.unspaced > 0
        if seen.leet and (has.at or has.signs):
            yield from self._readings(text, pieces, has)
        if has.formed and self._forms.adds(pieces):
            yield from self._endings.views(text, read.fold(self._how), self._how)
        parted = has.joints and (whole or self._unjoined.adds(pieces))
        if seen.spacing and (parted or has.lone >= LONE):
            yield from joined(text, read.fold(self._how), self._how)
        if seen.masks and has.masks:
            yield from self._masks.views(text)
        if seen.turned and has.turned:
            for other, kept in turned(text):
                yield Skeleton.of(fold(other, self._how), kept)

    def _readings(self, text: str, pieces: list[str], has: Hints) -> Iterator[Skeleton]:
        """Fold a text with its ambiguous signs read in the other ways."""
        for asked, (read, other) in zip((has.at, has.signs, has.signs), self._others, strict=True):
            if asked and (has.unspaced or other.adds(pieces)):
                yield Skeleton.of(fold(read(text), self._how))

    def _look(
        self, view: Skeleton, text: str, language: str | None
    ) -> Iterator[tuple[Spelling, int, int]]:
        left = _MOST
        for pattern, numbers, start in self._index.find(view.skeleton):
            end = start + len(pattern)
            for number in numbers if isinstance(numbers, tuple) else (numbers,):
                spelling = self._spelled(number, pattern)
                if not left or not all(double in view.plain for double in spelling.doubles):
                    continue
                stretched = self._seen.repeats and not spelling.excuses
                if spelling.fits(view.run_lengths(start, end), repeats=stretched):
                    first, last = view.span(start, end)
                    if spelling.plausible(text[first:last], language):
                        left -= not spelling.excuses
                        yield spelling, first, last
