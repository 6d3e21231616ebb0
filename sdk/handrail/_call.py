"""The one hot function: run a plan under one deadline, and never let a module's failure out.

``run`` is the inline part, in the caller's thread; ``_rest`` has what runs elsewhere.
"""

from __future__ import annotations

from time import monotonic_ns
from typing import Any

import attrs

from handrail._context import Context, DerivationError, UnseenError
from handrail._decision import Decision, Source
from handrail._finding import Action, Cause
from handrail._health import COUNTED
from handrail._item import Item, head
from handrail._keep import KEPT_MOST, add_fault, discard, keep, misreturn, place_of, trim, type_of
from handrail._outcome import Outcome
from handrail._plan import Plan, Slot
from handrail._report import Report
from handrail._tasks import drain
from handrail._workers import Workers

_OURS = frozenset(f.__code__.co_filename for f in (keep, drain, Workers.submit, lambda: None))


def run(plan: Plan, item: Item, number: int, report: Report | None = None) -> Context:
    """Run the inline hooks of *plan* over *item*."""
    now = monotonic_ns()
    context = new_context(Context)  # Field by field: the constructor would be one function more.
    context._plan, context._item, context._number = plan, item, number
    context._stamps = stamps = [now]
    if report is not None:
        context._report = report
    deadline = now + plan.budget_ns
    found: Any = None
    for call in plan.inline:
        try:
            found = call(item, context)
            if found is not None:
                for finding in found:
                    keep(context, plan.inline_slots[len(context._stamps) - 1], finding)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            discard(found)
            failed(context, plan.inline_slots[len(context._stamps) - 1], error, None)
        now = monotonic_ns()
        stamps.append(now)
        if now > deadline:
            context._late = context._said = True
            break
    context._end = now
    return context


def run_one(context: Context, number: int) -> None:
    """Run one inline hook again, whose findings and faults were dropped."""
    slot, start, found = context._plan.inline_slots[number], monotonic_ns(), None
    try:
        found = context._plan.inline[number](context._item, context)
        for finding in () if found is None else found:
            keep(context, slot, finding)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        discard(found)
        failed(context, slot, error, monotonic_ns() - start)


def shortened(item: Item, report: Report | None, most: int) -> tuple[Item, Report | None]:
    """What hooks are given of an item and a report: the first *most* characters of each text."""
    item = head(item, most)
    if report is None or (len(report.text) <= most and report.item in (None, item)):
        return item, report
    return item, attrs.evolve(report, item=report.item and item, text=report.text[:most])


def book_cut(context: Context, item: Item, report: Report | None) -> None:
    """Say of which texts hooks were given less than there is."""
    live = (slot.issues for slot in context._plan.slots if not slot.shadow)
    issues = frozenset[str]().union(*live)
    if context._item is not item:
        context._length = len(item.text)
        add_fault(context, "item.text", Cause.OVER_BUDGET, None, "max_text", None, issues, -1)
    if report is not None and context._report is not None and context._report.text != report.text:
        add_fault(context, "report.text", Cause.OVER_BUDGET, None, "max_text", None, issues, -1)


def failed(context: Context, slot: Slot, error: BaseException, ns: int | None) -> None:
    """Turn what a hook raised into a fault: of its provider, if a derivation was to blame."""
    if ns is None:
        ns = monotonic_ns() - context._stamps[-1]
    if type(error) is DerivationError and type(error.name) is str:
        # What was never tried was not declared, and is no fault of who provides it.
        tried = error.name in context._derived
        provider = context._plan.derivations.get(error.name) if tried else None
        source = slot.name if provider is None else provider.module
        place = None if provider is None else f"needs {error.name}"
        add_fault(context, source, Cause.MISSING, None, place, ns, slot.issues, slot.index)
        return
    if type(error) is UnseenError:
        add_fault(context, slot.name, Cause.MISSING, None, str(error), ns, slot.issues, slot.index)
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


def learn(context: Context) -> None:
    """Have the modules that remember something learn from a call, once its hooks are done."""
    context._learning = True
    for slot in context._plan.learning:
        start, learner = monotonic_ns(), slot.module.learner
        try:
            wrong = None if learner is None else learner.learn(context)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            failed(context, slot, error, monotonic_ns() - start)
            continue
        if wrong is not None:
            ns = monotonic_ns() - start
            add_fault(context, slot.name, Cause.INVALID, None, wrong, ns, slot.issues, slot.index)


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
    changed = plan.shut != plan.left_out
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
    stamps, plan, lent = context._stamps, context._plan, context._lent
    moved = False
    for number, slot in enumerate(plan.inline_slots[: len(stamps) - 1]):
        own = stamps[number + 1] - stamps[number] - lent.get(number, 0)
        moved |= slot.health.overran(own > plan.budget_ns // 2, context._end)
    return moved


new_context = Context.__new__
new_decision = Decision.__new__
set_action = Decision.__dict__["action"].__set__
set_source = Decision.__mro__[1].__dict__["_source"].__set__


def decision(source: Source, action: Action) -> Decision:
    """A decision that builds its other fields from the call's record when they are read."""
    made = new_decision(Decision)
    set_action(made, action)
    set_source(made, source)
    return made
