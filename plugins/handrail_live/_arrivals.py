"""Joins and follows by accounts whose names were made by one machine."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterator

from handrail import Context, Evidence, Finding, Item

FAKE = "integrity.fake_account"
KINDS = frozenset({"join", "follow"})

_MINUTE_S = 60.0
_STEMS_MOST = 64
_LETTERS = 4
"""Letters that a name needs before it is like another by more than chance."""

_NAME_MOST = 100
_NUMBERS = re.compile(r"[\W\d_]+")


def stem(name: str) -> str | None:
    """Return what is left of a name without digits and signs; None of too little."""
    left = _NUMBERS.sub("", name[:_NAME_MOST].casefold())
    return left if len(left) >= _LETTERS and left != name.casefold() else None


class Arrivals:
    """How many came lately under names that differ in digits and signs only."""

    __slots__ = ("_seen",)

    def __init__(self) -> None:
        self._seen: OrderedDict[int, tuple[float, int]] = OrderedDict()

    def before(self, name: str, at: float) -> int:
        """Return how many such names came within the minute before."""
        since, count = self._seen.get(hash(stem(name)), (at, 0))
        return count if abs(at - since) < _MINUTE_S else 0

    def add(self, name: str, at: float) -> None:
        """Count one more; the stem seen longest ago makes room."""
        key = hash(stem(name))
        count = self.before(name, at)
        since = self._seen.pop(key)[0] if count else at
        self._seen.pop(key, None)
        self._seen[key] = (since, count + 1)
        if len(self._seen) > _STEMS_MOST:
            self._seen.popitem(last=False)


def made_names(item: Item, context: Context, arrivals: Arrivals, least: int) -> Iterator[Finding]:
    """Find arrivals among *least* or more with such names within a minute; text is the name."""
    if stem(item.text) is None:
        return
    count = arrivals.before(item.text, context.at.timestamp()) + 1
    if count >= least:
        yield Finding(
            FAKE,
            0.7,
            f"one of {count} arrivals within a minute whose names differ in digits only",
            evidence=Evidence(counts={"alike_names": count, "window_s": int(_MINUTE_S)}),
        )
