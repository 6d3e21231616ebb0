"""Hashes that come and go while they are searched: a table that never changes, and what is new.

Writers make a new state and swap it in; readers take one state and are never in the way.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from threading import Lock

import attrs
import numpy as np
from numpy.typing import NDArray

from ._index import Hits, Index, Words

FRESH_MOST = 4_000
"""Changes that are kept beside the table before it is built anew."""

Numbers = NDArray[np.int64]


def words_of(digests: bytes) -> Words:
    """Hashes of 32 bytes, one behind the other, as rows of four words."""
    return np.frombuffer(digests, ">u8").astype(np.uint64).reshape(-1, 4)


@attrs.frozen(eq=False)
class _Near:
    index: Index
    numbers: Numbers
    fresh: Index
    fresh_numbers: Numbers
    gone: Numbers  # Sorted.


class NearStore:
    """Hashes of 256 bits by number, to find those near another.

    Args:
        rows: The hashes. numbers: The number of each.
    """

    def __init__(self, rows: Words, numbers: Numbers) -> None:
        self._lock = Lock()
        self._state = _built(rows, numbers)

    def near(self, queries: Words, distance: int) -> Hits:
        """Find what is at most *distance* bits from each query; ``row`` is the hash's number."""
        state = self._state
        parts = [
            (hits.query, numbers[hits.row], hits.distance)
            for index, numbers in (
                (state.index, state.numbers),
                (state.fresh, state.fresh_numbers),
            )
            if len(index) and len(hits := index.near(queries, distance))
        ]
        if not parts:
            nothing = np.empty(0, np.int64)
            return Hits(nothing, nothing, nothing)
        query, number, apart = map(np.concatenate, zip(*parts, strict=True))
        kept = ~np.isin(number, state.gone) if len(state.gone) else np.ones(len(number), bool)
        return Hits(query[kept], number[kept], apart[kept])

    def add(self, rows: Words, numbers: Numbers) -> None:
        """Add hashes under numbers that were never used."""
        with self._lock:
            old = self._state
            fresh = np.concatenate((old.fresh.rows, rows))
            fresh_numbers = np.concatenate((old.fresh_numbers, numbers))
            self._state = _tidied(
                attrs.evolve(old, fresh=Index(fresh), fresh_numbers=fresh_numbers)
            )

    def remove(self, numbers: Iterable[int]) -> None:
        """Remove hashes by number; one that is not there is passed over."""
        with self._lock:
            gone = np.union1d(self._state.gone, np.fromiter(numbers, np.int64))
            self._state = _tidied(attrs.evolve(self._state, gone=gone))

    @property
    def size(self) -> int:
        """Bytes it takes up."""
        state = self._state
        return state.index.size + state.numbers.nbytes + state.fresh.size

    def __len__(self) -> int:
        state = self._state
        numbers = np.concatenate((state.numbers, state.fresh_numbers))
        return len(numbers) - int(np.isin(numbers, state.gone).sum())


def _built(rows: Words, numbers: Numbers) -> _Near:
    none = np.empty(0, np.int64)
    return _Near(Index(rows).prepare(), numbers, Index(np.empty((0, 4), np.uint64)), none, none)


def _tidied(state: _Near) -> _Near:
    """The same in one table, if there has been much change."""
    if len(state.fresh) + len(state.gone) <= FRESH_MOST:
        return state
    rows = np.concatenate((state.index.rows, state.fresh.rows))
    numbers = np.concatenate((state.numbers, state.fresh_numbers))
    kept = ~np.isin(numbers, state.gone)
    return _built(rows[kept], numbers[kept])


class ExactStore:
    """Digests of one length by number, to find equal ones.

    Args:
        length: Bytes of a digest. digests: One behind the other. numbers: The number of each.
    """

    def __init__(self, length: int, digests: bytes, numbers: Numbers) -> None:
        rows = np.frombuffer(digests, np.uint8).reshape(-1, length)
        heads = np.ascontiguousarray(rows[:, :8]).view(">u8").reshape(-1).astype(np.uint64)
        order = np.argsort(heads, kind="stable")
        self._heads, self._rows, self._numbers = heads[order], rows[order], numbers[order]
        self._fresh: dict[bytes, tuple[int, ...]] = {}
        self._gone: frozenset[int] = frozenset()
        self._lock = Lock()

    def find(self, digest: bytes) -> Sequence[int]:
        """The numbers of those that equal *digest*."""
        head = np.uint64(int.from_bytes(digest[:8], "big"))
        first, last = (self._heads.searchsorted(head, side) for side in ("left", "right"))
        same = [
            int(self._numbers[n]) for n in range(first, last) if self._rows[n].tobytes() == digest
        ]
        return [n for n in (*same, *self._fresh.get(digest, ())) if n not in self._gone]

    def add(self, digest: bytes, number: int) -> None:
        """Add a digest under a number that was never used."""
        with self._lock:
            self._fresh[digest] = (*self._fresh.get(digest, ()), number)

    def remove(self, numbers: Iterable[int]) -> None:
        """Remove digests by number; one that is not there is passed over."""
        with self._lock:
            self._gone |= frozenset(numbers)

    def __len__(self) -> int:
        return len(self._heads) + sum(map(len, self._fresh.values())) - len(self._gone)

    @property
    def size(self) -> int:
        """Bytes it takes up, without what was added."""
        return self._heads.nbytes + self._rows.nbytes + self._numbers.nbytes


class Names:
    """Short texts by number, one behind the other: a tenth of the room that objects take."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._ends = array("Q")

    def append(self, name: str) -> None:
        """Add a text under the next number."""
        self._bytes += name.encode()
        self._ends.append(len(self._bytes))

    def __getitem__(self, number: int) -> str:
        first = self._ends[number - 1] if number else 0
        return self._bytes[first : self._ends[number]].decode()

    @property
    def size(self) -> int:
        """Bytes it takes up."""
        return len(self._bytes) + self._ends.itemsize * len(self._ends)
