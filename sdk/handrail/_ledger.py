"""Who computed how long: a derivation's time is booked to its provider, not to who asked first."""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic_ns
from typing import TypeVar

T = TypeVar("T")

SDK = "handrail"
"""Source of faults that are the SDK's own, and the provider of its derivations."""


class Ledger:
    """The derivation times of one call. It knows the call's stamps but not the call: no cycle.

    Attributes:
        thread: The caller's thread, once hooks run elsewhere too: what those compute is not
            booked, since their time is not the caller's.
        took: The ns that the last derivation took by itself.
        lent: By inline slot, the ns it spent in derivations of others. provided: By provider,
            the ns its derivations took.
    """

    __slots__ = ("_depth", "_inner", "_stamps", "lent", "provided", "thread", "took")

    def __init__(self, stamps: list[int]) -> None:
        self._stamps = stamps
        self._depth = self._inner = self.thread = self.took = 0
        self.lent: dict[int, int] = {}
        self.provided: dict[str, int] = {}

    @property
    def elsewhere(self) -> bool:
        """Whether this runs off the caller's thread."""
        return bool(self.thread) and self.thread != threading.get_ident()

    @property
    def deriving(self) -> bool:
        """Whether a derivation is being computed."""
        return self._depth > 0

    @property
    def hook(self) -> int:
        """Which inline hook it is the turn of."""
        return len(self._stamps) - 1

    def sdk(self, compute: Callable[[], T]) -> T:
        """Compute a derivation of the SDK."""
        return self.book(SDK, compute)

    def book(self, provider: str, compute: Callable[[], T]) -> T:
        """Compute, and book the time without what it had others derive in turn."""
        if self.elsewhere:
            return compute()
        outer, self._inner = self._inner, 0
        self._depth += 1
        start = monotonic_ns()
        try:
            return compute()
        finally:
            spent = monotonic_ns() - start
            self._depth -= 1
            self.took = spent - self._inner
            self.provided[provider] = self.provided.get(provider, 0) + self.took
            self._inner = outer + spent if self._depth else 0
            if not self._depth:
                slot = len(self._stamps) - 1
                self.lent[slot] = self.lent.get(slot, 0) + spent
