"""Confirmations: which NUDGE they answer, and what is made of those that answer none."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import attrs
import pytest

from handrail import (
    Action,
    AsyncSafety,
    Decision,
    Feature,
    Finding,
    Item,
    JsonlSink,
    Manifest,
    Policy,
    Safety,
    hookimpl,
    read_record,
)

SPAM, HATE = "integrity.spam", "hate.speech"
RUNGS = {"nudge": 0.2, "hold": 0.6, "block": 0.8}
POLICY = Policy(issues={SPAM: RUNGS, HATE: RUNGS}, holds={"within": "1h", "otherwise": "block"})
ELSEWHERE = "f" * 24
"""The id of a decision that no process of a test run can have made."""


def says(item):
    """Find what the text says: issues and scores in turn."""
    words = item.text.split()
    return [
        Finding(issue, float(n), "said") for issue, n in zip(words[::2], words[1::2], strict=True)
    ]


MODULE = SimpleNamespace(
    MANIFEST=Manifest(
        name="says", version="1", issues={SPAM, HATE}, surfaces={"*"}, languages={"*"}
    ),
    pre_publish=hookimpl(says),
    post_publish=hookimpl(says),
)
FEATURES = [Feature(name=name, surface=name) for name in ("comments", "live")]
ASKED = Item("i-1", f"{SPAM} 0.3")


@pytest.fixture(name="make")
def _make():
    """Make a Safety that finds what texts say; it is closed when the test is over."""
    made = []

    def make(kind=Safety, **options):
        safety = kind(FEATURES, modules=[MODULE], **{"policy": POLICY, **options})
        made.append(safety._core)
        return safety

    yield make
    for core in made:
        core.close()


@pytest.fixture(name="safety")
def _safety(make):
    return make()


@pytest.fixture(name="confirm")
def _confirm(safety):
    """Ask about ASKED, then about it with changes and a confirmation."""

    def confirm(named=None, *, feature="comments", **changes):
        first = safety.feature("comments").pre_publish(ASKED)
        item = attrs.evolve(ASKED, confirms=named or first.id, **changes)
        return first, safety.feature(feature).pre_publish(item)

    return confirm


class TestAccepted:
    """What answers a NUDGE turns it into an ALLOW, and is on the decision."""

    def test_nudge_of_this_item(self, confirm):
        """An author who confirms what was asked is not asked again."""
        first, second = confirm()

        assert (Action.NUDGE, Action.ALLOW, first.id) == (
            first.action,
            second.action,
            second.confirms,
        )

    def test_later_revision(self, confirm):
        """The text may have been edited since, as long as it is about the same."""
        assert Action.ALLOW is confirm(revision=2, text=f"{SPAM} 0.4")[1].action

    def test_again(self, safety, confirm):
        """A confirmation that is sent twice counts twice."""
        first, _ = confirm()
        again = safety.feature("comments").pre_publish(attrs.evolve(ASKED, confirms=first.id))

        assert Action.ALLOW is again.action

    def test_awaited(self, make):
        """AsyncSafety takes a confirmation alike."""
        comments = make(AsyncSafety).feature("comments")

        async def main():
            first = await comments.pre_publish(ASKED)
            return first, await comments.pre_publish(attrs.evolve(ASKED, confirms=first.id))

        first, second = asyncio.run(main())

        assert (Action.ALLOW, first.id) == (second.action, second.confirms)

    def test_of_another_process(self, confirm):
        """What this process cannot know is believed."""
        _, second = confirm(ELSEWHERE)

        assert (Action.ALLOW, ELSEWHERE) == (second.action, second.confirms)

    def test_is_in_the_record(self, make, tmp_path):
        """The record says of an item that went through which NUDGE was confirmed."""
        safety = make(sink=JsonlSink(tmp_path / "r.jsonl"))
        safety.feature("comments").pre_publish(attrs.evolve(ASKED, confirms=ELSEWHERE))
        safety.flush()

        assert [ELSEWHERE] == [d.confirms for d in read_record(tmp_path / "r.jsonl")]

    def test_is_in_json(self):
        """A decision's JSON has it, and is read back with it."""
        decision = Decision(action="allow", confirms="d")

        assert ("d", decision) == (
            decision.to_json()["confirms"],
            Decision.from_json(decision.to_json()),
        )

    def test_shadow_takes_it_too(self, make):
        """What shadow asks about as well is confirmed there as well: nothing differs."""
        shadow = attrs.evolve(POLICY, name="next", mode="shadow", expires="2999-01-01")
        comments = make(policy=[POLICY, shadow]).feature("comments")
        decision = comments.pre_publish(attrs.evolve(ASKED, confirms=ELSEWHERE))

        assert (Action.ALLOW, False) == (decision.shadow.action, decision.shadow.differs)


