"""What Safety tells about its calls: metrics, through the OpenTelemetry API, and log events.

Metrics are counted in plain dictionaries by the drain and read through observable instruments.
No text, id, settings or exception text goes into any of it; every name is in ``NAMES``.
"""

from __future__ import annotations

import os
import weakref
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import cache

from opentelemetry.metrics import CallbackOptions, Observation, get_meter

from handrail._context import Context
from handrail._decision import Decision
from handrail._fields import SAMPLED, unserved
from handrail._finding import Action, Stage
from handrail._host_event import HostEvent
from handrail._log import log
from handrail._names import COUNTERS, SCOPE
from handrail._plan import Tally
from handrail._seams import Entry
from handrail._spans import Spans
from handrail._tally import counted, forget, sample
from handrail._unguarded import Unguarded


class Telemetry(Spans):
    """Counts, spans and log events of one Safety.

    Args:
        trace_share: Share of clean calls that get a span, 0 to 1.
    """

    def __init__(self, trace_share: float = 0.01) -> None:
        super().__init__(trace_share)
        self._counts: dict[str, Counter[tuple[str, ...]]] = {n: Counter() for n in COUNTERS}
        self._tallies: Mapping[tuple[str, Stage], Tally] = {}
        self._reported_drops = 0
        self._watcher: Callable[[list[Context]], None] | None = None
        self._unguarded = Unguarded(self._tallies)
        _instruments()
        _live.add(self)

    def watch(self, tallies: Mapping[tuple[str, Stage], Tally]) -> None:
        """Add what the plans' tallies count to the metrics."""
        self._tallies = tallies
        self._unguarded = Unguarded(tallies)
        weakref.finalize(self, _keep, self._counts, tallies).atexit = False

    def counts(self, name: str) -> Mapping[tuple[str, ...], int]:
        """The metric *name* so far, by the values of its attributes."""
        return counted(name, self._counts, self._tallies)

    def count(self, name: str, *values: str, by: int = 1) -> None:
        """Add to a metric."""
        self._counts[name][values] += by

    def observe(self, batch: Iterable[Entry]) -> None:
        """Count a batch of entries and log what is not a clean ALLOW.

        Never raises for an entry: one that cannot be counted must not cost the others.
        """
        batch = list(batch)
        for entry in batch:
            try:
                context = getattr(entry, "_source", None)
                if type(context) is not Context or type(entry) is not Decision:
                    self._other(entry)
                    continue
                plan, item, tally = context._plan, context._item, context._plan.tally
                clean = context._outcome is None
                if plan.guards:
                    tally.decided[item.id] = (item.revision << 3) + (0 if clean else entry.action)
                else:
                    self._guard(plan.feature.name, self._unguarded.published(context))
                if not context._number % SAMPLED:
                    self._sample(context)
                if clean:
                    tally.clean += 1
                else:
                    self._dirty(entry, context)
            except Exception:
                self.failed("drain")
        if self._watcher is not None:
            sources = (getattr(entry, "_source", None) for entry in batch)
            self._watcher([c for c in sources if type(c) is Context])

    def on_batch(self, watcher: Callable[[list[Context]], None]) -> None:
        """Have *watcher* look at every batch of calls once it is counted."""
        self._watcher = watcher

    def _other(self, entry: Entry) -> None:
        if isinstance(entry, HostEvent):
            self.count("handrail.host_events", entry.feature, entry.name)
            self._guard(entry.feature, self._unguarded.told(entry))
        elif isinstance(entry, Decision):
            self._failed(entry)

    def _failed(self, decision: Decision) -> None:
        """Count and log a call that failed in the SDK itself, or was asked about no item."""
        feature, stage = decision.feature, decision.stage.value
        self.count("handrail.calls", feature, stage, decision.action.name.lower())
        for fault in decision.faults:
            self.count("handrail.faults", fault.source, stage, fault.cause.value)
            log("handrail.call_failed", "error", feature=feature, call=stage,
                decision=decision.id, cause=fault.cause.value, error=fault.error)  # fmt: skip
        for effect in decision.effects:
            self.count("handrail.effects", feature, stage, effect.name)

    def _dirty(self, decision: Decision, context: Context) -> None:
        feature, stage = decision.feature, decision.stage.value
        action = decision.action.name.lower()
        self.count("handrail.calls", feature, stage, action)
        for finding in decision.findings:
            self.count("handrail.findings", finding.module or "", stage, finding.issue)
        for fault in decision.faults:
            self.count("handrail.faults", fault.source, stage, fault.cause.value)
        for effect in decision.effects:
            self.count("handrail.effects", feature, stage, effect.name)
        for row in decision.coverage if context._skipped else ():
            if row.reason == "decided":
                self.count("handrail.skipped", row.module, stage, "decided")
        if context._confirms is not None:
            self.count("handrail.confirms", feature, stage, context._confirms)
        for name in context._outcome.exceptions if context._outcome else ():
            self.count("handrail.exceptions", feature, name)
        if decision.shadow is not None and decision.complete:
            other = decision.shadow.action.name.lower()
            differs = str(decision.shadow.differs).lower()
            self.count("handrail.shadow", feature, stage, action, other, differs)
        if decision.action is not Action.ALLOW or decision.findings or decision.faults:
            self._log(decision)

    def _log(self, decision: Decision) -> None:
        log(
            "handrail.decided" if decision.stage is Stage.PRE_PUBLISH else "handrail.received",
            "warning" if decision.faults else "info",
            feature=decision.feature,
            stage=decision.stage.value,
            decision=decision.id,
            action=decision.action.name.lower(),
            issues=sorted({f.issue for f in decision.findings}),
            faults=[f"{f.source}:{f.cause.value}" for f in decision.faults],
            rule=decision.decided_by,
            trace_id=decision.trace_id,
        )

    def _sample(self, context: Context) -> None:
        plan = context._plan
        sample(context)
        for part in unserved(plan, context._item) if plan.unserved else ():
            self.count("handrail.unserved", plan.feature.name, plan.stage.value, part)

    def _guard(self, feature: str, reason: str | None) -> None:
        if reason is not None:
            self.count("handrail.unguarded", feature, reason)

    def dropped(self, total: int) -> None:
        """Say that entries were dropped, once per drain."""
        if new := total - self._reported_drops:
            self._reported_drops = total
            self.count("handrail.record.dropped", by=new)
            log("handrail.record_dropped", "warning", dropped=new, total=total)

    def sink_failed(self) -> None:
        """Say that the sink refused."""
        self.count("handrail.sink.failures")
        log("handrail.sink_failed", "error")


