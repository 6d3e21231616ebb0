"""Texts in disguise: digits for letters, letters apart, letters swapped, letters that look alike.

One generator for everybody who measures: the same text, kind and seed give the same disguise.
Every word of three letters or more is disguised.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

_WORDS = re.compile(r"[^\W\d_]{3,}")
_LEET = {
    "a": "4@", "b": "8", "e": "3", "g": "9", "i": "1!", "l": "1", "o": "0", "s": "5$", "t": "7",
}  # fmt: skip
_LOOK_ALIKES = {
    "a": "аα", "c": "с", "d": "ԁ", "e": "е", "h": "һ", "i": "іı", "j": "ј", "k": "κ", "n": "ո",
    "o": "оο", "p": "р", "s": "ѕ", "t": "т", "u": "υ", "x": "х", "y": "у",
}  # fmt: skip


def _mapped(word: str, random: Random, table: dict[str, str]) -> str:
    places = [i for i, c in enumerate(word) if c.lower() in table]
    chosen = {i for i in places if random.random() < 0.5} or set(places[:1])
    return "".join(
        random.choice(table[c.lower()]) if i in chosen else c for i, c in enumerate(word)
    )


def leet(word: str, random: Random) -> str:
    """About half of the letters that have a digit or sign, and at least one."""
    return _mapped(word, random, _LEET)


def look_alikes(word: str, random: Random) -> str:
    """About half of the letters that have a twin in another script, and at least one."""
    return _mapped(word, random, _LOOK_ALIKES)


def spaces(word: str, random: Random) -> str:
    """A space, a dot or a hyphen between all letters, and a second space behind the word."""
    return f" {random.choice(' .-').join(word)} "


def swapped(word: str, random: Random) -> str:
    """Two neighbours inside the word change places; the first letter stays in longer words."""
    first = 1 if len(word) > 3 else 0
    i = random.randrange(first, len(word) - 1)
    return word[:i] + word[i + 1] + word[i] + word[i + 2 :]


KINDS: dict[str, Callable[[str, Random], str]] = {
    "leet": leet,
    "spaces": spaces,
    "swapped": swapped,
    "look_alikes": look_alikes,
}
"""The disguises, by name."""


def disguise(text: str, kind: str, seed: int = 0) -> str:
    """Return *text* with every word of three letters or more in disguise."""
    random = Random(f"{seed} {kind} {text}")
    return _WORDS.sub(lambda found: KINDS[kind](found[0], random), text)
