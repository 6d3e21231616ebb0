"""The net under the tests themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

MARKED = """
import pytest

@pytest.mark.server("postgres")
def test_one():
    pytest.skip("no postgres here")
"""

UNMARKED = MARKED.replace("@pytest.mark", "# ")
XFAIL = MARKED.replace("skip", "xfail")
MODULE = "import pytest; pytest.importorskip('no_such_driver')"
FIXTURE = """
import pytest

@pytest.fixture
def server():
    pytest.skip("no postgres here")

@pytest.mark.server("postgres")
def test_one(server):
    pass
"""


@pytest.fixture(name="run")
def _run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch):
    """Run one test file under our conftest, as CI or as a laptop does."""
    here = Path(__file__).parent
    pytester.makeconftest((here / "conftest.py").read_text())
    pytester.makeini(f"[pytest]\nmarkers = server(name)\npythonpath = {here}")

    def run(source: str, required: str) -> pytest.RunResult:
        monkeypatch.setenv("HANDRAIL_REQUIRE_SERVERS", required)
        pytester.makepyfile(source)
        return pytester.runpytest_subprocess("-rfE")

    return run


@pytest.mark.parametrize(
    ("source", "required", "outcomes"),
    [
        pytest.param(MARKED, "1", {"failed": 1}, id="a server test may not skip"),
        pytest.param(MARKED, "0", {"skipped": 1}, id="on a laptop it may"),
        pytest.param(FIXTURE, "1", {"errors": 1}, id="nor may its fixture"),
        pytest.param(MODULE, "1", {"errors": 1}, id="nor its whole module"),
        pytest.param(UNMARKED, "1", {"skipped": 1}, id="any other test may"),
        pytest.param(XFAIL, "1", {"xfailed": 1}, id="an expected failure is no skip"),
    ],
)
def test_required_servers_allow_no_skip(run, source, required, outcomes):
    """Where servers are required, a server test that skips is a failure."""
    assert outcomes == run(source, required).parseoutcomes()


def test_the_reason_for_a_refused_skip_is_kept(run):
    """A refused skip still says why it wanted to skip."""
    result = run(MARKED, "1")

    result.stdout.fnmatch_lines(["*allows no skip here. Skipped: no postgres here*"])
