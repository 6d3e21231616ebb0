"""A text into sums, one for each head: what is known of words and pairs is kept and added up.

All heads of a word stand in one large integer, 64 bits each, so that one addition adds them all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import exp
from struct import Struct
from typing import TypeAlias

from handrail import fold

from ._cut import Cutter
from ._features import END, START, Token, frame, near, pair, pairs, token
from ._groups import frames, hinted, hostile, mentions
from ._near import around
from ._tokens import HOW, MOST, marks
from ._weights import VALUES, ZERO, Weights

ENGLISH = "en"
"""The language whose lines hold where another has none."""

_LANE = 8
_LANE_MASK = (1 << 8 * _LANE) - 1
_OFFSET = 1 << 32
"""Added to each lane of a word, so that none falls below zero; above any word's sum."""

_WORDS, _PAIRS, _NEARS = 30_000, 60_000, 60_000
"""What is kept at most; a bound, so that odd texts cannot fill the memory."""

_LONGEST = 40
"""Characters of a token that is kept."""

_STEEPEST = 30.0
"""Log-odds beyond which a score is as good as 0 or 1."""

_POWER = 0.45
"""Sums are divided by this power of the squared length, so that long texts say no more."""


class _Kept(dict[str, int]):
    """The sums of words, worked out when first met."""

    def __init__(self, add: Callable[[Token], int], known: frozenset[int]) -> None:
        super().__init__()
        self._add = add
        self._known = known
        self._tokens: dict[str, Token] = {}

    def token(self, text: str) -> Token:
        """Return what is known of a token."""
        found = self._tokens.get(text)
        return token(text, self._known) if found is None else found

    def name(self, text: str) -> str:
        """Return what pairs know a token by."""
        return text if text in (START, END) else self.token(text).name

    def __missing__(self, text: str) -> int:
        found = token(text, self._known)
        value = self._add(found)
        if len(text) <= _LONGEST:
            if len(self) >= _WORDS:
                self.clear()
                self._tokens = {}
            self._tokens[text] = Token(found.plain, found.name, [])
            self[text] = value
        return value


class _KeptPairs(dict[tuple[str, str], int]):
    """The sums of pairs, worked out when first met."""

    def __init__(self, add: Callable[[Sequence[int]], int], words: _Kept) -> None:
        super().__init__()
        self._add = add
        self._words = words

    def __missing__(self, both: tuple[str, str]) -> int:
        value = self._add(pair(self._words.name(both[0]), self._words.name(both[1])))
        if len(both[0]) + len(both[1]) <= 2 * _LONGEST:
            if len(self) >= _PAIRS:
                self.clear()
            self[both] = value
        return value


class _KeptNears(dict[str, int]):
    """The sums of what stands near a group, worked out when first met."""

    def __init__(self, add: Callable[[Sequence[int]], int]) -> None:
        super().__init__()
        self._add = add

    def __missing__(self, spoken: str) -> int:
        value = self._add([near(spoken)])
        if len(spoken) <= 3 * _LONGEST:
            if len(self) >= _NEARS:
                self.clear()
            self[spoken] = value
        return value


_Lines: TypeAlias = dict[str, tuple[float, list[tuple[int, float]]]]


def _lines(weights: Weights, language: str, groups: int) -> _Lines:
    """From sums to log-odds, by issue: what to add, and a slope by the place of a head."""
    chosen = {
        issue: lines[groups] if len(lines) > 1 else lines[0]
        for issue, lines in {**weights.lines[ENGLISH], **weights.lines[language]}.items()
    }
    return {
        issue: (
            line["bias"],
            [(n, line[head]) for n, head in enumerate(weights.heads) if line.get(head)],
        )
        for issue, line in chosen.items()
    }


