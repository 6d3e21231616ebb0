"""What two texts of reports have in common, without keeping either."""

from __future__ import annotations

from zlib import crc32

from handrail import fold

TEXT_MOST = 1000
"""Characters of a report that are read."""

WORDS_LEAST = 4
"""Words a text needs: shorter ones are alike by chance."""

_WIDTH = 3
_SIZE = 16
_SAME = 12
_MIX, _BITS = 0x9E3779B1, 0xFFFFFFFF
_MASKS = tuple((n << 28) | (0x9E3779B97F4A7C15 * (n + 1) >> 32) & 0x0FFFFFFF for n in range(_SIZE))
"""Each begins with other bits, so that each asks for the least of another part of the hashes."""

Print = tuple[int, ...]
"""The least hash of a text's runs of words in each of 16 orders; () for none."""


def prints(text: str) -> Print:
    """Return a text's print (MinHash, Broder 1997, over runs of three words).

    The share of numbers that two prints have in common estimates the share of runs that the
    texts have in common. () where the text is too short to tell.
    """
    words = fold(text[:TEXT_MOST]).plain.split()
    if len(words) < WORDS_LEAST:
        return ()
    runs = {" ".join(words[n : n + _WIDTH]) for n in range(len(words) - _WIDTH + 1)}
    hashes = [crc32(run.encode("utf-8", "replace")) * _MIX & _BITS for run in runs]
    return tuple(min(map(mask.__xor__, hashes)) for mask in _MASKS)


def alike(one: Print, other: Print) -> bool:
    """Whether two texts are nearly the same: about three quarters of their runs of words are."""
    return bool(one) and sum(a == b for a, b in zip(one, other, strict=False)) >= _SAME


def bands(mark: Print) -> tuple[Print, ...]:
    """Return pieces of a print of which texts that are alike always share one."""
    return tuple((n, *mark[n : n + 2]) for n in range(0, len(mark), 2))
