"""The comparisons without which a condition cannot hold, so that it need not always be tested."""

from __future__ import annotations

from collections.abc import Iterator

from handrail import Need
from handrail_policyfiles.expression._schema import read_as
from handrail_policyfiles.expression._typed import Typed

_TURNED = {"==": "==", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def needs(root: Typed) -> tuple[Need, ...]:
    """The comparisons of one input with a constant that *root* is an *and* of."""
    return tuple(_needs(root))


def _needs(part: Typed) -> Iterator[Need]:
    if part.op == "and":
        for each in part.args:
            yield from _needs(each)
    elif part.op in _TURNED:
        left, right = part.args
        if right.op == "const":
            yield from _need(left, part.op, right)
        elif left.op == "const":
            yield from _need(right, _TURNED[part.op], left)


def _need(read: Typed, sign: str, constant: Typed) -> Iterator[Need]:
    name = _input(read)
    if name is None:
        return
    than = constant.value
    number = isinstance(than, (int, float)) and not isinstance(than, bool)
    if number or (sign == "==" and isinstance(than, str)):
        yield Need(name, sign, than)


def _input(read: Typed) -> str | None:
    """The SDK's input that a part reads as it is; None where it is more than that."""
    if read.op == "input" and read_as(read.value) is None:
        return str(read.value)
    if read.op == "index" and read.args[0].value == "item.attributes":
        key = read.args[1].value
        return f"item.attributes.{key}" if isinstance(key, str) else None
    return None
