"""What a call leaves behind: its decision's fields when they are read, and one buffer.

The buffer has one drain, to the sink, the metrics and the log.
"""

from __future__ import annotations

import atexit
import itertools
import os
import secrets
import threading
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar

import attrs

from handrail._decision import Action, Coverage, Decision, Fault, Finding, Shadow, Status
from handrail._ledger import SDK
from handrail._seams import Entry, Sink

if TYPE_CHECKING:
    from handrail._context import Context
    from handrail._item import Item
    from handrail._plan import Plan
    from handrail._telemetry import Telemetry

T = TypeVar("T")

BUFFER = 20_000
"""Entries that wait for the drain before new ones are dropped and counted."""

SAMPLED = 31
"""One call in so many is looked at closely: how long each module took, what the host sends. A
prime, for calls of several features and stages come in turns."""

INTERVAL_S = 0.5
BATCH = 512
COMMIT_GRACE_S = 0.05
"""How long a decision that opens a case waits to be durable."""

COMMITS_MOST = 1000
"""Decisions that wait to be durable before a further one is told at once that it will not be."""

CLOSE_GRACE_S = 2.0
"""How long closing waits for a sink that does not come back."""


class Numbers:
    """Unique call numbers: 40 bits of counting over 56 of chance, new after a fork.

    The highest bit is set, so that all have as many digits.
    """

    def __init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        """Begin at another chance."""
        chance = secrets.randbits(55) | 1 << 55
        self.next: Callable[[], int] = itertools.count(chance << 40).__next__


numbers = Numbers()


def number_text(number: int) -> str:
    """A call number as an id: 24 hexadecimal digits."""
    return f"{number:x}"


def build(context: Context, name: str) -> object:
    """Return one field of a call's decision."""
    return _FIELDS[name](context)


def _findings(context: Context) -> tuple[Finding, ...]:
    slots = context._plan.slots
    pairs = sorted(context._pairs or (), key=lambda pair: slots[pair[1]].name)
    return tuple(attrs.evolve(f, module=slots[index].name) for f, index in pairs)


def raw_faults(context: Context) -> Iterator[tuple[Any, ...]]:
    """The faults of a call and those of its plan, as they were booked."""
    yield from context._plan.static_faults
    yield from context._faults or ()
    if context._outcome is not None:
        yield from context._outcome.faults


def _faults(context: Context) -> tuple[Fault, ...]:
    kept: dict[tuple[Any, ...], Fault] = {}
    for source, cause, error, place, ns, _, _ in raw_faults(context):
        ms = None if ns is None else round(ns / 1e6, 3)
        which = place or "" if source == SDK else ""
        kept.setdefault((source, cause, which), Fault(source, cause, ms, error=error, place=place))
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
        times[slot.index] = own + provided.get(slot.name, 0)
    rows = [_covered(context, slot, times.get(slot.index), failed.get(slot.index))
            for slot in plan.slots]  # fmt: skip
    rows += [Coverage(name, Status.SKIPPED, reason) for name, reason in plan.skipped]
    rows += [Coverage(f"({part})", Status.SKIPPED, "no module reads it")
             for part in unserved(plan, context.item)]  # fmt: skip
    return tuple(rows)


def _covered(context: Context, slot: Any, ns: int | None, fault: Any) -> Coverage:
    ms = None if ns is None else round(ns / 1e6, 3)
    if fault is not None:
        needs = fault[3] or "" if fault[0] != slot.name else ""
        reason = fault[1].value + (f": {needs}" if needs.startswith("needs") else "")
        return Coverage(slot.name, Status.FAILED, reason, ms)
    if slot.index in context._skipped:
        return Coverage(slot.name, Status.SKIPPED, context._skipped[slot.index])
    if ns is None:
        return Coverage(slot.name, Status.SKIPPED, "not reached")
    measured = slot.module.manifest.measured_in(context.item.language)
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
    return Shadow(action=other.action, effects=other.effects, rules=other.rules, differs=differs)


