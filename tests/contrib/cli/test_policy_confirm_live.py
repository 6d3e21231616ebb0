"""A rule that its cap has demoted counts again in a running process, once it is confirmed."""

from __future__ import annotations

import time

import pytest

from handrail import Action, Actor, Item, Safety

SETTINGS = """\
version: 1
features:
  video_comments: {surface: comments}
modules: {allow: [text]}
policies:
  directory: policies
  cap: {share: 1, least: 5, file: caps.jsonl}
"""

PATIENCE = 20.0
"""Seconds that a slow machine may take for what takes about one."""


@pytest.fixture(name="safety")
def _safety(here):
    (here / "policies").mkdir()
    (here / "policies/house.yaml").write_text(
        "policy: house\nowner: safety\nrules:\n"
        "  - {id: tickets, when: 'text.mentions(\"tickets\")', issue: fraud.scam, then: block}\n"
    )
    (here / "handrail.yaml").write_text(SETTINGS)
    with Safety.from_config(here / "handrail.yaml", budget_ms=5000) as safety:
        yield safety


def until(safety, action):
    """Ask as one established person after the other, until it is decided so."""
    feature, end, n = safety.feature("video_comments"), time.monotonic() + PATIENCE, 0
    while time.monotonic() < end:
        n += 1
        item = Item(f"i{n}", "tickets", author=Actor(f"a{n}", tenure_days=400))
        if feature.pre_publish(item).action is action:
            return action
        safety.flush()
    return None


def test_a_confirmed_rule_counts_again(safety, run):
    """The cap demotes the rule; a person's confirmation brings it back."""
    assert Action.BLOCK is until(safety, Action.BLOCK)
    assert Action.ALLOW is until(safety, Action.ALLOW)

    result = run(
        "policy", "confirm", "tickets", "--by", "ada", "--policies", "policies",
        "--file", "caps.jsonl",
    )  # fmt: skip

    assert 0 == result.exit_code
    assert Action.BLOCK is until(safety, Action.BLOCK)
