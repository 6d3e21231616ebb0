"""A text into tokens as ``tokens`` cuts it, piece by piece between its spaces: most come again.

What a token is depends on nothing beyond the spaces around it, save where letters stand apart;
such texts are folded and cut as a whole.
"""

from __future__ import annotations

import re

from handrail import fold

from ._tokens import HOW, tokens

SHORT = 1_000
"""Characters up to which a text is cut piece by piece: folded, all of it counts."""

_KEPT, _LONGEST = 30_000, 40
"""Pieces that are kept, and the characters of one; bounds, for the memory."""

_ENDS = ".,"
"""Signs behind a word that are no part of it, and no tokens."""

_SAID = re.compile(r"([A-Za-z]{2,}(?:'[A-Za-z]+)?)([!?]*)\Z")
"""Most pieces, without the signs behind them: a word, and marks."""

_FIRST, _LAST, _INSIDE = 1, 2, 4
"""Where in a piece a letter stands apart: it may belong to one in the next piece."""

_APART = (
    (_FIRST, re.compile(r"\A [^\W_](?![^\W_'’])")),
    (_LAST, re.compile(r"[ .*_\-][^\W_] \Z")),
    (_INSIDE, re.compile(r"[ .*_\-][^\W_][ .*_\-][^\W_](?![^\W_'’])")),
)


class Cutter(dict[str, tuple[int, tuple[str, ...]]]):
    """Where letters stand apart in the pieces met so far, and their tokens.

    Safe in threads: what is kept is only ever added, or thrown away as a whole.
    """

    def tokens(self, text: str) -> list[str]:
        """Return the tokens of a raw text, in order."""
        if len(text) > SHORT:
            return tokens(fold(text, HOW).plain)
        found: list[str] = []
        before = 0
        for piece in text.split():
            apart, cut = self[piece]
            if apart and (apart & _INSIDE or (apart & _FIRST and before & _LAST)):
                return tokens(fold(text, HOW).plain)
            before = apart
            found += cut
        return found

    def __missing__(self, piece: str) -> tuple[int, tuple[str, ...]]:
        bare = piece.rstrip(_ENDS)
        if len(bare) > 1 and bare.isascii() and bare.isalpha():
            cut: tuple[int, tuple[str, ...]] = (0, (bare.lower(),))
        elif said := _SAID.match(bare):
            word, marks = said[1].lower(), said[2]
            cut = (0, (word, marks) if marks else (word,))
        else:
            plain = fold(piece, HOW).plain
            apart = sum(place for place, letter in _APART if letter.search(f" {plain} "))
            cut = (apart, (*tokens(plain),))
        if len(piece) <= _LONGEST:
            if len(self) >= _KEPT:
                self.clear()
            self[piece] = cut
        return cut
