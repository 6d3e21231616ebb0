"""Promise 4: order-free.

Whatever the order of modules, policies, rules and findings: the answer is the same, the strictest
wins, and ties are explained. No hook writes state.
"""

from __future__ import annotations

import random

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handrail import (
    Action,
    Condition,
    Feature,
    Finding,
    Item,
    Manifest,
    Policy,
    Safety,
    hookimpl,
)

ISSUES = ("hate.speech", "harassment.bullying", "integrity.spam", "child_safety.grooming")
ITEM = Item("1", "words", language="en")
ALWAYS = Condition(["item.kind"], lambda kind: True)
HOLDS = {"within": "24h", "otherwise": "block"}


class Says:
    """A module that finds, or fails with, what it is told."""

    def __init__(self, name, found, *, fails=False, cost="inline", provides=()) -> None:
        self.MANIFEST = Manifest(
            name=name, version="1", issues=ISSUES, surfaces={"*"}, languages={"*"}
        )

        def pre_publish(item):
            yield from found
            if fails:
                raise RuntimeError

        self.pre_publish = hookimpl(cost=cost)(pre_publish)


scores = st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0])
findings = st.builds(Finding, st.sampled_from(ISSUES), scores, st.sampled_from(["a", "b"]))
rungs = st.dictionaries(
    st.sampled_from(["nudge", "limit", "hold", "block"]), scores, max_size=3
).map(lambda d: dict(zip(sorted(d, key=Action.parse), sorted(d.values()), strict=True)))
effects = st.fixed_dictionaries(
    {},
    optional={
        "action": st.sampled_from(["nudge", "hold", "block"]),
        "label": st.sampled_from([["a"], ["b", "c"]]),
        "reach": st.sampled_from([0.1, 0.5]),
        "geo_block": st.sampled_from([["DE"], ["FR", "DE"]]),
        "min_viewer_age": st.sampled_from([13, {"US": 16, "*": 18}]),
        "review": st.sampled_from(
            [{"queue": "a", "within": "60m"}, {"queue": "a", "within": "1h"},
             {"queue": "b", "within": "3d"}]
        ),
        "strike": st.just({"integrity.spam": 1}),
    },
).filter(bool)  # fmt: skip


@st.composite
def policies(draw, name):
    """A policy with ladders, rules, exceptions and fault rules."""
    rules = [
        {"id": f"r{n}", "issue": draw(st.sampled_from(ISSUES)), "at": draw(scores),
         "then": draw(effects)}
        for n in range(draw(st.integers(0, 3)))
    ]  # fmt: skip
    exceptions = [
        {"id": f"e{n}", "when": ALWAYS, "issues": draw(st.sampled_from(["hate.*", "integrity.*"])),
         "at_most": draw(st.sampled_from(["limit", "nudge", "hold"])), "owner": "o",
         "review_by": "2999-01-01"}
        for n in range(draw(st.integers(0, 2)))
    ]  # fmt: skip
    faults = draw(
        st.lists(
            st.fixed_dictionaries(
                {"issues": st.sampled_from([["*"], ["child_safety.*"], ["hate.*"]]),
                 "then": st.sampled_from(["allow", "hold", "block"])}
            ),
            max_size=2,
        )
    )  # fmt: skip
    return {
        "name": name,
        "issues": draw(st.dictionaries(st.sampled_from([*ISSUES, "hate.*", "*"]), rungs)),
        "rules": rules,
        "exceptions": exceptions,
        "faults": faults,
        "holds": HOLDS,
        "limits": {"reach": 0.3},
    }


@st.composite
def worlds(draw):
    """Modules and policies, as data."""
    modules = [
        (f"m{n}", draw(st.lists(findings, max_size=4)), draw(st.booleans()),
         draw(st.sampled_from(["inline", "inline", "blocking"])))
        for n in range(draw(st.integers(1, 4)))
    ]  # fmt: skip
    return modules, [draw(policies(f"p{n}")) for n in range(draw(st.integers(1, 3)))]


def ask(modules, told):
    """The answer of a fresh Safety."""
    made = [Says(name, found, fails=fails, cost=cost) for name, found, fails, cost in modules]
    options = {"policy": [Policy(**p) for p in told], "complete_share": 1, "budget_ms": 30_000}
    with Safety([Feature(name="f", surface="comments")], modules=made, **options) as safety:
        decision = safety.feature("f").pre_publish(ITEM)
        counted = safety.counts("handrail.exceptions")
    return decision, counted


