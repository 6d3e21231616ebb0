"""What the tests of policy commands stand on: a directory of policies, settings, and items."""

from __future__ import annotations

import json

import pytest

POLICY = """\
# Ours.
policy: house
owner: safety
applies: {surfaces: [comments]}
issues:
  harassment.bullying: {nudge: 0.5, hold: 0.8}   # A person looks.
overrides:
  - id: minors
    when: actor.age < 18
    unknown: skip
    issues: {harassment.bullying: {hold: 0.55}}
rules:
  # Fresh accounts.
  - id: fresh-links   # why: waves
    issue: integrity.spam
    when: actor.tenure_days < 3.0 && links.count > 1
    unknown: skip
    then: block
    mode: shadow      # until we know
    expires: 2099-01-15
  - {id: shop, issue: integrity.spam, when: 'text.mentions("last tickets")', then: limit}
holds: {within: 24h, otherwise: block}
limits: {reach: 0.2}
"""


def items(*texts, **author):
    """Lines of items, one for each text."""
    rows = [
        {"id": f"c{n}", "text": text, "author": {"id": f"a{n}", **author}}
        for n, text in enumerate(texts)
    ]
    return "".join(json.dumps(row) + "\n" for row in rows)


@pytest.fixture(name="policies")
def _policies(here):
    folder = here / "policies"
    folder.mkdir()
    (folder / "house.yaml").write_text(POLICY)
    return folder


@pytest.fixture(name="house")
def _house(policies):
    return policies / "house.yaml"


@pytest.fixture(name="config")
def _config(policies, settings):
    settings.write_text(
        "version: 1\nfeatures:\n  video_comments: {surface: comments, markets: [DE]}\n"
        "modules: {allow: [grumpf]}\npolicies: policies\n"
    )
    return settings


@pytest.fixture(name="comments")
def _comments(here):
    path = here / "comments.jsonl"
    path.write_text(items("hello", "you grumpf", "you GRUMPF", "LAST tickets", age=30))
    return path


@pytest.fixture(name="answer")
def _answer(run):
    """Run a command with --json; return its exit code and what it printed."""

    def answer(*arguments, **more):
        result = run(*arguments, "--json", **more)
        return result.exit_code, json.loads(result.stdout)

    return answer


@pytest.fixture(name="run")
def _run_with_paths(run):
    """Run a command line with paths in it, and let no other exception pass for an exit code."""

    def run_paths(*arguments, **more):
        result = run(*map(str, arguments), **more)
        assert result.exception is None or isinstance(result.exception, SystemExit), (
            result.exception
        )
        return result

    return run_paths
