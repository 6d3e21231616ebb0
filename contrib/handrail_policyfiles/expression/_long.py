"""Long lists are looked into and never gone through: every call would pay for every entry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from handrail_policyfiles.expression._error import fail
from handrail_policyfiles.expression._typed import Checked, Typed

ENTRIES_MOST = 1_000
"""Entries of a list that a condition may go through, or hand to the official runtime."""

_THROUGH = frozenset({"all", "exists", "exists_one", "filter", "each"})
_PASSES_ON = {"filter": slice(0, 1), "choice": slice(1, 3), "+": slice(0, 2)}


def refuse_long(checked: Checked, lists: Mapping[str, frozenset[str]], *, simple: bool) -> None:
    """Raise ExpressionError where a long list is gone through in every call.

    Args:
        checked: The condition.
        lists: The strings of each list.
        simple: Whether Python answers it, and not the official runtime.
    """
    through = {name for part in checked.root.walk() for name in _gone_through(part)}
    for patch in sorted(checked.patches, key=lambda p: p.start):
        if patch.slot is None or patch.slot.op != "lists":
            continue
        name = str(patch.slot.value)
        if len(lists[name]) > ENTRIES_MOST and (name in through or not simple):
            fail(
                checked.source, patch.start,
                f"lists.{name} has {len(lists[name])} entries, and every call would go through "
                f"all of them; up to {ENTRIES_MOST} that is fine: ask value in lists.{name}",
            )  # fmt: skip


def _gone_through(part: Typed) -> Iterator[str]:
    """The lists that a macro goes through."""
    return _lists(part.args[0]) if part.op in _THROUGH else iter(())


def _lists(part: Typed) -> Iterator[str]:
    """The lists that a part may come to."""
    if part.op == "lists":
        yield str(part.value)
    for each in part.args[_PASSES_ON.get(part.op, slice(0))]:
        yield from _lists(each)
