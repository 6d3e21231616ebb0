"""The only file that knows structlog and OpenTelemetry; it uses the API alone.

Metrics are counted in plain dictionaries by the drain and read through observable instruments.
A call has one span: made late, for a sampled share, for what is not ALLOW, and under every
recording parent; or early, where hooks off the caller's thread are to be its children.
No text, id, settings or exception text goes into any of it; every name is in ``NAMES``.
"""

from __future__ import annotations

import logging
import os
import weakref
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from itertools import pairwise
from random import random
from typing import Any

from opentelemetry import context as otel_context
from opentelemetry import trace
from opentelemetry.metrics import CallbackOptions, Observation, get_meter
from opentelemetry.trace import SpanKind, Status, StatusCode

from handrail._context import Context, unix_ns
from handrail._decision import Decision
from handrail._fields import SAMPLED, degraded, number_text, raw_faults, unserved
from handrail._finding import Action, Stage
from handrail._names import COUNTERS, SCOPE, SPAN_ATTRIBUTES
from handrail._plan import BUCKETS, EDGES_US, Plan, Tally
from handrail._seams import Entry, HostEvent

REMEMBERED = 20_000
"""Items per feature whose decision is remembered, to notice publishing against it."""

_AGAINST = {
    Action.NUDGE: "against the nudge",
    Action.HOLD: "against the decision",
    Action.BLOCK: "against the decision",
}
"""What is said of an item that is visible although this was decided."""


def trace_id(context: Any) -> str | None:
    """The caller's trace id, 32 hexadecimal digits, or None."""
    if not context:
        return None
    found = trace.get_current_span(context).get_span_context()
    return f"{found.trace_id:032x}" if found.is_valid else None


current = otel_context.get_current
"""Return the caller's OpenTelemetry context; empty where there is none."""


def prepare_log() -> None:
    """Import structlog now: with the first event it would cost a call its budget."""
    import structlog  # noqa: F401 - kept by Python, not by us


def log(event: str, level: str = "info", **fields: Any) -> None:
    """Write one log event.

    A host that has not configured structlog gets it through its ``logging``, under our name,
    rather than on standard output. Logging that fails costs the event, never the call.
    """
    import structlog

    with suppress(Exception):
        configured = structlog.is_configured()
        logger = structlog.get_logger(SCOPE) if configured else _plain()
        getattr(logger, level)(event, **fields)


@cache
def _plain() -> Any:
    """A logger over the standard library's, which the host alone configures."""
    import structlog

    return structlog.wrap_logger(
        logging.getLogger(SCOPE),
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.processors.KeyValueRenderer(key_order=["event"]),
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
    )


