"""The only file that knows structlog and OpenTelemetry; it uses the API alone.

Metrics are counted in plain dictionaries by the drain and read through observable instruments.
A call has one span: made late, for a sampled share, for what is not ALLOW, and under every
recording parent; or early, where hooks off the caller's thread are to be its children.
No text, id, settings or exception text goes into any of it; every name is in ``NAMES``.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from random import random
from typing import TYPE_CHECKING, Any

from opentelemetry import context as otel_context
from opentelemetry import trace
from opentelemetry.metrics import CallbackOptions, Observation, get_meter
from opentelemetry.trace import SpanKind, Status, StatusCode

from handrail._context import Context, wall
from handrail._decision import Action, Decision, Stage
from handrail._record import number_text, raw_faults, unserved
from handrail._seams import Entry, HostEvent

if TYPE_CHECKING:
    from handrail._plan import Tally

SCOPE = "handrail"

EDGES_US = (10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000)
"""Upper edges of the duration buckets in microseconds; what is above has ``le="+Inf"``."""

SAMPLED = 16
"""One call in so many is looked at for durations and for what the host sends."""

COUNTERS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "handrail.calls": (("feature", "stage", "action"), "Calls, by the action decided"),
    "handrail.findings": (("module", "stage", "issue"), "Findings"),
    "handrail.faults": (("source", "stage", "cause"), "What failed, was late, invalid or missing"),
    "handrail.skipped": (("module", "stage", "reason"), "Planned modules that were not run"),
    "handrail.effects": (("feature", "stage", "effect"), "Effects asked for"),
    "handrail.exceptions": (("feature", "exception"), "Decisions that an exception lowered"),
    "handrail.shadow": (("feature", "stage", "live", "shadow"), "Calls that shadow decided too"),
    "handrail.unguarded": (("feature", "reason"), "Published without, or against, a decision"),
    "handrail.host_events": (("feature", "event"), "What the host told back"),
    "handrail.call.duration": (("feature", "stage", "le"), "Sampled calls by duration, µs"),
    "handrail.module.duration": (("module", "stage", "le"), "Sampled runs by duration, µs"),
    "handrail.unmeasured": (("module", "stage"), "Sampled calls in a language not measured"),
    "handrail.unserved": (("feature", "stage", "part"), "Parts of items that no module reads"),
    "handrail.record.dropped": ((), "Entries dropped because the buffer was full"),
    "handrail.sink.failures": ((), "Writes or commits that the sink refused"),
    "handrail.breaker.changes": (("module", "stage", "state"), "Breakers opened and closed"),
    "handrail.modules.moved": (("module", "stage"), "Inline modules moved to the pool"),
    "handrail.loop.replaced": ((), "Times our event loop was stuck and replaced"),
    "handrail.sync_in_loop": (("feature",), "Calls that stalled a running event loop"),
}
"""Every metric: its attributes and what it counts."""

SPAN_ATTRIBUTES = (
    "handrail.feature",
    "handrail.surface",
    "handrail.stage",
    "handrail.action",
    "handrail.decision",
    "handrail.policy.name",
    "handrail.policy.revision",
    "handrail.modules",
    "handrail.module_us",
    "handrail.issues",
    "handrail.scores",
    "handrail.faults",
    "handrail.effects",
    "handrail.degraded",
    "handrail.complete",
)
"""Every attribute of a span; spans are called ``handrail.`` and the stage."""

EVENTS = (
    "handrail.decided",
    "handrail.received",
    "handrail.started",
    "handrail.module_quarantined",
    "handrail.problem_found",
    "handrail.breaker_changed",
    "handrail.module_moved",
    "handrail.loop_replaced",
    "handrail.sink_failed",
    "handrail.record_dropped",
    "handrail.call_failed",
    "handrail.sync_in_loop",
)
"""Every log event."""


def trace_id(context: Any) -> str | None:
    """The caller's trace id, 32 hexadecimal digits, or None."""
    if not context:
        return None
    found = trace.get_current_span(context).get_span_context()
    return f"{found.trace_id:032x}" if found.is_valid else None


