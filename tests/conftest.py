"""What every test stands on: no server test vanishes quietly, no slow machine is a failure."""

from __future__ import annotations

import os

import pytest
import structlog
from hypothesis import settings

pytest_plugins = [
    "pytester",
    "servers.kafka",
    "servers.nats",
    "servers.postgres",
    "servers.rabbitmq",
    "servers.valkey",
]

# A deadline per example measures the machine, not the code; promises about time have own tests.
settings.register_profile("handrail", parent=settings(), deadline=None)
settings.load_profile("handrail")


@pytest.fixture(autouse=True)
def no_event_is_printed() -> None:
    """Keep what is logged off stdout: CPython may crash where one thread prints, one swaps it."""
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())


def servers_required() -> bool:
    """Whether a skip of a test that needs a real server is a failure."""
    return os.environ.get("HANDRAIL_REQUIRE_SERVERS") == "1"


def refuse(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skip into a failure that keeps the reason for the skip."""
    if report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"HANDRAIL_REQUIRE_SERVERS=1 allows no skip here. {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    """A skip of a test marked ``server`` is a failure where servers are required."""
    report = yield
    if servers_required() and item.get_closest_marker("server"):
        refuse(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector):
    """A module that skips itself is a failure too: its marks were never read."""
    report = yield
    if servers_required():
        refuse(report)
    return report