class Telemetry:
    """Counts, spans and log events of one Safety.

    Args:
        trace_share: Share of clean calls that get a span, 0 to 1.
    """

    def __init__(self, trace_share: float = 0.01) -> None:
        self.trace_share = trace_share
        self._tracer = trace.get_tracer(SCOPE)
        self._counts: dict[str, Counter[tuple[str, ...]]] = {n: Counter() for n in COUNTERS}
        self._tallies: Mapping[tuple[str, Stage], Tally] = {}
        self._reported_drops = 0
        self._watcher: Callable[[list[Context]], None] | None = None
        self._told: dict[str, dict[str, int | None]] = {}
        _instruments()
        _live.add(self)

    def watch(self, tallies: Mapping[tuple[str, Stage], Tally]) -> None:
        """Add what the plans' tallies count to the metrics."""
        self._tallies = tallies
        weakref.finalize(self, _keep, self._counts, tallies).atexit = False

    def counts(self, name: str) -> Mapping[tuple[str, ...], int]:
        """The metric *name* so far, by the values of its attributes."""
        return _counted(name, self._counts, self._tallies)

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
                plan, item = context._plan, context._item
                if plan.guards:
                    plan.tally.decided[item.id] = (item.revision << 3) + entry.action
                else:
                    self._guard(context)
                if not context._number % SAMPLED:
                    self._sample(context)
                if context._outcome is None:
                    plan.tally.clean += 1
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
            self._host_event(entry)
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

    def _guard(self, context: Context) -> None:
        """Count what is published without, or against, a decision."""
        plan, item = context._plan, context._item
        if plan.stage is Stage.POST_PUBLISH:
            known = self._decided(plan.feature.name, item.id, item.revision)
            self._published(plan.feature.name, item.id, item.revision, known)

    def _published(
        self, feature: str, item: str, revision: int | None, action: Action | None
    ) -> None:
        """Count an item that should not be visible, once per revision whoever tells of it."""
        reason = "no decision" if action is None else _AGAINST.get(action)
        told = self._told.setdefault(feature, {})
        if reason is None or told.get(item) == revision:
            return
        told[item] = revision
        if len(told) > REMEMBERED:
            del told[next(iter(told))]
        self.count("handrail.unguarded", feature, reason)

    def _decided(self, feature: str, item: str, revision: int | None) -> Action | None:
        """The action last decided for an item's revision, as far back as is remembered."""
        tally = self._tallies.get((feature, Stage.PRE_PUBLISH))
        code = tally.decided.get(item) if tally is not None else None
        return None if code is None or code >> 3 != revision else Action(code & 7)

    def _host_event(self, event: HostEvent) -> None:
        self.count("handrail.host_events", event.feature, event.name)
        if event.published:
            known = event.action
            if known is None:
                known = self._decided(event.feature, event.item, event.revision)
            if known is not None:
                self._published(event.feature, event.item, event.revision, known)

    def _sample(self, context: Context) -> None:
        plan, item, stamps = context._plan, context._item, context._stamps
        tally = plan.tally
        tally.sampled += 1
        while len(tally.decided) > REMEMBERED:
            del tally.decided[next(iter(tally.decided))]
        for part in present(item):
            tally.present[part] = tally.present.get(part, 0) + 1
        tally.calls[_bucket(context._end - stamps[0])] += 1
        runs = tally.runs
        for slot, start, end in zip(plan.inline_slots, stamps, stamps[1:], strict=False):
            if slot.name not in runs:
                runs[slot.name] = [0] * BUCKETS
            runs[slot.name][_bucket(end - start)] += 1
        for index, ns in context._times.items():
            runs.setdefault(plan.slots[index].name, [0] * BUCKETS)[_bucket(ns)] += 1
        for name in plan.unmeasured(item.language):
            tally.unmeasured[name] = tally.unmeasured.get(name, 0) + 1
        for part in unserved(plan, item) if plan.unserved else ():
            self.count("handrail.unserved", plan.feature.name, plan.stage.value, part)

    def conclude(self, context: Context, action: Action) -> None:
        """Make the span of a call that was not clean, if it is to have one."""
        if action is not Action.ALLOW or context._otel or random() < self.trace_share:
            self.late(context, action)

    def late(self, context: Context, action: Action) -> None:
        """Make the span of a call that is over, if it is to have one.

        A clean call comes here under a parent, or because chance chose it.
        """
        parent, plan = context._otel, context._plan
        name = f"handrail.{plan.stage.value}"
        try:
            if parent and action is Action.ALLOW:
                recording = trace.get_current_span(parent).is_recording()
                if not recording and random() >= self.trace_share:
                    return
            span = self._tracer.start_span(name, parent, start_time=unix_ns(context._stamps[0]))
            _describe(span, context, action)
            span.end(unix_ns(context._end))
        except Exception:
            self.failed("span")

    @contextmanager
    def early(self, context: Context) -> Iterator[trace.Span]:
        """Start the span before hooks that run elsewhere, so that their spans are its children."""
        plan = context._plan
        try:
            span = self._tracer.start_span(
                f"handrail.{plan.stage.value}",
                context._otel,
                kind=SpanKind.INTERNAL,
                start_time=unix_ns(context._stamps[0]),
            )
        except Exception:
            self.failed("span")
            span = trace.INVALID_SPAN
        with trace.use_span(span, record_exception=False, set_status_on_exception=False):
            try:
                yield span
            except BaseException:
                with suppress(Exception):
                    span.set_attributes(dict(zip(SPAN_ATTRIBUTES, _whose(plan), strict=False)))
                    span.end()
                raise

    def end(self, span: trace.Span, context: Context, action: Action) -> None:
        """Describe and end an early span."""
        try:
            _describe(span, context, action)
            span.end(unix_ns(context._end))
        except Exception:
            self.failed("span")

    def dropped(self, total: int) -> None:
        """Say that entries were dropped, once per drain."""
        if new := total - self._reported_drops:
            self._reported_drops = total
            self.count("handrail.record.dropped", by=new)
            log("handrail.record_dropped", "warning", dropped=new, total=total)

    def failed(self, call: str) -> None:
        """Say that something beside a call failed: the host's tracing, or our drain."""
        log("handrail.call_failed", "error", call=call)

    def sink_failed(self) -> None:
        """Say that the sink refused."""
        self.count("handrail.sink.failures")
        log("handrail.sink_failed", "error")


