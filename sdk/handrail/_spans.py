"""The span of a call, by the OpenTelemetry API.

It is made late, for a sampled share, for what is not ALLOW, and under every recording parent; or
early, where hooks off the caller's thread are to be its children.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import pairwise
from random import random
from typing import Any

from opentelemetry import context as otel_context
from opentelemetry import trace
from opentelemetry.trace import SpanKind, Status, StatusCode

from handrail._context import Context, unix_ns
from handrail._fields import degraded, number_text, raw_faults
from handrail._finding import Action
from handrail._log import log
from handrail._names import SCOPE, SPAN_ATTRIBUTES
from handrail._plan import Plan


def trace_id(context: Any) -> str | None:
    """The caller's trace id, 32 hexadecimal digits, or None."""
    if not context:
        return None
    found = trace.get_current_span(context).get_span_context()
    return f"{found.trace_id:032x}" if found.is_valid else None


current = otel_context.get_current
"""Return the caller's OpenTelemetry context; empty where there is none."""


class Spans:
    """Makes the spans of one Safety's calls.

    Args:
        trace_share: Share of clean calls that get a span, 0 to 1.
    """

    def __init__(self, trace_share: float) -> None:
        self.trace_share = trace_share
        self._tracer = trace.get_tracer(SCOPE)

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

    def failed(self, call: str) -> None:
        """Say that something beside a call failed: the host's tracing, or our drain."""
        log("handrail.call_failed", "error", call=call)


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