class Model:
    """Weights, and what is known of the words met so far.

    Safe in threads: what is kept is only ever added, or thrown away as a whole.
    """

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self._width = len(weights.heads) + 1
        self._unpack = Struct(f"<{self._width + 1}q").unpack
        self._pack = Struct(f"<{self._width}Q").pack
        self._empty = _OFFSET << (8 * _LANE * self._width)
        self._group = 1 << (8 * _LANE * self._width)
        self._lines = {
            language: [_lines(weights, language, groups) for groups in range(3)]
            for language in weights.lines
        }
        self._cutter = Cutter()
        self._words = _Kept(self._word, weights.known)
        self._pairs = _KeptPairs(self._rows, self._words)
        self._nears = _KeptNears(self._rows)

    def sums(self, text: str) -> tuple[float, ...]:
        """Return a sum for each head, of a text as it came; 0 where nothing speaks.

        Behind them stands 2 where a group stands in a hostile frame, 1 where one is named, else 0.
        """
        found = self._cutter.tokens(text)[:MOST]
        total, count = self._total(found)
        for mark in marks(text):
            total, count = total + self._rows([frame(mark)]), count + 1
        squared, *heads, groups = self._lanes_of(total, count)
        if groups:
            added, more, groups = self._spoken(found, text)
            squared, *heads, _ = self._lanes_of(total + added, count + more)
        length = float(max(squared, 1) ** _POWER)
        return (*[head / length for head in heads], float(groups))

    def _spoken(self, found: Sequence[str], text: str) -> tuple[int, int, int]:
        """What the words around groups add, how many summands that is, and how they speak."""
        words = [self._words.token(each).plain for each in found]
        where = mentions(words)
        if not where:
            return 0, 0, 0
        quoted = '"' in (text if text.isascii() else fold(text, HOW).plain)
        spoken = frames(words, where, quoted=quoted)
        there = around(words, where)
        added = sum(self._rows([frame(each)]) for each in spoken)
        added += sum(map(self._nears.__getitem__, there))
        return added, len(spoken) + len(there), 1 + hostile(spoken)

    def scores(self, sums: Sequence[float], language: str = ENGLISH) -> dict[str, float]:
        """Return how likely each issue is, by the sums of a text: 0 to 1, calibrated."""
        found = {}
        lines = self._lines.get(language) or self._lines[ENGLISH]
        for issue, (bias, slopes) in lines[int(sums[-1])].items():
            log_odds = bias + sum([slope * sums[n] for n, slope in slopes])
            if not -_STEEPEST < log_odds < _STEEPEST:
                log_odds = _STEEPEST if log_odds > 0 else -_STEEPEST
            found[issue] = 1 / (1 + exp(-log_odds))
        return found

    def parts(self, issue: str, found: Sequence[str]) -> list[float]:
        """Return how much each token adds to an issue, with half of what its pairs add."""
        _, slopes = self._lines[ENGLISH][0][issue]
        alone = [self._added(slopes, self._words[text]) for text in found]
        near = [self._added(slopes, self._pairs[both]) / 2 for both in pairs(found)]
        return [a + b + c for a, b, c in zip(alone, near, near[1:], strict=False)]

    def _added(self, slopes: Sequence[tuple[int, float]], value: int) -> float:
        heads = [(value >> 8 * _LANE * (n + 1) & _LANE_MASK) - _OFFSET for n, _ in slopes]
        return float(sum([slope * head for (_, slope), head in zip(slopes, heads, strict=True)]))

    def _total(self, found: Sequence[str]) -> tuple[int, int]:
        words, both = set(found), set(pairs(found))
        total = sum(map(self._words.__getitem__, words)) + sum(map(self._pairs.__getitem__, both))
        return total, len(words) + len(both)

    def _word(self, found: Token) -> int:
        return self._rows(found.rows) + (self._group if found.plain in hinted() else 0)

    def _rows(self, rows: Sequence[int]) -> int:
        table, width = self.weights.table, self._width
        found = b"".join([table[row * width : (row + 1) * width] for row in rows])
        squared = sum(found[::width]) - ZERO * len(rows)
        sums = [sum(map(VALUES.__getitem__, found[n::width])) for n in range(1, width)]
        lanes = self._pack(*[_OFFSET + each for each in (squared, *sums)])
        return int.from_bytes(lanes, "little") + self._empty

    def _lanes_of(self, total: int, count: int) -> list[int]:
        packed = total.to_bytes(_LANE * (self._width + 1), "little")
        less = count * _OFFSET
        return [lane - less for lane in self._unpack(packed)]
