"""The skeleton of a text, which terms are looked for in, and the way back to the text.

A skeleton has each run of one letter once: however often a letter is written, it is found.
"""

from __future__ import annotations

import re
import string
from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate

import attrs

from handrail import Fold, Folded
from handrail.settings import flag

_REPEATS = re.compile(r"(.)\1+", re.DOTALL)
_SHORT = 20
"""Characters up to which a look for a run by a pattern is cheaper than one letter by letter."""

_ODD_REPEATS = re.compile(r"([^\x00-\x7f])\1+")
_PAIRS = tuple(letter * 2 for letter in f" {string.ascii_lowercase}{string.digits}")


def once(plain: str) -> str:
    """Return a folded text with each run of one letter once; in long ones faster than a pattern."""
    if len(plain) < _SHORT and not _REPEATS.search(plain):
        return plain
    for pair in filter(plain.__contains__, _PAIRS):
        while pair in plain:
            plain = plain.replace(pair, pair[0])
    return plain if plain.isascii() else _ODD_REPEATS.sub(r"\1", plain)


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
        self._long: tuple[dict[int, int], list[int], list[int]] | None = None

    @classmethod
    def of(cls, folded: Folded, kept: Sequence[int] = ()) -> Skeleton:
        """Return the skeleton of *folded*, whose characters stood at *kept* in the raw text."""
        return cls(folded.plain, folded, kept)

    def _runs(self) -> tuple[dict[int, int], list[int], list[int]]:
        """How often a letter stands beyond the first time, by its place in the skeleton.

        Then those places in order, and what all before each of them, and all in all, add.
        """
        if self._long is None:
            more, dropped = {}, -1  # The skeleton begins with a space of its own.
            if len(self.skeleton) < len(self.plain) + 2:
                for start, end in [m.span() for m in _REPEATS.finditer(self.plain)]:
                    more[start - dropped] = end - start - 1
                    dropped += end - start - 1
            self._long = more, [*more], [*accumulate(more.values(), initial=0)]
        return self._long

    def origin(self, place: int) -> int:
        """Return the raw position that a character of the plain text came from."""
        at = self._folded.origin(place) if self._folded else place
        return self._kept[at] if self._kept else at

    def run_lengths(self, start: int, end: int) -> list[int]:
        """Return how often each letter of ``skeleton[start:end]`` stands there."""
        more = self._runs()[0]
        return [1 + more.get(place, 0) for place in range(start, end)]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the raw characters behind ``skeleton[start:end]``, forwards also where turned."""
        first, last = self.origin(self._start(start)), self.origin(self._start(end) - 1)
        return min(first, last), max(first, last) + 1

    def _start(self, place: int) -> int:
        _, places, sums = self._runs()
        return place - 1 + sums[bisect_left(places, place)]
