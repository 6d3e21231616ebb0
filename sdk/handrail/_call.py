"""The one hot function: run a plan under one deadline, and never let a module's failure out.

``run`` is the inline part, in the caller's thread. ``launch`` and ``waits`` are the rest, shared
by both facades; only how they sleep differs. ``conclude`` turns the record into a decision.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from random import random
from time import monotonic_ns
from typing import Any

from handrail._context import Context, DerivationError
from handrail._decision import Decision, Source
from handrail._finding import Action, Cause
from handrail._health import COUNTED
from handrail._item import Item, Report
from handrail._keep import KEPT_MOST, add_fault, discard, keep, misreturn, place_of, trim, type_of
from handrail._plan import Plan, Slot
from handrail._rows import Outcome
from handrail._tasks import Join, Task, drain
from handrail._workers import Workers

_OURS = frozenset(f.__code__.co_filename for f in (keep, drain, Workers.submit, lambda: None))
_SLICE_NS = 10_000_000

SHADOW_GRACE_NS = 10_000_000
"""How long ``pre_publish`` waits for modules in shadow once no live one is awaited."""


def run(plan: Plan, item: Item, number: int, report: Report | None = None) -> Context:
    """Run the inline hooks of *plan* over *item*."""
    now = monotonic_ns()
    context = Context(plan, item, now, number)
    if report is not None:
        context.report = report
    stamp = context._stamps.append
    deadline = now + plan.budget_ns
    found: Any = None
    for call in plan.inline:
        if now > deadline:
            break
        try:
            found = call(item, context)
            if found is not None:
                for finding in found:
                    keep(context, plan.inline_slots[len(context._stamps) - 1], finding)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            discard(found)
            _failed(context, plan.inline_slots[len(context._stamps) - 1], error, None)
        now = monotonic_ns()
        stamp(now)
    if now > deadline:
        context._late = True
    context._end = now
    return context


def _failed(context: Context, slot: Slot, error: BaseException, ns: int | None) -> None:
    """Turn what a hook raised into a fault: of its provider, if a derivation was to blame."""
    if ns is None:
        ns = monotonic_ns() - context._stamps[-1]
    if type(error) is DerivationError and type(error.name) is str:
        provider = context._plan.derivations.get(error.name)
        source = slot.name if provider is None else provider.module
        place = None if provider is None else f"needs {error.name}"
        add_fault(context, source, Cause.MISSING, None, place, ns, slot.issues, slot.index)
        return
    ours = type(error) is not RecursionError and _file(error) in _OURS
    cause = Cause.INVALID if ours else Cause.ERROR
    kind = None if ours else type_of(error)
    place = misreturn(error) if ours else place_of(error)
    add_fault(context, slot.name, cause, kind, place, ns, slot.issues, slot.index)


def _file(error: BaseException) -> str | None:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return None if trace is None else trace.tb_frame.f_code.co_filename


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
        if slot.health.stuck:
            context._complete = False
            add_fault(
                context, slot.name, Cause.BREAKER_OPEN, None, "earlier calls have not returned",
                None, slot.issues, slot.index,
            )  # fmt: skip
            continue
        call = partial(slot.call, context.item, context)
        tasks.append(Task(slot.index, slot.name, call, slot.health))
    join = Join(tasks, notify)
    for task in tasks:
        workers.submit(task, remote=plan.slots[task.index].cost == "remote")
    return join


def _decided(context: Context) -> bool:
    """Whether what is known already settles it: then the rest is skipped, and coverage says so."""
    plan = context._plan
    if plan.stop_at is None or context._faults is not None or random() < plan.complete_share:
        return False
    outcome = plan.table.decide(context, context._pairs or (), plan.static_faults)
    if outcome.action is Action.ALLOW or outcome.action < plan.stop_at or outcome.faults:
        return False
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
            _failed(context, slot, task.error, context._times[task.index])
    join.delivered = []  # A task knows its join: this breaks the circle.
    context._end = monotonic_ns()


def outcome_of(context: Context) -> Outcome:
    """Decide a call whose record is complete, and what shadow would have decided."""
    plan = context._plan
    faults = context._faults or []
    if plan.static_faults:
        faults = [*plan.static_faults, *faults]
    if context._pairs is not None and len(context._pairs) > KEPT_MOST:
        trim(context)
    pairs = context._pairs or ()
    if plan.shadow_table is not None:
        context._shadow = plan.shadow_table.decide(context, pairs, faults)
        # From here on only what counts is left, for conditions and readers alike.
        context._aside = [p for p in pairs if plan.slots[p[1]].shadow]
        context._pairs = pairs = [p for p in pairs if not plan.slots[p[1]].shadow]
        faults = [f for f in faults if f[6] < 0 or not plan.slots[f[6]].shadow]
    return plan.table.decide(context, pairs, faults)


def book(context: Context) -> bool:
    """Book how each module did; return whether plans have to be arranged anew."""
    plan, now = context._plan, context._end
    failed = {f[6]: f[1] for f in context._faults or ()}
    changed = False
    for slot in (*plan.inline_slots[: len(context._stamps) - 1], *plan.rest):
        cause = failed.get(slot.index)
        if cause is None and slot.index not in context._skipped:
            changed |= slot.health.book(True, now)
        elif cause in COUNTED:
            changed |= slot.health.book(False, now)
    plan.pulse.feel()
    return changed


def watch_inline(context: Context) -> bool:
    """Book overruns of inline hooks in a call that ran out of time; True if one is moved."""
    stamps, plan = context._stamps, context._plan
    moved = False
    for slot, start, end in zip(plan.inline_slots, stamps, stamps[1:], strict=False):
        moved |= slot.health.overran(end - start > plan.budget_ns // 2, context._end)
    return moved


new_decision = Decision.__new__
set_action = Decision.__dict__["action"].__set__
set_source = Decision.__mro__[1].__dict__["_source"].__set__


def decision(source: Source, action: Action) -> Decision:
    """A decision that builds its other fields from the call's record when they are read."""
    made = new_decision(Decision)
    set_action(made, action)
    set_source(made, source)
    return made