def essence(answer):
    """All of an answer that has to be the same."""
    decision, counted = answer
    return {
        "action": decision.action,
        "effects": [e.to_json() for e in decision.effects],
        "findings": decision.findings,
        "rules": decision.rules,
        "decided_by": decision.decided_by,
        "faults": [(f.source, f.cause) for f in decision.faults],
        "coverage": [(c.module, c.status, c.reason) for c in decision.coverage],
        "notice": decision.notice,
        "otherwise": decision.hold and decision.hold.otherwise,
        "exceptions": counted,
        "revision": decision.policy,
    }


def shuffled(values, seed):
    """The values in another order."""
    return random.Random(seed).sample(values, len(values))


class TestAnyOrder:
    """One answer for every order of the same things."""

    @settings(max_examples=30)
    @given(worlds(), st.integers(0, 9))
    def test_modules(self, world, seed):
        """The order in which modules are loaded never shows."""
        modules, told = world

        assert essence(ask(modules, told)) == essence(ask(shuffled(modules, seed), told))

    @settings(max_examples=30)
    @given(worlds(), st.integers(0, 9))
    def test_policies(self, world, seed):
        """The order in which policies are given never shows."""
        modules, told = world

        assert essence(ask(modules, told)) == essence(ask(modules, shuffled(told, seed)))

    @settings(max_examples=30)
    @given(worlds(), st.integers(0, 9))
    def test_rules(self, world, seed):
        """The order of ladders, rules and exceptions within a policy never shows."""
        modules, told = world
        other = [
            {
                **p,
                "issues": dict(shuffled(list(p["issues"].items()), seed)),
                "rules": shuffled(p["rules"], seed),
                "exceptions": shuffled(p["exceptions"], seed),
            }
            for p in told
        ]
        one, two = essence(ask(modules, told)), essence(ask(modules, other))

        assert {**one, "revision": None} == {**two, "revision": None}

    @settings(max_examples=30)
    @given(worlds(), st.integers(0, 9))
    def test_findings(self, world, seed):
        """The order in which a module yields decides the order of its findings alone."""
        modules, told = world
        other = [(n, shuffled(found, seed), *rest) for n, found, *rest in modules]
        one, two = essence(ask(modules, told)), essence(ask(other, told))

        assert {**one, "findings": None} == {**two, "findings": None}

    @settings(max_examples=30)
    @given(worlds())
    def test_the_same_again(self, world):
        """Asked twice, the answer is the same."""
        assert essence(ask(*world)) == essence(ask(*world))


class TestFindings:
    """Findings stand by module name, then as they were yielded."""

    def test_by_module_then_as_yielded(self, guard):
        """The decision lists findings by module name, each module's in its own order."""
        two = [Finding("integrity.spam", 0.1, "first"), Finding("hate.speech", 0.9, "second")]
        one = [Finding("hate.speech", 0.2, "third")]
        decision = guard(Says("b", one), Says("a", two)).pre_publish(ITEM)

        assert ["first", "second", "third"] == [f.reason for f in decision.findings]

    def test_cost_does_not_show(self, guard):
        """A blocking module's findings stand where its name puts them."""
        first = Says("a", [Finding("hate.speech", 0.1, "first")], cost="blocking")
        second = Says("b", [Finding("hate.speech", 0.2, "second")])
        decision = guard(second, first).pre_publish(ITEM)

        assert ["first", "second"] == [f.reason for f in decision.findings]


class TestVeto:
    """The strictest wins, whoever says it."""

    @pytest.mark.parametrize("last", [True, False])
    def test_one_block_wins(self, guard, last):
        """One module's BLOCK holds against any number that found nothing much."""
        policy = Policy(issues={"hate.speech": {"nudge": 0.1, "block": 0.9}})
        mild = [Says(f"m{n}", [Finding("hate.speech", 0.2, "mild")]) for n in range(5)]
        hard = Says("z" if last else "a", [Finding("hate.speech", 0.9, "hard")])

        assert Action.BLOCK is guard(*mild, hard, policy=policy).pre_publish(ITEM).action

    @given(st.lists(st.sampled_from(["nudge", "limit", "hold", "block"]), min_size=1, max_size=5))
    def test_action_is_the_maximum(self, asked):
        """Of all that rules ask for, the most severe is done."""
        rules = [
            {"id": f"r{n}", "issue": "hate.speech", "at": 0.1, "then": then}
            for n, then in enumerate(asked)
        ]
        policy = {"name": "p", "rules": rules, "holds": HOLDS}
        decision, _ = ask([("m", [Finding("hate.speech", 0.5, "x")], False, "inline")], [policy])

        assert max(map(Action.parse, asked)) is decision.action

    def test_block_erases_no_effect(self, guard):
        """A BLOCK about one issue leaves what another asked for."""
        help_ = {"support": "crisis"}
        rules = [{"id": "help", "issue": "self_harm.at_risk", "at": 0.5, "then": help_}]
        policy = Policy(issues={"integrity.spam": {"block": 0.5}}, rules=rules)

        said = [
            Finding("integrity.spam", 0.9, "spam"),
            Finding("self_harm.at_risk", 0.9, "at risk"),
        ]
        both = Says("both", said)
        both.MANIFEST = attrs.evolve(both.MANIFEST, issues={f.issue for f in said})
        decision = guard(both, policy=policy).pre_publish(ITEM)

        assert (Action.BLOCK, True) == (decision.action, decision.effect("support") is not None)


