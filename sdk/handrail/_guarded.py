"""What both guarded features, the called and the awaited one, have in common."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic_ns
from typing import Any

from handrail._call import book_cut, new_decision, run, set_action, set_source, shortened
from handrail._context import Context
from handrail._core import Core
from handrail._decision import Decision
from handrail._enforcement import Enforcement
from handrail._failure import NO_ITEM, Failure, new_failure
from handrail._fields import numbers
from handrail._finding import Cause, Stage
from handrail._item import Item
from handrail._keep import add_fault
from handrail._ledger import SDK
from handrail._plan import plan_key
from handrail._receipt import Receipt
from handrail._report import Report
from handrail._spans import current
from handrail._told import tell
from handrail.errors import InvalidValueError

Carrier = Callable[[Enforcement], object]
"""What carries an enforcement out: the host's own function."""

_new_receipt = Receipt.__new__
_set = object.__setattr__


class Guarded:
    """What both guarded features, this one and the awaited one, have in common."""

    __slots__ = ("_core", "_keys", "_pre", "name")

    def __init__(self, core: Core, name: str) -> None:
        self._core, self.name = core, name
        self._keys = {stage.value: plan_key(name, stage) for stage in Stage}
        self._pre = self._keys["pre_publish"]

    def _begin(self, stage: Stage, item: Item, report: Report | None = None) -> Context:
        plan = self._core.plan(self._keys[stage.value])
        whole, said = item, report
        item, report = shortened(item, report, plan.feature.max_text)
        context = run(plan, item, numbers.next(), report)
        context._otel = current()
        if item is not whole or report is not said:
            book_cut(context, whole, said)
        if report is not None and report.item is None:
            # The modules had nothing but an id to look at.
            context._complete = False
            add_fault(context, SDK, Cause.MISSING, None, "report.item", None, frozenset(), -1)
        return context

    def _subject(
        self, subject: object, stage: Stage, known: Item | None = None
    ) -> tuple[Item, Report | None]:
        """The item a call is about, and the report; a report may only name its item."""
        if stage is Stage.REPORT and type(subject) is Report:
            return subject.item or known or Item(str(subject.item_id)), subject
        if stage is not Stage.REPORT and type(subject) is Item:
            return subject, None
        raise InvalidValueError(f"{stage.value}: wrong type of subject")

    def _failed(self, stage: Stage, subject: Any, error: BaseException) -> Decision:
        """Decide a call that failed in the SDK itself: the fault rules say how, never a raise.

        Nothing here enters another Python function: the host may have used up its stack.
        """
        kind, failure = type(subject), new_failure(Failure)
        failure._plan = plan = self._core.plans[self._keys[stage._value_]]
        failure._number, failure.error = numbers.next(), type(error)
        failure._end = now = monotonic_ns()
        failure._stamps = [now]
        failure._item = subject if kind is Item else NO_ITEM
        if kind is Report:
            failure._report, failure.named = subject, subject.item_id
            failure._item = subject.item or NO_ITEM
        made = new_decision(Decision)
        set_action(made, plan.broken.action)
        set_source(made, failure)
        return made

    def _failed_receipt(self, made: Decision) -> Receipt:
        """The receipt of such a call, under the same restriction."""
        failure: Any = made._source
        receipt = _new_receipt(Receipt)
        _set(receipt, "id", f"{failure._number:x}")
        _set(receipt, "item", failure.named if failure._item is NO_ITEM else failure._item.id)
        _set(receipt, "revision", failure._item.revision)
        _set(receipt, "feature", self.name)
        _set(receipt, "stage", failure._plan.stage)
        _set(receipt, "status", "pending")
        _set(receipt, "degraded", True)
        _set(receipt, "recorded", failure._recorded)
        _set(receipt, "trace_id", None)
        return receipt

    def carried_out(
        self, decision: Decision | Enforcement, *, published: bool | None = None
    ) -> None:
        """Tell that a decision, or what came of one after publishing, was carried out.

        Args:
            decision: The decision, or the enforcement.
            published: Whether the item is visible now, where the host says so; visible after a
                NUDGE, HOLD or BLOCK is counted as unguarded, once per revision.
        """
        tell(self._core, "carried_out", self.name, decision, published=published)

    def viewed(self, item: Item, n: int = 1, segment: str | None = None) -> None:
        """Tell that an item was seen *n* more times, by viewers of a *segment*."""
        tell(self._core, "viewed", self.name, item, views=n, segment=segment)

    def withdrawn(self, item: Item) -> None:
        """Tell that an item is gone: its author or the host took it back."""
        tell(self._core, "withdrawn", self.name, item, published=False)

    def on_enforcement(self, function: Carrier) -> Carrier:
        """Register what carries out decisions made after publishing; a decorator.

        *function* takes an Enforcement and may be called more than once for the same ``id``; it
        raises, or returns False, where it could not carry it out, and is then asked again.
        """
        if not callable(function):
            raise InvalidValueError("on_enforcement: expected a function")
        self._core.carriers[self.name] = function
        return function

    @property
    def carries(self) -> bool:
        """Whether somebody has registered with ``on_enforcement``."""
        return self.name in self._core.carriers

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"
