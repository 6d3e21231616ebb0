"""Each broker, for real: what was accepted is handled, in order, within the caller's trace."""

from __future__ import annotations

import asyncio

import attrs
from contrib.stream.ledger import events
from opentelemetry import propagate, trace
from opentelemetry.sdk.trace import TracerProvider
from servers.process import wait_until

import handrail_stream
from handrail_stream._run import engine


def test_every_event_ends_in_one_outcome(ledger, url, working, settled):
    """Nothing is lost between outbox and outcome, and nothing happens twice."""
    ledger.accept(events(300, orders=20))

    with working(url):
        settled(300)

    assert (300, 0) == (ledger.count("outcomes"), ledger.doubles())


def test_what_shares_an_order_is_handled_in_order(ledger, url, working, settled):
    """Two items take turns in being accepted; each is handled in its own order."""
    ledger.accept(events(200, orders=7))

    with working(url):
        settled(200)

    assert [] == ledger.overtaken()


def test_what_failed_is_not_overtaken(ledger, url, working, settled):
    """An event that fails at first holds back what has the same order."""
    ledger.accept(events(40, orders=2))
    ledger.fail["e10"] = 2

    with working(url):
        settled(40)

    assert ([], []) == (ledger.overtaken(), ledger.dead())


def test_what_fails_for_good_is_a_dead_letter(ledger, url, working, settled):
    """It keeps the reason, never the error's text, and holds nobody else up."""
    ledger.accept(events(40, orders=2))
    ledger.fail["e10"] = 99

    with working(url):
        settled(40)

    ((key, reason),) = ledger.dead()
    assert ("e10", "ValueError at ledger.py") == (key, reason.rpartition(":")[0])
    assert 39 == ledger.count("outcomes")


async def send(url: str, stream: handrail_stream.Stream, body: bytes) -> None:
    """Publish something that no relay made."""
    broker = engine(url, stream)
    await broker.start()
    await broker.publish(stream.lane("item0"), "foreign", body, {})
    await broker.stop()


def test_what_cannot_be_read_is_a_dead_letter(ledger, url, stream, working, settled):
    """A body that nobody of ours wrote is put aside, and the lane goes on."""
    asyncio.run(send(url, stream, b"\xff\x00 not ours"))
    ledger.accept(events(10, orders=1))

    with working(url):
        settled(11)

    ((key, reason),) = ledger.dead()
    assert (None, "undecodable") == (key, reason.partition(":")[0])
    assert 10 == ledger.count("outcomes")


class Traced:
    """A handler that notes the trace it runs in."""

    def __init__(self, ledger):
        self.ledger, self.traces = ledger, []

    def handle(self, work):
        """Note the trace, then handle."""
        self.traces.append(trace.get_current_span().get_span_context().trace_id)
        self.ledger.handle(work)


def test_one_trace_from_the_caller_to_the_handler(ledger, url, working, settled, monkeypatch):
    """The handler runs in the trace of the call that accepted the work."""
    provider = TracerProvider()
    tracer = provider.get_tracer("test")
    monkeypatch.setattr("handrail_stream._telemetry._tracer", tracer)
    carrier: dict[str, str] = {}
    with tracer.start_as_current_span("caller") as span:
        propagate.inject(carrier)
    ledger.accept([attrs.evolve(events(1, orders=1)[0], carrier=carrier)])
    traced = Traced(ledger)

    with working(url, traced):
        settled(1)

    assert [span.get_span_context().trace_id] == traced.traces


def test_lag_counts_what_waits(ledger, url, stream, working, settled):
    """The broker says how much waits, and that nothing does at the end."""

    async def lag() -> int:
        broker = engine(url, stream)
        await broker.start()
        try:
            return await broker.lag()
        finally:
            await broker.stop()

    asyncio.run(send(url, stream, ledger.seal(events(1, orders=1)[0])))
    before = asyncio.run(lag())
    with working(url):
        settled(1)
        wait_until(lambda: asyncio.run(lag()) == 0, "an empty broker")

    assert 1 == before
