"""What a text has of what terms and their disguises are made of, counted word by word.

A count never leaves out what a search asks for: where all are zero there is nothing to search
for. What a word has is remembered, as most words come again.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from struct import Struct
from typing import NamedTuple

from handrail import Fold, fold

from ._endings import Endings
from ._index import Index
from ._skeleton import once
from ._turned import turns
from ._views import has_joints, has_signs

_KEPT, _LONGEST = 50_000, 40
"""Words that are remembered, and the characters of one; bounds, for the memory."""

_ENDS = ".,?!;:"
"""Signs behind a word that are spaces however it is folded."""


class Hints(NamedTuple):
    """How many words of a text have something.

    Attributes:
        listed: A word of a term. unspaced: Letters of scripts without spaces, where terms have
            them. at: An @. signs: Signs that stand for letters in two ways.
        joints: Signs between letters. lone: Letters that stand alone, each of them counted.
        masks: Asterisks. turned: Letters upside down, or a mark that turns the direction.
        formed: A word of a term with an ending or a prefix.
    """

    listed: int
    unspaced: int
    at: int
    signs: int
    joints: int
    lone: int
    masks: int
    turned: int
    formed: int


_COUNTS = Struct(f"<{len(Hints._fields)}I")
"""All counts side by side in one number, which one addition adds up."""


_LISTED, _LONE, _FORMED = (
    int.from_bytes(_COUNTS.pack(*(int(name == each) for each in Hints._fields)), "little")
    for name in ("listed", "lone", "formed")
)


def bare(word: str) -> str:
    """Return the letters of a word that has no others and reads one way; else nothing."""
    core = word.rstrip(_ENDS)
    if not (core.isascii() and core.isalpha()):
        return ""
    return core.lower() if core.find("I", 1) < 0 else ""


class Known(dict[str, int]):
    """What each word has, packed, worked out when it is first met.

    Safe in threads: what is kept is only ever added, or thrown away as a whole.
    """

    def __init__(self, index: Index, endings: Endings, how: Fold) -> None:
        super().__init__()
        self._index = index
        self._endings = endings
        self._how = how
        self.plainly = Reading(index, how, str)

    def hints(self, text: str) -> Hints | None:
        """Return what *text* has; None where it has nothing."""
        total = sum(map(self.__getitem__, text.split()))
        return Hints(*_COUNTS.unpack(total.to_bytes(_COUNTS.size, "little"))) if total else None

    def __missing__(self, word: str) -> int:
        if plain := bare(word):
            skeleton = once(plain)
            packed = _LISTED if self._index.leads(skeleton) else 0
            self.plainly.remember(word, (skeleton,))  # It is asked for next.
            if len(plain) == 1:
                packed += _LONE
            if self._endings.stem(skeleton):
                packed += _FORMED
        else:
            packed = int.from_bytes(_COUNTS.pack(*self._counted(word)), "little")
        if len(word) <= _LONGEST:
            if len(self) >= _KEPT:
                self.clear()
            self[word] = packed
        return packed

    def _counted(self, word: str) -> Hints:
        plain = fold(word, self._how).plain
        skeleton = once(plain)
        words = skeleton.split()
        listed = [*map(self._index.leads, words)]
        self.plainly.remember(word, tuple(words))
        return Hints(
            listed=any(listed),
            unspaced=self._index.unspaced(skeleton),
            at="@" in word,
            signs=has_signs(word),
            joints=has_joints(word),
            lone=sum(len(letters) == 1 for letters in plain.split(" ")),
            masks="*" in word,
            turned=turns(word),
            formed=sum(self._endings.stem(each) is not None for each in words),
        )


class Reading(dict[str, tuple[str, ...]]):
    """What the words of a text are in one reading of it, without a fold of the whole text.

    Args:
        read: The reading, which must not look beyond a word.
        plainly: The words as they stand, where this is another reading of them.
        sign: What is read in another way, where that is one sign; else any word may be.
    """

    def __init__(
        self,
        index: Index,
        how: Fold,
        read: Callable[[str], str],
        plainly: Reading | None = None,
        sign: str = "",
    ) -> None:
        super().__init__()
        self._index = index
        self._how = how
        self._read = read
        self._sign = sign
        self._plainly = self if plainly is None else plainly

    def standing(self, pieces: list[str]) -> list[tuple[str, int]]:
        """Return the phrases in a text that was split into *pieces* at its spaces."""
        return self._index.standing([*chain.from_iterable(map(self.__getitem__, pieces))])

    def adds(self, pieces: list[str]) -> bool:
        """Whether a phrase stands in a text where its words are others than read plainly."""
        plainly, sign = [*map(self._plainly.__getitem__, pieces)], self._sign
        if sign:
            both = zip(pieces, plainly, strict=True)
            here = [self[piece] if sign in piece else words for piece, words in both]
        else:
            here = [*map(self.__getitem__, pieces)]
        if here == plainly:
            return False
        words: list[str] = []
        other: list[range] = []
        for read, usual in zip(here, plainly, strict=True):
            if read != usual:
                other.append(range(len(words), len(words) + len(read)))
            words += read
        return self._index.stands(words, other)

    def __missing__(self, piece: str) -> tuple[str, ...]:
        plain = bare(piece)
        if plain and self._plainly is not self:
            words = self._plainly[piece]  # The same ones: to compare them costs nothing.
            return self.remember(piece, words)
        words = tuple(once(plain or fold(self._read(piece), self._how).plain).split())
        return self.remember(piece, self._asked(words))

    def _asked(self, words: tuple[str, ...]) -> tuple[str, ...]:
        for word in words:
            self._index.leads(word)
        return words

    def remember(self, piece: str, words: tuple[str, ...]) -> tuple[str, ...]:
        """Return the words that a piece reads as, and keep them."""
        if len(piece) <= _LONGEST:
            if len(self) >= _KEPT:
                self.clear()
            self[piece] = words
        return words


class Forms(Reading):
    """What the words of a text are without their endings and prefixes."""

    def __init__(self, index: Index, endings: Endings, how: Fold, plainly: Reading) -> None:
        super().__init__(index, how, str, plainly)
        self._endings = endings

    def __missing__(self, piece: str) -> tuple[str, ...]:
        words = tuple(map(self._endings.bare, self._plainly[piece]))
        return self.remember(piece, self._asked(words))
