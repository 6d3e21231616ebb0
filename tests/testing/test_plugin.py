"""The pytest plugin: a Safety for each test, answers by marker, no trace elsewhere."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAD = """
import pytest
from handrail import Action, Feature
from handrail.testing import make_item, silent

def decide(safety, feature="comments"):
    return safety.feature(feature).pre_publish(make_item())
"""

FACTS = {
    "allows without a marker": """
def test_it(safety):
    assert decide(safety).action is Action.ALLOW
""",
    "finds what a marker says": """
@pytest.mark.handrail(issue="hate.speech", score=0.75)
def test_it(safety):
    (finding,) = decide(safety).findings
    assert ("hate.speech", 0.75) == (finding.issue, finding.score)
""",
    "decides by the ladder": """
@pytest.mark.handrail(score=0.75)
def test_it(safety):
    assert decide(safety).action is Action.HOLD
""",
    "decides what a marker says": """
@pytest.mark.handrail(action="limit", effects={"reach": 0.1})
def test_it(safety):
    decision = decide(safety)
    assert (Action.LIMIT, 0.1) == (decision.action, decision.effect("reach").value)
""",
    "asks for effects alone": """
@pytest.mark.handrail(effects={"support": "crisis"})
def test_it(safety):
    decision = decide(safety)
    assert (Action.ALLOW, ("crisis",)) == (decision.action, decision.effect("support").value)
""",
    "fails as a marker says": """
@pytest.mark.handrail(fault="error", module="spam")
def test_it(safety):
    (fault,) = decide(safety).faults
    assert ("spam", "error") == (fault.source, fault.cause)
""",
    "decides what a fault means": """
@pytest.mark.handrail(fault="timeout", action="block")
def test_it(safety):
    assert decide(safety).action is Action.BLOCK
""",
    "takes several markers": """
@pytest.mark.handrail(issue="hate.speech")
@pytest.mark.handrail(fault="invalid")
def test_it(safety):
    decision = decide(safety)
    assert (1, 1) == (len(decision.findings), len(decision.faults))
""",
    "takes a marker on a class": """
@pytest.mark.handrail(action="block")
class TestIt:
    def test_it(self, safety):
        assert decide(safety).action is Action.BLOCK
""",
    "takes a real module": """
OWN = silent(name="own")

@pytest.mark.handrail(module=OWN)
def test_it(safety):
    assert decide(safety) and len(OWN.seen) == 1
""",
    "takes features": """
@pytest.fixture
def handrail_features():
    return [Feature(name="wall", surface="walls")]

@pytest.mark.handrail(action="hold")
def test_it(safety):
    assert decide(safety, "wall").action is Action.HOLD
""",
    "loads nothing installed": """
def test_it(safety):
    assert ["silent"] == [module.name for module in safety.modules]
""",
    "starts anew for each test": """
seen = []

@pytest.mark.parametrize("_", range(2))
def test_it(safety, _):
    assert safety not in seen
    seen.append(safety)
""",
}


@pytest.fixture(name="run")
def _run(pytester):
    """Run one test file in a pytest where every warning is an error and every marker is known."""

    def run(source, *arguments):
        pytester.makepyfile(HEAD + source)
        return pytester.runpytest_inprocess("-W", "error", "--strict-markers", *arguments)

    return run


@pytest.mark.parametrize("source", [pytest.param(s, id=name) for name, s in FACTS.items()])
def test_fixture(run, source):
    """The fixture safety keeps its promises."""
    outcomes = run(source).parseoutcomes()

    assert {"passed"} == {name for name in outcomes if name != "warnings"}


@pytest.mark.parametrize(
    ("marker", "said"),
    [
        pytest.param(
            "actoin='hold'", "*takes action, effects, fault, issue, *, by name", id="typo"
        ),
        pytest.param("'hold'", "*takes action, effects, fault, issue, *, by name", id="no name"),
        pytest.param("fault='tired'", "*unknown cause a module brings about 'tired'*", id="fault"),
        pytest.param("issue='spam'", "*unknown issue 'spam'*", id="issue"),
    ],
)
def test_wrong_marker(run, marker, said):
    """A marker that means nothing is an error that says what would."""
    result = run(f"@pytest.mark.handrail({marker})\ndef test_it(safety): pass")

    result.stdout.fnmatch_lines([said])


def test_closes_what_it_made(run):
    """The Safety of a test is closed when the test is over, and what hangs is let go."""
    source = """
made = []

@pytest.mark.handrail(fault="timeout")
def test_it(safety):
    made.append(safety)

def test_then():
    assert made[0]._core.closed
"""

    assert {"passed": 2} == run(source).parseoutcomes()


def test_marker_is_listed(run):
    """``pytest --markers`` explains the marker."""
    result = run("", "--markers")

    result.stdout.fnmatch_lines(["@pytest.mark.handrail(issue=*"])


def test_can_be_switched_off(pytester):
    """``-p no:handrail`` leaves pytest as it was."""
    pytester.makepyfile("def test_it(request): assert 'safety' not in dir(request)")
    result = pytester.runpytest_subprocess("-p", "no:handrail", "-W", "error")

    assert {"passed": 1} == result.parseoutcomes()


def test_warns_of_nothing(pytester):
    """Whoever turns warnings into errors never hears of the plugin."""
    pytester.makeini("[pytest]\nfilterwarnings = error\nstrict = true")
    pytester.makepyfile("def test_it(): pass")
    result = pytester.runpytest_subprocess()

    assert {"passed": 1} == result.parseoutcomes()


def test_is_light():
    """Of handrail.testing, the plugin itself imports nothing that the fixture needs."""
    code = "import handrail.testing.plugin, sys; print('handrail.testing._marker' in sys.modules)"
    out = subprocess.check_output([sys.executable, "-c", code], text=True)

    assert "False" == out.strip()


def test_handrail_does_not_import_it():
    """``import handrail`` brings no testing with it."""
    code = "import handrail, sys; print('handrail.testing' in sys.modules, 'pytest' in sys.modules)"
    out = subprocess.check_output([sys.executable, "-c", code], text=True)

    assert "False False" == out.strip()


def test_names_the_extra_without_pytest():
    """Without pytest, handrail.testing says which extra brings it."""
    code = (
        "import sys; sys.modules['pytest'] = None\n"
        "try: import handrail.testing\n"
        "except Exception as error: print(type(error).__name__, error)"
    )
    out = subprocess.check_output([sys.executable, "-c", code], text=True)

    assert (
        "MissingExtraError handrail.testing needs the extra 'test': "
        "pip install 'handrail[test]'" == out.strip()
    )
