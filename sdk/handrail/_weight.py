"""How much text the entries that wait keep alive: their number alone bounds no memory."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterable

from handrail._context import Context
from handrail._plan import LONG
from handrail._seams import Entry

TEXT_MOST = 64_000_000
"""Bytes of long texts that may wait before further entries with one are dropped and counted."""


class Scale:
    """A tally of the long texts that wait.

    Args:
        most: Bytes it takes. Attributes: bytes: What is on it.
    """

    def __init__(self, most: int = TEXT_MOST) -> None:
        self.most, self.bytes = most, 0
        self._lock = threading.Lock()

    def take(self, entry: Entry) -> bool:
        """Put an entry on; False where it is too heavy for what is there already."""
        weight = weigh(entry)
        if not weight:
            return True
        with self._lock:
            if self.bytes + weight > self.most:
                return False
            self.bytes += weight
        return True

    def release(self, entries: Iterable[Entry]) -> None:
        """Take entries off again."""
        if self.bytes:
            weight = sum(map(weigh, entries))
            with self._lock:
                self.bytes -= weight


def weigh(entry: Entry) -> int:
    """The bytes of the long texts that an entry keeps alive; 0 where there is none."""
    context = getattr(entry, "_source", None)
    if not isinstance(context, Context):
        return 0
    text, report = context._item.text, context._report
    if report is None:
        return sys.getsizeof(text) if len(text) >= LONG else 0
    return sum(sys.getsizeof(each) for each in (text, report.text) if len(each) >= LONG)
