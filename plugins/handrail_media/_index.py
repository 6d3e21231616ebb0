"""An exact index of 256-bit hashes: all within a Hamming distance, out of a million, in 0.1 ms.

A hash is cut into 11 chunks. Of two hashes at most 31 bits apart, one chunk differs by at most 2
bits (the pigeonhole principle), so looking up every chunk and what is near it finds them all. A
bitmap of the chunks that occur, small enough for the cache, answers most look-ups with no; what
is left is compared in full.
"""

from __future__ import annotations

from functools import cached_property
from itertools import chain, combinations

import attrs
import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]
Whole = NDArray[np.int64]

CHUNKS = 11
BITS = 256
FEW = 6_000
"""Hashes up to which comparing all of them is faster than looking them up."""

AT_ONCE = 16
"""Queries looked up together: more do not fit the cache."""


@attrs.frozen(eq=False)
class Hits:
    """What was found: three columns of equal length.

    Attributes:
        query: Number of the query. row: Number of the hash. distance: Bits that differ.
    """

    query: Whole
    row: Whole
    distance: Whole

    def __len__(self) -> int:
        return len(self.row)


_NOTHING = (np.empty(0, np.int64),) * 3


@attrs.frozen(eq=False)
class _Lookup:
    """The look-ups for one distance: which chunk, what to flip in it, where its bitmap begins."""

    chunk: Whole
    flips: Whole
    words: Whole


class Index:
    """Hashes to find others near; it never changes.

    Attributes:
        rows: The hashes, four words each, the highest first.
    """

    def __init__(self, rows: Words) -> None:
        self.rows = rows
        self._lookups: dict[int, _Lookup] = {}

    def __len__(self) -> int:
        return len(self.rows)

    def near(self, queries: Words, distance: int) -> Hits:
        """Find every hash at most *distance* bits (0 to 31) from each of the *queries*."""
        few = len(self.rows) <= FEW
        find = self._compare if few else self._look_up
        if len(queries) == 1:
            return Hits(*find(queries, 0, distance))
        firsts = range(0, len(queries), AT_ONCE)
        parts = [find(queries[n : n + AT_ONCE], n, distance) for n in firsts]
        return Hits(*map(np.concatenate, zip(_NOTHING, *parts, strict=True)))

    def _compare(self, queries: Words, first: int, distance: int) -> tuple[Whole, Whole, Whole]:
        apart = np.zeros((len(queries), len(self.rows)), np.uint16)
        for own, asked in zip(self._columns, queries.T, strict=True):
            apart += np.bitwise_count(own[None, :] ^ asked[:, None])
        query, row = np.nonzero(apart <= distance)
        return query + first, row, apart[query, row].astype(np.int64)

    @cached_property
    def _columns(self) -> Words:
        return np.ascontiguousarray(self.rows.T)

    def _look_up(self, queries: Words, first: int, distance: int) -> tuple[Whole, Whole, Whole]:
        table, lookup = self._table, self._lookup(distance)
        keys = chunks(queries).take(lookup.chunk, axis=1)
        keys ^= lookup.flips
        words = keys >> 6
        words += lookup.words
        keys &= 63
        occurs = table.bitmap.take(words)
        occurs >>= keys.view(np.uint64)
        occurs &= np.uint64(1)
        hit = np.flatnonzero(occurs)
        query, row = table.rows(words.reshape(-1)[hit], keys.reshape(-1)[hit])
        query = hit[query] // keys.shape[1]
        apart = np.bitwise_count(self.rows[row] ^ queries[query]).sum(axis=1, dtype=np.int64)
        near = np.flatnonzero(apart <= distance)
        if not len(near):
            return _NOTHING
        found = query[near] * len(self.rows) + row[near]  # A hash may be met in several chunks.
        found, once = np.unique(found, return_index=True)
        return found // len(self.rows) + first, found % len(self.rows), apart[near[once]]

    @cached_property
    def _table(self) -> _Table:
        return _Table.of(self.rows)

    def _lookup(self, distance: int) -> _Lookup:
        if distance not in self._lookups:
            self._lookups[distance] = _lookup(distance)
        return self._lookups[distance]

    def prepare(self) -> Index:
        """Build the tables now instead of in the first search."""
        _ = self._table if len(self.rows) > FEW else self._columns
        return self

    @property
    def size(self) -> int:
        """Bytes it takes up."""
        table = self._table.size if len(self.rows) > FEW else self.rows.nbytes
        return self.rows.nbytes + table


