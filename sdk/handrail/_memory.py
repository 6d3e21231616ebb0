"""What modules remember between calls: read in hooks, written once for each revision."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from types import GeneratorType
from typing import TYPE_CHECKING, Protocol, TypeGuard, cast

from handrail._locks import RenewedLock
from handrail._windows import Count

if TYPE_CHECKING:
    from handrail._context import Context
    from handrail._item import Item

SEEN_MOST = 50_000
"""Revisions of which a module remembers that it has learned from them."""

COUNTS_MOST = 1000
"""Counts that are taken of one revision."""


_USUAL = (GeneratorType, list, tuple)
"""What learn gives back as a rule: asking whether anything else is iterable costs more."""


class Memory(Protocol):
    """What a module remembers between calls; its class stands in ``Manifest.memory``.

    It is made once for each Safety, from the module's settings if it has any, and hooks are
    given it as ``memory``. They only read it, from any thread. ``learn`` is called after the
    hooks of a call, in the caller's thread: once for each revision of an item and for each
    report, and never twice at a time. What it keeps must be bounded.
    """

    def learn(self, item: Item, context: Context) -> Iterable[Count] | None:
        """Remember *item*; return or yield what the SDK should count in ``context.state``."""
        ...


class Learner:
    """A module's memory, and what it has learned from already."""

    def __init__(self, memory: Memory, counters: frozenset[str], module: str = "") -> None:
        self.memory = memory
        self._counters, self._module = counters, module
        self._lock = RenewedLock()
        self._seen: OrderedDict[int, None] = OrderedDict()

    def learn(self, context: Context) -> str | None:
        """Have the memory learn from a call, unless it has; say what was wrong, if anything."""
        about = _about(context)
        with self._lock:
            if about in self._seen:
                return None
            self._seen[about] = None
            if len(self._seen) > SEEN_MOST:
                self._seen.popitem(last=False)
            said = self.memory.learn(context.item, context)
            return None if said is None else self._count(said, context)

    def _count(self, said: object, context: Context) -> str | None:
        counts: list[Count] = []
        wrong = None
        if type(said) not in _USUAL and not isinstance(said, Iterable):
            return "learn gave no counts"
        given: Iterable[object] = cast("Iterable[object]", said)
        for count in given:
            if not self._is_count(count):
                wrong = "learn gave what is no Count of a counter in the manifest"
            elif len(counts) == COUNTS_MOST:
                wrong = f"learn gave more than {COUNTS_MOST} counts"
                break
            else:
                counts.append(count)
        if counts:
            self._add(counts, context)
        return wrong

    def _add(self, counts: list[Count], context: Context) -> None:
        sharing = context._plan.sharing
        if sharing is None:
            context._plan.state.add(counts, context.at)
        else:
            sharing.state.add(counts, context.at, f"{self._module} {_named(context)}")

    def _is_count(self, count: object) -> TypeGuard[Count]:
        return (
            type(count) is Count
            and count.name in self._counters
            and type(count.key) is str
            and isinstance(count.by, (int, float))
        )


def _named(context: Context) -> str:
    """The same in every process: what the revision or the report is called."""
    if context.report is not None:
        return f"report {context.feature} {context.report.id}"
    return f"item {context.feature} {context.item.revision} {context.item.id}"


def _about(context: Context) -> int:
    """A number for the revision or the report that a call is about."""
    if context.report is not None:
        return hash(("report", context.feature, context.report.id))
    item = context.item
    return hash((context.feature, item.id, item.revision))
