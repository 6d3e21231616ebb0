"""Log events: for what is not a clean ALLOW, and without touching the host's logging."""

from __future__ import annotations

import asyncio
import gc
import json
import subprocess
import sys

import pytest
from structlog.testing import capture_logs

from handrail import Finding, Item, Policy, Report

ITEM = Item("1", "some words")
BLOCKS = Policy(issues={"hate.speech": {"nudge": 0.3, "block": 0.5}})

SETUP = """
import json, logging, sys
from handrail import *
class Module:
    MANIFEST = Manifest(name="m", version="1", issues={"hate.speech"}, surfaces={"comments"},
                        languages={"*"})
    @hookimpl
    def pre_publish(self, item):
        return [Finding("hate.speech", 0.9, "listed")] if item.text else None
safety = Safety([Feature(name="f", surface="comments")], modules=[Module()], trace_share=1)
feature = safety.feature("f")
"""


def fails(item):
    """Raise as a hook."""
    raise RuntimeError(item.text)


def answer(*lines: str) -> object:
    """What a fresh process prints last, as JSON."""
    code = "\n".join([SETUP, *lines])
    out = subprocess.check_output([sys.executable, "-W", "error", "-c", code], text=True)
    return json.loads(out.splitlines()[-1])


@pytest.fixture(name="events")
def _events():
    """Do something and return the events that were logged meanwhile."""

    def run(act, safety) -> list[dict]:
        gc.collect()  # What earlier tests left on their loops is not this one's.
        with capture_logs() as entries:
            act()
            safety.flush()
        return [e for e in entries if e["event"].startswith("handrail.")]

    return run


class TestWhatIsLogged:
    """One event for each call that was not a clean ALLOW."""

    def test_clean_allow_is_not(self, safety, module, events, name):
        """A clean ALLOW logs nothing."""
        made = safety(module())
        feature = made.feature(name)

        assert [] == events(lambda: feature.pre_publish(ITEM), made)

    @pytest.mark.parametrize("score", [0.1, 0.4, 0.9])
    def test_findings_are(self, safety, module, finds, events, name, score):
        """A call with findings logs one event, whatever its action."""
        made = safety(module(finds(score)), policy=BLOCKS)
        feature = made.feature(name)

        assert ["handrail.decided"] == [
            e["event"] for e in events(lambda: feature.pre_publish(ITEM), made)
        ]

    def test_fields_are_those_of_the_decision(self, safety, module, finds, events, name):
        """An event says what was decided, about which issues, by which rule."""
        made = safety(module(finds(0.9)), policy=BLOCKS)
        feature, decisions = made.feature(name), []
        (event,) = events(lambda: decisions.append(feature.pre_publish(ITEM)), made)

        assert {
            "event": "handrail.decided",
            "log_level": "info",
            "feature": name,
            "stage": "pre_publish",
            "decision": decisions[0].id,
            "action": "block",
            "issues": ["hate.speech"],
            "faults": [],
            "rule": "hate.speech:block",
            "trace_id": None,
        } == event

    def test_fault_is_a_warning(self, safety, module, events, name):
        """A call with a fault is a warning that names source and cause."""
        made = safety(module(fails))
        feature = made.feature(name)
        (event,) = events(lambda: feature.pre_publish(ITEM), made)

        assert ("warning", [f"{name}_m:error"]) == (event["log_level"], event["faults"])

    def test_report_is_received(self, safety, module, events, name):
        """At the stages that answer a receipt the event is called received."""
        found = module(lambda item, report: [Finding("hate.speech", 0.9, "listed")], stage="report")
        made = safety(found)
        feature = made.feature(name)
        act = lambda: feature.report(Report(id="r", item=ITEM))  # noqa: E731

        assert ["handrail.received"] == [e["event"] for e in events(act, made)]

    def test_wrong_subject_is_an_error(self, safety, module, events, name):
        """A call about no item is an error with its cause."""
        made = safety(module())
        feature = made.feature(name)
        (event,) = events(lambda: feature.pre_publish("no item"), made)

        assert ("handrail.call_failed", "error", "invalid") == (
            event["event"], event["log_level"], event["cause"],
        )  # fmt: skip

    def test_host_event_about_nothing_is_an_error(self, safety, module, events, name):
        """What the host tells about no item is logged, not raised."""
        made = safety(module())
        feature = made.feature(name)
        (event,) = events(lambda: feature.viewed("no item"), made)

        assert ("handrail.call_failed", "viewed") == (event["event"], event["call"])

    def test_breaker_is_said_once(self, safety, module, events, name):
        """A breaker that opens is said once, not with every call."""
        made = safety(module(fails))
        feature = made.feature(name)

        def act():
            for _ in range(20):
                feature.pre_publish(ITEM)

        said = [e for e in events(act, made) if e["event"] == "handrail.breaker_changed"]
        assert [("pre_publish", "open")] == [(e["stage"], e["state"]) for e in said]

    def test_stalled_loop_is_said_once(self, safety, module, events, name):
        """A synchronous call that stalls an event loop is said once per feature."""
        made = safety(module(cost="blocking"))
        feature = made.feature(name)

        async def ask():
            feature.pre_publish(ITEM)
            feature.pre_publish(ITEM)

        assert ["handrail.sync_in_loop"] == [
            e["event"] for e in events(lambda: asyncio.run(ask()), made)
        ]

    def test_failing_task_of_a_module_is_said(self, safety, module, events, name):
        """A task that a module left on our loop fails without its text in any log."""

        async def leaves(item):
            async def leak():
                raise RuntimeError(item.text)

            task = asyncio.create_task(leak())
            await asyncio.wait([task])

        made = safety(module(leaves))
        feature = made.feature(name)

        def act():
            feature.pre_publish(ITEM)
            gc.collect()

        assert [("handrail.call_failed", "loop")] == [
            (e["event"], e["call"]) for e in events(act, made)
        ]


