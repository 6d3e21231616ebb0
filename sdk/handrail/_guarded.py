"""The guarded feature: three methods named like the hooks, which never raise."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from random import random
from time import monotonic_ns
from typing import Any

from handrail._call import book_cut, new_decision, run, set_action, set_source, shortened
from handrail._context import Context
from handrail._core import Core
from handrail._decision import Decision, Receipt
from handrail._enforcement import Enforcement
from handrail._failure import NO_ITEM, Failure, new_failure
from handrail._fields import numbers
from handrail._finding import Action, Cause, Stage
from handrail._item import Item
from handrail._keep import add_fault, type_of
from handrail._ledger import SDK
from handrail._log import log
from handrail._outcome import CLEAR
from handrail._plan import plan_key
from handrail._report import Report
from handrail._rest import gather, launch, over_budget, waits
from handrail._spans import current
from handrail._trips import trips
from handrail.errors import InvalidValueError

Carrier = Callable[[Enforcement], object]
"""What carries an enforcement out: the host's own function."""

_ALLOW = Action.ALLOW
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

    def _subject(self, subject: object, stage: Stage) -> tuple[Item, Report | None]:
        """The item a call is about, and the report; a report may only name its item."""
        if stage is Stage.REPORT and type(subject) is Report:
            return subject.item or Item(str(subject.item_id)), subject
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
        self._core.tell("carried_out", self.name, decision, published=published)

    def viewed(self, item: Item, n: int = 1, segment: str | None = None) -> None:
        """Tell that an item was seen *n* more times, by viewers of a *segment*."""
        self._core.tell("viewed", self.name, item, views=n, segment=segment)

    def withdrawn(self, item: Item) -> None:
        """Tell that an item is gone: its author or the host took it back."""
        self._core.tell("withdrawn", self.name, item, published=False)

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


class GuardedFeature(Guarded):
    """A feature ready to be asked; made by ``Safety.feature``."""

    __slots__ = ()

    def pre_publish(self, item: Item) -> Decision:
        """Ask what becomes of *item* before anyone can see it; answers within the budget.

        Never raises: what fails inside becomes a fault, and the policy says what that means.
        """
        try:
            core = self._core
            plan = core.plans[self._pre]
            if type(item) is not Item:
                raise InvalidValueError("pre_publish: expected an Item")
            if plan.pulse.troubled or len(item.text) > plan.short:
                return self._finish(self._begin(Stage.PRE_PUBLISH, item))
            context = run(plan, item, numbers.next())
            otel = context._otel = current()
            if context._said or not plan.quiet:
                return self._finish(context)
            made = new_decision(Decision)
            set_action(made, _ALLOW)
            set_source(made, context)
            if otel or random() < core.telemetry.trace_share:
                core.telemetry.late(context, _ALLOW)
            recorder = core.recorder
            if len(recorder.buffer) < recorder.room:
                recorder.buffer.append(made)
            else:
                recorder.add(made)
            return made
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            return self._settle(self._failed(Stage.PRE_PUBLISH, item, error))

    def post_publish(self, item: Item) -> Receipt:
        """Hand in *item* once it is published; never raises."""
        return self._receive(Stage.POST_PUBLISH, item)

    def report(self, report: Report) -> Receipt:
        """Hand in what somebody says about an item; never raises."""
        return self._receive(Stage.REPORT, report)

    def _receive(self, stage: Stage, subject: Item | Report) -> Receipt:
        try:
            item, report = self._subject(subject, stage)
            taken = self._core.take_in(self.name, stage, subject)
            if isinstance(taken, Receipt):
                return taken
            context = self._begin(stage, item, report)
            if not taken:
                add_fault(context, "intake", Cause.ERROR, None, None, None, frozenset(), -1)
            return self._core.receipt(context, self._finish(context))
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            return self._failed_receipt(self._settle(self._failed(stage, subject, error)))

    def work(self, stage: Stage, subject: Item | Report) -> Decision:
        """Look at what was accepted earlier, as a worker does; never raises.

        It is counted and logged here; the record, and what becomes of the decision, is the
        caller's: neither intake nor sink is asked.
        """
        try:
            context = self._begin(stage, *self._subject(subject, stage))
            if context._said or not context._plan.quiet:
                made = self._decide(context, self._core.conclude)
            else:
                made = new_decision(Decision)
                set_action(made, _ALLOW)
                set_source(made, context)
                self._core.telemetry.conclude(context, _ALLOW)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            made = self._failed(stage, subject, error)
        self._core.recorder.count(made)
        return made

    def enforce(self, enforcement: Enforcement) -> bool:
        """Have the host carry out *enforcement*; False where it could not, or nobody registered."""
        carrier = self._core.carriers.get(self.name)
        try:
            return carrier is not None and carrier(enforcement) is not False
        except Exception as error:
            log("handrail.call_failed", "error", call="on_enforcement", error=type_of(error))
            return False

    def _finish(self, context: Context) -> Decision:
        made = self._decide(context, self._close)
        self._core.recorder.add(made)
        return made

    def _decide(self, context: Context, close: Callable[[Context], Decision]) -> Decision:
        core = self._core
        if context._plan.sharing is not None:
            self._take_trips(context)
        if context._plan.rest:
            with core.telemetry.early(context) as span:
                self._run_rest(context)
                made = close(context)
                core.telemetry.end(span, context, made.action)
        else:
            if len(context._stamps) <= len(context._plan.inline):
                over_budget(context)
            made = close(context)
            core.telemetry.conclude(context, made.action)
        return made

    def _take_trips(self, context: Context) -> None:
        back = threading.Event()
        for seconds in trips(context, back.set, self._core.telemetry):
            self._warn_in_loop()
            back.wait(seconds)
            back.clear()

    def _run_rest(self, context: Context) -> None:
        core, done = self._core, threading.Event()
        self._warn_in_loop()
        join = launch(context, core.workers, done.set)
        if join is None:
            return
        for seconds in waits(context, join, core.workers):
            done.wait(seconds)
            done.clear()
        gather(context, join)

    def _close(self, context: Context) -> Decision:
        made = self._core.conclude(context)
        return made if context._outcome is CLEAR else self._commit(context, made)

    def _commit(self, context: Context, made: Decision) -> Decision:
        core = self._core
        if not core.opens_case(made):
            return made
        core.due(context)
        return core.committed(context, made, durable=core.recorder.writer.commit(made))

    def _settle(self, made: Decision) -> Decision:
        """Record the decision of a call that failed; here the stack may end, but nothing raises."""
        failure: Any = made._source
        try:
            failure._otel = current()
            made = self._commit(failure, made)
            self._core.recorder.add(made)
        except Exception:
            failure._recorded = False
            self._core.recorder.dropped += 1
        return made

    def _warn_in_loop(self) -> None:
        """Count a call that stalls its own event loop; say so once per feature."""
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return
        telemetry = self._core.telemetry
        if not telemetry.counts("handrail.sync_in_loop").get((self.name,)):
            log("handrail.sync_in_loop", "warning", feature=self.name, fix="use AsyncSafety here")
        telemetry.count("handrail.sync_in_loop", self.name)
