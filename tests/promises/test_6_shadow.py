"""Promise 6 (its shadow half): shadow is a mode of every module, policy and rule.

The same input, a verdict that is kept and never acts, a difference that is counted, an end.
"""

from __future__ import annotations

import asyncio
import datetime as dt

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handrail import (
    Action,
    Actor,
    Cause,
    Condition,
    Context,
    Decision,
    Feature,
    FeatureError,
    Finding,
    Item,
    Manifest,
    ModuleError,
    Policy,
    PolicyError,
    Safety,
    Status,
    hookimpl,
)
from handrail._rest import SHADOW_GRACE_NS

ITEM = Item("1", "words", language="en")
SHADOW = {"mode": "shadow", "expires": "2999-01-01"}
OVER = {"mode": "shadow", "expires": "2020-01-01"}
BLOCKS = {"integrity.spam": {"block": 0.5}}
LIMITS = {"integrity.spam": {"limit": {"at": 0.5, "reach": 0.1}}}
RULE = {"id": "next", "issue": "integrity.spam", "at": 0.5, "then": "block"}


class Trial:
    """One way to have something in shadow that would block what is live and limited."""

    def __init__(self, guard, finds, module) -> None:
        self.guard, self.finds, self.module = guard, finds, module

    def module_(self, **mode):
        """A module in shadow, beside a live one that finds less."""
        policy = Policy(
            issues={"integrity.spam": {"limit": {"at": 0.5, "reach": 0.1}, "block": 0.8}}
        )
        modules = [self.finds("live", 0.6), self.finds("next", 0.9)]
        return self.guard(*modules, policy=policy, modes={"next": mode})

    def policy(self, **mode):
        """A policy in shadow, beside a live one."""
        policies = [Policy(name="live", issues=LIMITS), Policy(name="next", issues=BLOCKS, **mode)]
        return self.guard(self.finds("live", 0.9), policy=policies)

    def rule(self, **mode):
        """A rule in shadow, in a live policy."""
        policy = Policy(issues=LIMITS, rules=[{**RULE, **mode}])
        return self.guard(self.finds("live", 0.9), policy=policy)


KINDS = ["module_", "policy", "rule"]


@pytest.fixture(name="trial")
def _trial(guard, finds, module):
    return Trial(guard, finds, module)


@pytest.fixture(name="shadowed", params=KINDS)
def _shadowed(trial, request):
    """A guarded feature with something in shadow, of each kind."""
    return getattr(trial, request.param)(**SHADOW)


