"""Promise 7: content never leaks by default.

A canary is planted wherever a string can be, and searched for wherever something of ours can be
read: spans, metrics, logs, printed text, reprs, the record.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import threading
from decimal import Decimal

import attrs
import pytest
import structlog
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from structlog.testing import capture_logs

from handrail import (
    Action,
    Actor,
    AsyncSafety,
    Decision,
    Feature,
    Finding,
    Item,
    JsonlSink,
    Media,
    MemorySink,
    Policy,
    Receipt,
    Report,
    Text,
)
from handrail._names import COUNTERS

BIRD = "zq"
POLICY = Policy(
    issues={"hate.speech": {"nudge": 0.1, "hold": 0.5, "block": 0.9}},
    holds={"within": "1h", "otherwise": "block"},
)


def bird(place: str) -> str:
    """A canary that tells where it was."""
    return f"{BIRD}-{place}"


def actor(place: str) -> Actor:
    """Somebody with a canary in every field that takes one."""
    return Actor(bird(place), tags={bird(f"{place}-tag")}, language="zqzq", age=15)


def planted() -> Item:
    """An item with a canary in every field that takes one."""
    return Item(
        bird("id"),
        bird("text") + " " + bird("text").upper(),
        kind="zq_kind",
        confirms=bird("confirms"),
        links=[f"https://{bird('link')}.example/"],
        media=[
            Media(
                id=bird("media"),
                type=bird("type"),
                url=bird("url"),
                hashes={bird("algorithm"): bird("hash")},
                data=bird("data").encode(),
            )
        ],
        amount={"value": Decimal(3), "currency": bird("currency")},
        author=actor("author"),
        participants=[actor("participant")],
        recipients=[actor("recipient")],
        parent_id=bird("parent"),
        thread_id=bird("thread"),
        session_id=bird("session"),
        visibility="zq_visibility",
        relation="zq_relation",
        language="zqzqzq",
        tags={bird("tag")},
        attributes={bird("key"): [bird("value"), {bird("inner"): bird("value")}]},
    )


def reported() -> Report:
    """A report with a canary in every field that takes one."""
    return Report(
        id=bird("report"), item=planted(), reporter=actor("reporter"), text=bird("complaint")
    )


@attrs.frozen(kw_only=True)
class Settings:
    """Settings with a secret."""

    secret: str = ""


def tell_tale(item: object) -> Exception:
    """An error with a canary in its type, its arguments, its notes, its repr and its cause."""
    kind = type(bird("type"), (ValueError,), {"__repr__": lambda self: bird("repr")})
    kind.__module__ = bird("module")
    error = kind(item, getattr(item, "text", ""), bird("argument"))
    error.__cause__ = RuntimeError(bird("cause"))
    error.add_note(bird("note"))
    return error


def raises(item):
    """Raise with the item in it."""
    raise tell_tale(item)


def raises_from_made_code(item):
    """Raise from code whose file name is content."""
    exec(compile("raise ValueError", bird("file"), "exec"))


def raises_while_ending(item):
    """Yield without end, and raise when it is ended."""
    try:
        while True:
            yield Finding("hate.speech", 0.1, "listed")
    finally:
        raise tell_tale(item)


def returns_garbage(item):
    """Return what is no finding."""
    return [item, item.text, Finding(item.text, 0.5, "listed"), Finding("hate.speech", 0.5, item)]


def returns_content(item):
    """Return the text itself."""
    return item.text


async def raises_elsewhere(item):
    """Raise on the loop."""
    raise tell_tale(item)


async def yields_elsewhere(item):
    """Yield without end on the loop, and raise when it is ended."""
    try:
        while True:
            yield Finding("hate.speech", 0.1, "listed")
    finally:
        raise tell_tale(item)


async def leaves_a_task(item):
    """Leave a failing task on the loop."""
    await asyncio.wait([asyncio.create_task(raises_elsewhere(item))])


def looks(item, context, settings):
    """Find with settings and read derivations."""
    return [Finding("hate.speech", 0.95, "listed")] if context.text.words else None


HOOKS = {
    "raises": (raises, None),
    "made code": (raises_from_made_code, None),
    "ending": (raises_while_ending, None),
    "garbage": (returns_garbage, None),
    "content": (returns_content, None),
    "blocking": (raises, "blocking"),
    "blocking ending": (raises_while_ending, "blocking"),
    "remote": (raises_elsewhere, None),
    "remote ending": (yields_elsewhere, None),
    "task": (leaves_a_task, None),
}


@pytest.fixture(name="modules")
def _modules(module):
    """A module for each way to go wrong, and one that finds."""
    made = [module("looks", looks, settings=Settings, issues={"hate.speech"})]
    for number, (hook, cost) in enumerate(HOOKS.values()):
        made.append(module(f"wrong_{number}", hook, cost=cost, issues={"hate.speech"}))
    return made


@pytest.fixture(name="safety")
def _safety(make, modules, tmp_path):
    """A Safety with all of them, a secret in the settings, and a file for a record."""
    settings = {"looks": {"secret": bird("secret")}}
    sink = JsonlSink(tmp_path / "record.jsonl")
    return make(*modules, policy=POLICY, settings=settings, sink=sink, trace_share=1)


WRONG = [bird("subject"), type(bird("class"), (), {})(), None, {"text": bird("text")}, tell_tale(1)]


def everything(safety) -> list[object]:
    """Use all there is, rightly and wrongly; return what came back."""
    feature = safety.feature("comments")
    item, report = planted(), reported()
    back = [feature.pre_publish(item), feature.post_publish(item), feature.report(report)]
    back.append(feature.report(Report(id=bird("bare"), item_id=bird("named"))))
    for subject in [*WRONG, report]:
        back += [feature.pre_publish(subject), feature.post_publish(subject)]
        feature.viewed(subject)
        feature.withdrawn(subject)
        feature.carried_out(subject)
    back += [feature.report(subject) for subject in [*WRONG, item]]
    feature.viewed(item, n=bird("views"))
    feature.viewed(item, 3, bird("a free text segment"))
    feature.carried_out(back[0], published=bird("published"))
    feature.carried_out(Decision(action="block", id=bird("decision"), item=bird("item")))
    feature.carried_out(back[0], published=True)
    safety.problems()
    gc.collect()
    safety.flush()
    return back


def found(text: object) -> list[str]:
    """The canaries in a text, each with what is around it."""
    shown = str(text).lower()
    places = [i for i in range(len(shown)) if shown.startswith(BIRD, i)]
    return [shown[max(0, i - 30) : i + 30] for i in places]


class TestTelemetry:
    """Spans, metrics, logs and printed text."""

    def test_spans(self, safety):
        """No span carries content, in a name, an attribute, an event, or a status."""
        if not isinstance(trace.get_tracer_provider(), TracerProvider):
            trace.set_tracer_provider(TracerProvider(shutdown_on_exit=False))
        exporter = InMemorySpanExporter()
        trace.get_tracer_provider().add_span_processor(SimpleSpanProcessor(exporter))
        everything(safety)
        spans = [s.to_json() for s in exporter.get_finished_spans()]
        exporter.shutdown()

        assert (True, []) == (len(spans) > 3, found(spans))

    @pytest.mark.parametrize("metric", list(COUNTERS))
    def test_metrics(self, safety, metric):
        """No attribute of a metric carries content."""
        everything(safety)

        assert [] == found(safety.counts(metric))

    def test_log_events(self, safety):
        """No log event carries content."""
        with capture_logs() as entries:
            everything(safety)

        assert (True, []) == (len(entries) > 3, found(entries))

    def test_standard_logging(self, safety, caplog):
        """Nothing of ours, nor asyncio for us, logs content."""
        structlog.reset_defaults()
        caplog.set_level(logging.DEBUG)
        everything(safety)

        assert (True, []) == ("handrail.decided" in caplog.text, found(caplog.text))

    def test_printed_text(self, safety, capfd):
        """Nothing is printed that carries content, tracebacks of threads included."""
        everything(safety)
        printed = capfd.readouterr()

        assert [] == found(printed.out + printed.err)

    def test_async_facade(self, modules, capfd):
        """AsyncSafety keeps to it as well."""

        async def ask():
            features = [Feature(name="comments", surface="comments")]
            options = {"settings": {"looks": {"secret": bird("secret")}}, "policy": POLICY}
            async with AsyncSafety(features, modules=modules, **options) as safety:
                feature = safety.feature("comments")
                for subject in [planted(), *WRONG]:
                    await feature.pre_publish(subject)
                    await feature.report(subject)

        asyncio.run(ask())
        printed = capfd.readouterr()

        assert [] == found(printed.out + printed.err)


class TestRecord:
    """What is written down: masked by default."""

    def test_lines(self, safety, tmp_path):
        """No line of the record carries content or a raw id."""
        everything(safety)
        safety.close()
        text = (tmp_path / "record.jsonl").read_text()

        assert (True, []) == (len(text) > 3000, found(text))

    def test_clean_lines(self, make, module, tmp_path):
        """The short lines of clean calls carry none either."""
        safety = make(module("quiet", lambda item: None), sink=JsonlSink(tmp_path / "r.jsonl"))
        for _ in range(40):
            safety.feature("comments").pre_publish(planted())
        safety.close()

        assert [] == found((tmp_path / "r.jsonl").read_text())

    def test_masked_lines_are_still_brought_together(self, safety, tmp_path):
        """An item has one masked id, so its lines can be found by who has the key."""
        sink = JsonlSink(tmp_path / "other.jsonl", key=b"k")
        one, two = sink.masked("one"), sink.masked("one")
        sink.close()

        assert one == two != sink.masked("two")

    def test_unmasked_lines_show_ids_only(self, make, module, tmp_path):
        """Without the mask an id is shown, and still no text."""
        sink = JsonlSink(tmp_path / "r.jsonl", mask=False)
        safety = make(module("broken", raises, issues={"hate.speech"}), sink=sink)
        safety.feature("comments").pre_publish(planted())
        safety.close()
        text = (tmp_path / "r.jsonl").read_text().replace(bird("id"), "")

        assert [] == found(text)


def _reprs() -> list[tuple[str, object]]:
    item = planted()
    fields = ["author", "media", "amount", "attributes", "participants", "tags"]
    shown = [(f"item.{f}", getattr(item, f)) for f in fields if f != "tags"]
    return [*shown, ("item", item), ("report", reported()), ("text", Text(item.text))]


class TestReprs:
    """What a debugger, a test failure or a careless f-string shows."""

    @pytest.mark.parametrize(("name", "value"), _reprs(), ids=[n for n, _ in _reprs()])
    @pytest.mark.parametrize("show", [str, repr, "{}".format, "{!r:>5}".format])
    def test_values(self, name, value, show):
        """No value of the model shows content, however it is asked."""
        assert [] == found(show(value))

    def test_answers(self, safety):
        """Neither decisions nor receipts show content, nor what they are made of."""
        back = everything(safety)
        parts = [getattr(b, f, "") for b in back for f in ("findings", "faults", "coverage")]

        assert [] == found([repr(b) for b in back]) + found(parts)

    def test_host_events_and_sink(self, make, module):
        """Neither what a memory sink keeps nor the sink itself shows content."""
        sink = MemorySink()
        safety = make(module("broken", raises), sink=sink)
        everything(safety)

        assert (True, []) == (len(sink.entries) > 3, found([sink, list(sink.entries)]))

    def test_safety_and_what_hangs_on_it(self, safety):
        """Neither a Safety, its feature, its modules, nor its problems show content."""
        feature = safety.feature("comments")
        shown = [safety, feature, safety.modules, safety.features, safety.problems()]

        assert [] == found([repr(s) for s in shown])

    def test_plans(self, safety):
        """A plan in a debugger shows no settings."""
        safety.feature("comments")

        assert [] == found([repr(p) for p in safety._core.plans.values()])

    def test_context(self, guard, module):
        """A context shows where it is, not what it is about."""
        seen = []
        guard(module("keeps", lambda item, context: seen.append(context))).pre_publish(planted())

        assert [] == found([repr(seen[0]), str(seen[0])])

    def test_exception_text_is_in_no_fault(self, safety):
        """A fault holds types and places, at any depth."""
        back = everything(safety)
        faults = [f for b in back if isinstance(b, Decision) for f in b.faults]

        assert (True, []) == (len(faults) > 5, found([attrs.asdict(f) for f in faults]))

    def test_no_error_is_kept(self, safety):
        """No exception outlives its call: its frames hold the text."""
        everything(safety)
        safety.close()
        for thread in threading.enumerate():
            if thread.name.startswith("handrail"):
                thread.join(5)
        gc.collect()
        kept = [o for o in gc.get_objects() if type(o).__name__ == bird("type")]

        assert [] == [e for e in kept if e is not WRONG[-1]]

    def test_receipt_json_is_the_hosts(self):
        """What the host turns into JSON itself has its ids: it asked for them."""
        receipt = Receipt(id="1", item=bird("id"), feature="f", stage="report")

        assert bird("id") == receipt.to_json()["item"]


def test_the_canary_sings(safety):
    """The net works: what the host asks for by name does hold the canary."""
    decision = safety.feature("comments").pre_publish(planted())

    assert (Action.BLOCK, bird("id")) == (decision.action, decision.item)
