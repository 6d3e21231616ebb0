"""What of a text its copies share: hashes of its words, and keys that a one-word edit leaves."""

from __future__ import annotations

import re
import string
from collections.abc import Sequence

from handrail import fold

LONGEST = 4000
"""Characters read of one text; what stands behind them is not compared."""

MASK = (1 << 64) - 1

NEAR_FROM = 3
"""Words from which a text can have near-copies; shorter ones are compared as they are."""

_END = 8
"""Words at either end that are a key of a longer text: whatever changes, one end stays."""

_LONG = 2 * _END
_SALTS = (
    0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x27D4EB2F165667C5,
    0x85EBCA77C2B2AE63,
)  # fmt: skip
"""So that a part of one kind is no part of another."""
_NAMES = re.compile(r"(?<!\S)@\S{1,64}")
_SIGNS = re.compile(r"[^\w\s]+|_")
_BARE = bytes.maketrans(string.ascii_uppercase.encode(), string.ascii_lowercase.encode())
_ASCII_SIGNS = string.punctuation.encode()
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u30ff\u3400-\u9fff\U00020000-\U0003ffff]|\\w+"
)
"""Scripts without spaces are read character by character."""


def words(text: str) -> list[str]:
    """Return the words of *text* as copies are compared.

    Case, disguises, punctuation, emoji and ``@names`` are gone, numbers are alike. Of a text
    with nothing else there is one word, made of its different characters.
    """
    head = text[:LONGEST]
    said = _NAMES.sub(" ", head) if "@" in head else head
    if said.isascii():
        found = said.encode().translate(_BARE, _ASCII_SIGNS).decode().split()
    else:
        found = _UNSPACED.findall(fold(_SIGNS.sub("", said)).plain)
    if not found:
        signs = "".join(sorted(set(head) - {" "}))
        return [signs] if signs else []
    if any(map(str.isdecimal, found)):
        return ["0" if word.isdecimal() else word for word in found]
    return found


def hashes(text: str) -> list[int]:
    """Return hashes of the words of *text*; they hold in this process only."""
    return [*map(hash, words(text))]


def kept_keys(hashed: Sequence[int]) -> list[int]:
    """Return the keys a text is kept under, the first that of the whole text.

    Short texts have one for each word left out, longer ones one for each end and for each third
    of the words, told apart by their hashes: two texts that differ in one word share a key, or
    the whole of one is a key of the other.
    """
    whole = sum(hashed)
    if len(hashed) < NEAR_FROM:
        return [whole & MASK]
    if len(hashed) >= _LONG:
        return [whole & MASK, *_parts(hashed)]
    return [whole & MASK, *[(whole - word) & MASK for word in hashed]]


def asked_keys(hashed: Sequence[int]) -> list[int]:
    """Return the keys to look a text up under: those it is kept under, and at the border both."""
    found = kept_keys(hashed)
    if len(hashed) == _LONG:
        whole = found[0]
        found += [(whole - word) & MASK for word in hashed]
    elif len(hashed) == _LONG - 1:
        found += _parts(hashed)
    return found


def _parts(hashed: Sequence[int]) -> list[int]:
    """Both ends, of which one stays, and thirds, of which a changed word leaves one."""
    sums = [sum(hashed[:_END]), sum(hashed[-_END:]), 0, 0, 0]
    for word in hashed:
        sums[2 + (word >> 7) % 3] += word
    return [(part + salt) & MASK for part, salt in zip(sums, _SALTS, strict=True)]


def sketch(hashed: Sequence[int]) -> int:
    """Return 64 bits, one set for each word."""
    bits = 0
    for word in hashed:
        bits |= 1 << (word >> 20 & 63)
    return bits
