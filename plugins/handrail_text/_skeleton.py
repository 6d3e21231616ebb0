"""The skeleton of a text, which terms are looked for in, and the way back to the text.

A skeleton has each run of one letter once: however often a letter is written, it is found.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from itertools import compress, count
from operator import eq, ne, sub

import attrs

from handrail import Fold, Folded
from handrail.settings import flag

_REPEATS = re.compile(r"(.)\1", re.DOTALL)
_SHORT = 20
"""Characters up to which a look for a run by a pattern is cheaper than one letter by letter."""


def once(plain: str) -> str:
    """Return a folded text with each run of one letter once."""
    if len(plain) < _SHORT and not _REPEATS.search(plain):
        return plain
    rest = plain[1:]
    return plain[:1] + "".join(compress(rest, map(ne, plain, rest)))


@attrs.frozen(kw_only=True)
class Disguises:
    """Which disguises are seen through; case, width and invisible characters always are.

    Attributes:
        leet: Digits and signs that stand for letters.
        look_alikes: Letters of other scripts, and letters with strokes, hooks and accents.
        emoji: Emoji that stand for words or letters.
        turned: Letters upside down, and text that runs backwards.
        repeats: Letters written three times or more.
        spacing: Words broken up by spaces, dots, hyphens, and words written together.
        masks: Asterisks that stand for letters.
    """

    leet: bool = attrs.field(default=True, validator=flag)
    look_alikes: bool = attrs.field(default=True, validator=flag)
    emoji: bool = attrs.field(default=True, validator=flag)
    turned: bool = attrs.field(default=True, validator=flag)
    repeats: bool = attrs.field(default=True, validator=flag)
    spacing: bool = attrs.field(default=True, validator=flag)
    masks: bool = attrs.field(default=True, validator=flag)

    def fold(self, keep: str = "") -> Fold:
        """Return how a text is folded: every sign a space, but those in *keep* left alone."""
        return Fold(
            leet=self.leet, look_alikes=self.look_alikes, emoji=self.emoji, apart=True, keep=keep
        )


class Skeleton:
    """A folded text with each run of one letter once.

    Only runs of more than one letter have a place of their own on the way back.

    Attributes:
        plain: The folded text. skeleton: The same without repeats, a space at each end.
    """

    def __init__(self, plain: str, folded: Folded | None = None, kept: Sequence[int] = ()) -> None:
        self.plain = plain
        self.skeleton = f" {once(plain)} "
        self._folded = folded
        self._kept = kept
        self._more: list[int] | None = None

    @classmethod
    def of(cls, folded: Folded, kept: Sequence[int] = ()) -> Skeleton:
        """Return the skeleton of *folded*, whose characters stood at *kept* in the raw text."""
        return cls(folded.plain, folded, kept)

    @property
    def _repeated(self) -> list[int]:
        """Where in the skeleton a letter stands that is written again, once for each time."""
        if self._more is None:
            again = compress(count(1), map(eq, self.plain, self.plain[1:]))
            self._more = [*map(sub, again, count())]
        return self._more

    def origin(self, place: int) -> int:
        """Return the raw position that a character of the plain text came from."""
        at = self._folded.origin(place) if self._folded else place
        return self._kept[at] if self._kept else at

    def run_lengths(self, start: int, end: int) -> list[int]:
        """Return how often each letter of ``skeleton[start:end]`` stands there."""
        more = self._repeated
        lengths = [1] * (end - start)
        for place in more[bisect_left(more, start) : bisect_left(more, end)]:
            lengths[place - start] += 1
        return lengths

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the raw characters behind ``skeleton[start:end]``, forwards also where turned."""
        first, last = self.origin(self._start(start)), self.origin(self._start(end) - 1)
        return min(first, last), max(first, last) + 1

    def _start(self, place: int) -> int:
        return place - 1 + bisect_left(self._repeated, place)
