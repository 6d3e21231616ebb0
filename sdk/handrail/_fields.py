"""The fields of a decision, built from the record of its call when they are read."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import attrs

from handrail._finding import Action, Coverage, Fault, Finding, Status
from handrail._ledger import SDK
from handrail._match import Shadow
from handrail._notice import judged

if TYPE_CHECKING:
    from handrail._context import Context
    from handrail._item import Item
    from handrail._plan import Plan


SAMPLED = 31
"""One call in so many is looked at closely: how long each module took, what the host sends. A
prime, for calls of several features and stages come in turns."""


class Numbers:
    """Unique call numbers: 40 bits of counting over 56 of chance, new after a fork.

    The highest bit is set, so that all have as many digits.
    """

    def __init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        """Begin at another chance."""
        self._chance = secrets.randbits(55) | 1 << 55
        self.next: Callable[[], int] = itertools.count(self._chance << 40).__next__

    def ours(self, number: int) -> bool:
        """Whether a number is of this process, and not of another or of one it was forked from."""
        return number >> 40 == self._chance


numbers = Numbers()


def number_text(number: int) -> str:
    """A call number as an id: 24 hexadecimal digits."""
    return f"{number:x}"


def build(context: Context, name: str) -> object:
    """Return one field of a call's decision; raises AttributeError where it has no such field."""
    field = _FIELDS.get(name)
    if field is None:
        raise AttributeError(f"Decision has no attribute {name!r}")
    return field(context)


def _findings(context: Context) -> tuple[Finding, ...]:
    return _found(context, context._pairs)


def _found(context: Context, found: list[tuple[Any, int]] | None) -> tuple[Finding, ...]:
    slots = context._plan.slots
    pairs = sorted(found or (), key=lambda pair: slots[pair[1]].name)
    return tuple(attrs.evolve(f, module=slots[index].name) for f, index in pairs)


def raw_faults(context: Context) -> Iterator[tuple[Any, ...]]:
    """The faults of a call and those of its plan, as they were booked."""
    yield from context._plan.static_faults
    yield from context._faults or ()
    if context._outcome is not None:
        yield from context._outcome.faults


def degraded(context: Context) -> bool:
    """Whether anything that counts failed; what is in shadow does not."""
    slots = context._plan.slots
    live = (f[6] < 0 or not slots[f[6]].shadow for f in raw_faults(context))
    return any(live) or bool(context._sink_fault)


def _faults(context: Context) -> tuple[Fault, ...]:
    kept: dict[tuple[Any, ...], Fault] = {}
    sharing = context._plan.sharing
    for source, cause, error, place, ns, unseen, slot in raw_faults(context):
        ms = None if ns is None else round(ns / 1e6, 3)
        which = place or "" if source == SDK else ""
        ours = sharing is not None and source == sharing.state.source and slot < 0
        issues = sorted(context._unsure if ours else unseen)
        key = source, cause, which
        if (first := kept.get(key)) is None:
            kept[key] = Fault(source, cause, ms, error=error, place=place, issues=issues)
        else:
            kept[key] = attrs.evolve(first, issues=sorted({*first.issues, *issues}))
    if context._recorded is False and context._sink_fault:
        kept[("sink", "timeout", "")] = Fault("sink", context._sink_fault)
    return tuple(kept[key] for key in sorted(kept))


def _coverage(context: Context) -> tuple[Coverage, ...]:
    plan = context._plan
    failed = {f[6]: f for f in raw_faults(context)}
    stamps, lent = context._stamps, context._lent
    provided = context._ledger.provided if context._ledger else {}
    times = dict(context._times)
    for number, slot in enumerate(plan.inline_slots[: len(stamps) - 1]):
        own = stamps[number + 1] - stamps[number] - lent.get(number, 0)
        times[slot.index] = own + context._again.get(number, 0)
    for slot in plan.slots if provided else ():
        if slot.name in provided:
            times[slot.index] = times.get(slot.index, 0) + provided[slot.name]
    rows = [_covered(context, slot, times.get(slot.index), failed.get(slot.index))
            for slot in plan.slots]  # fmt: skip
    rows += [Coverage(name, Status.SKIPPED, reason, _ms(provided.get(name)))
             for name, reason in plan.skipped]  # fmt: skip
    known = {SDK, *(row.module for row in rows)}
    rows += [Coverage(name, Status.RAN, "derivations only", _ms(ns))
             for name, ns in sorted(provided.items()) if name not in known]  # fmt: skip
    rows += [Coverage(f"({part})", Status.SKIPPED, "no module reads it")
             for part in unserved(plan, context._item)]  # fmt: skip
    return tuple(rows)


