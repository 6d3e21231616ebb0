"""A text into sums, one for each head: what is known of words and pairs is kept and added up."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp
from typing import TypeAlias

from handrail import fold

from ._cut import Cutter
from ._features import frame, nears, spoken
from ._groups import frames, hostile, mentions
from ._kept import Word, Words, added, row_by_row
from ._lanes import Lanes
from ._near import around
from ._tokens import HOW, MOST, marks
from ._weights import Weights

ENGLISH = "en"
"""The language whose lines hold where another has none."""

_STEEPEST = 30.0
"""Log-odds beyond which a score is as good as 0 or 1."""

POWER = 0.45
"""Sums are divided by this power of the squared length, so that long texts say no more."""

SHRUNK = 300
"""Added to the squared length, some two rare words: so that a few odd words say less."""

DIRECT = 80
"""Tokens up to which a text that names a group is scored as one about it; prose names many."""

LONG = 3
"""What stands for a longer one: hate there is scored by lines of its own."""

_Lines: TypeAlias = dict[str, tuple[float, list[tuple[int, float]]]]
"""By issue: what to add, and a slope for each head that counts, by its number."""


def _lines(weights: Weights, language: str, groups: int) -> _Lines:
    """From sums to log-odds, by issue: what to add, and a slope for each head."""
    chosen = {
        issue: lines[groups] if len(lines) > 1 else lines[0]
        for issue, lines in {**weights.lines[ENGLISH], **weights.lines[language]}.items()
    }
    return {
        issue: (
            line["bias"],
            [(n, line[head]) for n, head in enumerate(weights.heads) if head in line],
        )
        for issue, line in chosen.items()
    }


class Model:
    """Weights, and what is known of the words met so far.

    Safe in threads: what is kept is only ever added, or thrown away as a whole.
    """

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self._lanes = lanes = Lanes(weights.table, len(weights.heads) + 1)
        self._lines = {
            language: [_lines(weights, language, groups) for groups in range(LONG + 1)]
            for language in weights.lines
        }
        self._cutter = Cutter()
        self._words = Words(lanes, weights.known)

    def sums(self, text: str) -> tuple[float, ...]:
        """Return a sum for each head, of a text as it came; 0 where nothing speaks.

        Behind them stands 2 where a group stands in a hostile frame, 1 where one is named, LONG
        in a long text that names one, else 0.
        """
        found = self._cutter.tokens(text)[:MOST]
        words = [*map(self._words.__getitem__, found)]
        total, rows = added(found, words)
        total += self._lanes.add([*rows, *map(frame, marks(text))])
        heads, squared, groups = self._lanes.read(total)
        if groups:
            more, groups = self._spoken(words, text)
            heads, squared, _ = self._lanes.read(total + more)
        length = float((squared + SHRUNK) ** POWER)
        return (*[head / length for head in heads], float(groups))

    def _spoken(self, found: Sequence[Word], text: str) -> tuple[int, int]:
        """What the words around groups add, and how they speak: 0 where there is no group."""
        words = spoken([word.plain for word in found])
        where = mentions(words)
        if not where:
            return 0, 0
        quoted = '"' in (text if text.isascii() else fold(text, HOW).plain)
        said = frames(words, where, quoted=quoted)
        more = self._lanes.add([*map(frame, said), *nears(around(words, where))])
        return more, 1 + hostile(said) if len(found) <= DIRECT else LONG

    def scores(self, sums: Sequence[float], language: str = ENGLISH) -> dict[str, float]:
        """Return how likely each issue is, by the sums of a text: 0 to 1, calibrated."""
        found = {}
        lines = self._lines.get(language) or self._lines[ENGLISH]
        for issue, (bias, slopes) in lines[int(sums[-1])].items():
            said = 0.0
            for n, slope in slopes:
                said += slope * sums[n]
            log_odds = bias + said
            if not -_STEEPEST < log_odds < _STEEPEST:
                log_odds = _STEEPEST if log_odds > 0 else -_STEEPEST
            found[issue] = 1 / (1 + exp(-log_odds))
        return found

    def parts(self, found: Sequence[str]) -> list[int]:
        """Return what each token adds, twice, with what its pairs add once, for ``weigh``."""
        words, one = [*map(self._words.__getitem__, found)], self._lanes.one
        sums = [0 if row is None else one(row) for row in row_by_row(words)]
        return [2 * word.total + b + c for word, b, c in zip(words, sums, sums[1:], strict=False)]

    def weigh(self, issue: str, parts: Sequence[int]) -> list[float]:
        """Return how much each token adds to an issue, with half of what its pairs add."""
        _, slopes = self._lines[ENGLISH][0][issue]
        head = self._lanes.head
        return [sum(slope * head(n, part) for n, slope in slopes) / 2 for part in parts]