def _whose(plan: Plan) -> tuple[str, str, str]:
    return plan.feature.name, plan.feature.surface, plan.stage.value


def _describe(span: trace.Span, context: Context, action: Action) -> None:
    if not span.is_recording():
        return
    plan, outcome = context._plan, context._outcome
    pairs, faults = context._pairs or (), list(raw_faults(context))
    stamps, failed = context._stamps, degraded(context)
    took = [(e - s) // 1000 for s, e in pairwise(stamps)]
    ran = [s.name for s in plan.inline_slots[: len(took)]]
    for index, ns in context._times.items():
        ran.append(plan.slots[index].name)
        took.append(ns // 1000)
    values: Sequence[Any] = (
        *_whose(plan),
        action.name.lower(),
        number_text(context._number),
        plan.policy.name,
        plan.policy.revision,
        ran,
        took,
        [f.issue for f, _ in pairs],
        [float(f.score) for f, _ in pairs],
        [f"{f[0]}:{f[1].value}" for f in faults],
        sorted({e.name for e in outcome.effects}) if outcome else [],
        failed,
        context._complete and not plan.absent,
    )
    span.set_attributes(dict(zip(SPAN_ATTRIBUTES, values, strict=True)))
    if failed:
        span.set_status(Status(StatusCode.ERROR))


def present(item: Any) -> Iterator[str]:
    """The parts of what a feature can provide that *item* has."""
    for part, field in _PARTS:
        if getattr(item, field):
            yield part
    if item.author is not None:
        for part, field in _ACTOR_PARTS:
            if getattr(item.author, field) is not None:
                yield part


_PLAIN = ("text", "links", "media", "amount", "language", "region", "visibility", "relation",
          "participants", "recipients", "created_at", "author")  # fmt: skip
_PARTS = (*((p, p) for p in _PLAIN), ("session", "session_id"), ("thread", "thread_id"))
_ACTOR_PARTS = tuple((f"actor.{f}", f) for f in ("age", "tenure_days", "region", "language"))


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
            _forget(tally)


def _forget(tally: Tally) -> None:
    """Set to nothing what a tally counted; what was decided stays known."""
    tally.clean = tally.sampled = 0
    tally.calls[:] = [0] * BUCKETS
    for counts in (tally.present, tally.unmeasured, tally.runs):
        counts.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def _keep(
    counts: Mapping[str, Counter[tuple[str, ...]]], tallies: Mapping[tuple[str, Stage], Tally]
) -> None:
    """Keep what a Safety that is gone has counted: a counter never falls."""
    for name, total in _past.items():
        total.update(_counted(name, counts, tallies))


def _counted(
    name: str,
    counts: Mapping[str, Counter[tuple[str, ...]]],
    tallies: Mapping[tuple[str, Stage], Tally],
) -> Counter[tuple[str, ...]]:
    """What was counted of a metric, at once and in the tallies of plans."""
    counted = Counter(counts[name])
    for (feature, stage), tally in list(tallies.items()):
        for values, n in list(_tallied(name, feature, stage.value, tally)):
            counted[values] += n
    return counted


def _bucket(ns: int) -> int:
    return bisect_left(EDGES_US, ns // 1000)


def _tallied(
    name: str, feature: str, stage: str, tally: Tally
) -> Iterator[tuple[tuple[str, ...], int]]:
    """What a tally holds of a metric."""
    edges = (*map(str, EDGES_US), "+Inf")
    if name == "handrail.calls":
        yield from [((feature, stage, "allow"), tally.clean)] * bool(tally.clean)
    elif name == "handrail.unmeasured":
        yield from (((module, stage), n) for module, n in list(tally.unmeasured.items()))
    elif name == "handrail.call.duration":
        yield from (((feature, stage, e), n) for e, n in zip(edges, tally.calls, strict=True) if n)
    elif name == "handrail.module.duration":
        for module, counts in list(tally.runs.items()):
            yield from (((module, stage, e), n) for e, n in zip(edges, counts, strict=True) if n)
