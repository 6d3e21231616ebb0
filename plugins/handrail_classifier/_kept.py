"""What is kept of words, pairs and what stands near groups: each is worked out when first met.

Safe in threads: what is kept is only ever added, or thrown away as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ._features import END, START, Half, Token, beside, half, is_plain, near, pair, pairs, token
from ._groups import hints
from ._lanes import Lanes

_WORDS, _PAIRS, _NEARS = 30_000, 30_000, 60_000
"""What is kept at most; a bound, so that odd texts cannot fill the memory."""

_LONGEST = 40
"""Characters of a token that is kept."""


class Words(dict[str, int]):
    """The sums of tokens, and what they are meant as.

    Attributes:
        halves: Of pairs, by token; of those with plain names.
    """

    def __init__(self, lanes: Lanes, known: frozenset[int]) -> None:
        super().__init__()
        self._lanes = lanes
        self._known = known
        self._plain: dict[str, str] = {}
        self._names, self.halves = _edges()

    def plain(self, text: str) -> str:
        """Return the word that a token is meant as."""
        found = self._plain.get(text)
        return token(text, self._known).plain if found is None else found

    def name(self, text: str) -> str:
        """Return what pairs know a token by; START and END by themselves."""
        found = self._names.get(text)
        return token(text, self._known).name if found is None else found

    def __missing__(self, text: str) -> int:
        found = token(text, self._known)
        value = self._lanes.add(found.rows)
        if hints(found.plain):
            value += self._lanes.group
        if len(text) <= _LONGEST:
            self._keep(text, found, value)
        return value

    def _keep(self, text: str, found: Token, value: int) -> None:
        if len(self) >= _WORDS:
            self.clear()
        self._plain[text] = found.plain
        if text not in self._names:
            self._name(text, found.name)
        self[text] = value

    def _name(self, text: str, name: str) -> None:
        self._names[text] = name
        if is_plain(name):
            self.halves[text] = half(name)

    def clear(self) -> None:
        """Throw away what is kept, all of it."""
        super().clear()
        self._plain = {}
        self._names, self.halves = _edges()


def _edges() -> tuple[dict[str, str], dict[str, Half]]:
    """What is kept of START and END: never is there a moment at which they are ordinary tokens."""
    return {START: START, END: END}, {edge: half(edge) for edge in (START, END) if is_plain(edge)}


class Pairs(dict[tuple[str, str], int]):
    """The sums of pairs of tokens that come often."""

    def __init__(self, lanes: Lanes, words: Words) -> None:
        super().__init__()
        self._lanes = lanes
        self._words = words

    def sum(self, tokens: Sequence[str]) -> int:
        """Return the sum of the different pairs of a text.

        Most pairs never come again. So those that are not kept are added up together, and one of
        them is kept: what comes often soon is.
        """
        met = set(pairs(tokens))
        values = [*map(self.get, met)]
        known = [value for value in values if value is not None]
        if len(known) < len(met):
            new = [both for both, value in zip(met, values, strict=True) if value is None]
            known += [self[new.pop()], self._lanes.add(self._rows(new))]
        return sum(known)

    def _rows(self, new: Iterable[tuple[str, str]]) -> list[int]:
        half, rows = self._words.halves.get, []
        for one, other in new:
            first, second = half(one), half(other)
            if first and second:
                rows.append(beside(first[0], second[1]))
            elif (row := pair(self._words.name(one), self._words.name(other))) is not None:
                rows.append(row)
        return rows

    def __missing__(self, both: tuple[str, str]) -> int:
        value = sum(map(self._lanes.one, self._rows([both])))
        if len(both[0]) + len(both[1]) <= 2 * _LONGEST:
            if len(self) >= _PAIRS:
                self.clear()
            self[both] = value
        return value


class Nears(dict[str, int]):
    """The sums of what stands near a group."""

    def __init__(self, lanes: Lanes) -> None:
        super().__init__()
        self._one = lanes.one

    def __missing__(self, spoken: str) -> int:
        value = self._one(near(spoken))
        if len(spoken) <= 3 * _LONGEST:
            if len(self) >= _NEARS:
                self.clear()
            self[spoken] = value
        return value
