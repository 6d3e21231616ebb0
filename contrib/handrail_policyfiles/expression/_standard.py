"""CEL's own functions: what they take and what they return."""

from __future__ import annotations

from collections.abc import Mapping

from handrail_policyfiles.expression._tree import Node
from handrail_policyfiles.expression._typed import Typed
from handrail_policyfiles.expression._types import (
    BOOL,
    DOUBLE,
    DURATION,
    DYN,
    INT,
    STRING,
    TIMESTAMP,
    Type,
)

_OF_STRINGS = ("contains", "startsWith", "endsWith", "matches")
_OF_DURATIONS = ("getHours", "getMinutes", "getSeconds", "getMilliseconds")
_OF_TIMES = (
    "getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfWeek", "getDayOfYear",
    *_OF_DURATIONS,
)  # fmt: skip
_CONVERSIONS: Mapping[str, tuple[Type, tuple[Type, ...]]] = {
    "int": (INT, (INT, DOUBLE, STRING, TIMESTAMP, DYN)),
    "double": (DOUBLE, (INT, DOUBLE, STRING, DYN)),
    "string": (STRING, (BOOL, INT, DOUBLE, STRING, TIMESTAMP, DURATION, DYN)),
    "bool": (BOOL, (BOOL, STRING, DYN)),
    "timestamp": (TIMESTAMP, (STRING, DYN)),
    "duration": (DURATION, (STRING, DYN)),
}
NAMES = ("size", *_OF_STRINGS, *_OF_TIMES, *_CONVERSIONS)


def knows(node: Node) -> bool:
    """Whether the call is one of CEL's: on something, or with it as argument."""
    if node.value == "size":
        return True
    return node.value in (_OF_STRINGS + _OF_TIMES if node.on else _CONVERSIONS)


def result(node: Node, parts: tuple[Typed, ...]) -> Type | None:
    """The type of a call's result; None where its arguments do not fit."""
    kinds = [part.type for part in parts]
    name = str(node.value)
    if name == "size":
        sized = len(kinds) == 1 and (kinds[0] in (STRING, DYN) or kinds[0].name in ("list", "map"))
        return INT if sized else None
    if not node.on:
        made, takes = _CONVERSIONS[name]
        return made if len(kinds) == 1 and kinds[0] in takes else None
    if name in _OF_STRINGS:
        fit = len(kinds) == 2 and all(kind in (STRING, DYN) for kind in kinds)
        return BOOL if fit else None
    if kinds == [DURATION] and name in _OF_DURATIONS:
        return INT
    fit = kinds in ([TIMESTAMP], [TIMESTAMP, STRING])
    return INT if fit and name in _OF_TIMES else None


def usage(node: Node) -> str:
    """How the function is written."""
    name = str(node.value)
    if name == "size":
        return "write size(list) or size(text)"
    if name == "contains":
        return 'write text.contains("part"), or value in list'
    if name in _OF_STRINGS:
        return f'write text.{name}("part")'
    if name in _OF_TIMES:
        return f'write now.{name}("Europe/Berlin")'
    return f"write {name}(value)"
