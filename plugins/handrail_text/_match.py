"""The matcher: every listed term in a text, however it is spelled, in time linear in the text."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import accumulate

import attrs

from handrail import MissingExtraError

from ._fold import Fold, Folded, folded, table
from ._spelling import Spelling, words
from ._terms import Term

_SIGNS = re.compile(r"[1!|(+][^\W\d_]|[^\W\d_]1|[a-z]I")
_AS_I = re.compile(r"[!|](?=[^\W_])")
_AS_L = re.compile(r"[!|](?=[^\W_])|1|(?<=[a-z])I")
_SPACED = re.compile(r"(?<![^ ])[^ ](?: {1,2}[^ ](?![^ ])){2,}+")
_JOINED = re.compile(r"(?<![^\W_])[^\W_]++(?:[._~*\-]{1,3}+[^\W_]++)++")
_MASKED = re.compile(r"(?<![^\W_])(?<!\*)[^\W_]++(?:\*++[^\W_]++)++(?!\*)")

_MOST = 1_000
"""Hits looked for in one reading of a text; a wall of abuse is not read to its end."""


@attrs.frozen
class Hit:
    """A term found: raw characters ``start`` to ``end``, and whether it was disguised."""

    term: Term
    start: int
    end: int
    disguised: bool


class Matcher:
    """All terms of one settings value, compiled. Nothing in it changes: threads share it."""

    def __init__(self, terms: Iterable[Term], fold: Fold) -> None:
        try:
            from ahocorasick_rs import AhoCorasick
        except ImportError:
            raise MissingExtraError("text", "handrail_text") from None
        self._fold = fold
        self._table = table(fold)
        self._masked = table(fold, "*")
        patterns: dict[str, list[Spelling]] = defaultdict(list)
        self._shapes: dict[tuple[int, str], list[Spelling]] = defaultdict(list)
        for term in terms:
            for spelling in self._spellings(term):
                patterns[spelling.pattern].append(spelling)
                if not spelling.excuses and len(spelling.plain) > 3:
                    self._shapes[len(spelling.plain), spelling.plain[0]].append(spelling)
        self._found = list(patterns.values())
        self._automaton = AhoCorasick(list(patterns)) if patterns else None

    def _spellings(self, term: Term) -> Iterator[Spelling]:
        for phrase in (term.text, *term.allowed):
            plain = " ".join(phrase.translate(self._table).split())
            forms = {plain, plain.replace(" ", "")} if self._fold.spacing else {plain}
            for form in forms - {""}:
                yield Spelling.of(term, phrase, form)

    def hits(self, text: str, language: str | None = None) -> list[Hit]:
        """Return the terms in *text*, in order, none inside another of the same issue.

        Single words of another language than *language* are left out: they may be ordinary there.
        """
        if self._automaton is None or not text:
            return []
        spoken = language.partition("-")[0].lower() if language else None
        found: set[Hit] = set()
        excused: dict[Term, list[Hit]] = defaultdict(list)
        for view in self._views(text):
            for spelling, start, end in self._look(view, text, spoken):
                disguised = words(text[start:end]) != spelling.written
                hit = Hit(spelling.term, start, end, disguised)
                (excused[spelling.term].append if spelling.excuses else found.add)(hit)
        if self._fold.masks and "*" in text:
            found.update(self._unmask(text))
        covers = {term: _cover(hits) for term, hits in excused.items()}
        return _outermost(
            h for h in found if _serves(h.term, spoken) and not _excused(h, covers.get(h.term))
        )

    def _views(self, text: str) -> Iterator[Folded]:
        """Fold *text* in every way worth looking at."""
        whole = folded(text, self._table)
        yield whole
        if self._fold.leet:
            for other in _readings(text):
                yield folded(other, self._table)
        if self._fold.spacing:
            for m in _SPACED.finditer(whole.plain):
                at = [i for i in range(*m.span()) if whole.plain[i] != " "]
                yield Folded("", "".join(whole.plain[i] for i in at), None, _at(whole, at))
            for m in _JOINED.finditer(text):
                at = [i for i in range(*m.span()) if text[i].isalnum()]
                letters = "".join(text[i] for i in at)
                yield Folded(letters, letters.translate(self._table), self._table, at)

    def _look(
        self, view: Folded, text: str, language: str | None
    ) -> Iterator[tuple[Spelling, int, int]]:
        if self._automaton is None:
            return
        left = _MOST
        found = self._automaton.find_matches_as_indexes(view.skeleton, overlapping=True)
        for pattern, first_space, last_space in found:
            start = first_space + (view.skeleton[first_space] == " ")
            end = last_space - (view.skeleton[last_space - 1] == " ")
            for spelling in self._found[pattern]:
                if not left or not all(double in view.plain for double in spelling.doubles):
                    continue
                if spelling.fits(view.run_lengths(start, end), repeats=self._fold.repeats):
                    first, last = view.span(start, end)
                    if spelling.plausible(text[first:last], language):
                        left -= not spelling.excuses
                        yield spelling, first, last

    def _unmask(self, text: str) -> Iterator[Hit]:
        for m in _MASKED.finditer(text):
            plain = m[0].translate(self._masked)
            if 2 * plain.count("*") > len(plain):
                continue
            for spelling in self._shapes.get((len(plain), plain[0]), ()):
                if all(a in ("*", b) for a, b in zip(plain, spelling.plain, strict=True)):
                    yield Hit(spelling.term, m.start(), m.end(), True)


def _readings(text: str) -> set[str]:
    """Return *text* with its ambiguous signs read in the other ways; each as long as *text*."""
    readings = {text.replace("@", " ")}
    if _SIGNS.search(text):
        signs = text.translate({0x28: "c", 0x2B: "t"})
        readings |= {_AS_I.sub("i", signs), _AS_L.sub("l", signs)}
    return readings - {text}


def _at(view: Folded, at: list[int]) -> list[int]:
    return [view.origins[i] for i in at]


def _serves(term: Term, language: str | None) -> bool:
    return language is None or term.language in ("*", language) or " " in term.text


def _cover(hits: Iterable[Hit]) -> tuple[list[int], list[int]]:
    """Return the starts in order, and the furthest end among the hits up to each of them."""
    spans = sorted((h.start, h.end) for h in hits)
    return [start for start, _ in spans], list(accumulate((end for _, end in spans), max))


def _excused(hit: Hit, cover: tuple[list[int], list[int]] | None) -> bool:
    before = bisect_right(cover[0], hit.start) if cover else 0
    return cover is not None and before > 0 and cover[1][before - 1] >= hit.end


def _outermost(hits: Iterable[Hit]) -> list[Hit]:
    """Sort *hits* and drop those inside another that says as much about the same issue."""
    kept: list[Hit] = []
    last: dict[str, Hit] = {}
    for hit in sorted(
        hits, key=lambda h: (h.start, -h.end, -h.term.score, h.disguised, h.term.text)
    ):
        outer = last.get(hit.term.issue)
        if outer and hit.end <= outer.end and hit.term.score <= outer.term.score:
            continue
        last[hit.term.issue] = hit
        kept.append(hit)
    return kept
