"""A response reaches a process that runs: it stops a wave, and lets go of it when taken back."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from handrail import Action, Safety
from handrail_demo._run import lines, sample

SETTINGS = """\
version: 1
features:
  video_comments: {surface: comments}
modules: {allow: [text, links]}
policies: {directory: policies, watch: true}
"""

PATIENCE = 20.0
"""Seconds that a slow machine may take for what takes less than one."""


@pytest.fixture(name="site")
def _site(here):
    """A folder as a team has it: settings, policies, and the items of the last minutes."""
    (here / "policies").mkdir()
    (here / "policies/house.yaml").write_text(
        "policy: house\nowner: safety\napplies: {surfaces: [comments]}\n"
        "issues: {integrity.spam: {block: 0.99}}\n"
    )
    (here / "handrail.yaml").write_text(SETTINGS)
    (here / "wave.jsonl").write_text(lines("wave"))
    return here


def handrail(site, *arguments):
    """Run a command in a process of its own, as an on-call would."""
    done = subprocess.run(
        [sys.executable, "-m", "handrail_cli", *arguments],
        cwd=site, text=True, capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    assert 0 == done.returncode, done.stderr
    return done.stdout


def blocked(safety):
    """Replay the wave; return the items that were blocked, and by which rules."""
    feature = safety.feature("video_comments")
    made = [(item, feature.pre_publish(item)) for item in sample("wave")]
    return {item.id: d.decided_by for item, d in made if d.action is Action.BLOCK}


def when(safety, revisions):
    """Wait until the policies in force are others than *revisions*."""
    end = time.monotonic() + PATIENCE
    while {p.revision for p in safety.policies} == revisions and time.monotonic() < end:
        safety.flush()
    return {p.revision for p in safety.policies}


def test_a_wave_is_stopped_and_let_go(site):
    """A running process takes in the response, and its end, without being told."""
    with Safety.from_config(site / "handrail.yaml", budget_ms=5000) as safety:
        before = {p.revision for p in safety.policies}
        assert {} == blocked(safety)

        told = handrail(
            site, "respond", "term", "glimmer coins", "--policies", "policies",
            "--action", "block", "--for", "6h", "--reason", "a wave", "--by", "ada",
            "--on", "wave.jsonl", "--yes",
        )  # fmt: skip
        (batch,) = [word for word in told.split() if word.startswith("e2")]
        now = when(safety, before)
        stopped = blocked(safety)

        handrail(site, "respond", "revert", batch, "--policies", "policies", "--by", "bo")
        when(safety, now)

        assert 62 == len(stopped)
        assert {batch} == set(stopped.values())
        assert {} == blocked(safety)
