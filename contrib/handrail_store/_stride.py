"""How much one transaction changes: no more than others may wait for, however large the tables."""

from __future__ import annotations

import attrs

FEW, LEAST = 100, 50
"""Rows of the first transaction, and of the smallest: fewer would only wait for the disk."""

LONG_S = 0.2
"""What a transaction should take at most, in seconds: on SQLite all others wait meanwhile."""


@attrs.define
class Stride:
    """Rows of the next transaction: fewer after one that took long, more after a quick one.

    Attributes:
        most: Never more. rows: How many now.
    """

    most: int
    rows: int = FEW

    def __attrs_post_init__(self) -> None:
        self.rows = min(self.rows, self.most)

    def took(self, seconds: float) -> None:
        """Reckon with how long the last one took, from when it had its lock."""
        if seconds > LONG_S:
            self.rows = max(self.rows // 2, min(LEAST, self.most))
        elif seconds < LONG_S / 4:
            self.rows = min(self.rows * 2, self.most)