def _notice(context: Context) -> str | None:
    outcome, item = _outcome(context), context.item
    if outcome.action in (Action.ALLOW, Action.LIMIT):
        return None
    language = item.language or (item.author.language if item.author else None)
    asked = sorted({row.issue for row, _, _ in outcome.matched if row.issue})
    return context._plan.notices.notice(outcome.action, asked, language)


def _trace_id(context: Context) -> str | None:
    from handrail._telemetry import trace_id

    return trace_id(context._otel)


def _outcome(context: Context) -> Any:
    return context._outcome or context._plan.clear


def _complete(context: Context) -> bool:
    return context._complete and not context._plan.absent


_FIELDS: dict[str, Callable[[Context], object]] = {
    "id": lambda c: number_text(c._number),
    "item": lambda c: c.item.id,
    "revision": lambda c: c.item.revision,
    "feature": lambda c: c._plan.feature.name,
    "stage": lambda c: c._plan.stage,
    "effects": lambda c: _outcome(c).effects,
    "findings": _findings,
    "faults": _faults,
    "coverage": _coverage,
    "rules": lambda c: _outcome(c).rules,
    "decided_by": lambda c: _outcome(c).decided_by,
    "policy": lambda c: c._plan.policy,
    "hold": lambda c: _outcome(c).hold,
    "notice": _notice,
    "shadow": _shadow,
    "trace_id": _trace_id,
    "at": lambda c: c.now,
    "latency_us": lambda c: (c._end - c._stamps[0]) // 1000,
    "final": lambda c: True,
    "complete": _complete,
    "degraded": lambda c: any(True for _ in raw_faults(c)) or bool(c._sink_fault),
    "recorded": lambda c: c._recorded,
}