current = otel_context.get_current
"""Return the caller's OpenTelemetry context; empty where there is none."""


def log(event: str, level: str = "info", **fields: Any) -> None:
    """Write one log event; structlog is imported with the first."""
    import structlog

    getattr(structlog.get_logger(SCOPE), level)(event, **fields)


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
        self._guarded: dict[tuple[str, str, int | None], Action] = {}
        meter = get_meter(SCOPE)
        for name, (_, text) in COUNTERS.items():
            meter.create_observable_counter(name, [self._reader(name)], description=text)

    def watch(self, tallies: Mapping[tuple[str, Stage], Tally]) -> None:
        """Add what the plans' tallies count to the metrics."""
        self._tallies = tallies

    def _reader(self, name: str) -> Callable[[CallbackOptions], Iterable[Observation]]:
        keys = COUNTERS[name][0]

        def read(options: CallbackOptions) -> Iterable[Observation]:
            for values, count in sorted(self.counts(name).items()):
                pairs = zip(keys, values, strict=True)
                yield Observation(count, {f"handrail.{k}": v for k, v in pairs})

        return read

    def counts(self, name: str) -> Mapping[tuple[str, ...], int]:
        """The metric *name* so far, by the values of its attributes."""
        counted = Counter(self._counts[name])
        if name == "handrail.calls":
            for (feature, stage), tally in self._tallies.items():
                if tally.clean:
                    counted[feature, stage.value, "allow"] += tally.clean
        if name == "handrail.unmeasured":
            for (_, stage), tally in self._tallies.items():
                for module, n in tally.unmeasured.items():
                    counted[module, stage.value] += n
        return counted

    def count(self, name: str, *values: str, by: int = 1) -> None:
        """Add to a metric."""
        self._counts[name][values] += by

    def observe(self, batch: Iterable[Entry]) -> None:
        """Count a batch of entries and log what is not a clean ALLOW."""
        for entry in batch:
            if type(entry) is Decision:
                self._decision(entry)
            elif isinstance(entry, HostEvent):
                self._host_event(entry)

    def _decision(self, decision: Decision) -> None:
        context = getattr(decision, "_source", None)
        if not isinstance(context, Context):
            self.count("handrail.calls", decision.feature, decision.stage, "failed")
            return
        tally = context._plan.tally
        if not context._number % SAMPLED:
            self._sample(context)
        self._guard(context, decision.action)
        if context._outcome is None:
            tally.clean += 1
            return
        self._dirty(decision, context)

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
        for name in context._outcome.exceptions if context._outcome else ():
            self.count("handrail.exceptions", feature, name)
        if decision.shadow is not None:
            other = decision.shadow.action.name.lower()
            self.count("handrail.shadow", feature, stage, action, other)
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

    def _guard(self, context: Context, action: Action) -> None:
        """Remember what was decided, and count what is published without or against it."""
        item, plan = context.item, context._plan
        key = (plan.feature.name, item.id, item.revision)
        if plan.stage is Stage.PRE_PUBLISH:
            self._guarded[key] = action
            if len(self._guarded) > 20_000:
                del self._guarded[next(iter(self._guarded))]
        elif plan.stage is Stage.POST_PUBLISH and ("*", plan.feature.name) not in self._counts:
            before = self._guarded.get(key)
            if before is None:
                self.count("handrail.unguarded", plan.feature.name, "no decision")
            elif before in (Action.HOLD, Action.BLOCK):
                self.count("handrail.unguarded", plan.feature.name, "against the decision")

    def _host_event(self, event: HostEvent) -> None:
        self.count("handrail.host_events", event.feature, event.name)
        before = self._guarded.get((event.feature, event.item, event.revision))
        if event.published and before in (Action.HOLD, Action.BLOCK):
            self.count("handrail.unguarded", event.feature, "against the decision")

    def _sample(self, context: Context) -> None:
        plan, item, stamps = context._plan, context.item, context._stamps
        stage, tally = plan.stage.value, plan.tally
        tally.sampled += 1
        for part in present(item):
            tally.present[part] = tally.present.get(part, 0) + 1
        took = (context._end - stamps[0]) // 1000
        self.count("handrail.call.duration", plan.feature.name, stage, _edge(took))
        for slot, start, end in zip(plan.inline_slots, stamps, stamps[1:], strict=False):
            self.count("handrail.module.duration", slot.name, stage, _edge((end - start) // 1000))
        for index, ns in context._times.items():
            name = plan.slots[index].name
            self.count("handrail.module.duration", name, stage, _edge(ns // 1000))
        for slot in plan.slots:
            if not slot.module.manifest.measured_in(item.language):
                tally.unmeasured[slot.name] = tally.unmeasured.get(slot.name, 0) + 1
        for part in unserved(plan, item):
            self.count("handrail.unserved", plan.feature.name, stage, part)

    def late(self, context: Context, action: Action) -> None:
        """Make the span of a call that is over, if it is to have one."""
        parent = context._otel
        recording = bool(parent) and trace.get_current_span(parent).is_recording()
        if not recording and action is Action.ALLOW and random() >= self.trace_share:
            return
        plan = context._plan
        name = f"handrail.{plan.stage.value}"
        span = self._tracer.start_span(name, parent, start_time=_unix_ns(context._stamps[0]))
        _describe(span, context, action)
        span.end(_unix_ns(context._end))

    @contextmanager
    def early(self, context: Context) -> Iterator[trace.Span]:
        """Start the span before hooks that run elsewhere, so that their spans are its children."""
        plan = context._plan
        span = self._tracer.start_span(
            f"handrail.{plan.stage.value}",
            context._otel,
            kind=SpanKind.INTERNAL,
            start_time=_unix_ns(context._stamps[0]),
        )
        with trace.use_span(span, record_exception=False, set_status_on_exception=False):
            yield span

    def end(self, span: trace.Span, context: Context, action: Action) -> None:
        """Describe and end an early span."""
        _describe(span, context, action)
        span.end(_unix_ns(context._end))

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


def _describe(span: trace.Span, context: Context, action: Action) -> None:
    if not span.is_recording():
        return
    plan, outcome = context._plan, context._outcome
    pairs, faults = context._pairs or (), list(raw_faults(context))
    stamps = context._stamps
    took = [(e - s) // 1000 for s, e in zip(stamps, stamps[1:], strict=False)]
    ran = [s.name for s in plan.inline_slots[: len(took)]]
    for index, ns in context._times.items():
        ran.append(plan.slots[index].name)
        took.append(ns // 1000)
    values: Sequence[Any] = (
        plan.feature.name,
        plan.feature.surface,
        plan.stage.value,
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
        bool(faults),
        context._complete and not plan.absent,
    )
    span.set_attributes(dict(zip(SPAN_ATTRIBUTES, values, strict=True)))
    if faults:
        span.set_status(Status(StatusCode.ERROR))


def present(item: Any) -> Iterator[str]:
    """The parts of what a feature can provide that *item* has."""
    author = item.author
    plain = ("text", "links", "media", "amount", "language", "region", "visibility", "relation",
             "participants", "recipients", "created_at")  # fmt: skip
    yield from (part for part in plain if getattr(item, part))
    yield from (part for part in ("session", "thread") if getattr(item, f"{part}_id"))
    if author is not None:
        yield "author"
        fields = ("age", "tenure_days", "region", "language")
        yield from (f"actor.{f}" for f in fields if getattr(author, f) is not None)


def _edge(us: int) -> str:
    place = bisect_left(EDGES_US, us)
    return str(EDGES_US[place]) if place < len(EDGES_US) else "+Inf"


def _unix_ns(ns: int) -> int:
    return round(wall(ns).timestamp() * 1e6) * 1000
