"""A text into tokens: words without apostrophes, and marks for links, money and names."""

from __future__ import annotations

import re
from functools import cached_property

from handrail import Fold, Text, fold

_LAUGHS = "😂🤣😅😆😹😜😝"

HOW = Fold(apart=True, keep="$€£₹¥@#.,:/'’-_%&+?=" + _LAUGHS)
"""Signs that say what a token is stay; case, width, look-alikes and invisible characters go."""

LONGEST = 8_000
"""Characters that are looked at; what comes after them is not."""

WORD = 40
"""Letters of a word that count: words are kept, and must not fill the memory."""

PIECES_KEPT = 30_000
"""What stands between spaces, of which the words are kept; none that is longer than a word."""

LINK, MONEY, NAME, NUMBER, LAUGH = "<link>", "<money>", "<name>", "<n>", "<laugh>"

_MARKED = "\u0900-\u0963\u0966-\u0dff"
"""Scripts of India: their vowel signs are parts of words, which ``\\w`` does not know."""

_SINGLE = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff"
_COINS = "$€£₹¥"
_TOKEN = re.compile(
    rf"https?://[^\s]++|[{_COINS}] ?\d[\d.,]*+[a-z]{{0,2}}+|[@#][a-z0-9_.-]{{2,64}}+"
    rf"|[{_SINGLE}{_LAUGHS}]"
    rf"|(?:[^\W{_SINGLE}]|[{_MARKED}])++(?:['’.&/-][^\W{_SINGLE}]++)*+[{_COINS}]?"
)
_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.([a-z]{2,12})(?:/.*)?")
_PARTS = re.compile(rf"[./&_{_COINS}-]++")
_NO_HOST = frozenset(
    {"am", "and", "are", "but", "is", "it", "me", "my", "no", "not", "now", "of", "so", "the",
     "then", "to", "we", "yes", "you"}
)  # fmt: skip
"""Words that begin a sentence right behind a full stop."""


_ENDS = ".,:?"
"""Signs behind a word that are no part of it, and no tokens."""

_APART = re.compile(rf"[{_COINS}] \d")
"""The one token that goes on behind a space."""


class _Pieces(dict[str, tuple[str, ...]]):
    """The words of the pieces met so far between spaces; most come again.

    Safe in threads: what is kept is only ever added, or thrown away as a whole.
    """

    def __missing__(self, piece: str) -> tuple[str, ...]:
        bare = piece.rstrip(_ENDS)
        if bare.isascii() and bare.isalnum():
            found: tuple[str, ...] = (bare[:WORD],)
        else:
            said = _TOKEN.findall(piece)
            found = tuple(word[:WORD] for each in said for word in _parts(each))
        if len(piece) <= WORD:
            if len(self) >= PIECES_KEPT:
                self.clear()
            self[piece] = found
        return found


_PIECES = _Pieces()


class Tokens:
    """The tokens of a text, in order, and where each stands in it."""

    def __init__(self, text: Text) -> None:
        self._folded = text.fold(HOW)
        self._read = self._folded.plain[:LONGEST]
        self.words: list[str] = []
        for piece in [self._read] if _APART.search(self._read) else self._read.split():
            self.words += _PIECES[piece]

    @cached_property
    def _places(self) -> list[tuple[int, int]]:
        found = _TOKEN.finditer(self._read)
        return [match.span() for match in found for _ in _parts(match[0])]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The range of the raw text behind tokens *start* to *end*, which are not none."""
        return self._folded.span(self._places[start][0], self._places[end - 1][1])


def folded(word: str) -> str:
    """A word as it is met in a text: in lower case, without accents and apostrophes."""
    if word.isascii() and word.isalnum():  # Most are, and are read at start-up.
        return word.lower()
    return fold(word, HOW).plain.replace("'", "").replace("’", "")


def _parts(said: str) -> list[str]:
    """What one match is: a mark, a word, or several that were written together."""
    if said.isalnum():
        return [said]
    if said in _LAUGHS:
        return [LAUGH]
    if said[0] in "@#":
        return [NAME]
    if said[0] in _COINS or (said[-1] in _COINS and said[0].isdigit()):
        return [MONEY]
    if "://" in said or ((host := _HOST.fullmatch(said)) and host[1] not in _NO_HOST):
        return [LINK]
    bare = said.replace("'", "").replace("’", "")
    return [part for part in _PARTS.split(bare) if part]
