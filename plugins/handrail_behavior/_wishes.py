"""What many write at once because they mean it: wishes for a birthday, a match, a new year."""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources

from handrail import Text, fold

WORDS_MOST = 8
"""Words of a text that is no more than a wish; longer ones say something else as well."""


@cache
def _wishes() -> tuple[str, ...]:
    with resources.files(__package__).joinpath("wishes.csv").open(encoding="utf-8") as rows:
        plain = (fold(row["wish"]).plain for row in csv.DictReader(rows))
        return tuple(wish if _joined(wish) else f" {wish} " for wish in plain)


def is_wish(text: Text) -> bool:
    """Whether a short text without digits and links is one of the listed wishes, and little more.

    Thanks and congratulations are not listed: scams are full of them.
    """
    raw, plain = text.raw, f" {text.plain} "
    if plain.count(" ") > WORDS_MOST + 1 or any(map(str.isdigit, raw)) or _leads(raw):
        return False
    return any(wish in plain for wish in _wishes())


def _joined(wish: str) -> bool:
    """Whether it is of a script that sets no spaces between words."""
    return any("\u3040" <= char <= "\u9fff" for char in wish)


def _leads(raw: str) -> bool:
    """Whether a word may be a host or an address: a slash, or a dot or @ inside it."""
    return any("/" in word or {".", "@"} & set(word.strip(".@")) for word in raw.split())