class TestEveryKind:
    """What holds for modules, policies and rules alike."""

    def test_live_action_is_the_live_one(self, shadowed):
        """What is in shadow does not act."""
        assert Action.LIMIT is shadowed.pre_publish(ITEM).action

    def test_live_effects_are_the_live_ones(self, shadowed):
        """What is in shadow asks for nothing."""
        assert ["reach"] == [e.name for e in shadowed.pre_publish(ITEM).effects]

    def test_no_live_rule_is_a_shadow_one(self, shadowed):
        """What is in shadow is not among the rules that matched."""
        assert {Action.LIMIT} == {m.action for m in shadowed.pre_publish(ITEM).rules}

    def test_verdict_is_kept(self, shadowed):
        """What would have been done stands on the decision."""
        shadow = shadowed.pre_publish(ITEM).shadow

        assert (Action.BLOCK, True) == (shadow.action, shadow.differs)

    def test_rules_of_the_verdict_are_kept(self, shadowed):
        """Which rule would have done it stands there too."""
        assert Action.BLOCK is shadowed.pre_publish(ITEM).shadow.rules[0].action

    def test_difference_is_counted(self, shadowed):
        """The difference is counted by both actions."""
        shadowed.pre_publish(ITEM)
        shadowed._core.flush()

        assert {("comments", "pre_publish", "limit", "block", "true"): 1} == (
            shadowed._core.telemetry.counts("handrail.shadow")
        )

    def test_every_call_is_complete(self, shadowed):
        """With anything in shadow no module is skipped, however early all is decided."""
        assert all(shadowed.pre_publish(ITEM).complete for _ in range(50))

    def test_verdict_survives_json(self, shadowed):
        """The verdict is in the record."""
        data = shadowed.pre_publish(ITEM).to_json()

        assert ("block", True) == (data["shadow"]["action"], data["shadow"]["differs"])

    @pytest.mark.parametrize("kind", KINDS)
    def test_without_shadow_there_is_no_verdict(self, trial, kind):
        """Where it is over, nothing is compared."""
        assert getattr(trial, kind)(**OVER).pre_publish(ITEM).shadow is None

    @pytest.mark.parametrize("kind", KINDS)
    def test_over_is_not_enforced(self, trial, kind):
        """A shadow that is over never becomes live by itself."""
        assert Action.LIMIT is getattr(trial, kind)(**OVER).pre_publish(ITEM).action

    @pytest.mark.parametrize(
        ("kind", "what"), [("module_", "next"), ("policy", "'next'"), ("rule", "'next'")]
    )
    def test_over_is_a_problem(self, trial, kind, what):
        """A shadow that is over is a problem until somebody decides."""
        found = [p for p in getattr(trial, kind)(**OVER)._core.problems() if "expired" in p.what]

        assert [True] == [what in p.where + p.what for p in found]

    @pytest.mark.parametrize("kind", KINDS)
    def test_enforced_acts(self, trial, kind):
        """The same thing enforced does block."""
        assert Action.BLOCK is getattr(trial, kind)(mode="enforce").pre_publish(ITEM).action

    @pytest.mark.parametrize("kind", KINDS)
    def test_off_is_not_compared(self, trial, kind):
        """The same thing switched off neither acts nor is compared."""
        decision = getattr(trial, kind)(mode="off").pre_publish(ITEM)

        assert (Action.LIMIT, None) == (decision.action, decision.shadow)

    @pytest.mark.parametrize(
        ("kind", "error"),
        [("module_", ModuleError), ("policy", PolicyError), ("rule", PolicyError)],
    )
    def test_needs_an_end(self, trial, kind, error):
        """A shadow that does not say when it ends is refused."""
        with pytest.raises(error, match="expires"):
            getattr(trial, kind)(mode="shadow")

    @pytest.mark.parametrize("days", [0, 1])
    @pytest.mark.parametrize("kind", KINDS)
    def test_last_day_counts(self, trial, kind, days):
        """On the day it expires it still counts; it is over the day after."""
        expires = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=days)
        decision = getattr(trial, kind)(mode="shadow", expires=expires).pre_publish(ITEM)

        assert decision.shadow is not None