class TestRefused:
    """What answers no NUDGE leaves the author asked."""

    @pytest.mark.parametrize("changes", [
        pytest.param({"id": "i-2"}, id="another item"),
        pytest.param({"text": f"{HATE} 0.3"}, id="another issue"),
        pytest.param({"text": f"{SPAM} 0.3 {HATE} 0.3"}, id="one more issue"),
        pytest.param({"feature": "live"}, id="another feature"),
        pytest.param({"named": "yes"}, id="no id"),
    ])  # fmt: skip
    def test_answers_something_else(self, confirm, changes):
        """A confirmation of something else is none, and is not on the decision."""
        _, second = confirm(**changes)

        assert (Action.NUDGE, None) == (second.action, second.confirms)

    def test_decision_that_was_no_nudge(self, safety):
        """The id of another decision of this process confirms nothing."""
        comments = safety.feature("comments")
        clean = comments.pre_publish(Item("i-1"))
        decision = comments.pre_publish(attrs.evolve(ASKED, confirms=clean.id))

        assert Action.NUDGE is decision.action

    def test_nudge_long_gone(self, safety, monkeypatch):
        """A NUDGE beyond those remembered is asked again."""
        monkeypatch.setattr("handrail._nudges.NUDGES_MOST", 2)
        comments = safety.feature("comments")
        first, *_ = [comments.pre_publish(ASKED) for _ in range(3)]
        decision = comments.pre_publish(attrs.evolve(ASKED, confirms=first.id))

        assert Action.NUDGE is decision.action

    @pytest.mark.parametrize(("score", "action"), [(0.7, Action.HOLD), (0.9, Action.BLOCK)])
    def test_only_a_nudge_can_be_confirmed(self, confirm, score, action):
        """No confirmation gets an author past a HOLD or a BLOCK."""
        _, second = confirm(text=f"{SPAM} {score}")

        assert (action, None) == (second.action, second.confirms)

    def test_nothing_to_confirm(self, confirm):
        """A confirmation of what would not be asked is on no decision."""
        _, second = confirm(text="")

        assert (Action.ALLOW, None) == (second.action, second.confirms)


class TestCounted:
    """The metric tells which confirmations were taken on trust."""

    @pytest.mark.parametrize(("named", "nudge"), [
        (None, "known"), (ELSEWHERE, "unknown"), ("yes", "refused"),
    ])  # fmt: skip
    def test_by_what_they_were_worth(self, safety, confirm, named, nudge):
        """Each confirmation of a NUDGE is counted under what it was worth."""
        confirm(named)

        assert {("comments", "pre_publish", nudge): 1} == safety.counts("handrail.confirms")


class TestUnguarded:
    """What is published against what was asked is counted, once per revision."""

    def published(self, safety, decision=None, item=ASKED):
        """Publish: tell of a decision that was carried out, then hand the item in."""
        comments = safety.feature("comments")
        if decision is not None:
            comments.carried_out(decision, published=True)
        comments.post_publish(item)
        return safety.counts("handrail.unguarded")

    def test_unconfirmed_nudge(self, safety, confirm):
        """An item that is published although its author was only asked counts."""
        confirm("yes")

        assert {("comments", "against the nudge"): 1} == self.published(safety)

    def test_carried_out_nudge(self, safety):
        """A host that says it published on a NUDGE is counted at its word."""
        decision = safety.feature("comments").pre_publish(ASKED)
        safety.feature("comments").carried_out(decision, published=True)

        assert {("comments", "against the nudge"): 1} == safety.counts("handrail.unguarded")

    def test_confirmed_nudge(self, safety, confirm):
        """An item whose NUDGE was confirmed may be published."""
        confirm()

        assert {} == self.published(safety)

    def test_once_whoever_tells(self, safety):
        """``carried_out`` and ``post_publish`` of one revision count once."""
        blocked = Item("i-1", f"{SPAM} 0.9")
        decision = safety.feature("comments").pre_publish(blocked)

        assert {("comments", "against the decision"): 1} == self.published(
            safety, decision, blocked
        )

    def test_each_revision(self, safety):
        """A second revision that is published against its decision counts again."""
        for revision in (1, 2):
            blocked = Item("i-1", f"{SPAM} 0.9", revision=revision)
            decision = safety.feature("comments").pre_publish(blocked)
            counted = self.published(safety, decision, blocked)

        assert {("comments", "against the decision"): 2} == counted

    def test_is_a_problem(self, safety):
        """Whoever asks for problems is told."""
        safety.feature("comments").pre_publish(ASKED)
        self.published(safety)

        assert any("against the nudge" in problem.what for problem in safety.problems())
