"""How much one transaction changes: no more than others may wait for, however large the tables."""

from __future__ import annotations

from time import sleep

import attrs
from sqlalchemy import Engine

FEW, LEAST = 100, 10
"""Rows of the first transaction, and of the smallest: fewer would only wait for the disk."""

LONG_S = 0.2
"""What a transaction should take at most, in seconds."""

ALONE_S = 0.02
"""The same on SQLite, where all others wait meanwhile: a HOLD has 50 ms to be written."""


@attrs.define
class Stride:
    """Rows of the next transaction: fewer after one that took long, more after a quick one.

    Attributes:
        most: Never more. alone: Whether nobody else writes meanwhile. rows: How many now.
    """

    most: int
    alone: bool = False
    rows: int = FEW

    @classmethod
    def on(cls, engine: Engine, most: int) -> Stride:
        """For a database."""
        return cls(most, alone=engine.dialect.name == "sqlite")

    def __attrs_post_init__(self) -> None:
        self.rows = min(self.rows, self.most)

    def took(self, seconds: float) -> None:
        """Reckon with how long the last one took, from when it had its lock; let others write.

        Who waits for SQLite looks only now and then whether it is free, so it is for as long.
        """
        long = ALONE_S if self.alone else LONG_S
        if seconds > long:
            self.rows = max(self.rows // 2, min(LEAST, self.most))
        elif seconds < long / 4:
            self.rows = min(self.rows * 2, self.most)
        if self.alone:
            sleep(min(seconds, LONG_S))
