"""What many write at once because they mean it: wishes for a birthday, a match, a new year."""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib import resources

from handrail import Text, fold

WORDS_MOST = 8
"""Words of a text that is no more than a wish."""

OTHERS_MOST = 2
"""Words beside the wish, as a name has; with more of them a text says something else as well."""

_SPOILS = frozenset(
    fold(
        "bio coin coins discord dot dotcom free gratis google http https insta instagram join link"
        " punkt punto ponto robux telegram twitch whatsapp www точка nokta"
        " ugly fat die kys trash loser losers idiot idiots stupid bitch whore slut pig cow clown"
    ).plain.split()
)
"""Words that name a place to go to, or draw people there, and insults: nobody wishes so."""


@cache
def _wishes() -> re.Pattern[str]:
    with resources.files(__package__).joinpath("wishes.csv").open(encoding="utf-8") as rows:
        plain = sorted((fold(row["wish"]).plain for row in csv.DictReader(rows)), key=len)
        ways = (wish if _joined(wish) else rf"(?<!\S){wish}(?!\S)" for wish in reversed(plain))
        return re.compile("|".join(ways))


def is_wish(text: Text) -> bool:
    """Whether a short text without digits and links is one of the listed wishes, and little more.

    Thanks and congratulations are not listed: scams are full of them.
    """
    raw, plain = text.raw, text.plain
    if plain.count(" ") >= WORDS_MOST or any(map(str.isdigit, raw)) or _leads(raw):
        return False
    left, found = _wishes().subn(" ", plain)
    others = left.split()
    if not found or not _SPOILS.isdisjoint(others):
        return False
    return sum(_size(word) for word in others) <= OTHERS_MOST


def _size(word: str) -> int:
    """How many words it is: of a script without spaces two characters are one."""
    return (len(word) + 1) // 2 if _joined(word) else 1


def _joined(wish: str) -> bool:
    """Whether it is of a script that sets no spaces between words."""
    return any("\u3040" <= char <= "\u9fff" for char in wish)


def _leads(raw: str) -> bool:
    """Whether a word may be a host or an address: a slash, or a dot or @ inside it."""
    return any("/" in word or {".", "@"} & set(word.strip(".@")) for word in raw.split())
