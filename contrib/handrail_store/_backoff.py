"""How long to wait before something is tried again."""

from __future__ import annotations

from datetime import timedelta
from random import uniform

import attrs


@attrs.frozen
class Backoff:
    """Twice as long with every try, up to a limit, and never quite the same.

    Attributes:
        first: Before the second try. most: The longest.
    """

    first: timedelta = timedelta(seconds=1)
    most: timedelta = timedelta(minutes=5)

    def after(self, tries: int) -> timedelta:
        """How long to wait after so many tries: a half of it is left to chance."""
        doublings: int = min(max(tries - 1, 0), _LONG)
        return min(self.first * (1 << doublings), self.most) * uniform(0.5, 1.0)


_LONG = 24
"""So many doublings of a second are half a year: longer than anybody waits."""
