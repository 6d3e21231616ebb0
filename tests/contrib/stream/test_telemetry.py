"""What a stream tells: how much waits, ended, failed, and how old it was; never about whom."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest
from contrib.stream.ledger import events
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from servers.process import free_port, wait_until
from structlog.testing import capture_logs

import handrail_stream
from handrail_stream import _run, _telemetry
from handrail_stream._engine import Message
from handrail_stream._processing import Processing

STREAM = handrail_stream.Stream(retries=handrail_stream.Retries(tries=2, first=0.001))


@pytest.fixture(name="points")
def _points(monkeypatch):
    """The data points of each metric, by name."""
    reader = InMemoryMetricReader()
    provider = MeterProvider([reader])
    meter = provider.get_meter("test")
    for name in ("ended", "failures"):
        monkeypatch.setattr(_telemetry, name, meter.create_counter(f"handrail.stream.{name}"))
    monkeypatch.setattr(_telemetry, "age", meter.create_histogram("handrail.stream.age"))

    def points(name: str) -> list:
        scopes = reader.get_metrics_data().resource_metrics[0].scope_metrics
        found = {metric.name: metric.data.data_points for s in scopes for metric in s.metrics}
        return list(found[f"handrail.stream.{name}"])

    yield points
    provider.shutdown()


def work(ledger, number):
    """Handle events, the second of which fails for good."""
    ledger.fail["e1"] = 99
    messages = [Message(ledger.seal(event)) for event in events(number, orders=1)]

    async def run():
        processing = Processing(ledger, ledger, STREAM)
        await processing(0, messages)
        processing.close()

    asyncio.run(run())


def test_what_ended_is_counted_by_how(ledger, points):
    """Handled work and dead letters are told apart."""
    work(ledger, 5)

    counted = {point.attributes["outcome"]: point.value for point in points("ended")}
    assert {"handled": 4, "dead": 1} == counted


def test_failures_are_counted_by_their_class(ledger, points):
    """Each attempt that failed is one, and says no more than its class."""
    work(ledger, 2)

    ((attributes, value),) = [(dict(p.attributes), p.value) for p in points("failures")]
    assert ({"error": "ValueError"}, 2) == (attributes, value)


def test_age_is_measured_from_acceptance(ledger, points):
    """Every piece of work that was handled has an age, in seconds."""
    work(ledger, 3)

    (point,) = points("age")
    assert (2, True) == (point.count, 0 <= point.sum < 60)


def test_lag_is_what_the_broker_said_last(monkeypatch):
    """One value for each stream."""
    monkeypatch.setattr(_telemetry, "lag", {"handrail": 7})

    ((attributes, value),) = [(o.attributes, o.value) for o in _telemetry._lag(None)]
    assert ({"stream": "handrail"}, 7) == (attributes, value)


@pytest.mark.parametrize("scheme", ["nats", "redis"])
def test_a_broker_that_is_away_is_said_once(ledger, working, monkeypatch, scheme):
    """Who starts a worker before its broker reads so once, however often it is tried."""
    tried = []
    monkeypatch.setattr(_run, "AWAY_S", 0.2)
    monkeypatch.setattr(_run, "AGAIN_S", 0.01)
    monkeypatch.setattr(_telemetry, "failures", SimpleNamespace(add=lambda *_: tried.append(1)))
    with capture_logs() as said, working(f"{scheme}://127.0.0.1:{free_port()}"):
        enough = 3 if scheme == "redis" else 0  # The client of NATS tries again by itself.
        wait_until(lambda: said and len(tried) >= enough, "a word", 30)

    assert ["handrail.broker_away"] == [each["event"] for each in said]
