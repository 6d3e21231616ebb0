"""The learned part: a linear model over words and concepts, a head for each intent."""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from importlib import resources
from itertools import repeat
from struct import Struct
from sys import byteorder

from handrail import ConfigError

from ._concepts import Seen
from ._features import features, pair, spoken, together, word

WORDS = 60
"""Words that are read at once; a longer text is read in parts that overlap by half."""

STEP = WORDS // 2
"""Words from the beginning of a part to that of the next."""

PARTS = 12
"""Parts of a text that are read, at most."""

LENGTH, POWER = 6.0, 0.9
"""A sum is divided by the length of what was found, which counts as at least this, to a power."""

ZERO = 128
"""What stands for nothing in a row; a row's numbers are bytes without a sign."""

_BITS, _LANE = 32, 0xFFFFFFFF
"""Of a lane: rows are added up head by head, side by side in one integer."""

_MARGIN = 1e-6
"""What a lane may lack, for its length, of what its head says anything from; for rounding."""

POINTS = (0.5, 0.7, 0.85)
"""Scores whose sums are known: one harmless text in 4,000, 10,000 and 25,000 has as much."""


class _Beside(dict[str, int]):
    """The rows of a concept beside others, and its own."""

    def __init__(self, all_: _Besides, name: str) -> None:
        super().__init__()
        self._all, self._name = all_, name

    def __missing__(self, other: str) -> int:
        return self._all.meet(self._name, other)


class _Besides(dict[str, Callable[[str], int]]):
    """What looks up the rows of each concept beside others; as many as there are concepts.

    A row whose number two features share is marked, as each number counts once.
    """

    def __init__(self, rows: dict[int, int], mark: int) -> None:
        super().__init__()
        self._rows, self._mark = rows, mark
        self.tables: dict[str, _Beside] = {}

    def __missing__(self, name: str) -> Callable[[str], int]:
        table = self.tables.setdefault(name, _Beside(self, name))
        return self.setdefault(name, table.__getitem__)

    def meet(self, one: str, other: str) -> int:
        """Return the row of two concepts that have not met before, and mark it for all else."""
        number = together(one, other)
        row = self._rows.get(number, 0)
        mine, theirs = self.tables[one], self.tables[other]
        row = mine.get(other, row)  # Another thread may just have met them, and marked it.
        mine[other] = theirs[one] = row
        if row:
            self._rows[number] = row | self._mark
        return row


class Model:
    """The weights of all heads, and from which sum on they mean what."""

    def __init__(self, packed: bytes) -> None:
        head, _, rest = packed.partition(b"\n")
        about = json.loads(head)
        self.heads: tuple[str, ...] = tuple(about["heads"])
        self._width = 1 + len(self.heads)
        rows = about["rows"]
        if len(rest) != rows * (4 + self._width):
            raise ConfigError("weights.bin is damaged: install handrail again")
        numbers = array("I", rest[: 4 * rows])
        if byteorder == "big":
            numbers.byteswap()
        lanes = Struct(f"<{self._width + 2}I")
        self._size, self._unpack = lanes.size, lanes.unpack
        self._rows = dict(zip(numbers, self._lanes(rest[4 * rows :]), strict=True))
        self._beside = _Besides(self._rows, 1 << _BITS * (self._width + 1))
        self._steps: Sequence[float] = about["steps"]
        self._square: float = about["square"]
        self._bias: Sequence[float] = about["bias"]
        self._points: Sequence[Sequence[float]] = about["points"]
        self._least = [
            (points[0] - bias) / step - _MARGIN
            for points, bias, step in zip(self._points, self._bias, self._steps, strict=True)
        ]

    def _lanes(self, table: bytes) -> Iterator[int]:
        """Each row as an integer: a lane for each of its numbers, one that counts rows, a mark."""
        width, lanes = self._width, bytearray(self._size)
        lanes[-8] = 1
        for start in range(0, len(table), width):
            lanes[:-8:4] = table[start : start + width]
            yield int.from_bytes(lanes, "little")

    def sums(self, words: Sequence[str], concepts: Iterable[str]) -> list[float]:
        """The log-odds of each head for one part of a text; no concept comes twice."""
        lanes, length = self._read(words, concepts)
        return [self._log_odds(n, lane, length) for n, lane in enumerate(lanes)]

    def _read(self, words: Sequence[str], concepts: Iterable[str]) -> tuple[list[int], float]:
        """What is added up for each head, and by what it is divided."""
        names: list[str] = []
        total = 0
        for name in concepts:
            names.append(name)
            total += sum(map(self._beside[name], names))
        total += self._sum(spoken(words))
        squared, *heads, count, marked = self._unpack(total.to_bytes(self._size, "little"))
        if marked:
            total = self._sum(features(words, names))
            squared, *heads, count, _ = self._unpack(total.to_bytes(self._size, "little"))
        lift = ZERO * count
        length = max(((squared - lift) * self._square) ** 0.5, LENGTH) ** POWER
        return [lane - lift for lane in heads], length

    def _log_odds(self, n: int, lane: int, length: float) -> float:
        return lane * self._steps[n] / length + self._bias[n]

    def _sum(self, numbers: Iterable[int]) -> int:
        return sum(map(self._rows.get, numbers, repeat(0)))

    def weigh(self, head: str, words: Sequence[str]) -> list[int]:
        """What each word adds to a head, with half of what it adds beside its neighbours."""
        lane = _BITS * (1 + self.heads.index(head))
        said = [*map(word, words)]
        added = [2 * self._adds(number, lane) for number in said]
        for apart in (1, 2):
            for n, (first, second) in enumerate(zip(said, said[apart:], strict=False)):
                both = self._adds(pair(first, second, apart), lane)
                added[n] += both
                added[n + apart] += both
        return added

    def _adds(self, number: int, lane: int) -> int:
        row = self._rows.get(number)
        return (row >> lane & _LANE) - ZERO if row else 0

    def score(self, head: int, sum_: float) -> float:
        """What a sum means: 0 below the first point, between points in proportion."""
        at = self._points[head]
        if sum_ < at[0]:
            return 0.0
        for low, high, least, most in zip(at, at[1:], POINTS, POINTS[1:], strict=False):
            if sum_ < high:
                return least + (most - least) * (sum_ - low) / (high - low)
        return POINTS[-1]

    def scores(
        self, words: Sequence[str], told: Iterable[tuple[Seen, Iterable[str]]]
    ) -> dict[str, tuple[float, Seen]]:
        """For each head that says anything its best score, and the part of the text it is of.

        Args:
            words: All of the text.
            told: Its parts, and the concepts in each.
        """
        best: dict[str, tuple[float, Seen]] = {}
        for part, names in told:
            lanes, length = self._read(words[part.start : part.end], names)
            for n, (lane, least) in enumerate(zip(lanes, self._least, strict=True)):
                if lane < least * length:
                    continue
                score = self.score(n, self._log_odds(n, lane, length))
                if score > best.get(self.heads[n], (0.0, part))[0]:
                    best[self.heads[n]] = score, part
        return best


def parts(count: int) -> Iterator[Seen]:
    """Where the parts of a text of *count* words begin and end."""
    for start in range(0, max(1, min(count - STEP, PARTS * STEP)), STEP):
        yield Seen(start, min(start + WORDS, count))


@cache
def shipped() -> Model:
    """The weights in the package; read once."""
    return Model(resources.files(__package__).joinpath("weights.bin").read_bytes())
