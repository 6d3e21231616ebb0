"""One token into the word it is meant as: digits for letters, stretched, swapped, masked letters.

A spelling is only mended into a word that is known from training, so that names stay names.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from itertools import product
from zlib import crc32

LONGEST = 40
"""Letters of a word that count."""

_LEET = str.maketrans("0123456789@$€£!|+", "oizeasgtbgaseliit")
_LEET_L = str.maketrans("0123456789@$€£!|+", "olzeasgtbgasellit")
_TWINS = str.maketrans("һոհսӏǀ", "hnhull")
"""Look-alikes that folding leaves alone."""

_STRANGE = re.compile(r"[0-9@$€£!|+*]")
_LONG_RUN = re.compile(r"(.)\1{2,}")
_RUN = re.compile(r"(.)\1+")
_PARTS = re.compile(r"[^\W_]+")
_MEASURE = re.compile(r"[0-9]++([^\W\d_]{1,4}+)")
"""``150p``, ``18yrs``: no letters in disguise."""

_SHORTEST = 3
"""Letters from which on two neighbours may have been swapped."""


def number(word: str) -> int:
    """Return 32 bits that stand for a word."""
    return crc32(word.encode("utf-8", "surrogatepass"))


def shape(token: str) -> str:
    """Return what stands for a token that is no word: ``<url>``, ``<user>``, ``<n5>``, a mark.

    The empty string for a word, and ``<>`` for what says nothing.
    """
    first = token[0]
    if "." in token or token.startswith(("http://", "https://")):
        return "<url>"
    if first == "&":
        return "<>"
    if first in "!?":
        return first if len(token) == 1 else first * 2 if len(set(token)) == 1 else "?!"
    bare = token.strip("@$€£*%")
    if not bare:
        return f"<{first}>"
    if bare.isdigit():
        money = "$" if first in "$€£" else ""
        return f"<{money}n{min(len(bare), 12)}>"
    return ""


def word(token: str, known: Container[int]) -> str:
    """Return the word that *token* is meant as; ``<user>`` for a mention."""
    plain = token.replace("'", "").replace("’", "").translate(_TWINS)
    bare = plain.strip("*")
    if bare.isalnum() and number(bare) in known:
        return bare
    for other in _readings(plain):
        if number(other) in known:
            return other
    if token[0] == "@":
        return "<user>"
    if measure := _MEASURE.fullmatch(bare):
        return f"0{measure[1]}"
    return _LONG_RUN.sub(r"\1", _as_letters(plain) if _mixed(plain) else bare)[:LONGEST]


def parts(word: str) -> list[str]:
    """Return what stands between the signs that are left in a word."""
    return _PARTS.findall(word)


def _readings(plain: str) -> Iterator[str]:
    strange = _STRANGE.search(plain) is not None
    bases = [plain]
    if strange:
        bases = [plain.translate(_LEET), plain.translate(_LEET_L)]
    for base in dict.fromkeys(bases):
        if "*" in base:
            yield from _unmasked(base)
            continue
        yield base
        if _RUN.search(base):
            yield _LONG_RUN.sub(r"\1\1", base)
            yield _LONG_RUN.sub(r"\1", base)
            yield _RUN.sub(r"\1", base)
        if not strange and _SHORTEST <= len(base) <= LONGEST:
            yield from _swapped(base)


def _unmasked(base: str) -> Iterator[str]:
    yield base.replace("*", "")
    masked = base.count("*")
    if masked <= 2:
        for vowels in product("aeiou", repeat=masked):
            letters = iter(vowels)
            yield "".join(next(letters) if c == "*" else c for c in base)


def _swapped(base: str) -> Iterator[str]:
    for i in range(len(base) - 1):
        if base[i] != base[i + 1]:
            yield base[:i] + base[i + 1] + base[i] + base[i + 2 :]


def _mixed(plain: str) -> bool:
    letters = sum(map(str.isalpha, plain))
    return letters * 2 >= len(plain) and _STRANGE.search(plain) is not None


def _as_letters(plain: str) -> str:
    return plain.translate(_LEET).replace("*", "")