class TestTheHostsLogging:
    """Logging is the host's: we configure nothing and load nothing before it is needed."""

    def test_structlog_comes_with_the_feature(self):
        """A feature that is ready has imported structlog: no call pays for it."""
        assert answer("", "print(json.dumps('structlog' in sys.modules))")

    def test_structlog_is_never_configured(self):
        """After log lines, structlog is as the host left it."""
        assert not answer(
            "feature.pre_publish(Item('1', 'x')); safety.close()",
            "import structlog; print(json.dumps(structlog.is_configured()))",
        )

    def test_logging_is_never_configured(self):
        """After log lines, the root logger has no handler of ours."""
        assert [] == answer(
            "feature.pre_publish(Item('1', 'x')); safety.close()",
            "print(json.dumps([str(h) for h in logging.getLogger().handlers]))",
        )

    def test_the_hosts_configuration_is_used(self):
        """Events go where the host's structlog sends them."""
        assert ["handrail.decided"] == answer(
            "import structlog; seen = []",
            "def keep(logger, method, event):",
            "    seen.append(event['event'])",
            "    raise structlog.DropEvent",
            "structlog.configure(processors=[keep])",
            "feature.pre_publish(Item('1', 'x')); safety.close()",
            "print(json.dumps(seen))",
        )

    def test_nothing_is_printed_by_a_clean_call(self):
        """A process of clean calls prints nothing of ours."""
        assert "only this" == answer(
            "feature.pre_publish(Item('1')); safety.close()", "print(json.dumps('only this'))"
        )


class TestWithoutTelemetry:
    """Without an OpenTelemetry SDK everything works."""

    def test_calls_work(self):
        """A process that never sets a provider decides and counts."""
        assert ["ALLOW", 1] == answer(
            "decision = feature.pre_publish(Item('1', 'x'))",
            "counted = safety.counts('handrail.findings')",
            "print(json.dumps([decision.action.name, sum(counted.values())]))",
        )

    def test_the_sdk_is_not_needed(self):
        """Neither a call nor a count imports opentelemetry.sdk."""
        assert not answer(
            "feature.pre_publish(Item('1', 'x')); safety.close()",
            "print(json.dumps('opentelemetry.sdk' in sys.modules))",
        )

    def test_trace_id_is_none(self):
        """Without a provider there is no trace to name."""
        assert answer("print(json.dumps(feature.pre_publish(Item('1')).trace_id))") is None


class TestProvidersThatComeLater:
    """A host may set its providers after it made its Safety."""

    def test_tracer_provider(self):
        """Spans reach a tracer provider that was set after Safety was made."""
        assert ["handrail.pre_publish"] == answer(
            "from opentelemetry import trace",
            "from opentelemetry.sdk.trace import TracerProvider",
            "from opentelemetry.sdk.trace.export import SimpleSpanProcessor",
            "from opentelemetry.sdk.trace.export.in_memory_span_exporter import (",
            "    InMemorySpanExporter)",
            "exporter = InMemorySpanExporter()",
            "trace.set_tracer_provider(TracerProvider())",
            "trace.get_tracer_provider().add_span_processor(SimpleSpanProcessor(exporter))",
            "feature.pre_publish(Item('1')); safety.close()",
            "print(json.dumps([s.name for s in exporter.get_finished_spans()]))",
        )

    def test_meter_provider(self):
        """Counts reach a meter provider that was set after Safety was made."""
        assert "handrail.calls" in answer(
            "from opentelemetry import metrics",
            "from opentelemetry.sdk.metrics import MeterProvider",
            "from opentelemetry.sdk.metrics.export import InMemoryMetricReader",
            "feature.pre_publish(Item('1')); safety.close()",
            "reader = InMemoryMetricReader()",
            "metrics.set_meter_provider(MeterProvider([reader]))",
            "(resource,) = reader.get_metrics_data().resource_metrics",
            "(scope,) = resource.scope_metrics",
            "print(json.dumps([m.name for m in scope.metrics]))",
        )
