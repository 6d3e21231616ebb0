"""Rollouts: for whom a rule, an override or a policy counts, the same people every time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail import (
    Action,
    Actor,
    Condition,
    InvalidValueError,
    Item,
    Policy,
    Rollout,
    UnknownNameError,
)

ALLOW, NUDGE, LIMIT, HOLD, BLOCK = Action
HATE = "hate.speech"
ALWAYS = Condition(["now"], lambda now: True)
PEOPLE = 20_000
FIVE_SIGMA = 5 * (PEOPLE * 0.25) ** 0.5
"""No binomial share of PEOPLE is further from its mean, but once in 1.7 million tries."""

NAMES = st.text(min_size=1, max_size=20)
PERCENTS = st.floats(0, 100)


def by(name, **author):
    return Item("i", author=Actor(name, **author))


def included(percent, salt="p/r", **author):
    """The numbers of the people whom a rollout includes."""
    share = Rollout(percent)
    return {n for n in range(PEOPLE) if share.includes(salt, by(f"u{n}", **author))}


def rule(**changes):
    return {"id": "r", "issue": HATE, "at": 0.5, "then": "block", **changes}


class TestStable:
    """Who is in stays in."""

    @given(NAMES, PERCENTS)
    def test_asked_again(self, name, percent):
        """The same person gets the same answer for any item, from any Rollout of that share."""
        other = Item("another", text="words", author=Actor(name, tenure_days=3))

        assert Rollout(percent).includes("s", by(name)) is Rollout(percent).includes("s", other)

    def test_in_every_process(self):
        """The answer is a matter of ids and salt: no seed of the process plays a role."""
        assert [5, 10, 11] == sorted(n for n in included(10) if n < 20)

    @given(NAMES, PERCENTS, PERCENTS)
    def test_growing_keeps_everybody(self, name, one, two):
        """A larger share includes whom a smaller one did."""
        small, large = sorted([one, two])
        kept = Rollout(small).includes("s", by(name)) <= Rollout(large).includes("s", by(name))

        assert kept

    def test_same_share_of_another_rule_is_of_others(self):
        """Two rules at one half share a quarter of the people, not the half."""
        both = included(50, "p/one") & included(50, "p/two")

        assert abs(len(both) - PEOPLE / 4) < FIVE_SIGMA

    def test_an_actor_and_an_item_of_one_id_draw_apart(self):
        """An item that nobody made is not mistaken for a person with its id."""
        share = Rollout(50)
        alike = [
            share.includes("s", by(f"{n}")) is share.includes("s", Item(f"{n}"))
            for n in range(1000)
        ]

        assert 0 < sum(alike) < 1000


class TestShare:
    """A percent of people is that percent."""

    @pytest.mark.parametrize("percent", [0.5, 5, 25, 50, 99])
    def test_binomial(self, percent):
        """Of 20,000 people the share is within five standard deviations."""
        assert abs(len(included(percent)) - PEOPLE * percent / 100) < FIVE_SIGMA

    @pytest.mark.parametrize("author", [Actor("a"), None], ids=["somebody's", "nobody's"])
    @pytest.mark.parametrize(("percent", "expected"), [(0, False), (100, True)])
    @given(NAMES)
    def test_none_and_all(self, author, percent, expected, salt):
        """Zero is nobody and a hundred is everybody, whatever the hash."""
        assert expected is Rollout(percent).includes(salt, Item("i", author=author))

    def test_without_an_author_items_are_drawn(self):
        """Of items that nobody made, the share is of items."""
        share = Rollout(25)
        count = sum(share.includes("s", Item(f"i{n}")) for n in range(PEOPLE))

        assert abs(count - PEOPLE / 4) < FIVE_SIGMA

    @pytest.mark.parametrize(
        "wrong",
        [-1, 101, float("nan"), True, "5", {}, {"DE": 101}, {"de": 5}, {5: 5}, {"EUROPE": 5}],
    )
    def test_refuses(self, wrong):
        """What is no percent, or no region, is refused."""
        with pytest.raises(InvalidValueError, match="rollout"):
            Rollout(wrong)

    @pytest.mark.parametrize("region", ["UK", "EU", "EU-DE"])
    def test_refuses_what_is_no_country(self, region):
        """A region in which nobody is would count for nobody."""
        with pytest.raises(UnknownNameError, match=r"rollout: unknown region '(UK|EU)'"):
            Rollout({region: 50})


class TestRegion:
    """Percents by the author's region."""

    @pytest.mark.parametrize(
        ("shares", "region", "expected"),
        [
            pytest.param({"US-CA": 100, "US": 0, "*": 0}, "US-CA", True, id="the part"),
            pytest.param({"US": 100, "*": 0}, "US-CA", True, id="the country of a part"),
            pytest.param({"US-CA": 100, "US": 0}, "US-NY", False, id="another part"),
            pytest.param({"US": 100, "*": 0}, "FR", False, id="everywhere else"),
            pytest.param({"US": 0, "*": 100}, "FR", True, id="everywhere else, all"),
            pytest.param({"US": 100}, "FR", False, id="what is not named is nobody"),
            pytest.param({"US": 100}, None, False, id="nobody knows where"),
            pytest.param({"US": 0, "*": 100}, None, True, id="nobody knows, and all"),
        ],
    )
    def test_most_exact(self, shares, region, expected):
        """A part of a country beats the country, and that beats everywhere else."""
        assert expected is Rollout(shares).includes("s", by("a", region=region))

    @pytest.mark.parametrize(
        ("author", "expected"),
        [
            pytest.param(Actor("a"), True, id="an author of unknown region"),
            pytest.param(None, True, id="no author"),
            pytest.param(Actor("a", region="FR"), False, id="the author's own comes first"),
        ],
    )
    def test_of_the_item(self, author, expected):
        """Where the author's region is not known, the item's counts."""
        item = Item("i", author=author, region="DE")

        assert expected is Rollout({"DE": 100}).includes("s", item)


