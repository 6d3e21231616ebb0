"""Folding: one plain spelling for many, and the way back to the characters it came from.

Folding keeps letters and digits, turns all that stands between words into spaces, and drops what
cannot be seen. Only who asks for a place pays for the way back.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from bisect import bisect_right
from functools import cache, cached_property, lru_cache
from importlib import resources

import attrs

from handrail.errors import InvalidValueError
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
    r"(?: SMALL CAPITAL| DOTLESS| SCRIPT| TURNED| REVERSED| OPEN| BARRED| INSULAR| STRETCHED"
    r"| SIDEWAYS| CLOSED| INVERTED)*"
    r" ([A-Z])(?: WITH .*)?"
)
_DIACRITICS = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u064b-\u065f\u1ab0-\u1aff\u1dc0-\u1dff"
    "\u20d0-\u20ff\ufe20-\ufe2f]"
)
_HIDDEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")


def _check_keep(_: object, field: attrs.Attribute[str], value: object) -> None:
    if not isinstance(value, str) or any(map(str.isspace, value)):
        raise InvalidValueError(f"{field.name}: expected characters, no spaces among them")


@attrs.frozen(kw_only=True, cache_hash=True)
class Fold:
    """What folding sees through, beside case, width, stacked marks and invisible characters.

    Attributes:
        look_alikes: Letters with accents, strokes and hooks, letters in boxes and circles, small
            capitals, letters of other scripts that look Latin.
        emoji: Emoji read as the word or the letter they stand for: a short list.
        leet: Digits and signs that stand for letters (``3``, ``@``, ``$``).
        apart: Whether each character between two words is a space; else all of them are one.
        keep: Characters that stay as they are.
    """

    look_alikes: bool = attrs.field(default=True, validator=flag)
    emoji: bool = attrs.field(default=True, validator=flag)
    leet: bool = attrs.field(default=False, validator=flag)
    apart: bool = attrs.field(default=False, validator=flag)
    keep: str = attrs.field(default="", validator=_check_keep)


PLAIN = Fold()
"""How ``context.text.plain`` is folded."""


@cache
def _emoji() -> dict[str, str]:
    """Words have a space on each side; letters and digits have not."""
    source = resources.files("handrail").joinpath("data/emoji.csv")
    with source.open(encoding="utf-8") as lines:
        rows = {row["emoji"]: row["reads"] for row in csv.DictReader(lines)}
    return {char: read if len(read) == 1 else f" {read} " for char, read in rows.items()}


class _Table(dict[int, str]):
    """What each character folds to, filled as characters are met."""

    def __init__(self, how: Fold) -> None:
        super().__init__()
        self._how = how
        self._emoji = _emoji() if how.emoji else {}
        self.ascii = "".join(map(self.__getitem__, range(128))).encode() + bytes(128)

    def __missing__(self, code: int) -> str:
        folded = self._folded(chr(code))
        if len(self) < _CACHED:
            self[code] = folded
        return folded

    def _folded(self, char: str) -> str:
        if char in self._how.keep:
            return char
        if char in self._emoji:
            return self._emoji[char]
        hidden = char in _HIDDEN or 0xFE00 <= ord(char) <= 0xFE0F
        if hidden or unicodedata.category(char) == "Cf":
            return ""
        return "".join(map(self._letter, self._bare(char).casefold()))

    def _bare(self, char: str) -> str:
        if self._how.look_alikes or _DIACRITICS.match(char):
            parts = _DIACRITICS.sub("", unicodedata.normalize("NFKD", char))
            return unicodedata.normalize("NFC", parts)
        return unicodedata.normalize("NFKC", char)

    def _letter(self, char: str) -> str:
        if self._how.leet and char in _LEET:
            return _LEET[char]
        if char.isascii():
            return char if char.isalnum() else " "
        if self._how.look_alikes:
            if char in _LOOK_ALIKES:
                return _LOOK_ALIKES[char]
            if named := _NAMED.fullmatch(unicodedata.name(char, "").upper()):
                return named[1].lower()
        return char if unicodedata.category(char)[0] in "LNM" else " "


@lru_cache(maxsize=64)
def _table(how: Fold) -> _Table:
    return _Table(how)


def _close(spread: str) -> str:
    if "  " in spread or spread[:1] == " " or spread[-1:] == " ":
        return " ".join(spread.split())
    return spread


class Folded:
    """A folded text, and where each of its characters came from.

    Places in it are no places in the text: a character folds to none, one or several. ``origin``
    and ``span`` lead back.

    Attributes:
        raw: The text as it came.
        how: How it is folded.
        plain: The folded text.
    """

    def __init__(self, raw: str, how: Fold = PLAIN) -> None:
        self.raw, self.how = raw, how
        self._table = _table(how)
        if raw.isascii():
            self._spread = raw.encode().translate(self._table.ascii).decode()
        else:
            self._spread = raw.translate(self._table)
        self.plain = self._spread if how.apart else _close(self._spread)

    def origin(self, place: int) -> int:
        """Return the place in the raw text that the character at *place* came from."""
        if self.plain is not self._spread:
            starts, shifts = self._words
            place += shifts[bisect_right(starts, place) - 1]
        if self.raw.isascii():
            return place
        starts, places = self._odd
        if before := bisect_right(starts, place):
            at, size = places[before - 1]
            place = at + max(0, place - starts[before - 1] - size + 1)
        return place

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the range of the raw text behind ``plain[start:end]``, which is not empty."""
        return self.origin(start), self.origin(end - 1) + 1

    @cached_property
    def _words(self) -> tuple[list[int], list[int]]:
        """Where each word begins in the plain text, and how far it stood from there."""
        starts, shifts, place = [0], [0], 0
        for word in re.finditer("[^ ]+", self._spread):
            starts.append(place)
            shifts.append(word.start() - place)
            place += len(word[0]) + 1
        return starts, shifts

    @cached_property
    def _odd(self) -> tuple[list[int], list[tuple[int, int]]]:
        """Where what does not fold to one character begins; its place in the raw, its size."""
        odd = self._uneven()
        starts, places, grown = [], [], 0
        for m in re.finditer(f"[{re.escape(''.join(odd))}]", self.raw) if odd else ():
            starts.append(m.start() + grown)
            places.append((m.start(), odd[m[0]]))
            grown += odd[m[0]] - 1
        return starts, places

    def _uneven(self) -> dict[str, int]:
        sizes = {c: len(self._table[ord(c)]) for c in set(self.raw)}
        return {c: size for c, size in sizes.items() if size != 1}

    def __repr__(self) -> str:
        return f"Folded({len(self.raw)} characters)"


def fold(text: str, how: Fold = PLAIN) -> Folded:
    """Fold *text*; in a hook ask ``context.text.fold`` instead, which folds once for all."""
    return Folded(text, how)
