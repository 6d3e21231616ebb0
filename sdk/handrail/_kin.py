"""What is asked along: which reads of a shared State go with one another, learned from calls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import timedelta
from typing import TypeAlias

from handrail._shared import Read

SHAPES_MOST = 32
"""Other reads that are remembered to go with a counter."""

PART_LEAST = 4
"""Characters from which on an id is recognised inside a key."""

COUNTERS_MOST = 1000
"""Counters of which that is remembered."""

ONCE_MOST = 256
"""Keys made of others that are remembered until they come a second time."""

Names: TypeAlias = tuple[str | None, ...]
"""Ids that keys are made of beside those read: of an item's author, session, thread and so on."""

_HOLE = "\0"
_ITS_KEY = -1


class Kin:
    """Which reads go with a counter: what calls have asked along with it, bounded.

    A hook that reads on only when a first count is high does so in its second run. The next
    call asks for that along with the first count, and needs no second trip. The key of such a
    read is known where it is made of the key of the first, or of one of the item's own ids.
    """

    def __init__(self) -> None:
        self._once: dict[object, None] = {}
        self._shapes: dict[str, dict[tuple[str, str, timedelta | None, int, str], None]] = {}

    def learn(self, late: Read, known: Iterable[Read], names: Names) -> None:
        """Remember that *late* was read in a call that had read *known* before."""
        for read in known:
            if (made := _made_of(late.key, read.key, names)) is None:
                continue
            if made[1] != _HOLE and not self._seen((read.name, late.name, made)):
                continue  # What else is in the key may never come again.
            shapes = self._shapes.get(read.name)
            if shapes is None and len(self._shapes) < COUNTERS_MOST:
                shapes = self._shapes[read.name] = {}
            if shapes is not None and len(shapes) < SHAPES_MOST:
                shapes[late.what, late.name, late.window, *made] = None

    def _seen(self, what: object) -> bool:
        """Whether something was seen before, lately."""
        if what in self._once:
            return True
        self._once[what] = None
        if len(self._once) > ONCE_MOST:
            with suppress(KeyError, RuntimeError):  # Another thread was here as well.
                del self._once[next(iter(self._once))]
        return False

    def of(self, read: Read, names: Names) -> Iterator[Read]:
        """Yield what will be read next, as far as is known."""
        for what, name, window, basis, shape in tuple(self._shapes.get(read.name, ())):
            base = read.key if basis == _ITS_KEY else names[basis]
            if base is not None:
                yield Read(what, name, shape.replace(_HOLE, base, 1), window, read.at)

    def __bool__(self) -> bool:
        return bool(self._shapes)


def _made_of(key: str, other: str, names: Names) -> tuple[int, str] | None:
    """What a key is made of, and how: another key, or one of the item's ids; None if neither."""
    for number, base in enumerate((other, *names), _ITS_KEY):
        if base and (key == base or (len(base) >= PART_LEAST and base in key)):
            return number, key.replace(base, _HOLE, 1)
    return None
