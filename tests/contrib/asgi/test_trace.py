"""W3C trace context: one trace from the caller through the guarded feature and back."""

from __future__ import annotations

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from handrail_asgi._trace import served, trace_headers

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
PARENT = f"00-{TRACE}-{SPAN}-01"


def test_the_caller_s_span_is_the_parent(serve, ask, monkeypatch):
    """Caller, request and call are one trace, each the parent of the next."""
    spans, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    tracer = provider.get_tracer("a test")
    monkeypatch.setattr("handrail_asgi._trace._tracer", tracer)
    with serve() as served, served.client() as client:
        served.face.safety._core.telemetry._tracer = tracer
        client.post("/v1/pre_publish", json=ask(), headers={"traceparent": PARENT})
    provider.shutdown()
    by_name = {span.name: span for span in spans.get_finished_spans()}
    call, request = by_name["handrail.pre_publish"], by_name["POST /v1/pre_publish"]

    assert ({TRACE}, request.context.span_id, SPAN) == (
        {f"{span.context.trace_id:032x}" for span in by_name.values()},
        call.parent.span_id, f"{request.parent.span_id:016x}",
    )  # fmt: skip
    assert {
        "http.request.method": "POST", "http.route": "/v1/pre_publish",
        "http.response.status_code": 200,
    } == dict(request.attributes)  # fmt: skip


@pytest.mark.parametrize("path", ["/v1/pre_publish", "/v1/post_publish"])
def test_the_answer_names_the_trace(client, ask, path):
    """The decision or receipt, and a header of the answer, carry the caller's trace on."""
    answer = client.post(path, json=ask(), headers={"traceparent": PARENT})

    assert (TRACE, TRACE) == (
        answer.json()["trace_id"],
        answer.headers["traceparent"].split("-")[1],
    )


@pytest.mark.parametrize("wrong", ["", "grumpf", "00-" + "0" * 32 + "-" + "0" * 16 + "-01"])
def test_what_is_none_is_passed_over(client, ask, wrong):
    """A traceparent that is none costs nothing but the trace."""
    answer = client.post("/v1/pre_publish", json=ask(), headers={"traceparent": wrong})

    assert (200, None, False) == (
        answer.status_code, answer.json()["trace_id"], "traceparent" in answer.headers,
    )  # fmt: skip


def test_a_trace_the_host_has_begun_stays():
    """Mounted in an app that traces itself, its span is the parent."""
    begun = trace.NonRecordingSpan(trace.SpanContext(7, 7, is_remote=False))
    with trace.use_span(begun), served({b"traceparent": PARENT.encode()}, "GET", "/"):
        (header,) = trace_headers()

    assert header[1].startswith(b"00-" + b"0" * 31 + b"7")


def test_nothing_is_left_attached():
    """After the request the context is as before."""
    with served({b"traceparent": PARENT.encode(), b"tracestate": b"a=1"}, "GET", "/"):
        inside = trace.get_current_span().get_span_context().is_valid

    assert (True, False) == (inside, trace.get_current_span().get_span_context().is_valid)
