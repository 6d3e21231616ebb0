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
        if left.op == "input" and right.op == "const":
            yield from _need(left, part.op, right)
        elif left.op == "const" and right.op == "input":
            yield from _need(right, _TURNED[part.op], left)


def _need(read: Typed, sign: str, constant: Typed) -> Iterator[Need]:
    if read_as(read.value) is not None:
        return
    than = constant.value
    number = isinstance(than, (int, float)) and not isinstance(than, bool)
    if number or (sign == "==" and isinstance(than, str)):
        yield Need(read.value, sign, than)
