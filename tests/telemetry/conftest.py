"""A real OTLP receiver in the test process, and providers that export to it.

OpenTelemetry's global providers can be set once per process: they are shared by the whole
session, and each test looks only at its own feature and modules, whose names nobody else has.
"""

from __future__ import annotations

import dataclasses
import itertools
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from opentelemetry import metrics, trace
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from handrail import Feature, Finding, Manifest, Safety, hookimpl

_numbers = itertools.count()


def plain(value):
    """An attribute's value as Python says it."""
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [plain(v) for v in value.array_value.values]
    return getattr(value, kind)


def pairs(attributes):
    """Attributes as a dictionary."""
    return {a.key: plain(a.value) for a in attributes}


@dataclasses.dataclass(frozen=True)
class Span:
    """A span as the collector got it."""

    name: str
    id: bytes
    parent: bytes
    trace: str
    start: int
    end: int
    attributes: dict
    events: int
    failed: bool

    @classmethod
    def of(cls, said) -> Span:
        """Read one from the wire."""
        return cls(
            name=said.name,
            id=said.span_id,
            parent=said.parent_span_id,
            trace=said.trace_id.hex(),
            start=said.start_time_unix_nano,
            end=said.end_time_unix_nano,
            attributes=pairs(said.attributes),
            events=len(said.events),
            failed=said.status.code == 2,
        )


class Receiver:
    """What an OTLP collector keeps: spans, the last metrics, and every byte that came in."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.points: dict[str, list] = {}
        self.bytes: list[bytes] = []
        self.reader: PeriodicExportingMetricReader | None = None

    def take(self, path: str, body: bytes) -> None:
        """Parse one export request."""
        self.bytes.append(body)
        if path == "/v1/traces":
            said = trace_service_pb2.ExportTraceServiceRequest.FromString(body)
            every = [s for r in said.resource_spans for c in r.scope_spans for s in c.spans]
            self.spans += map(Span.of, every)
        else:
            said = metrics_service_pb2.ExportMetricsServiceRequest.FromString(body)
            every = [m for r in said.resource_metrics for c in r.scope_metrics for m in c.metrics]
            self.points = {m.name: list(m.sum.data_points) for m in every}


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            receiver.take(self.path, self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    return Handler


def tracer_provider() -> TracerProvider:
    """The process's provider; made here if nobody has."""
    if not isinstance(trace.get_tracer_provider(), TracerProvider):
        trace.set_tracer_provider(TracerProvider(shutdown_on_exit=False))
    return trace.get_tracer_provider()


def meter_provider() -> MeterProvider:
    """The process's provider; made here if nobody has."""
    if not isinstance(metrics.get_meter_provider(), MeterProvider):
        metrics.set_meter_provider(MeterProvider(shutdown_on_exit=False))
    return metrics.get_meter_provider()


@pytest.fixture(name="receiver", scope="session")
def _receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(receiver))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}/v1"
    processor = BatchSpanProcessor(OTLPSpanExporter(f"{url}/traces"))
    tracer_provider().add_span_processor(processor)
    reader = PeriodicExportingMetricReader(
        OTLPMetricExporter(f"{url}/metrics"), export_interval_millis=float("inf")
    )
    meter_provider().add_metric_reader(reader)
    receiver.reader = reader
    yield receiver
    processor.shutdown()
    meter_provider().remove_metric_reader(reader)
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(name="name")
def _name() -> str:
    """A name no other test has."""
    return f"feature_{next(_numbers)}"


@pytest.fixture(name="spans")
def _spans(receiver, name):
    """The spans of this test's feature, as the collector got them."""

    def read(*, called: str | None = None) -> list[Span]:
        tracer_provider().force_flush()
        if called is not None:
            return [s for s in receiver.spans if s.name == called]
        return [s for s in receiver.spans if s.attributes.get("handrail.feature") == name]

    return read


@pytest.fixture(name="points")
def _points(receiver):
    """The last points of a metric at the collector: values by attributes."""

    def read(metric: str, **having: str) -> dict:
        receiver.reader.force_flush()
        wanted = {f"handrail.{k}": v for k, v in having.items()}.items()
        found = [(pairs(p.attributes), p.as_int) for p in receiver.points.get(metric, ())]
        return {tuple(a.values()): n for a, n in found if wanted <= a.items()}

    return read


@pytest.fixture(name="module")
def _module(name):
    """Make a module with one hook."""

    def make(hook=lambda item: None, *, stage="pre_publish", cost=None, **manifest):
        values = {"name": f"{name}_m", "version": "1", "issues": {"hate.speech"}}
        values |= {"surfaces": {"comments"}, "languages": {"*"}, **manifest}
        body = {"MANIFEST": Manifest(**values), stage: staticmethod(hookimpl(cost=cost)(hook))}
        return type("Module", (), body)()

    return make


@pytest.fixture(name="safety")
def _safety(name):
    """Make a Safety with this test's feature; it is closed after the test."""
    made = []

    def make(*modules, feature=None, **options) -> Safety:
        feature = {"name": name, "surface": "comments", **(feature or {})}
        options = {"budget_ms": 30_000, **options}
        made.append(Safety([Feature(**feature)], modules=modules, **options))
        return made[-1]

    yield make
    for safety in made:
        safety.close()


@pytest.fixture(name="finds")
def _finds():
    """Make a hook that finds hate.speech with a score."""

    def make(score: float):
        return lambda item: [Finding("hate.speech", score, "listed")]

    return make
