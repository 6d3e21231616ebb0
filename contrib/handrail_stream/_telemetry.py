"""Metrics and spans of a stream, by the OpenTelemetry API; nothing here names an item."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from opentelemetry import metrics, propagate, trace

SCOPE = "handrail.stream"

_tracer = trace.get_tracer(SCOPE)
_meter = metrics.get_meter(SCOPE)

published = _meter.create_counter(
    "handrail.stream.published", description="Work handed to the broker: confirmed, or refused"
)
ended = _meter.create_counter(
    "handrail.stream.ended", description="Work that ended: handled, or dead"
)
failures = _meter.create_counter(
    "handrail.stream.failures", description="Attempts that failed and will be repeated"
)
age = _meter.create_histogram(
    "handrail.stream.age", unit="s", description="From acceptance to the end of the work"
)


_IDLE = (trace.ProxyTracerProvider, trace.NoOpTracerProvider)
"""Providers whose spans nobody will see."""

lag: dict[str, int] = {}
"""Messages that wait, by the stream's name, as of when the broker was last asked."""


def _lag(_: metrics.CallbackOptions) -> Iterable[metrics.Observation]:
    return [metrics.Observation(waiting, {"stream": name}) for name, waiting in lag.items()]


_meter.create_observable_gauge(
    "handrail.stream.lag", [_lag], description="Messages that wait on the broker"
)


def aged(accepted_at: datetime, now: datetime) -> None:
    """Note how long a piece of work took from its acceptance."""
    age.record(max(0.0, (now - accepted_at).total_seconds()))


@contextlib.contextmanager
def publishing(carrier: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """A span below the caller's, and the headers that carry it on."""
    parent = propagate.extract(carrier)
    with _tracer.start_as_current_span(
        "handrail.stream publish", context=parent, kind=trace.SpanKind.PRODUCER
    ):
        headers: dict[str, str] = {}
        propagate.inject(headers)
        yield headers


def handling(
    headers: Mapping[str, str], lane: int, deliveries: int
) -> contextlib.AbstractContextManager[None]:
    """A span below the one that published; none where nothing is traced here or there."""
    if isinstance(trace.get_tracer_provider(), _IDLE) and (
        not headers or propagate.get_global_textmap().fields.isdisjoint(headers)
    ):
        return _UNTRACED
    return _handling(headers, lane, deliveries)


_UNTRACED = contextlib.nullcontext()


@contextlib.contextmanager
def _handling(headers: Mapping[str, str], lane: int, deliveries: int) -> Iterator[None]:
    with _tracer.start_as_current_span(
        "handrail.stream process",
        context=propagate.extract(headers),
        kind=trace.SpanKind.CONSUMER,
        attributes={"handrail.stream.lane": lane, "handrail.stream.deliveries": deliveries},
        record_exception=False,
        set_status_on_exception=False,
    ):
        yield
