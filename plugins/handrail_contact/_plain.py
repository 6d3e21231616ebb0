"""The plain spelling of a text that contacts are looked for in, and the way back to the text."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left

_CACHED = 20_000
_HIDDEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufe0e\ufe0f\u20e3")
_ALIKE = "аеорсухіјѕһԁԛԝӏԍкмтвнгпαορνιτκυχγАВЕКМНОРСТУХІЈЅΑΒΕΖΗΙΚΜΝΟΡΤΥΧ"
_LOOK_ALIKES = str.maketrans(
    _ALIKE, "aeopcyxijshdqwlgkmtbhrnaopvitkuxyABEKMHOPCTYXIJSABEZHIKMNOPTYX"
)
_ANY_ALIKE = re.compile(f"[{_ALIKE}]")
_SIGNS = ".,;:!?()[]{}<>=\"'*_~|/\\+-"
_APART = str.maketrans(dict.fromkeys(_SIGNS, " "))
_ASCII_APART = bytes.maketrans(_SIGNS.encode(), b" " * len(_SIGNS))
_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"[A-Za-z]")


class _Plain(dict[int, str]):
    """Each character in its compatibility form, digits in ASCII, none if it cannot be seen."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        plain = unicodedata.normalize("NFKC", char)
        if unicodedata.category(char) == "Cf" or char in _HIDDEN:
            plain = ""
        elif len(plain) != 1:
            plain = char
        elif plain.isdecimal():
            plain = str(unicodedata.decimal(plain))
        elif plain == "。":
            plain = "."
        elif plain == "\u2044":
            plain = "/"
        if len(self) < _CACHED:
            self[code] = plain
        return plain


_PLAIN = _Plain()


def tokens(lower: str) -> list[str]:
    """Return the words of a text, without signs."""
    if lower.isascii():  # Bytes are translated five times as fast.
        return lower.encode().translate(_ASCII_APART).decode().split()
    return lower.translate(_APART).split()


class View:
    """A text as it reads.

    Attributes:
        raw: The text as it came.
        text: The plain spelling: at most as long as the raw text.
        lower: The plain spelling in lower case.
    """

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self._origins: list[int] | None = None
        self._tokens: list[str] | None = None
        self._digits: int | None = None
        self.text = raw if raw.isascii() else self._read(raw)
        self.lower = self.text.lower()

    @property
    def tokens(self) -> list[str]:
        """The words in it."""
        if self._tokens is None:
            self._tokens = tokens(self.lower)
        return self._tokens

    @property
    def digits(self) -> int:
        """How many digits it has."""
        if self._digits is None:
            self._digits = sum(map(self.text.count, "0123456789"))
        return self._digits

    @property
    def longest(self) -> int:
        """How long the longest word is."""
        return max(map(len, self.tokens), default=0)

    def has(self, needles: tuple[str, ...]) -> bool:
        """Whether any of *needles* stands in the text, in lower case: cheaper than a pattern."""
        return any(map(self.lower.__contains__, needles))

    def _read(self, raw: str) -> str:
        plain = raw.translate(_PLAIN)
        if len(plain) != len(raw):
            self._origins = [i for i, c in enumerate(raw) if _PLAIN[ord(c)]]
        return _WORD.sub(_unmixed, plain) if _ANY_ALIKE.search(plain) else plain

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the raw range of a plain one, which is not empty."""
        if self._origins is None:
            return start, end
        return self._origins[start], self._origins[end - 1] + 1

    def at(self, start: int) -> int:
        """Return the plain place of the raw place *start*."""
        return start if self._origins is None else bisect_left(self._origins, start)

    def disguised(self, start: int, end: int) -> bool:
        """Whether a plain range stands in other characters in the raw text."""
        if self.text is self.raw:
            return False
        first, last = self.span(start, end)
        return self.raw[first:last] != self.text[start:end]


def _unmixed(match: re.Match[str]) -> str:
    """A word of Latin letters and such as look like them, in Latin ones; any other as it is."""
    word = match[0]
    return word.translate(_LOOK_ALIKES) if _LATIN.search(word) and not word.isascii() else word
