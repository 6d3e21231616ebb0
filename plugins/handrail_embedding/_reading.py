"""What a disguised text is meant to be read as: look-alikes, digits for letters, spaced letters."""

from __future__ import annotations

import re
import unicodedata

from handrail import Text

_WORD = re.compile(r"[^\W_]+")
_LEET = str.maketrans("013457@$!", "oieastasi")
_MIXED = re.compile(r"(?<![\w@$!#/.])[\w$][\w@$!]{2,29}(?![\w@$])")
_SPACED = re.compile(r"(?<!\w)(?:[^\W\d_][ .*\-_]{1,2}){3,30}[^\W\d_](?!\w)")
_BETWEEN = re.compile(r"[ .*\-_]+")


def reading(text: str) -> str | None:
    """Return *text* without its disguises; None if it has none."""
    folded = Text(text)
    plain = text
    if not text.isascii() and folded.plain.split() != _WORD.findall(_bare(folded.folded)):
        plain = folded.plain
    plain = _SPACED.sub(lambda match: _BETWEEN.sub("", match[0]), plain)
    plain = _MIXED.sub(_letters, plain)
    return None if plain == text else plain


def _bare(text: str) -> str:
    """The text without accents, which the tokenizer takes off anyway."""
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def _letters(match: re.Match[str]) -> str:
    """A word in which signs stand for letters; numbers, ordinals and names with a year stay."""
    word = match[0]
    inner = word.rstrip("!")
    signs = sum(not char.isalpha() for char in inner)
    if not signs or 2 * signs > len(inner) or inner.rstrip("0123456789").isalpha():
        return word
    if inner.lstrip("0123456789").isalpha():
        return word
    return inner.translate(_LEET) + word[len(inner) :]
