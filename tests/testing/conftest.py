"""Run a contract on something wrong, in a pytest of its own, and see which of its tests fail."""

from __future__ import annotations

from collections.abc import Callable

import pytest


@pytest.fixture(name="outcomes")
def _outcomes(pytester: pytest.Pytester) -> Callable[..., dict[str, set[str]]]:
    """Run a test file; return the names of its tests by outcome."""

    def run(source: str, *arguments: str) -> dict[str, set[str]]:
        pytester.makepyfile(source)
        recorder = pytester.inline_run("-p", "no:cacheprovider", "-W", "error", *arguments)
        names = ("passed", "skipped", "failed")
        return {
            name: {report.nodeid.rpartition("::")[2].removeprefix("test_") for report in reports}
            for name, reports in zip(names, recorder.listoutcomes(), strict=True)
        }

    return run


@pytest.fixture(name="failed")
def _failed(outcomes: Callable[..., dict[str, set[str]]]) -> Callable[..., set[str]]:
    """Run a test file; return the names of the tests that failed."""
    return lambda source, *arguments: outcomes(source, *arguments)["failed"]
