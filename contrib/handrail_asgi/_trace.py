"""W3C trace context: what happens here becomes a part of the caller's trace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from opentelemetry import context as contexts
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from handrail_asgi._wire import Answer

_propagator = TraceContextTextMapPropagator()
_tracer = trace.get_tracer("handrail")


@contextmanager
def served(head: Mapping[bytes, bytes], method: str, route: str) -> Iterator[trace.Span]:
    """Work as a part of the caller's trace, in a span of the request.

    Without a caller's trace there is no span; one that the host has begun already stays.
    """
    context = _parent(head)
    if context is None:
        yield trace.INVALID_SPAN
        return
    with _tracer.start_as_current_span(
        f"{method} {route}",
        context,
        kind=trace.SpanKind.SERVER,
        attributes={"http.request.method": method, "http.route": route},
        record_exception=False,
        set_status_on_exception=False,
    ) as span:
        yield span


@contextmanager
def joined(head: Mapping[bytes, bytes]) -> Iterator[None]:
    """Work as a part of the caller's trace, without a span for the request: that is the host's."""
    context = _parent(head)
    if context is None:
        yield
        return
    token = contexts.attach(context)
    try:
        yield
    finally:
        contexts.detach(token)


def _parent(head: Mapping[bytes, bytes]) -> Context | None:
    """The caller's trace; None where there is none, or the host is in a trace already."""
    parent = head.get(b"traceparent")
    if parent is None or trace.get_current_span().get_span_context().is_valid:
        return None
    carrier = {"traceparent": parent.decode("latin-1")}
    if (state := head.get(b"tracestate")) is not None:
        carrier["tracestate"] = state.decode("latin-1")
    context = _propagator.extract(carrier)
    return context if trace.get_current_span(context).get_span_context().is_valid else None


def conclude(span: trace.Span, answer: Answer | None) -> None:
    """Say in a request's span how it was answered, if it was."""
    if answer is not None and span.is_recording():
        span.set_attribute("http.response.status_code", answer.status)
        if answer.status >= 500:
            span.set_status(trace.StatusCode.ERROR)


def trace_headers() -> list[tuple[bytes, bytes]]:
    """The header that carries the current trace on; none where there is no trace."""
    carrier: dict[str, str] = {}
    _propagator.inject(carrier)
    parent = carrier.get("traceparent")
    return [] if parent is None else [(b"traceparent", parent.encode("ascii"))]