class TestRule:
    """What a share does to a decision."""

    @pytest.mark.parametrize(
        ("percent", "score", "expected"), [(0, 1.0, ALLOW), (100, 0.5, BLOCK), (100, 0.4, ALLOW)]
    )
    def test_counts_for_those_included(self, decide, percent, score, expected):
        """A rule matches whom its share includes, and nobody else."""
        policy = Policy(rules=[rule(rollout=percent)])

        assert expected is decide(policy, (HATE, score), item=by("a")).action

    @pytest.mark.parametrize("percent", [0, 100])
    def test_override(self, decide, percent):
        """An override is rolled out as a rule is."""
        override = {
            "id": "o", "when": ALWAYS, "issues": {HATE: {"block": 0.5}}, "rollout": percent,
        }  # fmt: skip
        outcome = decide(Policy(overrides=[override]), (HATE, 0.9), item=by("a"))

        assert (BLOCK if percent else ALLOW) is outcome.action

    def test_a_policy_moves_as_one(self, decide):
        """A policy's share is drawn once: its rules and ladders hold for the same people."""
        rules = [rule(id=f"r{n}", then={"label": [f"l{n}"]}) for n in range(3)]
        policy = Policy(rules=rules, issues={HATE: {"nudge": 0.5}}, rollout=50)
        matched = {
            len(decide(policy, (HATE, 0.9), item=by(f"u{n}")).rules) for n in range(30)
        }  # fmt: skip

        assert {0, 4} == matched

    def test_a_rule_in_a_policy_needs_both(self, decide):
        """A rule at one half in a policy at one half holds where both include somebody."""
        policy = Policy(name="p", rules=[rule(rollout=50)], rollout=50)
        people = range(60)
        both = {
            n for n in people
            if Rollout(50).includes("p/r", by(f"u{n}")) and Rollout(50).includes("p/", by(f"u{n}"))
        }  # fmt: skip

        assert both == {
            n for n in people if decide(policy, (HATE, 0.9), item=by(f"u{n}")).action is BLOCK
        }

    def test_an_exception_counts_for_everybody(self, decide):
        """A policy at nought still eases what other policies ask for."""
        exception = {
            "id": "e", "when": ALWAYS, "issues": [HATE], "at_most": "allow", "owner": "o",
            "review_by": "2999-01-01",
        }  # fmt: skip
        policies = [Policy(name="a", rules=[rule()]),
                    Policy(name="b", exceptions=[exception], rollout=0)]  # fmt: skip

        assert ALLOW is decide(policies, (HATE, 0.9), item=by("a")).action

    def test_a_rule_that_counts_for_nobody_is_no_fault(self, decide):
        """Outside its share a rule's condition is not asked at all."""

        def raises(now):
            raise ValueError

        policy = Policy(rules=[rule(at=None, when=Condition(["now"], raises), rollout=0)])

        assert () == tuple(decide(policy, item=by("a")).faults)