WIDTHS = tuple(BITS // CHUNKS + (n < BITS % CHUNKS) for n in range(CHUNKS))
STARTS = tuple(sum(WIDTHS[:n]) for n in range(CHUNKS))
_BASES = tuple(sum(1 << (w - 6) for w in WIDTHS[:n]) for n in range(CHUNKS))


_LAST = np.array([(start + width - 1) // 64 for start, width in zip(STARTS, WIDTHS, strict=True)])
_FIRST = np.array([start // 64 for start in STARTS])
_DOWN = np.array([63 - (s + w - 1) % 64 for s, w in zip(STARTS, WIDTHS, strict=True)], np.uint64)
_UP = np.uint64(64) - _DOWN  # A shift by 64 leaves nothing, which is right for a chunk in one word.
_MASKS = np.array([(1 << width) - 1 for width in WIDTHS], np.uint64)


def chunks(rows: Words) -> Whole:
    """Cut hashes into chunks: one row a hash, one column a chunk."""
    cut = rows[:, _LAST]
    cut >>= _DOWN
    above = rows[:, _FIRST]
    above <<= _UP
    cut |= above
    cut &= _MASKS
    return cut.view(np.int64)


def _lookup(distance: int) -> _Lookup:
    """Spread the distance over the chunks: those of no use are left out."""
    each, more = divmod(distance + 1, CHUNKS)
    flips = [_flips(WIDTHS[n], each + (n < more) - 1) for n in range(CHUNKS)]
    chunk = np.repeat(np.arange(CHUNKS), [len(f) for f in flips])
    return _Lookup(chunk, np.array([*chain(*flips)]), np.array(_BASES)[chunk])


def _flips(width: int, most: int) -> list[int]:
    return [
        sum(1 << bit for bit in bits)
        for flipped in range(most + 1)
        for bits in combinations(range(width), flipped)
    ]


def _chunk(rows: Words, n: int) -> Words:
    """One column of ``chunks``, without the memory for all."""
    cut: Words = rows[:, _LAST[n]] >> _DOWN[n]
    if _FIRST[n] != _LAST[n]:
        cut |= rows[:, _FIRST[n]] << _UP[n]
    cut &= _MASKS[n]
    return cut


@attrs.frozen(eq=False)
class _Table:
    """Which hashes have which chunk.

    Attributes:
        bitmap: A bit for each value of each chunk, set if it occurs. before: How many bits are
            set before each word. first: Where the hashes of the n-th set bit begin in ``holders``.
        holders: Numbers of hashes, chunk after chunk, by value.
    """

    bitmap: Words
    before: NDArray[np.uint32]
    first: NDArray[np.uint32]
    holders: NDArray[np.uint32]

    @classmethod
    def of(cls, rows: Words) -> _Table:
        bitmap = np.zeros(_BASES[-1] + (1 << (WIDTHS[-1] - 6)), np.uint64)
        holders = np.empty(CHUNKS * len(rows), np.uint32)
        firsts = []
        for n in range(CHUNKS):
            pairs = _chunk(rows, n) << np.uint64(32)
            pairs |= np.arange(len(rows), dtype=np.uint64)
            pairs.sort()
            held = slice(n * len(rows), (n + 1) * len(rows))
            holders[held] = pairs  # The lower half: the higher is cut off.
            pairs >>= np.uint64(32)
            first = np.flatnonzero(np.concatenate(([True], pairs[1:] != pairs[:-1])))
            values = pairs[first]
            words = (values >> np.uint64(6)).astype(np.int64) + _BASES[n]
            np.bitwise_or.at(bitmap, words, np.uint64(1) << (values & np.uint64(63)))
            firsts.append((first + held.start).astype(np.uint32))
        firsts.append(np.array([len(holders)], np.uint32))
        counts = np.bitwise_count(bitmap).cumsum(dtype=np.uint32)
        before = np.concatenate((np.zeros(1, np.uint32), counts[:-1]))
        return cls(bitmap, before, np.concatenate(firsts), holders)

    def rows(self, words: Whole, bits: Whole) -> tuple[Whole, Whole]:
        """The hashes of set bits: for each, the number of the bit it belongs to, and the hash."""
        below = (np.uint64(1) << bits.view(np.uint64)) - np.uint64(1)
        rank = self.before[words] + np.bitwise_count(self.bitmap[words] & below)
        start = self.first[rank].astype(np.int64)
        many = self.first[rank + 1] - start
        which = np.arange(len(start)).repeat(many)
        start += many - many.cumsum()
        return which, self.holders[start.repeat(many) + np.arange(len(which))].astype(np.int64)

    @property
    def size(self) -> int:
        """Bytes it takes up."""
        parts = (self.bitmap, self.before, self.first, self.holders)
        return sum(part.nbytes for part in parts)