class TestSameInput:
    """What is in shadow sees what is live, and only that."""

    def test_shadow_module_sees_the_same_item(self, guard, module):
        """A module in shadow gets the very item."""
        seen = []
        modules = [module(n, lambda item: seen.append(item) or ()) for n in ("live", "next")]
        guard(*modules, modes={"next": SHADOW}).pre_publish(ITEM)

        assert [True, True] == [item is ITEM for item in seen]

    def test_shadow_sees_live_findings(self, shadowed):
        """The verdict rests on live findings and those in shadow."""
        assert 0.9 == max(m.score for m in shadowed.pre_publish(ITEM).shadow.rules)

    def test_verdict_includes_live_rules(self, trial):
        """The verdict is that of live and shadow together, as it would be if promoted."""
        shadow = trial.policy(**SHADOW).pre_publish(ITEM).shadow

        assert {"live", "next"} == {m.policy for m in shadow.rules}

    def test_agreement_is_no_difference(self, guard, finds):
        """Where both decide alike nothing differs."""
        decision = guard(
            finds("live", 0.1), finds("next", 0.1), modes={"next": SHADOW}
        ).pre_publish(ITEM)

        assert (Action.ALLOW, False) == (decision.shadow.action, decision.shadow.differs)

    def test_difference_in_effects_is_one(self, make, finds):
        """A verdict with the same action and other effects differs, and is counted so."""
        rule = {**RULE, **SHADOW, "then": {"label": ["careful"]}}
        safety = make(finds("live"), policy=Policy(issues=LIMITS, rules=[rule]))
        safety.feature("comments").pre_publish(ITEM)

        assert {("comments", "pre_publish", "limit", "limit", "true"): 1} == safety.counts(
            "handrail.shadow"
        )

    def test_derivation_comes_from_the_live_module(self, guard, module):
        """What a module in shadow provides never replaces what a live one does."""
        seen = []

        def live(item, context) -> str:
            return "live"

        def shadow(item, context) -> str:
            return "shadow"

        reads = module("reads", lambda item, context: seen.append(context.derive("word", str)),
                       needs={"word": str})  # fmt: skip
        makers = [module("b", lambda item: None, provides={"word": live}),
                  module("z", lambda item: None, provides={"word": shadow}),
                  ]  # fmt: skip
        guard(reads, *makers, modes={"z": SHADOW}).pre_publish(ITEM)

        assert ["live"] == seen


def raises(item):
    """Fail as a hook."""
    raise RuntimeError


@pytest.mark.parametrize(
    ("modes", "status"),
    [
        pytest.param({"next": SHADOW}, Status.RAN, id="with something in shadow it runs"),
        pytest.param({"next": {"mode": "off"}}, Status.SKIPPED, id="without, it is skipped"),
    ],
)
def test_nothing_is_skipped_beside_shadow(guard, finds, module, seen, modes, status):
    """What an early BLOCK would skip runs as long as something is in shadow."""
    slow = module("slow", lambda item: None, cost="blocking")
    guarded = guard(finds("live"), finds("next"), slow, policy=Policy(issues=BLOCKS), modes=modes)

    assert status is seen(guarded.pre_publish(ITEM))["slow"][0]


def test_shadow_evidence_reaches_no_live_condition(guard, module):
    """A live rule over counts does not see what a module in shadow counted."""

    def counts(item):
        return [Finding("integrity.spam", 0.1, "x", evidence={"counts": {"links": 9}})]

    rule = {
        "id": "many", "issue": "integrity.spam", "then": "block",
        "when": Condition(["count(integrity.spam, links)"], lambda n: n > 5),
    }  # fmt: skip
    modules = [module("live", lambda item: None), module("next", counts)]
    guarded = guard(*modules, policy=Policy(rules=[rule]), modes={"next": SHADOW})

    assert Action.ALLOW is guarded.pre_publish(ITEM).action


def test_shadow_findings_stand_with_the_verdict(guard, finds):
    """What a module in shadow found is kept beside what it would have led to."""
    guarded = guard(finds("live", 0.2), finds("next", 0.9), modes={"next": SHADOW})

    assert ["next"] == [f.module for f in guarded.pre_publish(ITEM).shadow.findings]


def test_verdict_survives_json_whole(guard, finds):
    """A decision read back from JSON has the verdict and its findings."""
    decision = guard(finds("live", 0.2), finds("next", 0.9), modes={"next": SHADOW}).pre_publish(
        ITEM
    )

    assert decision.shadow == Decision.from_json(decision.to_json()).shadow


