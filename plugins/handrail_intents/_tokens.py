"""A text into tokens: words without apostrophes, and marks for links, money and names."""

from __future__ import annotations

import re

import attrs

from handrail import Fold, Folded, Text

HOW = Fold(apart=True, keep="$€£₹¥@#.,:/'’-_%&+?=")
"""Signs that say what a token is stay; case, width, look-alikes and invisible characters go."""

LONGEST = 8_000
"""Characters that are looked at; what comes after them is not."""

LINK, MONEY, NAME, NUMBER = "<link>", "<money>", "<name>", "<n>"

_SINGLE = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff"
_TOKEN = re.compile(
    r"(?P<link>https?:/{1,2}[^\s]++)"
    r"|(?P<money>[$€£₹¥] ?\d[\d.,]*+[a-z]{0,2}+)"
    r"|(?P<name>[@#][a-z0-9_.-]{2,64}+)"
    rf"|[{_SINGLE}]"
    rf"|(?P<word>[^\W{_SINGLE}]++(?:['’.&/-][^\W{_SINGLE}]++)*+[$€£]?)"
)
_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.([a-z]{2,12})(?:/.*)?")
_PARTS = re.compile(r"[./&_-]++")
_NO_HOST = frozenset(
    {"am", "and", "are", "but", "is", "it", "me", "my", "no", "not", "now", "of", "so", "the",
     "then", "to", "we", "yes", "you"}
)  # fmt: skip
"""Words that begin a sentence right behind a full stop."""


@attrs.frozen
class Tokens:
    """The tokens of a text, in order, and where each stands in the folded text."""

    folded: Folded
    words: tuple[str, ...]
    places: tuple[tuple[int, int], ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The range of the raw text behind tokens *start* to *end*, which are not none."""
        return self.folded.span(self.places[start][0], self.places[end - 1][1])


def tokens(text: Text) -> Tokens:
    """Cut a text, folded once for all who fold it in this way."""
    folded = text.fold(HOW)
    words: list[str] = []
    places: list[tuple[int, int]] = []
    for match in _TOKEN.finditer(folded.plain[:LONGEST]):
        for word, place in _read(match):
            words.append(word)
            places.append(place)
    return Tokens(folded, tuple(words), tuple(places))


def _read(match: re.Match[str]) -> list[tuple[str, tuple[int, int]]]:
    kind, said = match.lastgroup, match[0]
    if kind is None:
        return [(said, match.span())]
    if kind != "word":
        return [(f"<{kind}>", match.span())]
    if said.isalnum():
        return [(said, match.span())]
    if (host := _HOST.fullmatch(said)) and host[1] not in _NO_HOST:
        return [(LINK, match.span())]
    if said[-1] in "$€£" and said[0].isdigit():
        return [(MONEY, match.span())]
    bare = said.replace("'", "").replace("’", "").rstrip("$€£")
    return [(part, match.span()) for part in _PARTS.split(bare) if part]
