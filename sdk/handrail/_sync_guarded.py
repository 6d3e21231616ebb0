"""The guarded feature: three methods named like the hooks, which never raise."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from random import random
from typing import Any

from handrail._call import new_decision, run, set_action, set_source
from handrail._context import Context
from handrail._decision import Decision
from handrail._enforcement import Enforcement
from handrail._fields import numbers
from handrail._finding import Action, Cause, Stage
from handrail._guarded import Guarded
from handrail._item import Item
from handrail._keep import add_fault, type_of
from handrail._log import log
from handrail._outcome import CLEAR
from handrail._receipt import Receipt
from handrail._report import Report
from handrail._rest import gather, launch, over_budget, waits
from handrail._spans import current
from handrail._told import receipt, take_in
from handrail._trips import trips
from handrail.errors import InvalidValueError

_ALLOW = Action.ALLOW


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
            if otel or ((share := core.telemetry.trace_share) and random() < share):
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
            taken = take_in(self._core, self.name, stage, subject)
            if isinstance(taken, Receipt):
                return taken
            context = self._begin(stage, item, report)
            if not taken:
                add_fault(context, "intake", Cause.ERROR, None, None, None, frozenset(), -1)
            return receipt(context, self._finish(context))
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            return self._failed_receipt(self._settle(self._failed(stage, subject, error)))

    def work(self, stage: Stage, subject: Item | Report, known: Item | None = None) -> Decision:
        """Look at what was accepted earlier, as a worker does; never raises.

        It is counted and logged here; the record, and what becomes of the decision, is the
        caller's: neither intake nor sink is asked.

        Args:
            stage: Where it was handed in.
            subject: What was.
            known: What is known of an item that a report only names, without its content: that
                stays a fault.
        """
        try:
            context = self._begin(stage, *self._subject(subject, stage, known))
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