class TestFaults:
    """What goes wrong in shadow stays in shadow."""

    STRICT = Policy(
        issues=BLOCKS,
        faults=[{"issues": ["*"], "then": "block"}],
        holds={"within": "1h", "otherwise": "block"},
    )

    def answer(self, guard, module, broken):
        """Ask with a broken module in shadow under a policy that blocks on any fault."""
        live = module("live", lambda item: None)
        guarded = guard(live, broken, policy=self.STRICT, modes={"next": SHADOW})
        return guarded.pre_publish(ITEM)

    @pytest.mark.parametrize("cost", ["inline", "blocking"])
    def test_raising(self, guard, module, cost):
        """A raising module in shadow changes no action."""
        decision = self.answer(guard, module, module("next", raises, cost=cost))

        assert Action.ALLOW is decision.action

    def test_hanging(self, guard, module, gate):
        """A hanging module in shadow changes no action."""

        def hangs(item):
            gate.wait()

        slow = module("next", hangs, cost="blocking", timeout_ms=5)

        assert Action.ALLOW is self.answer(guard, module, slow).action

    def test_garbage(self, guard, module):
        """A module in shadow that returns garbage changes no action."""
        assert Action.ALLOW is self.answer(guard, module, module("next", lambda item: [1])).action

    def test_failing_derivation(self, guard, module):
        """A module in shadow whose own derivation fails changes no action."""

        def fails(item, context) -> str:
            raise RuntimeError

        def hook(item, context):
            context.derive("word", str)

        broken = module("next", hook, provides={"word": fails}, needs={"word": str})

        assert Action.ALLOW is self.answer(guard, module, broken).action

    def test_open_breaker(self, guard, module):
        """A module in shadow that is left out changes no action."""
        modules = [module("live", lambda item: None), module("next", raises)]
        guarded = guard(*modules, policy=self.STRICT, modes={"next": SHADOW})
        actions = {guarded.pre_publish(ITEM).action for _ in range(20)}

        assert {Action.ALLOW} == actions

    def test_verdict_has_them(self, guard, module):
        """The verdict in shadow takes the fault as the policy says."""
        decision = self.answer(guard, module, module("next", raises))

        assert Action.BLOCK is decision.shadow.action

    def test_coverage_has_them(self, guard, module, seen):
        """Coverage says that it failed."""
        decision = self.answer(guard, module, module("next", raises))

        assert (Status.FAILED, "error") == seen(decision)["next"]

    @settings(max_examples=40)
    @given(st.lists(st.sampled_from([0.0, 0.4, 0.6, 1.0, "raise", "garbage"]), max_size=4))
    def test_live_answer_is_that_without_shadow(self, said):
        """Whatever modules in shadow do, the live answer is the one without them."""
        live = Noisy("live", 0.6)
        noise = [Noisy(f"n{i}", what) for i, what in enumerate(said)]

        assert _answer([live], {}) == _answer(
            [live, *noise], {n.MANIFEST.name: SHADOW for n in noise}
        )


class Noisy:
    """A module that finds with a score, raises, or returns garbage."""

    def __init__(self, name, what, version="1") -> None:
        values = {"issues": {"integrity.spam"}, "surfaces": {"*"}, "languages": {"*"}}
        self.MANIFEST, self.what = Manifest(name=name, version=version, **values), what

    @hookimpl
    def pre_publish(self, item):
        """Do what it was told."""
        if self.what == "raise":
            raise RuntimeError
        return (
            ["garbage"] if self.what == "garbage" else [Finding("integrity.spam", self.what, "x")]
        )


