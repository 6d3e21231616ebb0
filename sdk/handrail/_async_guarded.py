"""The guarded feature of an event loop: the same three methods, awaited."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from inspect import isawaitable
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
from handrail._writer import COMMIT_GRACE_S
from handrail.errors import InvalidValueError

_ALLOW = Action.ALLOW


class AsyncGuardedFeature(Guarded):
    """A feature ready to be asked; made by ``AsyncSafety.feature``. Its methods are awaited."""

    __slots__ = ()

    async def pre_publish(self, item: Item) -> Decision:
        """Ask what becomes of *item* before anyone can see it; answers within the budget.

        Never raises but for the host's own cancellation.
        """
        try:
            # As in GuardedFeature: a call that has nothing to wait for never leaves this function.
            core = self._core
            plan = core.plans[self._pre]
            if type(item) is not Item:
                raise InvalidValueError("pre_publish: expected an Item")
            if plan.pulse.troubled or len(item.text) > plan.short:
                return await self._finish(self._begin(Stage.PRE_PUBLISH, item))
            context = run(plan, item, numbers.next())
            otel = context._otel = current()
            if context._said or not plan.quiet:
                return await self._finish(context)
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
        except (KeyboardInterrupt, asyncio.CancelledError):
            raise
        except BaseException as error:
            return await self._settle(self._failed(Stage.PRE_PUBLISH, item, error))

    async def post_publish(self, item: Item) -> Receipt:
        """Hand in *item* once it is published."""
        return await self._receive(Stage.POST_PUBLISH, item)

    async def report(self, report: Report) -> Receipt:
        """Hand in what somebody says about an item."""
        return await self._receive(Stage.REPORT, report)

    async def work(
        self, stage: Stage, subject: Item | Report, known: Item | None = None
    ) -> Decision:
        """Look at what was accepted earlier, as a worker does; see ``GuardedFeature.work``."""
        try:
            context = self._begin(stage, *self._subject(subject, stage, known))
            made = await self._decide(context, self._conclude)
        except (KeyboardInterrupt, asyncio.CancelledError):
            raise
        except BaseException as error:
            made = self._failed(stage, subject, error)
        self._core.recorder.count(made)
        return made

    async def enforce(self, enforcement: Enforcement) -> bool:
        """Have the host carry out *enforcement*; False where it could not, or nobody registered."""
        carrier = self._core.carriers.get(self.name)
        try:
            said = None if carrier is None else carrier(enforcement)
            if isawaitable(said):
                said = await said
        except Exception as error:
            log("handrail.call_failed", "error", call="on_enforcement", error=type_of(error))
            return False
        return carrier is not None and said is not False

    async def _receive(self, stage: Stage, subject: Item | Report) -> Receipt:
        try:
            item, report = self._subject(subject, stage)
            taken = await self._take_in(stage, subject)
            if isinstance(taken, Receipt):
                return taken
            context = self._begin(stage, item, report)
            if not taken:
                add_fault(context, "intake", Cause.ERROR, None, None, None, frozenset(), -1)
            return receipt(context, await self._finish(context))
        except (KeyboardInterrupt, asyncio.CancelledError):
            raise
        except BaseException as error:
            return self._failed_receipt(await self._settle(self._failed(stage, subject, error)))

    async def _take_in(self, stage: Stage, subject: Item | Report) -> Receipt | bool:
        """Hand a subject to the intake, off the loop: it may wait for a disk or a network."""
        if self._core.intake is None:
            return True
        return await asyncio.to_thread(take_in, self._core, self.name, stage, subject)

    async def _finish(self, context: Context) -> Decision:
        made = await self._decide(context, self._close)
        self._core.recorder.add(made)
        return made

    async def _decide(
        self, context: Context, close: Callable[[Context], Awaitable[Decision]]
    ) -> Decision:
        core = self._core
        if context._plan.sharing is not None:
            await self._take_trips(context)
        if context._plan.rest:
            with core.telemetry.early(context) as span:
                await self._run_rest(context)
                made = await close(context)
                core.telemetry.end(span, context, made.action)
        else:
            if len(context._stamps) <= len(context._plan.inline):
                over_budget(context)
            made = await close(context)
            core.telemetry.conclude(context, made.action)
        return made

    async def _take_trips(self, context: Context) -> None:
        bell = _Bell()
        for seconds in trips(context, bell.ring, self._core.telemetry):
            await bell.wait(seconds)

    async def _run_rest(self, context: Context) -> None:
        bell = _Bell()
        join = launch(context, self._core.workers, bell.ring)
        if join is None:
            return
        try:
            for seconds in waits(context, join, self._core.workers):
                await bell.wait(seconds)
        except asyncio.CancelledError:
            for task in join.close():
                self._core.workers.cancel(task)
            raise
        gather(context, join)

    async def _conclude(self, context: Context) -> Decision:
        return self._core.conclude(context)

    async def _close(self, context: Context) -> Decision:
        made = self._core.conclude(context)
        return made if context._outcome is CLEAR else await self._commit(context, made)

    async def _commit(self, context: Context, made: Decision) -> Decision:
        core = self._core
        if not core.opens_case(made):
            return made
        core.due(context)
        bell = _Bell()
        job = core.recorder.writer.submit(made, bell.ring)
        if job is not None:
            await bell.wait(COMMIT_GRACE_S)
        return core.committed(context, made, durable=job is not None and job.durable)

    async def _settle(self, made: Decision) -> Decision:
        """Record the decision of a call that failed; here the stack may end, but nothing raises."""
        failure: Any = made._source
        try:
            failure._otel = current()
            made = await self._commit(failure, made)
            self._core.recorder.add(made)
        except Exception:
            failure._recorded = False
            self._core.recorder.dropped += 1
        return made


class _Bell:
    """Wakes a coroutine from another thread."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._event = asyncio.Event()

    def ring(self) -> None:
        """Wake it; a loop that is gone needs no waking."""
        try:
            self._loop.call_soon_threadsafe(self._event.set)
        except RuntimeError:
            return

    async def wait(self, seconds: float) -> None:
        """Sleep until rung, or for so long."""
        timer = self._loop.call_later(seconds, self._event.set)
        try:
            await self._event.wait()
        finally:
            timer.cancel()
        self._event.clear()
