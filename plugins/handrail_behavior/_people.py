"""Since when people are known: bounded, for those of whom the host does not say it."""

from __future__ import annotations

from array import array

_WINDOW = 8
"""Places next to each other where somebody may stand."""

_PLACES = 2
"""Places for each of the people."""

_HOUR_S = 3600
_MOST = 0xFFFFFFFF


class People:
    """Remembers when people were first and last seen, by the hour; the longest unseen make room.

    Args:
        most: People kept, about 24 bytes each.
    """

    def __init__(self, most: int) -> None:
        self._places = most * _PLACES
        size = bytes(4 * (self._places + _WINDOW))
        self._tags, self._firsts, self._lasts = array("I", size), array("I", size), array("I", size)

    @property
    def nbytes(self) -> int:
        """Bytes of its tables."""
        return 3 * 4 * len(self._tags)

    def first(self, person: int) -> float | None:
        """Return the second from which on *person*, a hash, is known; None for nobody known."""
        place = self._place(person)
        return None if place < 0 else float(self._firsts[place] * _HOUR_S)

    def meet(self, person: int, at: float) -> None:
        """Remember that *person* was there *at* that second."""
        hour = min(max(int(at / _HOUR_S), 1), _MOST)
        place = self._place(person)
        if place < 0:
            start = person % self._places
            lasts = self._lasts[start : start + _WINDOW]
            place = start + lasts.index(min(lasts))
            self._tags[place], self._firsts[place] = _tag(person), hour
        self._lasts[place] = hour
        self._firsts[place] = min(self._firsts[place], hour)

    def _place(self, person: int) -> int:
        start = person % self._places
        try:
            return start + self._tags[start : start + _WINDOW].index(_tag(person))
        except ValueError:
            return -1


def _tag(person: int) -> int:
    return (person >> 32) & _MOST or 1
