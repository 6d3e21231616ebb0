"""Between which whole numbers a part lies: where nothing can overflow, Python counts like CEL."""

from __future__ import annotations

import math
from collections.abc import Mapping

from handrail_policyfiles.expression._schema import SCHEMA
from handrail_policyfiles.expression._typed import Typed
from handrail_policyfiles.expression._types import DOUBLE, INT

_EXACT = float(2**53)
"""Whole numbers up to here are exact as doubles too."""

_COUNTED = 2**40
"""More findings or segments than any call sees."""

_SPANS: Mapping[str, tuple[float, float]] = {
    **{name: (v.least, v.most) for name, v in SCHEMA.variables.items()},
    **{name: (v.least, v.most) for name, v in SCHEMA.person.items()},
}


def safe(part: Typed) -> bool:
    """Whether working it out cannot fail, nor come to something else than in CEL."""
    if part.op in ("/", "%"):
        return _divides(part)
    if part.type == INT and part.op in ("+", "-", "*", "neg"):
        return max(map(abs, _span(part))) <= _EXACT
    return True


def _divides(part: Typed) -> bool:
    left, right = part.args
    if right.op != "const" or not right.value:
        return False
    if part.type == DOUBLE:
        return True
    least, most = _span(left)
    return part.op == "%" and right.value > 0 and 0 <= least <= most <= _EXACT


def _span(part: Typed) -> tuple[float, float]:
    if part.op == "const":
        return part.value, part.value
    if part.op in ("input", "field", "size"):
        return _SPANS.get(str(part.value), (0, _COUNTED))
    spans = [_span(each) for each in part.args]
    if part.op == "neg":
        return -spans[0][1], -spans[0][0]
    if part.op == "%":
        return 0, spans[1][1]
    return _joined(part.op, *spans) if part.op in ("+", "-", "*") else (-math.inf, math.inf)


def _joined(sign: str, one: tuple[float, float], two: tuple[float, float]) -> tuple[float, float]:
    if sign == "+":
        return one[0] + two[0], one[1] + two[1]
    if sign == "-":
        return one[0] - two[1], one[1] - two[0]
    products = [a * b if a and b else 0.0 for a in one for b in two]
    return min(products), max(products)