def _ms(ns: int | None) -> float | None:
    return None if ns is None else round(ns / 1e6, 3)


def _covered(context: Context, slot: Any, ns: int | None, fault: Any) -> Coverage:
    ms = _ms(ns)
    if fault is not None:
        needs = fault[3] or "" if fault[0] != slot.name else ""
        reason = fault[1].value + (f": {needs}" if needs.startswith("needs") else "")
        return Coverage(slot.name, Status.FAILED, reason, ms)
    if slot.index in context._skipped:
        return Coverage(slot.name, Status.SKIPPED, context._skipped[slot.index])
    if ns is None:
        return Coverage(slot.name, Status.SKIPPED, "not reached")
    if context._report is not None and context._report.item is None:
        return Coverage(slot.name, Status.SKIPPED, "item not given", ms)
    measured = slot.module.manifest.measured_in(context._item.language)
    return Coverage(slot.name, Status.RAN, None if measured else "language not measured", ms)


def unserved(plan: Plan, item: Item) -> tuple[str, ...]:
    """The parts of *item* that carry content and that no module of the plan reads."""
    if not (item.links or item.media or item.amount or "text" in plan.unserved):
        return ()
    return tuple(part for part in plan.unserved if getattr(item, part))


def _shadow(context: Context) -> Shadow | None:
    other = context._shadow
    if other is None:
        return None
    live = _outcome(context)
    differs = (other.action, other.effects) != (live.action, live.effects)
    return Shadow(
        action=other.action,
        effects=other.effects,
        rules=other.rules,
        differs=differs,
        findings=_found(context, context._aside),
    )


def _notice(context: Context) -> str | None:
    outcome = _outcome(context)
    if outcome.action is Action.ALLOW and not outcome.effects:
        return None
    try:
        text = context._plan.notices.notice(judged(context, number_text(context._number)))
        return None if text is None else str(text)
    except Exception as error:
        from handrail._keep import type_of
        from handrail._log import log

        log("handrail.call_failed", "error", call="notice", error=type_of(error))
        return None


def _trace_id(context: Context) -> str | None:
    from handrail._spans import trace_id

    return trace_id(context._otel)


def _outcome(context: Context) -> Any:
    return context._outcome or context._plan.clear


def _complete(context: Context) -> bool:
    return context._complete and not context._plan.absent


_FIELDS: dict[str, Callable[[Context], object]] = {
    "id": lambda c: number_text(c._number),
    "item": lambda c: c._item.id,
    "revision": lambda c: c._item.revision,
    "feature": lambda c: c._plan.feature.name,
    "stage": lambda c: c._plan.stage,
    "effects": lambda c: _outcome(c).effects,
    "findings": _findings,
    "faults": _faults,
    "coverage": _coverage,
    "rules": lambda c: _outcome(c).rules,
    "decided_by": lambda c: _outcome(c).decided_by,
    "confirms": lambda c: c._item.confirms if c._confirms in ("known", "unknown") else None,
    "policy": lambda c: c._plan.policy,
    "hold": lambda c: _outcome(c).hold,
    "notice": _notice,
    "shadow": _shadow,
    "trace_id": _trace_id,
    "at": lambda c: c.now,
    "latency_us": lambda c: (c._end - c._stamps[0]) // 1000,
    "final": lambda c: True,
    "complete": _complete,
    "degraded": degraded,
    "recorded": lambda c: c._recorded,
}
