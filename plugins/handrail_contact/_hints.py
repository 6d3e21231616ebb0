"""What a text has of what contacts are made of, counted word by word before anything dearer.

A count never leaves out what a search for contacts asks for: where all are zero there is nothing
to search for. What a word has is remembered, as most words come again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from struct import Struct
from typing import NamedTuple

from ._crypto import SHORTEST
from ._digits import DIGIT_WORDS, DIGITS, LEAST, WORDS_LEAST
from ._email import BIG_HOSTS, BRACKETED_SIGNS, SPELLED_SIGNS
from ._handle import LINKED
from ._payment import PAY_WORDS
from ._plain import View, tokens
from ._services import NEEDLES, TOKENS

_KEPT, _LONGEST = 20_000, 40
"""Words that are remembered, and the characters of one; bounds, for the memory."""


class Hints(NamedTuple):
    """How often a text has something.

    Attributes:
        figures: Digits. numerals: Words for digits. long: Words as long as a crypto address.
        signs: Words with an @. spelled: Those of an e-mail address in words.
        paid, linked, named: Those of payment services, of links to profiles, of services.
    """

    figures: int
    numerals: int
    long: int
    signs: int
    spelled: int
    paid: int
    linked: int
    named: int


_COUNTS = Struct(f"<{len(Hints._fields)}H")
"""All counts side by side in one number, which one addition adds up: no text has more letters."""


def _part(needle: str) -> str:
    """A pattern for the longest word of a needle, which may go on where the needle is open."""
    words = needle.split(" ")
    n = max(range(len(words)), key=lambda n: (len(words[n]), n))
    start, end = r"\A" if n else "", r"\Z" if n + 1 < len(words) else ""
    return f"{start}{re.escape(words[n])}{end}"


def _any(needles: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(_part, needles)))


_SPELLED = _any((*BIG_HOSTS, *SPELLED_SIGNS, *BRACKETED_SIGNS))
_PAID, _LINKED, _NAMED = _any(PAY_WORDS), _any(LINKED), _any(NEEDLES)


def _counted(word: str) -> Hints:
    each = tokens(word)
    return Hints(
        figures=sum(map(word.count, DIGITS)),
        numerals=sum(token.strip(DIGITS) in DIGIT_WORDS for token in each),
        long=sum(len(token) >= SHORTEST for token in each),
        signs="@" in word,
        spelled=_SPELLED.search(word) is not None,
        paid=_PAID.search(word) is not None,
        linked=_LINKED.search(word) is not None,
        named=_NAMED.search(word) is not None or not TOKENS.isdisjoint(each),
    )


class _Known(dict[str, int]):
    """What each word has, packed, worked out when it is first met."""

    def __missing__(self, word: str) -> int:
        packed = int.from_bytes(_COUNTS.pack(*_counted(View(word).lower)), "little")
        if len(word) <= _LONGEST:
            if len(self) >= _KEPT:
                self.clear()
            self[word] = packed
        return packed


_known = _Known()


def hints(raw: str) -> Hints | None:
    """Return what a text has; None where that is too little for any contact."""
    total = sum(map(_known.__getitem__, raw.split()))
    if not total:
        return None
    has = Hints(*_COUNTS.unpack(total.to_bytes(_COUNTS.size, "little")))
    called = has.figures >= LEAST or has.numerals >= WORDS_LEAST
    return has if called or any(has[2:]) else None
