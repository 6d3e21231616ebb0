"""Folding: one plain spelling for many, and the way back to the characters it came from.

Folding keeps letters, turns all that stands between words into spaces, and drops what cannot be
seen. Only a text with a hit pays for the way back.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from functools import cached_property, lru_cache
from itertools import accumulate

import attrs

from handrail.settings import flag

_CACHED = 20_000
"""Characters a table remembers; a bound, so that odd texts cannot fill the memory."""

_LEET = dict(zip("0123456789@$€£¢", "oizeasgtbgaselc", strict=True))
_LOOK_ALIKES = {
    other: letter
    for letter, others in {
        "a": "аαɑλʌᎪ", "b": "вьβᏴ", "c": "сⲥᏟ", "d": "ԁ", "e": "еєεᎬ", "g": "ցᏀ", "h": "нһᎻ",
        "i": "іιɩᎥ", "j": "јϳᎫ", "k": "кκᏦ", "l": "ӏᏞ", "m": "мᎷ", "n": "пиη", "o": "оοσօө",
        "p": "рρᏢ", "q": "ԛ", "r": "гяᎡ", "s": "ѕՏᏚ", "t": "тτᎢ", "u": "υʊцսμ", "v": "νѵᏙ",
        "w": "ԝшщωѡᏔ", "x": "хχ", "y": "уγүყ", "z": "Ꮓ",
    }.items()
    for other in others
}  # fmt: skip
_NAMED = re.compile(
    r"(?:LATIN (?:SMALL |CAPITAL )?LETTER|NEGATIVE (?:CIRCLED|SQUARED) LATIN CAPITAL LETTER"
    r"|REGIONAL INDICATOR SYMBOL LETTER)"
    r"(?: SMALL CAPITAL| DOTLESS| SCRIPT| TURNED| REVERSED| OPEN| BARRED| INSULAR)*"
    r" ([A-Z])(?: WITH .*)?"
)
_DIACRITICS = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u064b-\u065f\u1ab0-\u1aff\u1dc0-\u1dff"
    "\u20d0-\u20ff\ufe20-\ufe2f]"
)
_HIDDEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_REPEATS = re.compile(r"(.)\1+", re.DOTALL)


@attrs.frozen(kw_only=True)
class Fold:
    """Which disguises folding sees through; case, width and invisible characters always count.

    Attributes:
        leet: Digits and signs that stand for letters.
        look_alikes: Letters of other scripts, and letters with strokes, hooks and accents.
        repeats: Letters written three times or more.
        spacing: Words broken up by spaces, dots, hyphens, and words written together.
        masks: Asterisks that stand for letters.
    """

    leet: bool = attrs.field(default=True, validator=flag)
    look_alikes: bool = attrs.field(default=True, validator=flag)
    repeats: bool = attrs.field(default=True, validator=flag)
    spacing: bool = attrs.field(default=True, validator=flag)
    masks: bool = attrs.field(default=True, validator=flag)


class Table(dict[int, str]):
    """What each character folds to, filled as characters are met."""

    def __init__(self, fold: Fold, keep: str = "") -> None:
        super().__init__()
        self._fold = fold
        self._keep = keep

    def __missing__(self, code: int) -> str:
        folded = self._folded(chr(code))
        if len(self) < _CACHED:
            self[code] = folded
        return folded

    def _folded(self, char: str) -> str:
        category = unicodedata.category(char)
        if char in self._keep:
            return char
        if category == "Cf" or char in _HIDDEN or 0xFE00 <= ord(char) <= 0xFE0F:
            return ""
        return "".join(map(self._letter, _DIACRITICS.sub("", self._plain(char)).casefold()))

    def _plain(self, char: str) -> str:
        if self._fold.look_alikes or _DIACRITICS.match(char):
            return unicodedata.normalize("NFKD", char)
        return unicodedata.normalize("NFKC", char)

    def _letter(self, char: str) -> str:
        if self._fold.leet and char in _LEET:
            return _LEET[char]
        if char.isascii():
            return char if char.isalnum() else " "
        if self._fold.look_alikes:
            if char in _LOOK_ALIKES:
                return _LOOK_ALIKES[char]
            if named := _NAMED.fullmatch(unicodedata.name(char, "").upper()):
                return named[1].lower()
        return char if unicodedata.category(char)[0] in "LNM" else " "


@lru_cache(maxsize=64)
def table(fold: Fold, keep: str = "") -> Table:
    """Return the table for *fold*; characters in *keep* stay as they are."""
    return Table(fold, keep)


class Folded:
    """A folded text, its skeleton (each run of one letter once), and where both came from.

    Only what differs has a place: runs of more than one letter, characters that fold to none or
    to several.
    """

    def __init__(
        self, text: str, plain: str, table: Table | None, origin: range | list[int]
    ) -> None:
        self.text = text
        self.plain = plain
        self._runs = [m.span() for m in _REPEATS.finditer(plain)]
        self.skeleton = f" {self._once()} "
        self._table = table
        self._origin = origin

    def _once(self) -> str:
        ends = (0, *(end for _, end in self._runs))
        starts = (*(start + 1 for start, _ in self._runs), len(self.plain))
        return "".join(self.plain[a:b] for a, b in zip(ends, starts, strict=True))

    @cached_property
    def _more(self) -> dict[int, int]:
        """By place in the skeleton, how often a letter stands there beyond the first time."""
        more, dropped = {}, -1  # The skeleton begins with a space of its own.
        for start, end in self._runs:
            more[start - dropped] = end - start - 1
            dropped += end - start - 1
        return more

    @cached_property
    def _sums(self) -> tuple[list[int], list[int]]:
        """The places of ``_more``, and what all before each of them, and all in all, add."""
        return list(self._more), list(accumulate(self._more.values(), initial=0))

    @cached_property
    def _odd(self) -> tuple[list[int], list[tuple[int, int]]]:
        """Where in the plain text what does not fold to one begins; its place and its size."""
        odd = self._uneven()
        starts, places, grown = [], [], 0
        for m in re.finditer(f"[{re.escape(''.join(odd))}]", self.text) if odd else ():
            starts.append(m.start() + grown)
            places.append((m.start(), odd[m[0]]))
            grown += odd[m[0]] - 1
        return starts, places

    def _uneven(self) -> dict[str, int]:
        if self._table is None or self.text.isascii():
            return {}
        sizes = {c: len(self._table[ord(c)]) for c in set(self.text)}
        return {c: size for c, size in sizes.items() if size != 1}

    def origin(self, place: int) -> int:
        """Return the raw position that a character of the plain text came from."""
        starts, places = self._odd
        if before := bisect_right(starts, place):
            at, size = places[before - 1]
            place = at + max(0, place - starts[before - 1] - size + 1)
        return self._origin[place]

    def run_lengths(self, start: int, end: int) -> list[int]:
        """Return how often each letter of ``skeleton[start:end]`` stands there."""
        return [1 + self._more.get(place, 0) for place in range(start, end)]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the raw characters behind ``skeleton[start:end]``."""
        return self.origin(self._start(start)), self.origin(self._start(end) - 1) + 1

    def _start(self, place: int) -> int:
        places, sums = self._sums
        return place - 1 + sums[bisect_left(places, place)]


def folded(text: str, table: Table) -> Folded:
    """Fold *text*."""
    return Folded(text, text.translate(table), table, range(len(text)))