class TestTies:
    """Where several decide alike, all are named and one stands for them."""

    @pytest.fixture(name="decision")
    def _decision(self, guard):
        rule = {"issue": "hate.speech", "at": 0.5, "then": "block"}
        policies = [
            Policy(name="b", rules=[{**rule, "id": "one"}]),
            Policy(name="a", rules=[{**rule, "id": "two"}, {**rule, "id": "three"}]),
        ]
        found = Says("m", [Finding("hate.speech", 0.9, "x")])
        return guard(found, policy=policies).pre_publish(ITEM)

    def test_all_are_named(self, decision):
        """Every rule that asked for it is listed, by policy and id."""
        assert [("a", "three"), ("a", "two"), ("b", "one")] == [
            (m.policy, m.rule) for m in decision.rules
        ]

    def test_the_first_by_name_stands_for_them(self, decision):
        """The first of these is the one that decided."""
        assert "three" == decision.decided_by

    def test_each_says_what_it_saw(self, decision):
        """Each names its issue, its threshold and the score it saw."""
        assert {("hate.speech", 0.5, 0.9)} == {(m.issue, m.at, m.score) for m in decision.rules}

    def test_faults_of_two_modules_are_told_apart(self, guard):
        """Two failing modules under one fault rule are two matches, by issue."""
        names = {"a": "integrity.spam", "b": "hate.speech"}
        modules = [Says(name, [], fails=True) for name in names]
        for module, issue in zip(modules, names.values(), strict=True):
            module.MANIFEST = attrs.evolve(module.MANIFEST, issues={issue})
        policy = Policy(faults=[{"issues": ["*"], "then": "hold"}], holds=HOLDS)
        decision = guard(*modules, policy=policy).pre_publish(ITEM)

        assert [("faults[0]", "hate.speech"), ("faults[0]", "integrity.spam")] == [
            (m.rule, m.issue) for m in decision.rules
        ]


@pytest.mark.parametrize("turn", [1, -1])
def test_both_of_two_exceptions_are_counted(guard, turn):
    """Where two exceptions reach a rule, both are named, whichever came first."""
    both = [
        {"id": name, "when": ALWAYS, "issues": ["hate.speech"], "at_most": at_most, "owner": "o",
         "review_by": "2999-01-01"}
        for name, at_most in (("a", "limit"), ("b", "nudge"))
    ]  # fmt: skip
    policy = {"issues": {"hate.speech": {"block": 0.5}}, "exceptions": both[::turn]}
    found = [("m", [Finding("hate.speech", 0.9, "x")], False, "inline")]

    assert {("f", "a"): 1, ("f", "b"): 1} == ask(found, [policy])[1]


class Known:
    """A state that knows everything, and says so when somebody writes to it."""

    def counter(self, name, item):
        """Return a number."""
        return 3.0

    def strikes(self, actor, issue, days):
        """Return none."""
        return 0.0

    def session(self, session, issue, segments):
        """Return none."""
        return 0


class TestContext:
    """No hook changes what a later one is given."""

    @pytest.mark.parametrize(
        "name", ["item", "report", "feature", "surface", "stage", "state", "now", "text"]
    )
    def test_is_read_only(self, module, guard, item, seen, name):
        """A hook that sets something on the context has failed."""

        def hook(item, context):
            setattr(context, name, None)

        decision = guard(module("sets", hook)).pre_publish(item)

        assert {("sets", "error")} == seen(decision, "faults")

    def test_item_stays(self, module, guard, item):
        """After a hook that tried to set another item, the next one reads the first."""
        read = []

        def sets(item, context):
            context.item = Item(id="other", text="another")

        def reads(item, context):
            read.append((context.item, context.text.raw))

        guard(module("a", sets), module("b", reads)).pre_publish(item)

        assert [(item, item.text)] == read


