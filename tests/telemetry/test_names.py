"""Names are a contract: dashboards and alerts stand on them. Each is frozen here and documented."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import handrail
from handrail import Stage
from handrail._names import COUNTERS, EVENTS, SPAN_ATTRIBUTES

PAGE = (Path(__file__).parents[2] / "docs/reference/telemetry.md").read_text()
SOURCES = sorted(Path(handrail.__file__).parent.glob("*.py"))

FROZEN_ATTRIBUTES = [
    "handrail.feature",
    "handrail.surface",
    "handrail.stage",
    "handrail.action",
    "handrail.decision",
    "handrail.policy.name",
    "handrail.policy.revision",
    "handrail.modules",
    "handrail.module_us",
    "handrail.issues",
    "handrail.scores",
    "handrail.faults",
    "handrail.effects",
    "handrail.degraded",
    "handrail.complete",
]
FROZEN_METRICS = {
    "handrail.calls": "feature stage action",
    "handrail.findings": "module stage issue",
    "handrail.faults": "source stage cause",
    "handrail.skipped": "module stage reason",
    "handrail.effects": "feature stage effect",
    "handrail.exceptions": "feature exception",
    "handrail.shadow": "feature stage live shadow differs",
    "handrail.confirms": "feature stage nudge",
    "handrail.unguarded": "feature reason",
    "handrail.host_events": "feature event",
    "handrail.call.duration": "feature stage le",
    "handrail.module.duration": "module stage le",
    "handrail.unmeasured": "module stage",
    "handrail.unserved": "feature stage part",
    "handrail.record.dropped": "",
    "handrail.sink.failures": "",
    "handrail.breaker.changes": "module stage state",
    "handrail.modules.moved": "module stage",
    "handrail.loop.replaced": "",
    "handrail.sync_in_loop": "feature",
    "handrail.policy.loads": "outcome",
    "handrail.cap": "rule outcome",
    "handrail.state.trips": "source stage trip",
    "handrail.state.guesses": "source stage",
    "handrail.state.lost": "source",
}
_OVER = "rule hash acted_on established share"
_DECIDED = "feature stage decision action issues faults rule trace_id"
FROZEN_EVENTS = {
    "handrail.decided": _DECIDED,
    "handrail.received": _DECIDED,
    "handrail.call_failed": "call feature decision cause error",
    "handrail.intake_refused": "feature stage",
    "handrail.module_quarantined": "module reason",
    "handrail.problem_found": "where what",
    "handrail.breaker_changed": "module stage state",
    "handrail.module_moved": "module stage",
    "handrail.loop_replaced": "",
    "handrail.sink_failed": "",
    "handrail.record_dropped": "dropped total",
    "handrail.sync_in_loop": "feature fix",
    "handrail.policy_loaded": "policy revision bundle",
    "handrail.policy_refused": "what",
    "handrail.settings_loaded": "module",
    "handrail.settings_refused": "module what",
    "handrail.rule_tripped": _OVER,
    "handrail.cap_alarm": _OVER,
    "handrail.state_changed": "source state",
}


def logged() -> dict[str, set[str]]:
    """The events that the sources write, with all fields they ever give them."""
    found: dict[str, set[str]] = {}
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "log":
                names = [
                    c.value
                    for c in ast.walk(node.args[0])
                    if isinstance(c, ast.Constant) and str(c.value).startswith("handrail.")
                ]
                for name in names:
                    found.setdefault(name, set()).update(k.arg for k in node.keywords)
    return found


def rows(heading: str) -> list[list[str]]:
    """The cells of the last table under a heading of the page."""
    section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    tables = re.findall(r"(?:^\|.*\|\n)+", section, re.MULTILINE)
    lines = tables[-1].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


class TestFrozen:
    """A name changes here first, and then in the changelog."""

    def test_span_attributes(self):
        """The attributes of a span are these."""
        assert FROZEN_ATTRIBUTES == list(SPAN_ATTRIBUTES)

    def test_metrics(self):
        """The metrics and their attributes are these."""
        assert FROZEN_METRICS == {n: " ".join(keys) for n, (keys, _) in COUNTERS.items()}

    def test_events(self):
        """The log events are these."""
        assert sorted(FROZEN_EVENTS) == sorted(EVENTS)

    def test_spans(self):
        """The spans are called like the stages."""
        assert ["pre_publish", "post_publish", "report"] == [s.value for s in Stage]


class TestTrue:
    """What the lists say is what the code does."""

    def test_every_event_written_is_listed(self):
        """No source logs an event, or leaves one out, that the list does not have."""
        assert {*EVENTS} == {*logged()}

    def test_every_field_written_is_listed(self):
        """No source gives an event a field that is not frozen here."""
        assert {n: {*fields.split()} for n, fields in FROZEN_EVENTS.items()} == logged()

    def test_every_metric_is_described(self):
        """Each metric says what it counts."""
        assert [] == [name for name, (_, text) in COUNTERS.items() if not text]


class TestDocumented:
    """The page has what the code has, and nothing else."""

    def test_span_attributes(self):
        """Each attribute of a span has its row, in order."""
        assert FROZEN_ATTRIBUTES == [row[0].strip("`") for row in rows("Spans")]

    def test_metrics(self):
        """Each metric has its row, with its attributes in order."""
        documented = {row[0].strip("`"): row[1].replace(",", "") for row in rows("Metrics")}

        assert FROZEN_METRICS == documented

    def test_events(self):
        """Each event has its row, with its fields in order."""
        documented = {row[0].strip("`"): row[2].replace(",", "") for row in rows("Log events")}

        assert FROZEN_EVENTS == documented

    def test_spans(self):
        """Each span is named."""
        assert [] == [s.value for s in Stage if f"`handrail.{s.value}`" not in PAGE]

    def test_numbers(self):
        """The numbers the page gives are those of the code."""
        from handrail._fields import SAMPLED
        from handrail._tally import REMEMBERED

        said = [f"one call in {SAMPLED},", f"last {REMEMBERED:,} items"]
        assert [] == [text for text in said if text not in PAGE]
