"""The types of values in an expression."""

from __future__ import annotations

import attrs


@attrs.frozen
class Type:
    """A type: ``list`` has one *of*, ``map`` has its keys' and its values'."""

    name: str
    of: tuple[Type, ...] = ()

    def __str__(self) -> str:
        return f"{self.name}({', '.join(map(str, self.of))})" if self.of else self.name


BOOL, INT, DOUBLE, STRING = Type("bool"), Type("int"), Type("double"), Type("string")
TIMESTAMP, DURATION = Type("timestamp"), Type("duration")
DYN = Type("dyn")
"""Known when it is there: what a host put into ``item.attributes``."""
PERSON = Type("person")
NOTHING = Type("nothing")
"""What an empty list is made of."""

STRINGS, PERSONS = Type("list", (STRING,)), Type("list", (PERSON,))
ATTRIBUTES = Type("map", (STRING, DYN))
NUMBERS = (INT, DOUBLE)
ORDERED = (BOOL, INT, DOUBLE, STRING, TIMESTAMP, DURATION)
"""What < compares; of these, == too."""


def list_of(item: Type) -> Type:
    """The type of a list."""
    return Type("list", (item,))


def fits(one: Type, two: Type) -> bool:
    """Whether values of both can be compared."""
    if DYN in (one, two) or NOTHING in (one, two) or one == two:
        return True
    return one.name == two.name and bool(one.of) and all(map(fits, one.of, two.of))


def comparable(one: Type) -> bool:
    """Whether == says something about it: not about persons, of whom little is known."""
    return one != PERSON and all(map(comparable, one.of))


def value_of(container: Type) -> Type:
    """The type of what is picked out of a list, a map, or what may be one."""
    return container.of[-1] if container.of else DYN
