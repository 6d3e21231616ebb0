"""An on-call person's night: every command of ``handrail respond``, and what the record says."""

from __future__ import annotations

import json

import pytest

from handrail import Actor, Item, Safety
from handrail_store import Wanted

SETTINGS = """\
version: 1
features:
  video_comments: {surface: comments}
modules: {allow: [text, links]}
policies: {directory: policies}
store: {url: "sqlite:///handrail.db"}
"""

POSTURE = """\
policy: elevated
owner: safety
rules:
  - {id: no-links, issue: integrity.spam, when: links.count > 0, then: block}
"""

COINS, LINK = "Win FREE coins, now", "see http://win.coins.example/x"


class Night:
    """A house with one feature, its policies, its record, and somebody on call."""

    def __init__(self, run, safety):
        self._run, self._safety, self._number = run, safety, 0

    def respond(self, *arguments, code=0):
        """Say one more command; return what it answers."""
        more = () if arguments[0] in {"list", "sign", "revert"} else ("--yes",)
        done = self._run("respond", *arguments, *more, "--policies", "policies", "--json")
        assert code == done.exit_code, done.output
        assert 0 == self._run("policy", "lint", "policies").exit_code
        self._safety.reload()
        return json.loads(done.stdout) if code == 0 else done.output

    def ask(self, text):
        """Have somebody who is new say something; return what becomes of it."""
        self._number += 1
        made = Item(f"c{self._number}", text, author=Actor(id="new", tenure_days=0.5))
        decision = self._safety.feature("video_comments").pre_publish(made)
        return decision.action.name, decision.decided_by

    def recorded(self):
        """By which rules the record says that something was decided."""
        self._safety.flush()
        return [d.decided_by for d in self._safety.store.decisions(Wanted()) if d.decided_by]


@pytest.fixture(name="night")
def _night(here, run):
    (here / "policies/postures").mkdir(parents=True)
    (here / "policies/house.yaml").write_text(
        "policy: house\nowner: safety\nissues: {integrity.spam: {block: 0.99}}\n"
    )
    (here / "policies/postures/elevated.yaml").write_text(POSTURE)
    (here / "handrail.yaml").write_text(SETTINGS)
    items = [Item(f"w{n}", COINS, author=Actor(f"w{n}", tenure_days=0.5)) for n in range(9)]
    (here / "wave.jsonl").write_text("".join(json.dumps(i.to_json()) + "\n" for i in items))
    with Safety.from_config(here / "handrail.yaml", budget_ms=5000) as safety:
        yield Night(run, safety)
        safety.store.close()


ADA = ("--reason", "a wave", "--by", "ada")


def test_a_night(night):
    """A term, a link that is signed, a posture, and all of it taken back; the record names each."""
    before = [night.ask(COINS), night.ask(LINK)]
    term = night.respond(
        "term", "free coins", "--action", "block", "--for", "6h", *ADA, "--on", "wave.jsonl"
    )["batch"]
    link = night.respond(
        "link", "coins.example", "--action", "limit", "--for", "3d", *ADA, "--on", "wave.jsonl"
    )["batch"]
    now = [night.ask(COINS), night.ask(LINK)]
    refused = night.respond("sign", link, "--by", "Ada", code=1)
    night.respond("sign", link, "--by", "bo")
    posture = night.respond("posture", "elevated", "--for", "4h", *ADA)["batch"]
    strict = night.ask(LINK)
    listed = night.respond("list")["responses"]
    night.respond("posture", "normal", *ADA)
    for batch in (term, link):
        night.respond("revert", batch, "--by", "bo")
    night.respond("revert", term, "--by", "bo", code=1)
    after = [night.ask(COINS), night.ask(LINK)]

    assert before == after == [("ALLOW", None)] * 2
    assert [("BLOCK", term), ("LIMIT", link)] == now
    assert "another person has to sign" in refused
    assert "BLOCK" == strict[0]
    assert {term, link, posture} == {each["id"] for each in listed}
    assert [term, link, strict[1]] == night.recorded()
