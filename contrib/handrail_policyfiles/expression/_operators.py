"""What the operators between two values take, and what comes of it."""

from __future__ import annotations

from typing import NoReturn, Protocol

from handrail_policyfiles.expression._tree import Node
from handrail_policyfiles.expression._typed import Typed
from handrail_policyfiles.expression._types import (
    BOOL,
    DOUBLE,
    DURATION,
    DYN,
    INT,
    NUMBERS,
    ORDERED,
    STRING,
    TIMESTAMP,
    Type,
    comparable,
    fits,
)


class Blames(Protocol):
    """Can say what is wrong where."""

    def fail(self, node: Node, message: str) -> NoReturn:
        """Raise an ExpressionError at *node*."""
        ...


_ARITHMETIC = {
    **{(sign, kind, kind): kind for sign in "+-*/" for kind in NUMBERS},
    ("%", INT, INT): INT,
    ("+", STRING, STRING): STRING,
    ("+", TIMESTAMP, DURATION): TIMESTAMP,
    ("+", DURATION, TIMESTAMP): TIMESTAMP,
    ("+", DURATION, DURATION): DURATION,
    ("-", TIMESTAMP, TIMESTAMP): DURATION,
    ("-", TIMESTAMP, DURATION): TIMESTAMP,
    ("-", DURATION, DURATION): DURATION,
}


def arithmetic(blame: Blames, node: Node, left: Typed, right: Typed) -> Typed:
    """Understand + - * / and %."""
    sign = str(node.value)
    made = _made(sign, left.type, right.type)
    if made is None and sign == "+" and left.type.name == right.type.name == "list":
        made = left.type if fits(left.type, right.type) else None
    if made is None:
        hint = _number_hint(left.type, right.type)
        blame.fail(node, f"{sign} does not take {left.type} and {right.type}{hint}")
    return Typed(sign, made, (left, right))


def _made(sign: str, left: Type, right: Type) -> Type | None:
    """What comes of two types; of several that could, where one is not known, any."""
    could = {
        made
        for (each, one, two), made in _ARITHMETIC.items()
        if each == sign and left in (one, DYN) and right in (two, DYN)
    }
    return could.pop() if len(could) == 1 else DYN if could else None


def compare(blame: Blames, node: Node, left: Typed, right: Typed) -> Typed:
    """Understand == != < <= > and >=."""
    sign = str(node.value)
    if not fits(left.type, right.type):
        hint = _number_hint(left.type, right.type) or _time_hint(left.type, right.type)
        blame.fail(node, f"{sign} cannot compare {left.type} with {right.type}{hint}")
    if sign in ("==", "!="):
        if not (comparable(left.type) and comparable(right.type)):
            blame.fail(node, f"{sign} cannot compare persons: compare their ids")
    elif not all(t in (*ORDERED, DYN) for t in (left.type, right.type)):
        blame.fail(node, f"{sign} cannot order {left.type}")
    return Typed(sign, BOOL, (left, right))


def member(blame: Blames, node: Node, left: Typed, right: Typed) -> Typed:
    """Understand ``in``."""
    if right.type.name not in ("list", "map", "dyn"):
        hint = ": write text.contains(part)" if right.type == STRING else ""
        blame.fail(node, f"in looks into a list, and this is {right.type}{hint}")
    if right.type != DYN and not fits(left.type, right.type.of[0]):
        blame.fail(node, f"in cannot find {left.type} in {right.type}")
    if not comparable(left.type):
        blame.fail(node, "in cannot compare persons: compare their ids")
    return Typed("in", BOOL, (left, right))


def _number_hint(left: Type, right: Type) -> str:
    return ": write double(…) around the whole number" if {left, right} == {INT, DOUBLE} else ""


def _time_hint(left: Type, right: Type) -> str:
    if STRING in (left, right) and TIMESTAMP in (left, right):
        return ': write timestamp("2026-01-01T00:00:00Z")'
    if DURATION in (left, right):
        return ': write duration("24h")'
    return ""