class TestState:
    """Counters are read inside hooks, never written."""

    def hook(self, act):
        """A module that does something with the context."""
        seen = []

        def pre_publish(item, context):
            try:
                seen.append(act(context))
            except AttributeError:
                seen.append("refused")

        module = Says("m", [])
        module.pre_publish = hookimpl(pre_publish)
        return module, seen

    def test_can_be_read(self, guard):
        """A hook reads a counter."""
        module, seen = self.hook(lambda context: context.state.counter("posts", context.item))
        guard(module, state=Known()).pre_publish(ITEM)

        assert [3.0] == seen

    @pytest.mark.parametrize("name", ["state", "now", "stage", "feature", "surface", "text"])
    def test_cannot_be_replaced(self, guard, name):
        """A hook cannot put something else in its place."""
        module, seen = self.hook(lambda context: setattr(context, name, None))
        guard(module, state=Known()).pre_publish(ITEM)

        assert ["refused"] == seen

    def test_default_state_takes_nothing(self, guard):
        """Without a store there is nothing to write to."""
        module, seen = self.hook(lambda context: setattr(context.state, "posts", 4))
        guard(module).pre_publish(ITEM)

        assert ["refused"] == seen

    def test_has_no_method_that_writes(self):
        """The seam that hooks are given offers reading only; counts go another way."""
        from handrail import State

        offered = {n for n in vars(State) if not n.startswith("_")}

        assert {"counter", "strikes", "session", "tags"} == offered

    def test_item_cannot_be_written(self, guard):
        """A hook cannot change the item for those after it."""
        module, seen = self.hook(lambda context: setattr(context.item, "text", "else"))
        guard(module).pre_publish(ITEM)

        assert ["refused"] == seen


def stricter(draw_name):
    """A rule or an override more, in a policy of its own place."""
    rule = st.fixed_dictionaries(
        {"id": st.just(draw_name), "issue": st.sampled_from(ISSUES), "at": scores,
         "then": st.one_of(effects, st.lists(effects, min_size=1, max_size=3)),
         "rollout": st.sampled_from([0, 50, 100])}
    ).map(lambda r: ("rules", r))  # fmt: skip
    override = st.fixed_dictionaries(
        {"id": st.just(draw_name), "when": st.just(ALWAYS), "rollout": st.sampled_from([50, 100]),
         "issues": st.dictionaries(st.sampled_from([*ISSUES, "*"]), rungs, max_size=2)}
    ).map(lambda o: ("overrides", o))  # fmt: skip
    return st.one_of(rule, override)


def sees(score):
    """A module that finds every issue with one score."""
    return [("m", [Finding(issue, score, "seen") for issue in ISSUES], False, "inline")]


def shares(effects):
    """How much of its reach an item keeps."""
    return min([e.value for e in effects if e.name == "reach"], default=1.0)


class TestSofter:
    """What is added never softens."""

    @settings(max_examples=30)
    @given(policies("p"), stricter("more"), st.sampled_from([0.5, 1.0]))
    def test_a_part_more(self, told, more, score):
        """With a rule or an override more, the action is as severe or more, and no rule is gone."""
        part, added = more
        before, _ = ask(sees(score), [told])
        after, _ = ask(sees(score), [{**told, part: [*told.get(part, ()), added]}])
        kept = {(m.policy, m.rule, m.issue) for m in before.rules} <= {
            (m.policy, m.rule, m.issue) for m in after.rules
        }

        assert (before.action <= after.action, True) == (True, kept)

    @settings(max_examples=40)
    @given(policies("p"), policies("more"), st.sampled_from([0.5, 1.0]))
    def test_a_policy_more(self, told, more, score):
        """With a policy more that excepts nothing, nothing is softer."""
        before, _ = ask(sees(score), [told])
        after, _ = ask(sees(score), [told, {**more, "exceptions": []}])

        assert (before.action <= after.action, True) == (
            True, shares(after.effects) <= shares(before.effects),
        )  # fmt: skip


class TestEased:
    """Exceptions have no order, however they ease."""

    several = st.lists(
        st.fixed_dictionaries(
            {"when": st.just(ALWAYS), "issues": st.sampled_from(["hate.*", "integrity.*"]),
             "at_most": st.sampled_from(["allow", "nudge", "limit", "hold"]),
             "below": st.sampled_from([None, 0.75]), "owner": st.just("o"),
             "review": st.sampled_from(
                 ["none", *({"queue": q, "within": "1h"} for q in "pqr")]),
             "review_by": st.just("2999-01-01")}
        ),
        min_size=2, max_size=4,
    )  # fmt: skip

    @settings(max_examples=60)
    @given(several, st.sampled_from([0.5, 1.0]))
    def test_any_order(self, several, score):
        """Several exceptions the other way round decide the same."""
        named = [{**e, "id": f"n{n}"} for n, e in enumerate(several)]
        told = {"name": "p", "issues": {"hate.*": {"block": 0.5}, "integrity.*": {"limit": 0.5}},
                "holds": HOLDS, "limits": {"reach": 0.3}}  # fmt: skip
        one, two = (
            essence(ask(sees(score), [{**told, "exceptions": some}]))
            for some in (named, named[::-1])
        )

        assert {**one, "revision": None} == {**two, "revision": None}
