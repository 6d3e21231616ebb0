"""The comments module under the starting policy: answers to people at risk, and new crowds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

import handrail_comments
import handrail_links
from handrail import Action, Finding, Item, Manifest, hookimpl, starting_policy
from handrail.testing import make_actor, make_item, make_safety

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
AT_RISK, BULLYING = "self_harm.at_risk", "harassment.bullying"


class Ears:
    """Finds "low" to be despair: what a classifier would say."""

    MANIFEST = Manifest(name="ears", version="1", issues={AT_RISK}, surfaces="*", languages="*")

    @hookimpl
    def pre_publish(self, item: Item):
        """Find what is heard."""
        if "low" in item.text:
            yield Finding(AT_RISK, 0.9, "despair")


@pytest.fixture(name="post")
def _post():
    """Post one comment after another, a minute apart; what becomes of each."""
    policy = starting_policy("comments")
    modules = [handrail_links, Ears(), handrail_comments]
    with make_safety(*modules, policy=policy, budget_ms=60_000) as safety:
        feature, number = safety.feature("comments"), iter(range(10_000))

        def post(text, **fields):
            n = next(number)
            fields = {
                "id": f"c{n}", "thread_id": "t", "author": make_actor(id=f"a{n}"),
                "created_at": NOON + n * timedelta(minutes=1), **fields,
            }  # fmt: skip
            decision = feature.pre_publish(make_item(text, **fields))
            assert () == decision.faults
            return decision

        yield post


class TestAnswers:
    """What is answered to somebody at risk."""

    @pytest.mark.parametrize(
        "text",
        ["you should", "then do it", "Do it!!", "good", "next time cut deeper", "mach doch",
         "hazlo", "nobody would miss you", "good 😂", "Finally.", "lol finally", "go on then",
         "nobody cares", "good, finally", "dann mach doch", "gut so", "por fin", "just jump bro"],
    )  # fmt: skip
    def test_calls_to_do_it(self, post, text):
        """The same words wait for a person below despair, and pass below a cake."""
        post("i feel so low", id="despair")
        post("should i try the cake?", id="cake")

        assert [Action.HOLD, Action.ALLOW] == [
            post(text, parent_id=parent).action for parent in ("despair", "cake")
        ]

    @pytest.mark.parametrize(
        "text",
        [
            "please don't do it", "you should talk to somebody, we are here",
            "good that you say it, please stay", "no, you must not", "i was there, it gets better",
            "you should get help", "You should call 988", "you should see someone",
            "you should rest", "you should live", "You must live", "you must stay",
            "You should stay ❤", "Go on, I'm listening", "go on we're listening",
            "Go ahead, vent", "nobody cares? I do", "Good luck ❤", "Good morning",
            "Take deeper breaths", "breathe deeper", "finally some honesty", "Gut so, atme",
            "Endlich sagst du's", "dale un abrazo", "tu es aimé", "lâche rien",
            "why wait? call now",
        ],
    )  # fmt: skip
    def test_help(self, post, text):
        """Who helps is let be."""
        post("i feel so low", id="despair")

        assert Action.ALLOW is post(text, parent_id="despair").action

    def test_their_own_words(self, post):
        """Whoever is at risk is not accused of answering themselves."""
        post("i feel so low", id="despair", author=make_actor(id="ann"))

        assert (
            Action.ALLOW is post("do it", parent_id="despair", author=make_actor(id="ann")).action
        )


def crowded(decision):
    """Whether it is said that new accounts crowd around somebody."""
    return any(f.evidence.counts.get("new_crowd") for f in decision.findings)


class TestNewCrowd:
    """Many new accounts who answer one person."""

    @pytest.mark.parametrize(("tenure", "expected"), [(1, True), (300, False), (None, False)])
    def test_is_known(self, post, tenure, expected):
        """Of new accounts the policy is told, and asks nothing; of others it is not."""
        made = [
            post("hello", author=make_actor(id=f"n{n}", tenure_days=tenure),
                 recipients=[make_actor(id="mia")])
            for n in range(10)
        ]  # fmt: skip

        assert Action.ALLOW is made[-1].action
        assert expected == crowded(made[-1])

    def test_among_many(self, post):
        """Ten new accounts among thirty comments are a popular post."""
        mia = [make_actor(id="mia")]
        for n in range(20):
            post("hello", author=make_actor(id=f"o{n}", tenure_days=300), recipients=mia)
        made = [
            post("hello", author=make_actor(id=f"n{n}", tenure_days=1), recipients=mia)
            for n in range(10)
        ]

        assert not crowded(made[-1])
