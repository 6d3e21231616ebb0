"""What a receiver remembers of what it carried out: each once, and nothing that is over."""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import TypeVar

import attrs

from handrail import Enforcement

K = TypeVar("K")
V = TypeVar("V")

MOST = 50_000
"""Enforcements, and items, that are remembered: the latest."""

SKEW = timedelta(minutes=5)
"""How much older than the last one an enforcement of an item may be made: clocks differ."""


@attrs.define
class Mark:
    """One that was carried out: when its message was signed, and whether that was acknowledged."""

    signed: int
    acknowledged: bool = False


class Carried:
    """What was carried out lately, in this process; safe to use from any thread."""

    def __init__(self, most: int = MOST) -> None:
        self._most, self._lock = most, threading.Lock()
        self._marks: OrderedDict[str, Mark] = OrderedDict()
        self._last: OrderedDict[tuple[str, str], datetime] = OrderedDict()

    def mark(self, enforcement: Enforcement) -> Mark | None:
        """What is remembered of it."""
        with self._lock:
            return self._marks.get(enforcement.id)

    def over(self, enforcement: Enforcement) -> bool:
        """Whether one that was made later was carried out for the same item."""
        with self._lock:
            last = self._last.get((enforcement.feature, enforcement.item))
        return None not in (last, enforcement.at) and enforcement.at < last - SKEW  # type: ignore[operator]  # neither is None

    def add(self, enforcement: Enforcement, signed: int) -> Mark:
        """Remember that it was carried out."""
        made = Mark(signed)
        with self._lock:
            _put(self._marks, enforcement.id, made, self._most)
            if enforcement.at is not None:
                key = enforcement.feature, enforcement.item
                last = max(enforcement.at, self._last.get(key, enforcement.at))
                _put(self._last, key, last, self._most)
        return made


def _put(kept: OrderedDict[K, V], key: K, value: V, most: int) -> None:
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > most:
        kept.popitem(last=False)
