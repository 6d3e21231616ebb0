"""Rows of weights added up head by head: side by side in one integer, which one addition adds.

A head has 32 bits, and what it stands for in a row is lifted above zero, so that no sum borrows
from its neighbour. They hold the rows of a text of ``LONGEST`` characters: three for each, and few
more, of 15 bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from struct import Struct
from zlib import adler32

from ._weights import VALUES, ZERO

_LIFT = ZERO * ZERO
"""Added to each number of a row, so that none is below zero."""

_LOW = bytes((value + _LIFT) % 256 for value in VALUES)
_HIGH = bytes((value + _LIFT) // 256 for value in VALUES)
_BITS, _LANE = 32, 0xFFFFFFFF
"""Of a lane."""

_SUM = 0xFFFF
"""Half of an Adler-32 checksum: the sum of the bytes, if they are few enough."""

_AT_ONCE = 256
"""Rows added up in one go: their bytes come to less than where Adler-32 begins anew, 65,521."""


class Lanes:
    """A table whose rows are added up.

    A sum has a lane for the squared length and one for each head, then one for how many rows it
    has, and one for how many groups are named.
    """

    def __init__(self, table: bytes, width: int) -> None:
        self._table, self._width = table, width
        self._columns = range(1, width)
        lanes = Struct(f"<{width + 2}I")
        self._size, self._pack, self._unpack = lanes.size, lanes.pack, lanes.unpack
        self._one = bytes(4 * width) + b"\1\0\0\0"
        self.group = 1 << _BITS * (width + 1)

    def one(self, row: int) -> int:
        """Return the sum of a single row."""
        start = row * self._width
        found = self._table[start : start + self._width]
        lanes = bytearray(self._one)
        lanes[:-4:4], lanes[1:-4:4] = found.translate(_LOW), found.translate(_HIGH)
        lanes[0], lanes[1] = found[0], 0
        return int.from_bytes(lanes, "little")

    def add(self, rows: Sequence[int]) -> int:
        """Return the sum of rows."""
        if len(rows) > _AT_ONCE:
            return self.add(rows[:_AT_ONCE]) + self.add(rows[_AT_ONCE:])
        table, width = self._table, self._width
        found = b"".join([table[(at := row * width) : at + width] for row in rows])
        low, high = found.translate(_LOW), found.translate(_HIGH)
        heads = [
            (adler32(low[n::width], 0) & _SUM) + ((adler32(high[n::width], 0) & _SUM) << 8)
            for n in self._columns
        ]
        length = adler32(found[::width], 0) & _SUM
        return int.from_bytes(self._pack(length, *heads, len(rows), 0), "little")

    def read(self, total: int) -> tuple[list[int], int, int]:
        """Return the sum of each head, the squared length, and how many groups are named."""
        squared, *heads, rows, groups = self._unpack(total.to_bytes(self._size, "little"))
        lift = rows * _LIFT
        return [head - lift for head in heads], squared - rows * ZERO, groups

    def head(self, n: int, total: int) -> int:
        """Return the sum of one head: cheaper than all of them."""
        lifted, rows = total >> (n + 1) * _BITS, total >> self._width * _BITS
        return (lifted & _LANE) - (rows & _LANE) * _LIFT