_live: weakref.WeakSet[Telemetry] = weakref.WeakSet()
_past: dict[str, Counter[tuple[str, ...]]] = {name: Counter() for name in COUNTERS}


@cache
def _instruments() -> None:
    """Make the instruments, once: OpenTelemetry takes only the first of a name."""
    meter = get_meter(SCOPE)
    for name, (_, text) in COUNTERS.items():
        meter.create_observable_counter(name, [_reader(name)], description=text)


def _reader(name: str) -> Callable[[CallbackOptions], Iterable[Observation]]:
    keys = COUNTERS[name][0]

    def read(options: CallbackOptions) -> Iterable[Observation]:
        total = Counter(_past[name])
        for telemetry in list(_live):
            total.update(telemetry.counts(name))
        for values, count in sorted(total.items()):
            pairs = zip(keys, values, strict=True)
            yield Observation(count, {f"handrail.{k}": v for k, v in pairs})

    return read


def _after_fork() -> None:
    """Begin to count anew: the parent reports what was counted so far."""
    for counts in (_past, *(telemetry._counts for telemetry in list(_live))):
        for counter in counts.values():
            counter.clear()
    for telemetry in list(_live):
        telemetry._reported_drops = 0
        for tally in telemetry._tallies.values():
            forget(tally)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def _keep(
    counts: Mapping[str, Counter[tuple[str, ...]]], tallies: Mapping[tuple[str, Stage], Tally]
) -> None:
    """Keep what a Safety that is gone has counted: a counter never falls."""
    for name, total in _past.items():
        total.update(counted(name, counts, tallies))
