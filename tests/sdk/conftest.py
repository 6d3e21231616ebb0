"""What the tests of the SDK share: one decision from findings, without modules or threads."""

from __future__ import annotations

from time import monotonic_ns

import pytest

from handrail import ConfigError, Evidence, Feature, Finding, Item, Stage
from handrail._config import read
from handrail._context import Context
from handrail._counting import NoState
from handrail._judged import NeutralNotices
from handrail._ladders import Mode
from handrail._planner import Planner
from handrail._table import Table

WALL = Feature(name="wall", surface="comments")


def found(issue, score=0.9, *, counts=None):
    """A finding of *issue*."""
    return Finding(issue, score, "as the test says", evidence=Evidence(counts=counts or {}))


@pytest.fixture(name="found", scope="session")
def _found():
    return found


@pytest.fixture(name="decide", scope="session")
def _decide():
    """Decide over findings: ``decide(policy, ("hate.speech", 0.9), item=…, faults=…)``."""
    return decide


def decide(
    policies, *findings, item=None, feature=WALL, stage="pre_publish", faults=(), state=None,
    shadow=False, now=None,
):  # fmt: skip
    """The outcome for findings, each a Finding or (issue, score), and faults (issues, cause)."""
    many = policies if isinstance(policies, (list, tuple)) else [policies]
    planner = Planner(
        [], (), budget_ms=50, complete_share=0, state=state or NoState(), notices=NeutralNotices()
    )
    plan = planner.plan(feature, Stage(stage))
    context = Context(plan, item or Item("i"), monotonic_ns(), 1)
    pairs = [(f if isinstance(f, Finding) else found(*f), 0) for f in findings]
    raw = [("module", cause, None, None, None, frozenset(names), 0) for names, cause in faults]
    modes = frozenset({Mode.ENFORCE, Mode.SHADOW} if shadow else {Mode.ENFORCE})
    return Table(many, feature, Stage(stage), modes=modes, now=now).decide(context, pairs, raw)


@pytest.fixture(name="write")
def _write(tmp_path):
    """Write a settings file and return its path."""

    def write(text, name="handrail.yaml"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


@pytest.fixture(name="fails")
def _fails(write):
    """Read a text that cannot be used; return ``line:column: what``."""

    def fails(text):
        path = write(text)
        with pytest.raises(ConfigError) as caught:
            read(path)
        return str(caught.value).removeprefix(f"{path}:")

    return fails
