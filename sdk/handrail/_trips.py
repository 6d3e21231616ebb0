"""Trips to a shared State, for both facades: ask for what was read, run again who was told wrong.

``trips`` says how long to sleep, as ``_rest.waits`` does; only how they sleep differs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from time import monotonic_ns

from handrail._call import run_one
from handrail._context import Context
from handrail._finding import Cause
from handrail._item import Item
from handrail._keep import add_fault, type_of
from handrail._kin import Names
from handrail._log import log
from handrail._plan import Slot
from handrail._reading import DEEP, RULES, Reading, Sharing, begun
from handrail._shared import Read, Shared, Trip
from handrail._telemetry import Telemetry

TRIPS_MOST = 3
"""Trips of one call: what a hook reads only in its third run is what this process knows."""


def trips(context: Context, notify: Callable[[], None], telemetry: Telemetry) -> Iterator[float]:
    """Yield for how many seconds to sleep, until all that was read is answered.

    *notify* is called from another thread once it is worth looking again.
    """
    sharing = context._plan.sharing
    if sharing is None:
        return
    if (reading := _foresee(context, sharing)) is None:
        return
    if reading.blind:
        _book_blindness(context, reading)
        return
    names = _names(context.item)
    for number in range(TRIPS_MOST + 1):
        if not (reads := reading.open(names)):
            break
        if number == TRIPS_MOST:
            _fault(context, Cause.OVER_BUDGET)
            break
        start, state = monotonic_ns(), sharing.state
        if (left := _left(context, state, start)) <= 0 or not state.up:
            _fault(context, Cause.BREAKER_OPEN if left > 0 else Cause.OVER_BUDGET)
            break
        trip = begun(state, Trip(reads, notify))
        while not trip.settled and (sleep := start + left - monotonic_ns()) > 0:
            yield sleep / 1e9
        why = "more" if number else "first"
        telemetry.count("handrail.state.trips", state.source, context.stage.value, why)
        if not _took(context, reading, trip, start):
            break
    reading.over = True
    context._end = monotonic_ns()


def _names(item: Item) -> Names:
    """The ids of an item that keys may be made of."""
    author = None if item.author is None else item.author.id
    return author, item.session_id, item.thread_id, item.parent_id, item.id


def _foresee(context: Context, sharing: Sharing) -> Reading | None:
    """Ask along for the tags that conditions look at; return what the call reads, if anything."""
    item = context.item
    for kind in context._plan.tagged:
        owner = item.author.id if item.author is not None and kind == "actor" else None
        name = owner if kind == "actor" else getattr(item, f"{kind}_id")
        if name is not None:
            if context._reading is None:
                context._reading = Reading(sharing, context._books())
            context._reading.foresee(Read("tags", kind, name))
    return context._reading


def _left(context: Context, state: Shared, now: int) -> int:
    """The ns that a trip may take: its own limit, inside of the call's budget."""
    deadline = context._stamps[0] + context._plan.budget_ns
    return min(int(state.timeout_ms * 1e6), deadline - now)


def _took(context: Context, reading: Reading, trip: Trip, start: int) -> bool:
    """Take over what a trip brought and run again who was told something else, if anybody was."""
    ns = monotonic_ns() - start
    if not trip.settled:
        _fault(context, Cause.TIMEOUT, ns=ns)
    elif trip.cause is not None:
        _fault(context, trip.cause, trip.error, ns)
    elif len(trip.answers) != len(trip.reads):
        _fault(context, Cause.INVALID, ns=ns)
    else:
        again = reading.take(trip)
        if DEEP in again:
            context._derived, again = {}, set(range(len(context._stamps) - 1))
        if again:
            _run_again(context, reading, again)
        return bool(again)
    return False


def _fault(
    context: Context, cause: Cause, error: BaseException | None = None, ns: int | None = None
) -> None:
    """Book a fault of the state: it leaves no issue unseen, since counts go on in this process.

    It names what rests on what the state would have said: that is as sure as this process is.
    """
    sharing = context._plan.sharing
    if sharing is not None:
        context._unsure |= _unsure(context)
        place = "read on an event loop" if cause is Cause.MISSING else None
        source = sharing.state.source
        add_fault(context, source, cause, type_of(error), place, ns, frozenset(), -1)


def _unsure(context: Context) -> frozenset[str]:
    """The issues of what read and was not answered: hooks, and rules with conditions on tags."""
    plan, reading = context._plan, context._reading
    issues: set[str] = set()
    for who in reading.unsure() if reading is not None else ():
        if who >= 0:
            issues |= plan.inline_slots[who].issues
        elif who == RULES:
            issues |= plan.table.tag_issues
        else:
            inline = {slot.index for slot in plan.inline_slots}
            those = (s for s in plan.slots if who == DEEP or s.index not in inline)
            issues.update(*(slot.issues for slot in those))
    return frozenset(issues)


def _run_again(context: Context, reading: Reading, numbers: Iterable[int]) -> None:
    """Run inline hooks again as if they had not run; what they read now is known, or noted."""
    plan, took = context._plan, dict(context._again)
    for number in sorted(numbers):
        slot, start = plan.inline_slots[number], monotonic_ns()
        _forget(context, slot)
        if start > context._stamps[0] + plan.budget_ns:
            context._complete = False
            add_fault(
                context, slot.name, Cause.OVER_BUDGET, None, None, None, slot.issues, slot.index
            )
            continue
        reading.slot = number
        run_one(context, number)
        took[number] = took.get(number, 0) + monotonic_ns() - start
    reading.slot, context._again = None, took
    if context._pairs:
        context._pairs.sort(key=lambda pair: pair[1])


def _forget(context: Context, slot: Slot) -> None:
    """Drop what an inline hook has said, and what was said of it."""
    if context._pairs:
        context._pairs = [pair for pair in context._pairs if pair[1] != slot.index]
    if context._faults:
        context._faults = [f for f in context._faults if f[6] != slot.index] or None
    if context._yielded:
        context._yielded.pop(slot.index, None)


def _book_blindness(context: Context, reading: Reading) -> None:
    """Say once that what was read is what this process knows."""
    if reading.blind and reading.touched and not reading.over:
        reading.over = True
        _fault(context, Cause.BREAKER_OPEN)


def account(context: Context, telemetry: Telemetry) -> None:
    """Book what hooks that run elsewhere could not ask, once all are done."""
    reading, sharing = context._reading, context._plan.sharing
    if reading is None or sharing is None:
        return
    _book_blindness(context, reading)
    for cause, error in reading.failures[:1]:
        _fault(context, cause, error)
    if reading.alone:
        stage = context.stage.value
        telemetry.count(
            "handrail.state.trips", sharing.state.source, stage, "alone", by=reading.alone
        )


def count_guesses(context: Context, telemetry: Telemetry) -> None:
    """Count what was answered from this process after the last trip: mostly by memories."""
    reading, sharing = context._reading, context._plan.sharing
    if reading is not None and sharing is not None and reading.guessed:
        stage = context.stage.value
        telemetry.count("handrail.state.guesses", sharing.state.source, stage, by=reading.guessed)
    context._reading = None  # The record of a call needs none of it.


def look_after(sharing: Sharing, telemetry: Telemetry) -> None:
    """Say that a shared State went or came back, and count what never reached it."""
    state = sharing.state
    up, lost = state.up, state.lost
    if lost > sharing.was_lost:
        telemetry.count("handrail.state.lost", state.source, by=lost - sharing.was_lost)
    if up != sharing.was_up:
        log("handrail.state_changed", "warning", source=state.source, state="up" if up else "down")
    sharing.was_up, sharing.was_lost = up, lost
