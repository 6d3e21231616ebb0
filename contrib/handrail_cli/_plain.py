"""Other people's text on one line of a screen: safe for a terminal, or its shape alone."""

from __future__ import annotations

import unicodedata

_UNPRINTABLE = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
_MASKS = {"L": "•", "N": "•", "S": "•", "M": ""}


def printable(text: str, limit: int = 240) -> str:
    """Return *text* on one line, safe for a terminal: no control, bidi or zero-width characters."""
    cut = text[: limit + 1]
    line = " ".join(cut.split())
    safe = "".join("�" if unicodedata.category(c) in _UNPRINTABLE else c for c in line)
    return safe[: limit - 1] + "…" if len(safe) > limit or len(text) > limit else safe


def masked(text: str, limit: int = 48) -> str:
    """Return the shape of *text*: a dot for every letter, digit and symbol."""
    return "".join(_MASKS.get(unicodedata.category(c)[0], c) for c in printable(text, limit))
