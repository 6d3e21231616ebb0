"""Letters upside down, which run backwards, and text that a mark makes run backwards."""

from __future__ import annotations

import re
from collections.abc import Iterator

_TURNED = {
    ord(other): letter
    for letter, others in {
        "a": "ɐ∀", "b": "qᗺ", "c": "ɔƆ", "d": "pᗡ", "e": "ǝƎ", "f": "ɟℲ", "g": "ƃɓᵷ⅁", "h": "ɥ",
        "i": "ᴉı", "j": "ɾſ", "k": "ʞ⋊", "l": "ꞁʅ˥", "m": "ɯW", "n": "uᴎ", "p": "dԀ", "q": "b",
        "r": "ɹᴚ", "t": "ʇ┴", "u": "n", "v": "ʌΛ", "w": "ʍM", "y": "ʎ⅄", "!": "¡", "?": "¿",
    }.items()
    for other in others
}  # fmt: skip
_SIGNS = re.compile("[ɐɔǝɟƃɓᵷɥᴉɾʞꞁʅɯɹʇʌʍʎ∀ᗺƆᗡƎℲ⅁⋊˥Ԁᴚ┴⅄]")
_OVERRIDE = "\u202e"
_END = re.compile("[\u202a-\u202d\u2066-\u2069]")
_LEAST = 2
"""Letters that are upside down beyond doubt, from which a text is read so."""


def turns(word: str) -> bool:
    """Whether a word has what makes somebody turn the page."""
    return not word.isascii() and (_OVERRIDE in word or _SIGNS.search(word) is not None)


def turned(text: str) -> Iterator[tuple[str, list[int]]]:
    """Yield *text* as somebody reads it who turns the page, and where its characters stood."""
    if len(_SIGNS.findall(text)) >= _LEAST:
        yield text[::-1].translate(_TURNED), list(range(len(text) - 1, -1, -1))
    if _OVERRIDE in text:
        places = list(_forwards(text))
        yield "".join(text[i] for i in places), places


def _forwards(text: str) -> Iterator[int]:
    """Yield the places of *text* as they are shown where U+202E turns the direction."""
    place = 0
    while (start := text.find(_OVERRIDE, place)) >= 0:
        yield from range(place, start)
        end = _END.search(text, start + 1)
        line = text.find("\n", start)
        stops = [m for m in (end.start() if end else -1, line) if m >= 0]
        place = min(stops, default=len(text))
        yield from range(place - 1, start, -1)
    yield from range(place, len(text))
