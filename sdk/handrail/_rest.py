"""What a plan runs off the caller's thread, shared by both facades; only how they sleep differs.

``launch`` starts it, ``waits`` says how long to sleep, ``gather`` takes over what came of it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from random import random
from time import monotonic_ns

from handrail._call import failed
from handrail._context import Context, DerivationError
from handrail._finding import Action, Cause
from handrail._keep import add_fault, keep
from handrail._plan import Slot
from handrail._tasks import Join, Task
from handrail._workers import Workers

_SLICE_NS = 10_000_000

SHADOW_GRACE_NS = 10_000_000
"""How long ``pre_publish`` waits for modules in shadow once no live one is awaited."""


def launch(context: Context, workers: Workers, notify: Callable[[], None]) -> Join | None:
    """Start the hooks that run off the caller's thread; None where none is to be started."""
    plan = context._plan
    deadline = context._stamps[0] + plan.budget_ns
    if context._end > deadline or len(context._stamps) <= len(plan.inline):
        over_budget(context)
        return None
    if _decided(context):
        return None
    context._books().thread = threading.get_ident()
    for name in plan.eager:
        try:
            context.derive(name, object)
        except DerivationError:
            continue
    tasks = []
    for slot in plan.rest:
        if (unfit := _unfit(slot, workers)) is not None:
            context._complete = False
            add_fault(context, slot.name, *unfit, None, slot.issues, slot.index)
            continue
        call = partial(slot.call, context._item, context)
        tasks.append(Task(slot.index, slot.name, call, slot.health))
    join = Join(tasks, notify)
    for task in tasks:
        workers.submit(task, remote=plan.slots[task.index].cost == "remote")
    return join


def _unfit(slot: Slot, workers: Workers) -> tuple[Cause, None, str] | None:
    """Why a hook is not to be started, if so: a fault's cause, error and place."""
    if workers.closed:
        return Cause.MISSING, None, "closed"
    if slot.health.stuck:
        return Cause.BREAKER_OPEN, None, "earlier calls have not returned"
    return None


def _decided(context: Context) -> bool:
    """Whether what is known already settles it: then the rest is skipped, and coverage says so."""
    plan = context._plan
    if plan.stop_at is None or context._faults is not None or random() < plan.complete_share:
        return False
    outcome = plan.table.decide(context, context._pairs or (), plan.static_faults)
    if outcome.action is Action.ALLOW or outcome.action < plan.stop_at or outcome.faults:
        return False
    if outcome.action is Action.NUDGE and context._item.confirms is not None:
        return False  # Once it is confirmed, what the rest finds decides.
    context._complete = False
    context._skipped = {slot.index: "decided" for slot in plan.rest}
    return True


def over_budget(context: Context) -> None:
    """Book a fault for each hook that the deadline left no time for."""
    plan = context._plan
    begun = len(context._stamps) - 1
    context._complete = False
    for slot in (*plan.inline_slots[begun:], *plan.rest):
        add_fault(context, slot.name, Cause.OVER_BUDGET, None, None, None, slot.issues, slot.index)


def waits(context: Context, join: Join, workers: Workers) -> Iterator[float]:
    """Yield for how many seconds to sleep, until all have delivered or their time is over.

    Between two sleeps it looks after the loop and gives up what has outlived its own limit.
    What is live never waits for shadow beyond SHADOW_GRACE_NS while an author waits for both.
    """
    plan = context._plan
    deadline = context._stamps[0] + plan.budget_ns
    ends = {
        t.index: min(deadline, context._end + (plan.slots[t.index].timeout_ns or plan.budget_ns))
        for t in join.pending
    }
    alone = False
    while pending := join.pending:
        now = monotonic_ns()
        if plan.guards and not alone and all(plan.slots[t.index].shadow for t in pending):
            alone = True
            ends = {index: min(end, now + SHADOW_GRACE_NS) for index, end in ends.items()}
        late = [t for t in pending if now >= ends[t.index]]
        if late:
            _give_up(context, join, workers, late)
            continue
        left = max(0, min(ends[t.index] for t in pending) - now)
        if any(plan.slots[t.index].cost == "remote" for t in pending):
            workers.check_loop()
            left = min(left, _SLICE_NS)
        yield left / 1e9


def _give_up(context: Context, join: Join, workers: Workers, late: list[Task]) -> None:
    for task in join.give_up(late):
        slot = context._plan.slots[task.index]
        cause = Cause.TIMEOUT if task.started else Cause.OVER_BUDGET
        if not task.started or slot.shadow:
            context._complete = False
        ns = monotonic_ns() - task.started if task.started else None
        add_fault(context, slot.name, cause, None, None, ns, slot.issues, slot.index)
        workers.cancel(task)


def gather(context: Context, join: Join) -> None:
    """Take over what was delivered, in the order of the plan."""
    join.close()
    context._times = {t.index: t.ended - (t.started or t.ended) for t in join.delivered}
    for task in sorted(join.delivered, key=lambda t: t.index):
        slot = context._plan.slots[task.index]
        with suppress(OverflowError):  # The worker has cut it off and said so.
            for finding in task.found:
                keep(context, slot, finding)
        if task.error is not None:
            failed(context, slot, task.error, context._times[task.index])
    join.delivered = []  # A task knows its join: this breaks the circle.
    context._end = monotonic_ns()
