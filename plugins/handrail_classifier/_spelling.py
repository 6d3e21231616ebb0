"""One token into the word it is meant as: digits for letters, stretched, swapped, masked letters.

A spelling is only mended into a word that is known from training, so that names stay names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from functools import cache
from itertools import product, repeat
from operator import getitem, xor
from zlib import crc32

LONGEST = 40
"""Letters of a word that count."""

_LEET = str.maketrans("0123456789@$€£!|+", "oizeasgtbgaseliit")
_LEET_L = str.maketrans("0123456789@$€£!|+", "olzeasgtbgasellit")
_TWINS = dict(zip("һոհսӏǀ", "hnhull", strict=True))
"""Look-alikes that folding leaves alone."""

SIGNS = "\u0900-\u0963\u0966-\u0dff"
"""Where the signs of Indic scripts stand, which are part of a word and no letters."""

_INDIC = range(0x900, 0xD80, 0x80)
_LETTER_OF = {0x01: 0x28, 0x02: 0x28, 0x3E: 0x06, 0x3F: 0x07, 0x40: 0x08, 0x41: 0x09, 0x42: 0x0A,
              0x43: 0x0B, 0x46: 0x0E, 0x47: 0x0F, 0x48: 0x10, 0x4A: 0x12, 0x4B: 0x13,
              0x4C: 0x14}  # fmt: skip
"""The vowel that a sign stands for, and *na* for nasal signs: by place, alike in all blocks."""

_STRANGE = re.compile(r"[0-9@$€£!|+*]")
_LONG_RUN = re.compile(r"(.)\1{2,}")
_RUN = re.compile(r"(.)\1+")
_PARTS = re.compile(r"[^\W_]+")
_MEASURE = re.compile(r"[0-9]++([^\W\d_]{1,4}+)")
"""``150p``, ``18yrs``: no letters in disguise."""

_SHORTEST = 3
"""Letters from which on two neighbours may have been swapped."""


def _letter(block: int, place: int) -> str:
    sign, letter = chr(block + place), chr(block + _LETTER_OF.get(place, place))
    return sign if sign.isalnum() else letter if letter.isalnum() else ""


_LETTERS = str.maketrans(
    {chr(block + n): _letter(block, n) for block in _INDIC for n in range(0x80)} | _TWINS
)


def number(word: str) -> int:
    """Return 32 bits that stand for a word."""
    return crc32(word.encode("utf-8", "surrogatepass"))


def lettered(plain: str) -> str:
    """Return a folded word in letters alone: signs of Indic scripts are vowels, or nothing."""
    return plain.translate(_LETTERS)


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


def word(token: str, known: Set[int]) -> str:
    """Return the word that *token* is meant as; ``<user>`` for a mention."""
    bare = token.isascii() and token.isalpha()
    return _spelled(token, known) if bare else _disguised(token, known)


def _disguised(token: str, known: Set[int]) -> str:
    plain = token.replace("'", "")
    if not plain.isascii():
        plain = lettered(plain.replace("’", ""))
    bare = plain.strip("*")
    if bare.isalnum() and number(bare) in known:
        return bare
    strange = _STRANGE.search(plain) is not None
    for other in _readings(plain, strange=strange):
        if number(other) in known:
            return other
    if not strange and _SHORTEST <= len(plain) <= LONGEST and (other := _swapped(plain, known)):
        return other
    if token[0] == "@":
        return "<user>"
    if measure := _MEASURE.fullmatch(bare):
        return f"0{measure[1]}"
    meant = _as_letters(plain) if strange and _mixed(plain) else bare
    return _cut_runs(meant)[:LONGEST]


def _spelled(plain: str, known: Set[int]) -> str:
    """Return the word that ASCII letters are meant as, as most tokens are no more than that."""
    if crc32(plain.encode()) in known:
        return plain
    if _RUN.search(plain):
        for other in _without_runs(plain):
            if number(other) in known:
                return other
    if _SHORTEST <= len(plain) <= LONGEST and (other := _swapped(plain, known)):
        return other
    return _cut_runs(plain)[:LONGEST]


def _cut_runs(meant: str) -> str:
    return _LONG_RUN.sub(r"\1", meant) if _LONG_RUN.search(meant) else meant


def parts(word: str) -> list[str]:
    """Return what stands between the signs that are left in a word."""
    return _PARTS.findall(word)


def _readings(plain: str, *, strange: bool) -> Iterator[str]:
    bases = [plain]
    if strange:
        bases = [plain.translate(_LEET), plain.translate(_LEET_L)]
    for base in dict.fromkeys(bases):
        if "*" in base:
            yield from _unmasked(base)
            continue
        yield base
        if _RUN.search(base):
            yield from _without_runs(base)


def _without_runs(base: str) -> Iterator[str]:
    yield _LONG_RUN.sub(r"\1\1", base)
    yield _LONG_RUN.sub(r"\1", base)
    yield _RUN.sub(r"\1", base)


def _unmasked(base: str) -> Iterator[str]:
    yield base.replace("*", "")
    masked = base.count("*")
    if masked <= 2:
        for vowels in product("aeiou", repeat=masked):
            letters = iter(vowels)
            yield "".join(next(letters) if c == "*" else c for c in base)


def _swapped(plain: str, known: Set[int]) -> str:
    """Return the first known word that two swapped neighbours make; empty if there is none."""
    if plain.isascii():
        letters, places = plain.encode(), _changes(len(plain))
        changes = map(getitem, places, map(xor, letters, letters[1:]))
        numbers = [*map(xor, repeat(crc32(letters)), changes)]
        if known.isdisjoint(numbers):
            return ""
        return _swap(plain, next(i for i, other in enumerate(numbers) if other in known))
    others = (_swap(plain, i) for i in range(len(plain) - 1) if plain[i] != plain[i + 1])
    return next((other for other in others if number(other) in known), "")


def _swap(plain: str, i: int) -> str:
    return plain[:i] + plain[i + 1] + plain[i] + plain[i + 2 :]


@cache
def _changes(size: int) -> tuple[tuple[int, ...], ...]:
    """By place in a word of *size* letters: what swapping two neighbours does to its number.

    A checksum is linear: that depends on the bits in which they differ, and on what is behind.
    """
    return tuple(map(_change, range(size - 2, -1, -1)))


@cache
def _change(behind: int) -> tuple[int, ...]:
    none = crc32(bytes(2 + behind))
    return tuple(crc32(bytes((bits, bits)) + bytes(behind)) ^ none for bits in range(128))


def _mixed(plain: str) -> bool:
    """Whether a word with strange signs is letters for the most part."""
    return 2 * sum(map(str.isalpha, plain)) >= len(plain)


def _as_letters(plain: str) -> str:
    return plain.translate(_LEET).replace("*", "")
