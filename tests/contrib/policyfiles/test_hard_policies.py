"""Fifteen hard policies are sayable as files, and behave: from an item and state to a decision."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from handrail_policyfiles import Bundle, run_cases

FOLDER = Path(__file__).parents[3] / "docs/examples/hard-policies"
NAMES = sorted(path.name for path in FOLDER.iterdir() if path.is_dir())
RESULTS = {name: run_cases(Bundle.read(FOLDER / name)) for name in NAMES}


def test_fifteen():
    """There are fifteen."""
    assert 15 == len(NAMES)


@pytest.mark.parametrize(
    "result",
    [pytest.param(r, id=f"{name}: {r.name}") for name in NAMES for r in RESULTS[name]],
)
def test_case(result):
    """Every case beside the policies is decided as expected."""
    assert () == result.differences


@pytest.mark.parametrize("name", NAMES)
def test_nothing_to_warn_of(name):
    """No linter has anything to say, on the day that they were written."""
    assert () == Bundle.read(FOLDER / name, day=date(2026, 12, 1)).warnings


@pytest.mark.parametrize("name", NAMES)
def test_cases_notice_when_the_policy_is_gone(name, tmp_path):
    """A bundle that decides nothing fails cases of each: they can fail."""
    shutil.copy(FOLDER / name / "policy.cases.yaml", tmp_path)
    (tmp_path / "policy.yaml").write_text("policy: empty\nowner: nobody\n")

    assert any(not result.passed for result in run_cases(Bundle.read(tmp_path)))
