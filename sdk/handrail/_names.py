"""Every name that telemetry uses: metrics, span attributes, log events; frozen by a test."""

from __future__ import annotations

from collections.abc import Mapping

SCOPE = "handrail"


COUNTERS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "handrail.calls": (("feature", "stage", "action"), "Calls, by the action decided"),
    "handrail.findings": (("module", "stage", "issue"), "Findings"),
    "handrail.faults": (("source", "stage", "cause"), "What failed, was late, invalid or missing"),
    "handrail.skipped": (("module", "stage", "reason"), "Planned modules that were not run"),
    "handrail.effects": (("feature", "stage", "effect"), "Effects asked for"),
    "handrail.exceptions": (("feature", "exception"), "Decisions that an exception lowered"),
    "handrail.shadow": (
        ("feature", "stage", "live", "shadow", "differs"),
        "Calls that shadow decided too",
    ),
    "handrail.confirms": (("feature", "stage", "nudge"), "Confirmations of a NUDGE asked again"),
    "handrail.unguarded": (("feature", "reason"), "Published without, or against, a decision"),
    "handrail.host_events": (("feature", "event"), "What the host told back"),
    "handrail.call.duration": (("feature", "stage", "le"), "Sampled calls by duration, µs"),
    "handrail.module.duration": (("module", "stage", "le"), "Sampled runs by duration, µs"),
    "handrail.unmeasured": (("module", "stage"), "Sampled calls in a language not measured"),
    "handrail.unserved": (("feature", "stage", "part"), "Parts of items that no module reads"),
    "handrail.record.dropped": ((), "Entries dropped because too much waited"),
    "handrail.sink.failures": ((), "Writes or commits that the sink refused"),
    "handrail.breaker.changes": (("module", "stage", "state"), "Breakers opened and closed"),
    "handrail.modules.moved": (("module", "stage"), "Inline modules moved to the pool"),
    "handrail.loop.replaced": ((), "Times our event loop was stuck and replaced"),
    "handrail.sync_in_loop": (("feature",), "Calls that stalled a running event loop"),
    "handrail.state.trips": (
        ("source", "stage", "trip"),
        "Trips to a shared state: first, more, or alone by a hook that runs elsewhere",
    ),
    "handrail.state.guesses": (
        ("source", "stage"),
        "Reads after the last trip, answered from this process",
    ),
    "handrail.state.lost": (("source",), "Counts that never reached the shared state"),
    "handrail.policy.loads": (("outcome",), "Policies loaded, or refused as a whole"),
    "handrail.cap": (("rule", "outcome"), "Rules over their blast-radius cap: tripped, or alarm"),
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
    "handrail.module_quarantined",
    "handrail.problem_found",
    "handrail.breaker_changed",
    "handrail.module_moved",
    "handrail.loop_replaced",
    "handrail.sink_failed",
    "handrail.record_dropped",
    "handrail.call_failed",
    "handrail.intake_refused",
    "handrail.sync_in_loop",
    "handrail.policy_loaded",
    "handrail.policy_refused",
    "handrail.settings_loaded",
    "handrail.settings_refused",
    "handrail.rule_tripped",
    "handrail.cap_alarm",
    "handrail.state_changed",
)
"""Every log event."""
