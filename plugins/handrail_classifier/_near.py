"""What stands near the name of a group: words, neighbours and the classes of words.

Here, and only here, the name takes part: as ``<group>``, the same for every group.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

from ._groups import GROUP, REACH, is_people, roles, stands_for
from ._listed import classes

_IDENTITIES = frozenset({"group", "women", "men", "neutral", "people", "after"})
"""Classes that would tell groups apart."""


def around(words: Sequence[str], where: Sequence[int]) -> set[str]:
    """Return what stands near the groups that are named *where*."""
    if not where:
        return set()
    found: set[str] = set()
    for i in where:
        there = sorted(roles(words, i) - _IDENTITIES)
        found.update(f"c {role}" for role in there)
        found.update(f"b {one} {other}" for one, other in combinations(there, 2))
    there = _masked(words, frozenset(where))
    for i, word in enumerate(there):
        if word == GROUP:
            found.update(_words(there, i), _runs(there, i))
    return found


def _masked(words: Sequence[str], where: frozenset[int]) -> list[str]:
    """The words with ``<group>`` for each name, and for all of *old white men*."""
    found: list[str] = []
    known = classes()
    for i, word in enumerate(words):
        named = i in where
        if not named and word not in known:
            found.append(word)
            continue
        if (named or is_people(word)) and found and found[-1] == GROUP:
            continue
        found.append(GROUP if named else stands_for(word))
    return found


def _words(there: Sequence[str], i: int) -> Iterator[str]:
    """Each word, whether it stands before or behind, and the two next to the name."""
    for j in range(max(0, i - REACH), min(len(there), i + REACH + 1)):
        word = there[j]
        if word and word != GROUP:
            yield f"g {word}"
            yield f"l {word}" if j < i else f"r {word}"
            if abs(j - i) == 1:
                yield f"L {word}" if j < i else f"R {word}"


def _runs(there: Sequence[str], i: int) -> Iterator[str]:
    """Each two neighbours, and each three with the name among them."""
    first, last = i - REACH, i + REACH + 1
    start = ["^"] if first <= 0 else []
    end = ["$"] if last >= len(there) else []
    run = [*start, *there[max(0, first) : last], *end]
    for two in pairwise(run):
        if all(two):
            yield f"p {' '.join(two)}"
    for three in zip(run, run[1:], run[2:], strict=False):
        if all(three) and GROUP in three:
            yield f"t {' '.join(three)}"