class Recorder:
    """One bounded buffer of entries and one thread that drains it.

    Args:
        sink: Where entries go; None keeps no record beyond the metrics.
        telemetry: Told of every entry. limit: Entries that may wait.
    """

    def __init__(self, sink: Sink | None, telemetry: Telemetry, limit: int = BUFFER) -> None:
        self.sink, self.limit, self.dropped = sink, limit, 0
        self._telemetry = telemetry
        self._tick: Callable[[], None] = lambda: None
        self._closed = False
        self._renew()
        _live.add(self)

    def _renew(self) -> None:
        self.buffer: deque[Entry] = deque()
        self.running = False
        self.room = 0
        self._wake, self._over = threading.Event(), threading.Event()
        self._draining, self._starting = threading.Lock(), threading.Lock()
        self._commits: SimpleQueue[Commit | None] = SimpleQueue()
        self._committer: threading.Thread | None = None

    def on_tick(self, tick: Callable[[], None]) -> None:
        """Call *tick* once per interval, for housekeeping."""
        self._tick = tick

    def start(self) -> None:
        """Start the drain's thread, once, when there is something to drain."""
        with self._starting, suppress(RuntimeError):  # The system may give no thread just now.
            if not self.running and not self._closed:
                threading.Thread(target=self._run, name="handrail-drain", daemon=True).start()
                self.running, self.room = True, min(BATCH, self.limit)

    def add(self, entry: Entry) -> None:
        """Put an entry in the buffer, or count it as dropped.

        Whoever is in a hurry appends to ``buffer`` as long as it is shorter than ``room``.
        """
        if not self.running:
            self.start()
        if len(self.buffer) >= self.limit:
            self.dropped += 1
            return
        self.buffer.append(entry)
        if len(self.buffer) >= self.room and not self._wake.is_set():
            self._wake.set()

    def commit(self, decision: Decision) -> bool:
        """Make a decision durable within its grace; False where that could not be done."""
        done = threading.Event()
        job = self.submit(decision, done.set)
        return job is not None and done.wait(COMMIT_GRACE_S) and job.durable

    def submit(self, decision: Decision, notify: Callable[[], None]) -> Commit | None:
        """Queue a decision to be made durable; *notify* is called from another thread after."""
        if self.sink is None or self._closed or self._commits.qsize() >= COMMITS_MOST:
            return None
        job = Commit(decision, notify)
        self._commits.put(job)
        with self._starting, suppress(RuntimeError):
            if self._committer is None or not self._committer.is_alive():
                self._committer = threading.Thread(
                    target=self._commit_all, name="handrail-commit", daemon=True
                )
                self._committer.start()
        return job

    def _commit_all(self) -> None:
        while (job := self._commits.get()) is not None:
            jobs = [job]
            with suppress(Empty):
                while (job := self._commits.get_nowait()) is not None:
                    jobs.append(job)
            durable = self._commit_batch([job.decision for job in jobs])
            for job in jobs:
                job.durable = durable
                job.notify()
            if self._closed:
                return

    def _commit_batch(self, decisions: list[Decision]) -> bool:
        try:
            return self.sink is not None and self.sink.commit(decisions)
        except BaseException:
            self._telemetry.sink_failed()
            return False

    def _run(self) -> None:
        while not self._closed:
            self._wake.wait(INTERVAL_S)
            self._wake.clear()
            try:
                self.drain()
                self._tick()
            except BaseException:  # Nothing stops the drain but closing.
                self._telemetry.failed("drain")
        self._finish()

    def _finish(self) -> None:
        """Drain a last time, count what the sink would not take, and let go of it."""
        try:
            self.drain()
            if self.sink is not None:
                self.sink.close()
        except BaseException:
            self._telemetry.sink_failed()
        self._over.set()

    def drain(self) -> int:
        """Write out what is in the buffer; return how many entries that were.

        Where another thread is at it and does not come back, nothing is written here.
        """
        count = 0
        if not self._draining.acquire(timeout=CLOSE_GRACE_S):
            return 0
        try:
            while self.buffer:
                batch = self._take()
                if not self._write(batch):
                    break
                self._telemetry.observe(batch)
                count += len(batch)
        finally:
            self._draining.release()
        self._telemetry.dropped(self.dropped)
        return count

    def _take(self) -> list[Entry]:
        buffer = self.buffer
        return [buffer.popleft() for _ in range(min(BATCH, len(buffer)))]

    def _write(self, batch: list[Entry]) -> bool:
        """Write a batch; what the sink refuses goes back to wait, as long as there is room."""
        if self.sink is None:
            return True
        try:
            self.sink.write(batch)
        except BaseException as error:
            self._telemetry.sink_failed()
            room = max(0, self.limit - len(self.buffer))
            self.dropped += max(0, len(batch) - room)
            self.buffer.extendleft(reversed(batch[len(batch) - min(room, len(batch)) :]))
            if isinstance(error, KeyboardInterrupt):
                raise
            return False
        return True

    def close(self) -> None:
        """Drain a last time and let go of the sink; one that hangs is left behind after a grace."""
        if not self._closed:
            self.start()
            self.retire()
            if not self.running:
                self._finish()
        if self.running and not self._over.wait(CLOSE_GRACE_S):
            self._over.set()
            self.dropped += len(self.buffer)
            self.buffer.clear()
            self._telemetry.dropped(self.dropped)

    def retire(self) -> None:
        """Have the drain finish by itself; what is added from now on is dropped, and counted."""
        self._closed = True
        self.limit = self.room = 0
        self._wake.set()
        self._commits.put(None)


class Commit:
    """One decision on its way to be durable."""

    __slots__ = ("decision", "durable", "notify")

    def __init__(self, decision: Decision, notify: Callable[[], None]) -> None:
        self.decision, self.notify, self.durable = decision, notify, False


_live: weakref.WeakSet[Recorder] = weakref.WeakSet()


def _after_fork() -> None:
    numbers.renew()
    for recorder in list(_live):
        recorder._renew()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


@atexit.register
def _close_all() -> None:
    """Write out what every recorder still has: whoever made it may be long gone."""
    for recorder in list(_live):
        recorder.close()
