"""Which conditions are worth testing: most rules of a large policy fail on their first comparison.

A condition that is an *and* of comparisons cannot hold where one of them fails. Rules are sorted
by such a comparison, so that a call finds those it could matter to by looking once at each
value, as publish-subscribe matchers do (Fabret et al., SIGMOD 2001).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from typing import Any, Final

import attrs

from handrail._condition import MISSING, Need, Unknown, resolve
from handrail._inputs import Input
from handrail._rows import Guard, Row

FAILED: Final = object()
"""The value of an input that could not be read: a fault of whatever rule asks for it."""

Read = Callable[[Input], Any]
"""Reads an input's value in a call, or MISSING, or FAILED."""

_RANK = {"==": 0, ">=": 1, ">": 1, "<": 2, "<=": 2}
_RARE = ("counter(", "count(", "found(", "score(", "strikes(", "session(")
"""Inputs that are 0 in most calls."""


class Sieve:
    """Rows without a threshold, sorted by a comparison that each needs.

    Args:
        rows: The rows.

    Attributes:
        always: Those that have no such comparison, and are tested in every call.
    """

    def __init__(self, rows: Iterable[Row]) -> None:
        kept: dict[str, list[tuple[Need, Row]]] = {}
        always = []
        for row in rows:
            need = _need(row)
            if need is None:
                always.append(row)
            else:
                kept.setdefault(need.input, []).append((need, row))
        # To look at an input costs as much as to test a condition or two.
        for name in [n for n, found in kept.items() if len(found) < 3]:
            always.extend(row for _, row in kept.pop(name))
        self.always = tuple(always)
        self._shelves = tuple(_shelf(name, found) for name, found in sorted(kept.items()))

    def candidates(self, read: Read) -> list[Row]:
        """The rows whose condition may hold in this call."""
        found = [*self.always]
        for shelf in self._shelves:
            value = read(shelf.source)
            found.extend(shelf.despite if value is MISSING else shelf.candidates(value))
        return found


@attrs.frozen(eq=False)
class _Shelf:
    """The rows that need a comparison of one input.

    Attributes:
        equal: By the value they need. above: Constants in order, and the rows that need at
            least or more than each. below: The same for at most or less than each.
        despite: Rows that count, or fail, where the value is missing. all: All of them.
    """

    source: Input
    equal: dict[Any, tuple[Row, ...]]
    above: tuple[list[Any], list[Row]]
    below: tuple[list[Any], list[Row]]
    despite: tuple[Row, ...]
    all: tuple[Row, ...]

    def candidates(self, value: Any) -> Iterable[Row]:
        """The rows whose comparison holds for *value*, or may."""
        # A truth value compares with numbers here, and nowhere in a condition.
        if value is FAILED or isinstance(value, bool):
            return self.all
        try:
            return (
                *self.equal.get(value, ()),
                *self.above[1][: bisect_right(self.above[0], value)],
                *self.below[1][bisect_left(self.below[0], value) :],
            )
        except TypeError:
            return self.all


def _shelf(name: str, found: list[tuple[Need, Row]]) -> _Shelf:
    equal: dict[Any, tuple[Row, ...]] = {}
    for need, row in found:
        if need.sign == "==":
            equal[need.than] = (*equal.get(need.than, ()), row)
    rows = tuple(row for _, row in found)
    return _Shelf(
        source=resolve(name, ""),
        equal=equal,
        above=_sorted((n, r) for n, r in found if n.sign in (">", ">=")),
        below=_sorted((n, r) for n, r in found if n.sign in ("<", "<=")),
        despite=tuple(r for r in rows if r.guard and r.guard.unknown is not Unknown.SKIP),
        all=rows,
    )


def _sorted(found: Iterable[tuple[Need, Row]]) -> tuple[list[Any], list[Row]]:
    ordered = sorted(found, key=lambda pair: (pair[0].than, pair[1].policy, pair[1].rule))
    return [need.than for need, _ in ordered], [row for _, row in ordered]


def _need(row: Row) -> Need | None:
    """The comparison of a row that most calls fail, as far as one can tell."""
    if row.guard is None or row.guard.each:
        return None
    need = min(filter(_sortable, row.guard.needs), key=_rank, default=None)
    return None if need is None or _missed(row.guard, need) else need


def _missed(guard: Guard, need: Need) -> bool:
    """Whether another input decides by being missing, whatever the comparison says."""
    compared = resolve(need.input, "")
    needed = (source for _, source, optional in guard.inputs if not optional)
    return guard.unknown is not Unknown.SKIP and any(
        source.optional and source is not compared for source in needed
    )


def _sortable(need: Need) -> bool:
    number = isinstance(need.than, (int, float)) and not isinstance(need.than, bool)
    return number or (need.sign == "==" and isinstance(need.than, str))


def _rank(need: Need) -> tuple[int, str]:
    rare = need.input.startswith(_RARE) and need.sign in (">", ">=")
    return (-1 if rare else _RANK[need.sign]), need.input
