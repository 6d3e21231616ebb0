"""What a text has of what contacts are made of, looked at before anything dearer.

Nothing is left out that a search for contacts asks for: where there are no hints there is nothing
to search for. Words without any are remembered, as most words come again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ._crypto import SHORTEST
from ._digits import DIGIT_WORDS, DIGITS, LEAST, WORDS_LEAST
from ._email import BIG_HOSTS, BRACKETED_SIGNS, SPELLED_SIGNS
from ._handle import LINKED
from ._payment import PAY_WORDS
from ._plain import View
from ._services import NEEDLES, TOKENS

_KEPT, _LONGEST = 50_000, 40
"""Words that are remembered, and the characters of one; bounds, for the memory."""


class Hints(NamedTuple):
    """What a text has.

    Attributes:
        figures: How many digits. numerals: How many words for digits.
        long: Whether it has a word as long as a crypto address. signs: An @.
        spelled: Signs of an e-mail address in words.
        paid, linked, named: Names of payment services, of links to profiles, of services.
    """

    figures: int
    numerals: int
    long: bool
    signs: bool
    spelled: bool
    paid: bool
    linked: bool
    named: bool


_clean: set[str] = set()
"""Words met so far that have none of it."""


def _part(needle: str) -> str:
    """The longest word of a needle, or the needle itself where it is a word between spaces."""
    words = needle.split(" ")
    n = max(range(len(words)), key=lambda n: (len(words[n]), n))
    return needle if ["", words[n], ""] == words else words[n]


_SPELLED = tuple(map(_part, (*BIG_HOSTS, *SPELLED_SIGNS, *BRACKETED_SIGNS)))
_PAID, _LINKED, _NAMED = (tuple(map(_part, each)) for each in (PAY_WORDS, LINKED, NEEDLES))


def hints(raw: str) -> Hints | None:
    """Return what a text has; None where that is too little for any contact."""
    unsure = [word for word in raw.split() if word not in _clean]
    if not unsure:
        return None
    bare = "".join(unsure)
    if len(bare) < LEAST and bare.isascii() and bare.isdecimal():
        return None
    has = _counted(View(f" {' '.join(unsure)} "))
    if not any(has):
        _keep(unsure)
        return None
    called = has.figures >= LEAST or has.numerals >= WORDS_LEAST
    return has if called or any(has[2:]) else None


def _counted(view: View) -> Hints:
    each = view.tokens
    return Hints(
        figures=view.digits,
        numerals=sum(token.strip(DIGITS) in DIGIT_WORDS for token in each),
        long=view.longest >= SHORTEST,
        signs="@" in view.text,
        spelled=view.has(_SPELLED),
        paid=view.has(_PAID),
        linked=view.has(_LINKED),
        named=view.has(_NAMED) or not TOKENS.isdisjoint(each),
    )


def _keep(words: Sequence[str]) -> None:
    if len(_clean) >= _KEPT:
        _clean.clear()
    _clean.update(word for word in words if len(word) <= _LONGEST)
