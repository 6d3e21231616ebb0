"""Names that others must not take, and the index that finds those near a name.

Two names of one edit are the same once each has lost at most one letter: those remainders are kept
as sorted numbers, eight bytes each. A name of two edits leaves a third of the other as it was.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

import attrs

from ._distance import distance
from ._skeleton import Name, light_of, shape_of
from ._writing import other_ways

LEAST = 4
"""Characters of a skeleton from which equality says anything."""

ONE_EDIT = 6
"""Characters from which one edit is looked for."""

TWO_EDITS = 12
"""Characters from which two are."""

SHARED_MOST = 16
"""Names that share a third; one that more share says little, and is not asked."""

_ID_BITS = 18
_HASH = (1 << (64 - _ID_BITS)) - 1

Key: TypeAlias = "tuple[int, int, str]"


@attrs.frozen(repr=False)
class Entry:
    """A protected name.

    Attributes:
        light: What it says. shape: What it looks like. accounts: Who may have it.
        letters: Which letters its shape has, as bits.
    """

    light: str
    shape: str
    accounts: frozenset[str]
    letters: int


@attrs.frozen(repr=False)
class Near:
    """A protected name that another is near to.

    Attributes:
        entry: The name. edits: Edits between the two skeletons.
        whole: Whether the whole name is meant, and not what is left without added words.
    """

    entry: Entry
    edits: int
    whole: bool


class Protected:
    """All protected names, by skeleton and by what is left of it. Nothing in it changes."""

    def __init__(self, names: Mapping[str, Iterable[str]]) -> None:
        self._entries: list[Entry] = []
        self._equal: dict[str, list[Entry]] = defaultdict(list)
        for text, accounts in names.items():
            shape = shape_of(text)
            if len(shape) >= LEAST:
                entry = Entry(light_of(text), shape, frozenset(accounts), _letters(shape))
                self._entries.append(entry)
                self._equal[shape].append(entry)
                for other in other_ways(text):
                    self._also(other, entry)
        self._left = array("Q", sorted(self._remainders()))
        thirds: dict[Key, list[Entry]] = defaultdict(list)
        for entry in self._entries:
            if len(entry.shape) >= TWO_EDITS:
                for key in _thirds(entry.shape, len(entry.shape), 0):
                    thirds[key].append(entry)
        self._thirds = {key: few for key, few in thirds.items() if len(few) <= SHARED_MOST}

    def _also(self, text: str, entry: Entry) -> None:
        """Take another way to write a name for the name itself."""
        shape = shape_of(text)
        if len(shape) >= LEAST and shape != entry.shape:
            self._equal[shape].append(attrs.evolve(entry, light=light_of(text), shape=shape))

    def _remainders(self) -> Iterator[int]:
        for number, entry in enumerate(self._entries):
            if len(entry.shape) >= ONE_EDIT:
                for left in _lacking_one(entry.shape):
                    yield (hash(left) & _HASH) << _ID_BITS | number

    def __len__(self) -> int:
        return len(self._entries)

    def near(self, read: Name) -> Iterator[Near]:
        """Yield the names that *read* equals, or else those within a few edits of it."""
        shapes = {s: s == read.shape for s in (read.shape, *read.stages)}
        equal = [
            Near(entry, 0, whole)
            for shape, whole in shapes.items()
            for entry in self._equal.get(shape, ())
        ]
        if equal:
            yield from equal
            return
        for shape, whole in shapes.items():
            met = {entry.shape: entry for entry in (*self._one(shape), *self._two(shape))}
            for entry in met.values():
                most = 1 if len(entry.shape) < TWO_EDITS else 2
                if (edits := distance(shape, entry.shape, most)) <= most:
                    yield from (Near(same, edits, whole) for same in self._equal[entry.shape])

    def _one(self, shape: str) -> Iterator[Entry]:
        """Names that may be one edit away."""
        if len(shape) < ONE_EDIT - 1:
            return
        for left in _lacking_one(shape):
            wanted = (hash(left) & _HASH) << _ID_BITS
            place = bisect_left(self._left, wanted)
            while place < len(self._left) and self._left[place] >> _ID_BITS == wanted >> _ID_BITS:
                yield self._entries[self._left[place] & ((1 << _ID_BITS) - 1)]
                place += 1

    def _two(self, shape: str) -> Iterator[Entry]:
        """Names that may be two edits away, and share a third that is not common."""
        if len(shape) < TWO_EDITS - 2:
            return
        letters = _letters(shape)
        for length in range(max(TWO_EDITS, len(shape) - 2), len(shape) + 3):
            for shift in range(-2, 3):
                for key in _thirds(shape, length, shift):
                    for entry in self._thirds.get(key, ()):
                        if (letters ^ entry.letters).bit_count() <= 4:
                            yield entry


def _letters(shape: str) -> int:
    """An edit changes two bits at most."""
    bits = 0
    for char in shape:
        bits |= 1 << (ord(char) & 63)
    return bits


def _lacking_one(shape: str) -> frozenset[str]:
    """*shape*, and all that is left of it without one of its letters."""
    return frozenset({shape, *(shape[:n] + shape[n + 1 :] for n in range(len(shape)))})


def _thirds(shape: str, length: int, shift: int) -> Iterator[Key]:
    """The thirds of a name of *length* that *shape* would have, its middle moved by *shift*."""
    third = length // 3
    yield length, 1, shape[third + shift : 2 * third + shift]
    if shift == 0:
        yield length, 0, shape[:third]
        yield length, 2, shape[len(shape) - (length - 2 * third) :]
