"""The words that ``groups.csv`` lists, and how texts write them: joined, or without spaces."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib import resources
from itertools import chain

from handrail import fold

from ._spelling import lettered

_IDEOGRAM, _HANGUL = re.compile("[\u3400-\u9fff]"), re.compile("[\uac00-\ud7a3]")
_VOWELS = frozenset("aeiouh")
_BEFORE = {
    "ar": ("ال", "وال", "بال", "لل", "و"),
    "fr": ("l", "d", "j", "n", "qu", "s", "c"),
    "it": ("l", "d", "un", "dell", "all", "nell", "sull", "dall"),
}
"""What is written together with a word: articles and the like; in Latin letters before vowels."""


@cache
def classes() -> dict[str, frozenset[str]]:
    """Return the classes of each listed word."""
    found: dict[str, frozenset[str]] = {}
    with resources.files(__package__).joinpath("groups.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            own, more = frozenset({row["class"]}), _BEFORE.get(row["language"])
            words = lettered(fold(row["words"]).plain).split()
            for word in words if more is None else chain.from_iterable(_forms(words, more)):
                known = found.setdefault(word, own)
                if known is not own:
                    found[word] = known | own
    return found


def _forms(words: Iterable[str], more: Sequence[str]) -> Iterator[Iterable[str]]:
    """Words, and with what is written together with them; Arabic *with the*, *for the* too."""
    for word in words:
        yield (word,)
        if word.startswith("ال"):
            yield (f"و{word}", f"ب{word}", f"لل{word[2:]}")
        elif word[0] in _VOWELS or not word.isascii():
            yield (before + word for before in more)


@cache
def _joined() -> re.Pattern[str]:
    """What finds listed words in a script without spaces, the longest first; else one sign."""
    listed = sorted(filter(_IDEOGRAM.match, classes()), key=len, reverse=True)
    return re.compile("|".join([*map(re.escape, listed), r"\w"]))


def apart(run: str) -> str:
    """Return a run of ideograms with a space between listed words, and between other signs."""
    return " ".join(_joined().findall(run))


@cache
def _longest() -> int:
    return max(map(len, filter(_HANGUL.match, classes())))


def stem(word: str) -> str:
    """Return a Korean word with a space behind the longest listed one that it begins with."""
    known = classes()
    for size in range(min(len(word) - 1, _longest()), 1, -1):
        if word[:size] in known:
            return f"{word[:size]} {word[size:]}"
    return word
