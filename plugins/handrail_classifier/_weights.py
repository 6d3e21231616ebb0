"""The weights as they are shipped: a line of JSON, a row of numbers a feature, known words."""

from __future__ import annotations

import json
from array import array
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from sys import byteorder

import attrs

from handrail import ConfigError

ZERO = 128
"""What stands for nothing in a row; a row's numbers are bytes without a sign."""

VALUES = tuple(step * abs(step) for step in range(-ZERO, ZERO))
"""What a byte of a head stands for: squares, so that small weights are as exact as large ones."""


@attrs.frozen(eq=False)
class Weights:
    """What training left.

    Attributes:
        heads: Name of each column but the first, which is squared length. table: Row after row.
        known: Numbers of words seen in training. lines: By language and issue, from sums to
            log-odds: a slope for each head that counts, and ``bias``; others hold where a group
            is named, where it stands in a hostile frame, and in long texts that name one.
            English has them all, and holds where another language has none.
    """

    heads: tuple[str, ...]
    table: bytes = attrs.field(repr=False)
    known: frozenset[int] = attrs.field(repr=False)
    lines: Mapping[str, Mapping[str, Sequence[Mapping[str, float]]]]

    @classmethod
    def read(cls, packed: bytes) -> Weights:
        """Take a file apart; raises ConfigError where it is not whole."""
        head, newline, rest = packed.partition(b"\n")
        about = json.loads(head) if newline else {}
        size, words = about.get("table", 0), about.get("known", 0)
        if not size or len(rest) != size + 4 * words:
            raise ConfigError("weights.bin is damaged: install handrail again")
        numbers = array("I", rest[size:])
        if byteorder == "big":
            numbers.byteswap()
        return cls(tuple(about["heads"]), rest[:size], frozenset(numbers), about["lines"])


@cache
def shipped() -> Weights:
    """Return the weights in the package; read once."""
    return Weights.read(resources.files(__package__).joinpath("weights.bin").read_bytes())
