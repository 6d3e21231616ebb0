"""An index of the latest texts, for near-copies: bounded, one query at a time, in process."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

import attrs

from handrail import InvalidValueError

from ._shape import MASK, NEAR_FROM, asked_keys, hashes, kept_keys, sketch

MOST = 1 << 24
"""Texts that an index can keep."""

_WINDOW = 8
"""Places next to each other where an entry may stand."""

_PLACES = 12
"""Places for each text: texts of chat have eight keys on average."""

_NUMBERS = 0xFFFFFFFF
"""Numbers are kept in 32 bits and come again after four billion texts."""

_FEW = 2
"""Bits of the sketches that may differ: one word left, one came."""


@attrs.frozen
class Near:
    """An earlier text that is nearly the same.

    Attributes:
        value: What was kept with it.
        at: When it was, in seconds.
        exact: Whether it has the same words, in whatever order.
        words: How many words the text has that was looked up.
    """

    value: int
    at: float
    exact: bool
    words: int


class NearIndex:
    """Finds texts that differ from an earlier one in a word at most, among the latest *most*.

    Case, disguises, punctuation, emoji and ``@names`` make no difference, numbers are alike,
    and so is the order of words. One word of three or more may be changed, added or left out.
    Texts of one or two words are compared as they are. Its tables are made at once and never
    grow; the oldest text makes room. Any thread may look while one adds.

    Args:
        most: Texts kept, 1 to 16,777,216, about 92 bytes each.
    """

    def __init__(self, most: int = 1_000_000) -> None:
        if type(most) is not int or not 1 <= most <= MOST:
            raise InvalidValueError(f"most: expected a whole number from 1 to {MOST}")
        self._most, self._next, self._floor = most, 0, 0
        self._places = most * _PLACES
        self._tags = bytearray(self._places + _WINDOW)
        self._numbers = array("I", bytes(4 * (self._places + _WINDOW)))
        self._wholes, self._sketches, self._values = (array("Q", bytes(8 * most)) for _ in range(3))
        self._times = array("d", bytes(8 * most))

    def __len__(self) -> int:
        """How many texts are kept."""
        return self._next - self._oldest()

    @property
    def added(self) -> int:
        """How many texts were ever added."""
        return self._next

    @property
    def nbytes(self) -> int:
        """Bytes of its tables."""
        kept = (self._numbers, self._wholes, self._sketches, self._values, self._times)
        return len(self._tags) + sum(part.itemsize * len(part) for part in kept)

    def add(self, text: str, value: int = 0, at: float = 0.0) -> None:
        """Keep *text* with a *value* of 64 bits and the second when it was."""
        self.add_hashes(hashes(text), value, at)

    def find(self, text: str, since: float = float("-inf")) -> Near | None:
        """Return a near-copy of *text* not older than *since*: with the same words, if there is."""
        return self.find_hashes(hashes(text), since)

    def forget(self, before: float) -> None:
        """Forget the oldest texts, up to the first that is not older than *before*."""
        number = self._oldest()
        while number < self._next and self._times[number % self._most] < before:
            number += 1
        self._floor = number

    def _oldest(self) -> int:
        return max(self._floor, self._next - self._most)

    def add_hashes(self, hashed: Sequence[int], value: int, at: float) -> None:
        """Keep a text by the hashes of its words."""
        number, found = self._next, kept_keys(hashed)
        place = number % self._most
        self._wholes[place], self._sketches[place] = found[0], sketch(hashed)
        self._values[place], self._times[place] = value & MASK, at
        self._next = number + 1
        tags, low = self._tags, number & _NUMBERS
        for key in found:
            start = key % self._places
            best = tags.find(0, start, start + _WINDOW)
            if best < 0:
                best = self._oldest_entry(start, low)
            self._numbers[best] = low
            tags[best] = (key >> 32) % 255 + 1

    def _oldest_entry(self, start: int, number: int) -> int:
        """The place in a window whose entry makes room."""
        kept = self._numbers[start : start + _WINDOW]
        ages = [(number - other) & _NUMBERS for other in kept]
        return start + ages.index(max(ages))

    def find_hashes(self, hashed: Sequence[int], since: float) -> Near | None:
        """Find by the hashes of the words."""
        find, places = self._tags.find, self._places
        for key in asked_keys(hashed):
            start = key % places
            place = find((key >> 32) % 255 + 1, start, start + _WINDOW)
            while place >= 0:
                near = self._judge(self._numbers[place], hashed, since)
                if near is not None:
                    return near
                place = find((key >> 32) % 255 + 1, place + 1, start + _WINDOW)
        return None

    def _judge(self, low: int, hashed: Sequence[int], since: float) -> Near | None:
        """The text of that number, if it is still kept and a near-copy."""
        number = self._next - ((self._next - low) & _NUMBERS)
        place = number % self._most
        if number < self._oldest() or self._times[place] < since:
            return None
        whole, asked = self._wholes[place], sum(hashed) & MASK
        if whole != asked:
            if len(hashed) < NEAR_FROM or _is_shorter(whole, asked, hashed):
                return None
            if (self._sketches[place] ^ sketch(hashed)).bit_count() > _FEW:
                return None
        return Near(self._values[place], self._times[place], whole == asked, len(hashed))


def _is_shorter(whole: int, asked: int, hashed: Sequence[int]) -> bool:
    """Whether a kept text is the one asked for without a word, and so too short to be near."""
    return len(hashed) == NEAR_FROM and (asked - whole) & MASK in {word & MASK for word in hashed}
