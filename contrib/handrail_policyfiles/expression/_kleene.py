"""Going through lists where "unknown" is an answer: None in, None out, as CEL treats errors."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from functools import lru_cache
from typing import Any, TypeAlias

from handrail_policyfiles.expression._arguments import folded

Test: TypeAlias = Callable[[Any], bool | None]


def exists(items: Iterable[Any], test: Test) -> bool | None:
    """Whether any passes: one that does settles it, else one that is unknown leaves it open."""
    answer: bool | None = False
    for item in items:
        passed = test(item)
        if passed:
            return True
        if passed is None:
            answer = None
    return answer


def every(items: Iterable[Any], test: Test) -> bool | None:
    """Whether all pass: one that does not settles it, else one that is unknown leaves it open."""
    answer: bool | None = True
    for item in items:
        passed = test(item)
        if passed is False:
            return False
        if passed is None:
            answer = None
    return answer


def exists_one(items: Iterable[Any], test: Test) -> bool | None:
    """Whether exactly one passes; one that is unknown leaves it open."""
    passed = kept(items, test)
    return None if passed is None else len(passed) == 1


def kept(items: Iterable[Any], test: Test) -> list[Any] | None:
    """Those that pass; None where that is unknown of any."""
    found = []
    for item in items:
        passed = test(item)
        if passed is None:
            return None
        if passed:
            found.append(item)
    return found


def number(value: Any) -> Any:
    """An attribute that is compared with a number; raises TypeError where it is none."""
    if type(value) is int or type(value) is float:
        return value
    raise TypeError("expected a number")


def truth(value: Any) -> bool:
    """An attribute that is a condition; raises TypeError where it is neither true nor false."""
    if isinstance(value, bool):
        return value
    raise TypeError("expected true or false")


def same_number(value: Any, other: float) -> bool:
    """Whether an attribute is a number, and that one."""
    return type(value) in (int, float) and value == other


PHRASES_MOST = 1_000
"""Phrases that a host may give with an item."""


def mentioned(words: str, given: Any) -> bool:
    """Whether *words* has any phrase of a list that came with the item.

    Raises TypeError for what is no list of at most PHRASES_MOST phrases.
    """
    if not isinstance(given, tuple) or len(given) > PHRASES_MOST:
        raise TypeError("expected a list of phrases")
    return _folded(given).within(words)


@lru_cache(maxsize=1024)
def _folded(given: tuple[str, ...]) -> Phrases:
    return Phrases([words for phrase in given if (words := folded(phrase)) is not None])


class Phrases:
    """Phrases to look for in folded words, many of them at the price of a few.

    Args:
        phrases: Folded words, with a space before, between and after.
    """

    def __init__(self, phrases: Collection[str]) -> None:
        self._by_length: dict[int, frozenset[str]] = {}
        for length in {phrase.count(" ") - 1 for phrase in phrases}:
            self._by_length[length] = frozenset(
                phrase[1:-1] for phrase in phrases if phrase.count(" ") - 1 == length
            )

    def within(self, words: str) -> bool:
        """Whether any of them stands in *words*."""
        split = words.split()
        return any(
            " ".join(split[start : start + length]) in wanted
            for length, wanted in self._by_length.items()
            for start in range(len(split) - length + 1)
        )