class TestLate:
    """What is live does not wait for what is in shadow."""

    @pytest.fixture(name="late", params=["blocking", "remote"])
    def _late(self, make, module, gate, request):
        """A Safety with a live module, and one in shadow that hangs off the caller's thread."""
        if request.param == "remote":

            async def hangs(item):
                await asyncio.Event().wait()
        else:

            def hangs(item):
                gate.wait()

        modules = [module("live", lambda item: None), module("next", hangs, cost=request.param)]
        return make(*modules, modes={"next": SHADOW})

    def test_call_does_not_last_the_budget(self, late):
        """With a budget of half a minute, the answer is there at once."""
        assert late.feature("comments").pre_publish(ITEM).latency_us < 15_000_000

    def test_live_answer_is_not_degraded(self, late):
        """Only shadow is late: what is live did not suffer."""
        assert not late.feature("comments").pre_publish(ITEM).degraded

    def test_verdict_is_not_whole(self, late):
        """A decision without what shadow would have said is not complete."""
        assert not late.feature("comments").pre_publish(ITEM).complete

    def test_verdict_is_not_counted(self, late):
        """No agreement or difference is counted where shadow was not heard."""
        late.feature("comments").pre_publish(ITEM)

        assert {} == late.counts("handrail.shadow")

    def test_its_breaker_opens(self, late):
        """A module in shadow that is always late is left out, like any other."""
        guarded = late.feature("comments")
        causes = [f.cause for _ in range(6) for f in guarded.pre_publish(ITEM).faults]

        assert (Cause.TIMEOUT, Cause.BREAKER_OPEN) == (causes[0], causes[-1])

    def test_deep_stages_wait(self, make, module):
        """After publishing nobody is in a hurry: a module in shadow has the whole budget."""
        heard = []

        async def slow(item):
            await asyncio.sleep(3 * SHADOW_GRACE_NS / 1e9)
            heard.append(item)

        late = module("next", slow, stage="post_publish")
        make(late, modes={"next": SHADOW}, strict=False).feature("comments").post_publish(ITEM)

        assert [ITEM] == heard


def _answer(modules, modes):
    policy = Policy(
        issues={"integrity.spam": {"nudge": 0.4, "limit": {"at": 0.6, "reach": 0.1}, "block": 0.9}},
        faults=[{"issues": ["*"], "then": "block"}],
    )
    features = [Feature(name="f", surface="comments")]
    with Safety(features, modules=modules, modes=modes, policy=policy, budget_ms=30_000) as safety:
        decision = safety.feature("f").pre_publish(ITEM)
        return decision.action, decision.effects, decision.rules, decision.decided_by


class TestTwoVersions:
    """Two versions of one module, one of them in shadow."""

    def test_both_run(self, guard, seen):
        """Coverage has both, told apart by version."""
        guarded = guard(Noisy("m", 0.6), Noisy("m", 0.9, "2"), modes={"m@2": SHADOW})

        assert {"m": (Status.RAN, None), "m@2": (Status.RAN, None)} == seen(
            guarded.pre_publish(ITEM)
        )

    @pytest.mark.parametrize("turn", [1, -1])
    def test_only_the_live_one_acts(self, guard, turn):
        """The live version decides, in whatever order they are loaded."""
        modules = [Noisy("m", 0.1), Noisy("m", 0.9, "2")][::turn]
        decision = guard(*modules, policy=Policy(issues=BLOCKS), modes={"m@2": SHADOW}).pre_publish(
            ITEM
        )

        assert (Action.ALLOW, Action.BLOCK) == (decision.action, decision.shadow.action)

    def test_the_old_one_may_be_the_shadow(self, guard):
        """After promotion the old version runs on in shadow."""
        modules = [Noisy("m", 0.9), Noisy("m", 0.1, "2")]
        decision = guard(*modules, policy=Policy(issues=BLOCKS), modes={"m@1": SHADOW}).pre_publish(
            ITEM
        )

        assert (Action.ALLOW, Action.BLOCK) == (decision.action, decision.shadow.action)

    def test_two_live_ones_are_refused(self, make):
        """Without a shadow, two of a name are refused with the fix in the text."""
        with pytest.raises(ModuleError, match="Put one in shadow"):
            make(Noisy("m", 0.1), Noisy("m", 0.9, "2"))

    def test_a_broken_version_in_shadow_costs_the_live_one_nothing(self, guard):
        """Breakers are kept per version."""
        modules = [Noisy("m", 0.9), Noisy("m", "raise", "2")]
        guarded = guard(*modules, policy=Policy(issues=BLOCKS), modes={"m@2": SHADOW})
        actions = {guarded.pre_publish(ITEM).action for _ in range(20)}

        assert {Action.BLOCK} == actions


