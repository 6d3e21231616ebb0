"""Folding: one plain spelling for many, and the way back to the characters it came from.

Folding keeps letters, turns all that stands between words into spaces, and drops what cannot be
seen. Only a text with a hit pays for the way back.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cached_property, lru_cache
from itertools import pairwise

import attrs

from handrail import InvalidValueError

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
_RUN = re.compile(r"(.)\1*", re.DOTALL)
_REPEATS = re.compile(r"(.)\1+", re.DOTALL)


def true_or_false(_: object, attribute: attrs.Attribute[bool], value: object) -> None:
    """Refuse what is neither, naming the setting."""
    if not isinstance(value, bool):
        raise InvalidValueError(f"{attribute.name}: expected true or false")


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

    leet: bool = attrs.field(default=True, validator=true_or_false)
    look_alikes: bool = attrs.field(default=True, validator=true_or_false)
    repeats: bool = attrs.field(default=True, validator=true_or_false)
    spacing: bool = attrs.field(default=True, validator=true_or_false)
    masks: bool = attrs.field(default=True, validator=true_or_false)


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
    """A folded text, its skeleton (each run of one letter once), and where both came from."""

    def __init__(
        self, text: str, plain: str, table: Table | None, origin: range | list[int]
    ) -> None:
        self.text = text
        self.plain = plain
        self.skeleton = " " + _REPEATS.sub(r"\1", plain) + " "
        self._table = table
        self._origin = origin

    @cached_property
    def runs(self) -> list[int]:
        """Where each run starts in the plain text, and last where it ends."""
        return [m.start() for m in _RUN.finditer(self.plain)] + [len(self.plain)]

    @cached_property
    def origins(self) -> range | list[int]:
        """For each character of the plain text, the raw position it came from."""
        if self._table is None or self.text.isascii():
            return self._origin
        sizes = [len(self._table[ord(c)]) for c in self.text]
        return [o for o, size in zip(self._origin, sizes, strict=True) for _ in range(size)]

    def run_lengths(self, start: int, end: int) -> list[int]:
        """Return how often each letter of ``skeleton[start:end]`` stands there."""
        runs = self.runs[start - 1 : end]
        return [b - a for a, b in pairwise(runs)]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the raw characters behind ``skeleton[start:end]``."""
        first, last = self.runs[start - 1], self.runs[end - 1] - 1
        return self.origins[first], self.origins[last] + 1


def folded(text: str, table: Table) -> Folded:
    """Fold *text*."""
    return Folded(text, text.translate(table), table, range(len(text)))
