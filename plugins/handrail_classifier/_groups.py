"""What is said about groups of people: who is named, in which frame, and whose words they are.

A name of a group says nothing by itself. It weighs only with what stands around it, and alike for
all groups.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from ._listed import classes

GROUP = "<group>"
"""What stands for the name of a group."""

NAME = "<name>"
"""What stands for the name of a person: who has it says nothing either."""

REACH = 8
"""Words on either side of a group that may speak of it."""

_MOST = 6
"""Groups in one text that are looked at."""

_STANDS = {"women": "{women}", "men": "{men}", "slur": "", "group": GROUP, "neutral": "",
           "name": NAME}  # fmt: skip
"""What stands for the words of a class, the first that a word is of; a slur stands for itself."""

_FRAMES = ("dehumanise", "harm", "exclude", "belittle", "despise", "slur", "good")
_VOICES = ("counter", "deny", "own")
_HOSTILE = frozenset(_FRAMES) - {"good"}
_NAMED = frozenset({"group", "women", "men", "slur"})
"""Classes of names that frames are looked for around."""


@cache
def named() -> frozenset[str]:
    """Return the names of groups that frames are looked for around."""
    return frozenset(word for word, names in classes().items() if names & _NAMED)


def stands_for(word: str) -> str:
    """Return what stands for a word: ``<group>``, ``<name>``, ``{old}``; else the word itself."""
    names = classes().get(word)
    if names is None:
        return word
    kind = next((kind for kind in _STANDS if kind in names), "slur")
    return word if kind == "slur" else _STANDS[kind] or f"{{{word}}}"


@cache
def hinted() -> frozenset[str]:
    """Return the words that may name a group: *black* does in *black people*."""
    return named() | {word for word, names in classes().items() if "neutral" in names}


def hints(meant: str) -> bool:
    """Whether a token that is meant as these words may name a group."""
    return meant in hinted() or (" " in meant and not hinted().isdisjoint(meant.split()))


def is_people(word: str) -> bool:
    """Whether a word is one for people, as in *old people*."""
    return "people" in classes().get(word, ())


def mentions(words: Sequence[str]) -> list[int]:
    """Return where *words* name a group; the first few."""
    maybe = hinted()
    return [i for i, word in enumerate(words) if word in maybe and _names(words, i)][:_MOST]


def _names(words: Sequence[str], i: int) -> bool:
    """Whether a word that may name a group does: alone, before people, or in some, behind them."""
    if words[i] in named() or (i + 1 < len(words) and is_people(words[i + 1])):
        return True
    return i > 0 and "after" in classes()[words[i]] and is_people(words[i - 1])


def frames(words: Sequence[str], where: Iterable[int], *, quoted: bool) -> set[str]:
    """Return how the groups that stand *where* are spoken of: ``<harm deny>`` and the like."""
    found: set[str] = set()
    for i in where:
        there = roles(words, i)
        voice = _voice(there, quoted=quoted)
        found |= {f"<{frame} {voice}>" for frame in _FRAMES if frame in there}
        if "all" in there:
            found |= {f"<all {frame}>" for frame in _FRAMES if frame in there}
    return found


def hostile(spoken: Iterable[str]) -> bool:
    """Whether one of these frames is hostile, and neither denied, rejected nor quoted."""
    return any(
        frame in _HOSTILE and voice in {"plain", "own"}
        for frame, _, voice in (each.strip("<>").partition(" ") for each in spoken)
    )


def roles(words: Sequence[str], i: int) -> frozenset[str]:
    """Return every class of the words around a group.

    ``die`` is a German article, save after a verb.
    """
    known = classes()
    there: set[str] = set()
    for j in range(max(0, i - REACH), min(len(words), i + REACH + 1)):
        word = words[j]
        if word in known:
            there |= known[word]
        if word == "die" and j and "will" in known.get(words[j - 1], ()):
            there.add("harm")
    return frozenset(there)


def _voice(there: frozenset[str], *, quoted: bool) -> str:
    for voice in _VOICES:
        if voice in there:
            return f"{voice} quoted" if quoted else voice
    return "quoted" if quoted else "plain"