class TestReviewBy:
    """What is enforced is to be looked at again, and never switches off by itself."""

    DUE = Policy(rules=[{**RULE, "review_by": "2020-01-01"}])

    def test_overdue_rule_stays_on(self, guard, finds):
        """A rule past its review still acts."""
        assert Action.BLOCK is guard(finds("m"), policy=self.DUE).pre_publish(ITEM).action

    def test_overdue_rule_nags(self, make, finds):
        """It is among the problems, by name and date."""
        found = [p.what for p in make(finds("m"), policy=self.DUE).problems() if "due" in p.what]

        assert ["rule 'next' of 'policy' was due on 2020-01-01"] == found

    def test_overdue_exception_nags(self, make, finds):
        """An exception past its review is among the problems too."""
        exception = {
            "id": "news", "when": Condition(["item.kind"], lambda kind: True), "owner": "o",
            "issues": ["integrity.spam"], "at_most": "limit", "review_by": "2020-01-01",
        }  # fmt: skip
        policy = Policy(issues=BLOCKS, exceptions=[exception])
        found = [p.what for p in make(finds("m"), policy=policy).problems() if "due" in p.what]

        assert ["exception 'news' of 'policy' was due on 2020-01-01"] == found

    def test_rule_in_time_is_silent(self, make, finds):
        """A rule whose review is to come is no problem."""
        policy = Policy(rules=[{**RULE, "review_by": "2999-01-01"}])

        assert [] == [p for p in make(finds("m"), policy=policy).problems() if "due" in p.what]


def test_shadow_findings_are_no_live_ones(guard, finds):
    """A finding of a module in shadow does not stand among those that count."""
    guarded = guard(finds("live", 0.2), finds("next", 0.9), modes={"next": SHADOW})

    assert ["live"] == [f.module for f in guarded.pre_publish(ITEM).findings]


def test_context_is_one(guard, module):
    """Live and shadow share one context, so derivations are computed once for both."""
    seen: list[Context] = []
    modules = [module(n, lambda item, context: seen.append(context)) for n in ("live", "next")]
    guard(*modules, modes={"next": SHADOW}).pre_publish(ITEM)

    assert seen[0] is seen[1]


def test_mode_is_frozen(make, finds):
    """What is loaded does not change its mode under a running call."""
    (loaded,) = make(finds("m")).modules

    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        loaded.mode = None


