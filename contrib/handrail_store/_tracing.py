"""One trace from the caller to the takedown: the W3C trace context, carried with the work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from opentelemetry import context, trace
from opentelemetry.trace import SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from handrail import FrozenMap

# Not the configured propagators: baggage may say who somebody is.
_W3C = TraceContextTextMapPropagator()
_TRACER = trace.get_tracer("handrail")


def carried() -> dict[str, str]:
    """The trace context of now, as headers; empty where nothing is traced."""
    carrier: dict[str, str] = {}
    _W3C.inject(carrier)
    return carrier


@contextmanager
def resumed(carrier: Mapping[str, object] | FrozenMap, name: str, **facts: str) -> Iterator[None]:
    """Go on with the trace of *carrier*, in a span *name*; without one, just go on."""
    if not carrier:
        yield
        return
    parent = _W3C.extract({str(key): str(value) for key, value in carrier.items()})
    token = context.attach(parent)
    try:
        with _TRACER.start_as_current_span(
            name, kind=SpanKind.CONSUMER, attributes=facts, record_exception=False
        ):
            yield
    finally:
        context.detach(token)
