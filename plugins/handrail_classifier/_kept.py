"""What is kept of words: each is worked out when it is first met.

Safe in threads: what is kept is only ever added, or thrown away as a whole.
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from ._features import END, START, besides, half, is_plain, pair, pairs, token
from ._groups import hints
from ._lanes import Lanes

_WORDS = 30_000
"""Words that are kept at most; a bound, so that odd texts cannot fill the memory."""

_LONGEST = 40
"""Characters of a token that is kept."""


@attrs.define
class Word:
    """What is kept of a token.

    Attributes:
        total: The sum of its rows.
        first, second: Its halves of pairs; 0 and no bytes where its name is not plain.
        plain: The word it is meant as.
        name: What pairs know it by.
    """

    total: int
    first: int
    second: bytes
    plain: str
    name: str


def _edge(name: str) -> Word:
    return Word(0, *half(name), "", name)


_BEFORE, _BEHIND = _edge(START), _edge(END)


class Words(dict[str, Word]):
    """What is kept of tokens."""

    def __init__(self, lanes: Lanes, known: frozenset[int]) -> None:
        super().__init__()
        self._lanes = lanes
        self._known = known

    def __missing__(self, text: str) -> Word:
        found = token(text, self._known)
        total = self._lanes.add(found.rows)
        if hints(found.plain):
            total += self._lanes.group
        name = text if text in (START, END) else found.name
        first, second = half(name) if is_plain(name) else (0, b"")
        word = Word(total, first, second, found.plain, name)
        if len(text) <= _LONGEST:
            if len(self) >= _WORDS:
                self.clear()
            self[text] = word
        return word


def added(tokens: Sequence[str], words: Sequence[Word]) -> tuple[int, list[int]]:
    """Return the sum of the different tokens of a text, and the rows of their different pairs.

    Most pairs never come again, so nothing is kept of them but their halves.

    Args:
        tokens: All tokens of the text, in order.
        words: What is kept of each.
    """
    different = dict(zip(tokens, words, strict=True))
    total = sum([word.total for word in different.values()])
    ones, others = [_BEFORE, *words], [*words, _BEHIND]
    if len(different) < len(words) and len(set(pairs(tokens))) < len(ones):
        met = dict(zip(pairs(tokens), zip(ones, others, strict=True), strict=True))
        ones, others = map(list, zip(*met.values(), strict=True))
    seconds = [other.second for other in others]
    if all(seconds):
        return total, besides([one.first for one in ones], seconds)
    return total, _some_plain([*zip(ones, others, strict=True)])


def _some_plain(both: Sequence[tuple[Word, Word]]) -> list[int]:
    """Return the rows of pairs of which some are not of two halves."""
    plain = [each for each in both if each[0].second and each[1].second]
    odd = (pair(one.name, other.name) for one, other in both if not one.second or not other.second)
    rows = besides([one.first for one, _ in plain], [other.second for _, other in plain])
    return rows + [row for row in odd if row is not None]


def row_by_row(words: Sequence[Word]) -> list[int | None]:
    """Return the row of each pair in order, None where it has none."""
    names = [START, *[word.name for word in words], END]
    return [*map(pair, names, names[1:])]