class TestChallenger:
    """Policies to compare with: what they would have decided instead of those in force."""

    def asked(self, guard, finds, challenger, score=0.9, **options):
        """Ask under a policy that limits, with a challenger."""
        policy = Policy(name="live", issues=LIMITS)
        return guard(finds("m", score), policy=policy, challenger=challenger, **options)

    @pytest.mark.parametrize(
        ("issues", "action", "differs"),
        [
            pytest.param(BLOCKS, Action.BLOCK, True, id="stricter"),
            pytest.param({}, Action.ALLOW, True, id="milder"),
            pytest.param(LIMITS, Action.LIMIT, False, id="the same"),
        ],
    )
    def test_says_what_it_would_decide(self, guard, finds, issues, action, differs):
        """Its verdict is its own, without what is in force: it may be milder, too."""
        challenger = Policy(name="next", issues=issues)
        shadow = self.asked(guard, finds, challenger).pre_publish(ITEM).shadow

        assert (action, differs) == (shadow.action, shadow.differs)

    def test_live_is_unaffected(self, guard, finds):
        """What is in force decides as it would alone."""
        decision = self.asked(guard, finds, Policy(name="next", issues=BLOCKS)).pre_publish(ITEM)

        assert (Action.LIMIT, "live", {"live"}) == (
            decision.action,
            decision.policy.name,
            {m.policy for m in decision.rules},
        )

    def test_name_may_be_the_same(self, guard, finds):
        """The next version of a policy has its name."""
        challenger = Policy(name="live", issues=BLOCKS)

        assert Action.BLOCK is self.asked(guard, finds, challenger).pre_publish(ITEM).shadow.action

    def test_several(self, guard, finds):
        """A whole bundle may be the challenger."""
        both = [Policy(name="a", issues=LIMITS), Policy(name="b", issues=BLOCKS)]
        shadow = self.asked(guard, finds, both).pre_publish(ITEM).shadow

        assert {"a", "b"} == {m.policy for m in shadow.rules}

    def test_every_call_is_complete(self, guard, finds, module):
        """Beside a challenger no module is skipped, however early all is decided."""
        slow = module("slow", lambda item: None, cost="blocking")
        policy = Policy(name="live", issues=BLOCKS)
        guarded = guard(finds("m"), slow, policy=policy, challenger=Policy(name="next"))

        assert {True} == {guarded.pre_publish(ITEM).complete for _ in range(20)}

    def test_difference_is_counted(self, make, finds):
        """The difference is counted by both actions."""
        safety = make(
            finds("m"), policy=Policy(issues=LIMITS), challenger=Policy(name="next", issues=BLOCKS)
        )
        safety.feature("comments").pre_publish(ITEM)

        assert {("comments", "pre_publish", "limit", "block", "true"): 1} == safety.counts(
            "handrail.shadow"
        )

    def test_what_it_cannot_do_is_refused(self, guard, finds):
        """A challenger that the feature could not carry out is refused when it opens."""
        features = [Feature(name="comments", surface="comments", carries_out=["limit", "reach"])]

        with pytest.raises(FeatureError, match="'block'"):
            self.asked(guard, finds, Policy(name="next", issues=BLOCKS), features=features)

    @pytest.mark.parametrize("again", [(), Policy(name="next", issues=BLOCKS)], ids=["no", "yes"])
    def test_reload(self, make, finds, again):
        """A reload names the challenger anew, or ends the comparison."""
        safety = make(finds("m"), policy=Policy(issues=LIMITS), challenger=Policy(name="old"))
        safety.feature("comments")
        safety.reload(Policy(issues=LIMITS), challenger=again)
        shadow = safety.feature("comments").pre_publish(ITEM).shadow

        assert (Action.BLOCK if again else None) is (shadow and shadow.action)


class TestRollout:
    """A shadow for a share of people."""

    def asked(self, guard, finds, percent):
        """The decisions for forty people, with a rule in shadow for a share of them."""
        policy = Policy(issues=LIMITS, rules=[{**RULE, **SHADOW, "rollout": percent}])
        guarded = guard(finds("m"), policy=policy)
        authors = [Actor(f"u{n}") for n in range(40)]
        return [guarded.pre_publish(Item("1", "words", author=a, language="en")) for a in authors]

    @pytest.mark.parametrize(("percent", "expected"), [(0, 0), (100, 40)])
    def test_verdict_is_for_the_share(self, guard, finds, percent, expected):
        """Only those whom the share includes would have been decided upon."""
        decided = self.asked(guard, finds, percent)

        assert expected == sum(d.shadow.action is Action.BLOCK for d in decided)

    def test_the_same_people_when_enforced(self, guard, finds):
        """Whom a rule would have acted on in shadow, it acts on when it is enforced."""
        would = [d.shadow.action is Action.BLOCK for d in self.asked(guard, finds, 50)]
        policy = Policy(issues=LIMITS, rules=[{**RULE, "rollout": 50}])
        guarded = guard(finds("m"), policy=policy)
        authors = [Actor(f"u{n}") for n in range(40)]
        does = [
            guarded.pre_publish(Item("1", "words", author=a, language="en")).action is Action.BLOCK
            for a in authors
        ]

        assert (would, True, False) == (does, any(does), all(does))

    def test_live_is_unaffected(self, guard, finds):
        """Nobody is acted upon, in or out of the share."""
        assert {Action.LIMIT} == {d.action for d in self.asked(guard, finds, 50)}
