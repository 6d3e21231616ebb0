"""One spelling of a term, and whether a place in a text can be meant as it."""

from __future__ import annotations

import re
import unicodedata

import attrs

from ._skeleton import Skeleton
from ._terms import Term

_SIGNS_AND_DIGITS = re.compile(r"[0-9@$€£¢!|+(]")
_DIGIT = re.compile(r"[0-9]")
_WORDS = re.compile(r"[^\W_]+")
_EUROPEAN = frozenset("àáâãäåæçèéêëìíîïñòóôõöøùúûüýÿăąćčďđęěğıłńňőœřśşšťůűźżžșț")
_OTHER_SCRIPT = re.compile("[\u0370-\u052f\u1f00-\u1fff]")
_LATIN = re.compile("[a-zA-Z\u00c0-\u024f]")
_SENTENCE_END = re.compile(r"[.!?…][\"')\]]*\s")
_WIDEST_GAP = 4
_LONG = 7
"""From this many letters on, an accent or a doubled letter hardly makes another word."""


@attrs.frozen(eq=False)
class Spelling:
    """One spelling of a term, or of a phrase that excuses it."""

    term: Term
    excuses: bool
    written: tuple[str, ...]
    plain: str
    letters: str
    runs: tuple[int, ...]
    doubles: tuple[str, ...]
    accents: tuple[str, ...]
    latin: bool
    drawn: bool

    @classmethod
    def of(cls, term: Term, phrase: str, plain: str) -> Spelling:
        """Prepare *phrase*, which folds to *plain*."""
        whole = Skeleton(plain)
        runs = tuple(whole.run_lengths(1, len(whole.skeleton) - 1))
        letters = whole.skeleton[1:-1]
        return cls(
            term=term,
            excuses=phrase is not term.text,
            written=words(phrase),
            plain=plain,
            letters=letters,
            runs=runs,
            doubles=tuple(a * n for a, n in zip(letters, runs, strict=True) if n > 1),
            accents=_accents(phrase),
            latin=_OTHER_SCRIPT.search(phrase) is None,
            drawn=_WORDS.search(phrase) is None,
        )

    def fits(self, runs: list[int], *, repeats: bool) -> bool:
        """Whether letters that stand as often as *runs* says can be this spelling."""
        for letter, had, has in zip(self.letters, self.runs, runs, strict=True):
            if letter == " ":
                if has > _WIDEST_GAP:
                    return False
            elif has != had:
                stretched = has > had and (has > 2 or len(self.plain) >= _LONG)
                if not (repeats and stretched):
                    return False
        return True

    def _parted(self, raw: str) -> bool:
        """Whether a phrase goes on after the end of a sentence.

        After each word it is emphasis; after one it ends a thought.
        """
        return " " in self.letters and len(_SENTENCE_END.findall(raw)) == 1

    def plausible(self, raw: str, language: str | None) -> bool:
        """Whether *raw* is this spelling in disguise, rather than other words that look so."""
        if self._parted(raw) or (self.drawn and _WORDS.search(raw)):
            return False  # Emoji mean something that the words they are read as do not.
        if raw.isascii() and not self.accents:
            signs = len(_SIGNS_AND_DIGITS.findall(raw))
            short = len(self.plain) < 4
            return 3 * signs <= 2 * len(self.plain) and not (short and _DIGIT.search(raw))
        if _OTHER_SCRIPT.search(raw) and self.latin and not _LATIN.search(raw):
            return False
        composed = unicodedata.normalize("NFC", raw).casefold()
        if not all(accent in composed for accent in self.accents):
            return False
        if language == self.term.language or len(self.plain) >= _LONG:
            return True
        return all(c in self.accents or c not in _EUROPEAN for c in composed)


def words(text: str) -> tuple[str, ...]:
    """Return the words of *text*, without case."""
    return tuple(_WORDS.findall(unicodedata.normalize("NFC", text).casefold()))


def _accents(text: str) -> tuple[str, ...]:
    composed = unicodedata.normalize("NFC", text).casefold()
    return tuple(c for c in composed if len(unicodedata.normalize("NFD", c)) > 1)
