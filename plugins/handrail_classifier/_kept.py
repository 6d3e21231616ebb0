"""What is kept of words, pairs and what stands near groups: each is worked out when first met.

Safe in threads: what is kept is only ever added, or thrown away as a whole.
"""

from __future__ import annotations

from ._features import END, START, Token, near, pair, token
from ._groups import hinted
from ._lanes import Lanes

_WORDS, _PAIRS, _NEARS = 30_000, 60_000, 60_000
"""What is kept at most; a bound, so that odd texts cannot fill the memory."""

_LONGEST = 40
"""Characters of a token that is kept."""


class Words(dict[str, int]):
    """The sums of tokens, and what they are meant as."""

    def __init__(self, lanes: Lanes, known: frozenset[int]) -> None:
        super().__init__()
        self._lanes = lanes
        self._known = known
        self._plain: dict[str, str] = {}
        self._names = {START: START, END: END}

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
        if found.plain in hinted():
            value += self._lanes.group
        if len(text) <= _LONGEST:
            self._keep(text, found, value)
        return value

    def _keep(self, text: str, found: Token, value: int) -> None:
        if len(self) >= _WORDS:
            self.clear()
            self._plain, self._names = {}, {START: START, END: END}
        self._plain[text] = found.plain
        self._names.setdefault(text, found.name)
        self[text] = value


class Pairs(dict[tuple[str, str], int]):
    """The sums of pairs of tokens."""

    def __init__(self, lanes: Lanes, words: Words) -> None:
        super().__init__()
        self._one = lanes.one
        self._words = words

    def __missing__(self, both: tuple[str, str]) -> int:
        first, second = both
        row = pair(self._words.name(first), self._words.name(second))
        value = 0 if row is None else self._one(row)
        if len(first) + len(second) <= 2 * _LONGEST:
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
