"""What a text has of what contacts are made of, looked at before anything dearer.

Nothing is left out that a search for contacts asks for: where there are no hints there is nothing
to search for. What a word has is remembered, as most words come again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from struct import Struct
from typing import NamedTuple

from ._asks import ASKED_SIGNS
from ._crypto import FIGURES_LEAST, SHORTEST
from ._digits import DIGIT_WORDS, DIGITS, LEAST, WORDS_LEAST
from ._digits import FIGURES_LEAST as FEW
from ._email import BIG_HOSTS, BRACKETED_SIGNS, SPELLED_SIGNS
from ._handle import LINKED
from ._payment import PAY_WORDS
from ._plain import View
from ._services import NEEDLES, TOKENS

_KEPT, _LONGEST = 50_000, 40
"""Words that are remembered, and the characters of one; bounds, for the memory."""


class Hints(NamedTuple):
    """How much a text has: of the first two all, of the others how many words have any.

    Attributes:
        figures: Digits. numerals: Words for digits.
        long: Letters enough for a crypto address. signs: An @, but not one that a name follows.
        spelled: Signs of an e-mail address in words.
        paid, linked, named: Names of payment services, of links to profiles, of services.
        asked: Words of asking for a number, or to talk elsewhere.
    """

    figures: int
    numerals: int
    long: int
    signs: int
    spelled: int
    paid: int
    linked: int
    named: int
    asked: int

    @property
    def called(self) -> bool:
        """Whether there is enough for a number to call."""
        return (
            self.figures >= LEAST
            or self.numerals >= WORDS_LEAST
            or (self.numerals > 0 and self.figures >= FEW)
        )


_COUNTS = Struct(f"<{len(Hints._fields)}I")
"""All counts side by side in one number, which one addition adds up."""


def _part(needle: str) -> str:
    """The longest word of a needle, or the needle itself where it is a word between spaces."""
    words = needle.split(" ")
    n = max(range(len(words)), key=lambda n: (len(words[n]), n))
    return needle if ["", words[n], ""] == words else words[n]


class _Signs(NamedTuple):
    """Parts of needles: those that may stand in any text, and those that may in ASCII."""

    all: tuple[str, ...]
    ascii: tuple[str, ...]

    @classmethod
    def of(cls, needles: Iterable[str]) -> _Signs:
        """Read needles, each of them once."""
        parts = tuple(dict.fromkeys(map(_part, needles)))
        return cls(parts, tuple(filter(str.isascii, parts)))

    def stand(self, view: View) -> bool:
        """Whether one of them stands in a text."""
        return view.has(self.ascii if view.lower.isascii() else self.all)


_MAILED = (*BIG_HOSTS, *SPELLED_SIGNS, *BRACKETED_SIGNS)
_SPELLED, _PAID, _LINKED, _NAMED, _ASKED = map(
    _Signs.of, (_MAILED, PAY_WORDS, LINKED, NEEDLES, ASKED_SIGNS)
)
_ANY = _Signs.of((*_MAILED, *PAY_WORDS, *LINKED, *NEEDLES, *ASKED_SIGNS))
_TELLING = TOKENS | DIGIT_WORDS.keys()
_FIGURES = re.compile(r"[\d@]")
_AT = re.compile(r"[\w.+%\-]@|(?<!\S)@(?!\S)")
"""An @ of an address: behind a letter, or by itself where each letter is. No name of somebody."""


class Known(dict[str, int]):
    """What each word has, packed, worked out when it is first met.

    Safe in threads: what is kept is only ever added, or thrown away as a whole.
    """

    def hints(self, raw: str) -> Hints | None:
        """Return what a text has; None where that is too little for any contact."""
        words = raw.split()
        if not all(map(self.__contains__, words)):
            self._meet([word for word in words if word not in self])
        total = sum(map(self.__getitem__, words))
        if total < LEAST or (total < WORDS_LEAST << 32 and total & 0xFFFFFFFF < FEW):
            return None  # As most texts: few figures, and nothing beside.
        has = Hints(*_COUNTS.unpack(total.to_bytes(_COUNTS.size, "little")))
        coded = has.long and has.figures >= FIGURES_LEAST
        return has if has.called or coded or any(has[3:]) else None

    def _meet(self, new: Iterable[str]) -> None:
        """Look at new words together: most have nothing, and one look says so of all of them."""
        usual = [word for word in new if len(word) < SHORTEST and not _FIGURES.search(word)]
        if usual and not _any(View(f" {' '.join(usual)} ")):
            if len(self) >= _KEPT:
                self.clear()
            self.update(dict.fromkeys(usual, 0))

    def __missing__(self, word: str) -> int:
        has = Hints(len(word), *[0] * 8) if _is_number(word) else _counted(View(f" {word} "))
        packed = int.from_bytes(_COUNTS.pack(*has), "little")
        if len(word) <= _LONGEST:
            if len(self) >= _KEPT:
                self.clear()
            self[word] = packed
        return packed


_known = Known()
hints = _known.hints


def _is_number(word: str) -> bool:
    return len(word) < SHORTEST and word.isascii() and word.isdecimal()


def _any(view: View) -> bool:
    """Whether words that are not long may have any of it."""
    return (
        _FIGURES.search(view.text) is not None
        or _ANY.stand(view)
        or not _TELLING.isdisjoint(view.tokens)
    )


def _counted(view: View) -> Hints:
    each = view.tokens
    return Hints(
        figures=view.digits,
        numerals=sum(token.strip(DIGITS) in DIGIT_WORDS for token in each),
        long=view.longest >= SHORTEST,
        signs=_AT.search(view.text) is not None,
        spelled=_SPELLED.stand(view),
        paid=_PAID.stand(view),
        linked=_LINKED.stand(view),
        named=_NAMED.stand(view) or not TOKENS.isdisjoint(each),
        asked=_ASKED.stand(view),
    )
