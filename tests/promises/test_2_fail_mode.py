"""Promise 2: what a fault means is policy, by stage, issue and cause."""

from __future__ import annotations

import threading

import pytest

from handrail import (
    Action,
    Cause,
    Condition,
    Feature,
    Finding,
    Item,
    MemorySink,
    Policy,
    Report,
    Stage,
)

HOLDS = {"within": "1h", "otherwise": "block"}
STAGES = [stage.value for stage in Stage]
BY_EVERYTHING = [
    {"stages": ["pre_publish"], "issues": ["integrity.*"], "causes": ["error"], "then": "nudge"},
    {"stages": ["pre_publish"], "issues": ["integrity.*"], "causes": ["invalid"], "then": "limit"},
    {"stages": ["pre_publish"], "issues": ["fraud.*"], "causes": ["error"], "then": "hold"},
    {"stages": ["pre_publish"], "issues": ["fraud.*"], "causes": ["invalid"], "then": "block"},
    {"then": "allow"},
]


def fails(item):
    raise ValueError


def talks_rubbish(item):
    return [42]


@pytest.fixture(name="subject")
def _subject(item):
    """What each stage is asked about."""
    return {"pre_publish": item, "post_publish": item, "report": Report(id="r", item=item)}


@pytest.fixture(name="at")
def _at(make, subject):
    """Ask at a stage; return the decision that was recorded, whatever the host is handed."""

    def at(stage, *modules, **options):
        sink = MemorySink()
        safety = make(*modules, sink=sink, **options)
        getattr(safety.feature("comments"), stage)(subject[stage])
        safety.flush()
        return sink.entries[0]

    return at


class TestFaultRules:
    """The first fault rule that fits a stage, an issue and a cause says what happens."""

    @pytest.mark.parametrize(
        ("issue", "hook", "action"),
        [
            ("integrity.spam", fails, Action.NUDGE),
            ("integrity.spam", talks_rubbish, Action.LIMIT),
            ("fraud.scam", fails, Action.HOLD),
            ("fraud.scam", talks_rubbish, Action.BLOCK),
            ("hate.speech", fails, Action.ALLOW),
        ],
    )
    def test_issue_and_cause(self, module, guard, item, issue, hook, action):
        """The issue that went unseen and the cause choose the action."""
        policy = Policy(faults=BY_EVERYTHING, holds=HOLDS)
        guarded = guard(module("broken", hook, issues={issue}), policy=policy)

        assert action is guarded.pre_publish(item).action

    @pytest.mark.parametrize("stage", STAGES)
    def test_stage(self, module, at, stage):
        """A fault rule for one stage holds at that stage alone."""
        policy = Policy(faults=[{"stages": ["pre_publish"], "then": "block"}, {"then": "allow"}])
        decision = at(stage, module("broken", fails, stage=stage), policy=policy)

        assert (stage == "pre_publish") == (decision.action is Action.BLOCK)

    def test_first_that_fits_holds(self, module, guard, item):
        """Of two rules that fit, the first holds, even if the second is stricter."""
        policy = Policy(faults=[{"then": "limit"}, {"then": "block"}])

        assert Action.LIMIT is guard(module("x", fails), policy=policy).pre_publish(item).action

    def test_strictest_issue_holds(self, module, guard, item):
        """A module with several issues fails as strictly as the strictest of them."""
        policy = Policy(faults=[{"issues": ["fraud.*"], "then": "block"}, {"then": "limit"}])
        broken = module("x", fails, issues={"integrity.spam", "fraud.scam", "hate.speech"})

        assert Action.BLOCK is guard(broken, policy=policy).pre_publish(item).action

    def test_rule_is_named(self, module, guard, item):
        """The decision says which fault rule decided."""
        policy = Policy(faults=[{"issues": ["hate.*"], "then": "hold"}, {"then": "limit"}],
                        holds=HOLDS)  # fmt: skip

        decided_by = guard(module("x", fails), policy=policy).pre_publish(item).decided_by

        assert "faults[1]" == decided_by

    def test_silent_policy_lets_most_things_pass(self, module, guard, item):
        """Where no policy says anything, a fault does not stop a comment."""
        assert Action.ALLOW is guard(module("x", fails)).pre_publish(item).action

    def test_silent_policy_holds_for_child_safety(self, module, guard, item):
        """Where no policy says anything, a fault that leaves child safety unseen holds."""
        broken = module("x", fails, issues={"child_safety.grooming"})

        assert Action.HOLD is guard(broken).pre_publish(item).action

    def test_whole_call_fails_by_the_same_rules(self, finds, guard):
        """A call that fails as a whole leaves every issue unseen, and the rules decide."""
        policy = Policy(faults=[{"issues": ["integrity.*"], "then": "block"}, {"then": "allow"}])

        assert Action.BLOCK is guard(finds("spam"), policy=policy).pre_publish(None).action

    def test_hold_of_a_whole_call_has_an_end(self, finds, guard):
        """A call that fails as a whole and holds ends as the policy says, from the call on."""
        guarded = guard(finds("spam"), policy=Policy(faults=[{"then": "hold"}], holds=HOLDS))
        decision = guarded.pre_publish(None)

        assert 3600 == (decision.hold.until - decision.at).total_seconds()


class TestFaultsOnlyRaise:
    """A fault never lowers what was found."""

    @pytest.mark.parametrize("score", [0.3, 0.6, 0.95])
    @pytest.mark.parametrize("then", ["allow", "nudge", "hold", "block"])
    def test_action_is_the_stricter_of_both(self, module, finds, guard, item, score, then):
        """With a finding and a fault, the stricter of the two answers is given."""
        ladder = {"integrity.spam": {"limit": 0.5, "block": 0.9}}
        policy = Policy(issues=ladder, faults=[{"then": then}], holds=HOLDS)
        alone = guard(finds("spam", score), policy=policy).pre_publish(item).action
        guarded = guard(
            finds("spam", score), module("x", fails, issues={"hate.speech"}), policy=policy
        )

        assert max(alone, Action.parse(then)) is guarded.pre_publish(item).action

    def test_delivered_block_stays(self, module, guard, item):
        """A module that found what blocks and then broke still blocks."""

        def hook(item):
            yield Finding("integrity.spam", 0.95, "seen")
            raise ValueError

        policy = Policy(issues={"integrity.spam": {"block": 0.9}}, faults=[{"then": "allow"}])

        assert Action.BLOCK is guard(module("x", hook), policy=policy).pre_publish(item).action


class TestReports:
    """At ``report`` a fault opens a case and leaves visibility alone."""

    @pytest.mark.parametrize("stage", ["post_publish", "report"])
    @pytest.mark.parametrize("then", ["nudge", "limit", "hold", "block"])
    def test_visibility_is_left_alone(self, module, at, stage, then):
        """A fault rule that asks for an action does not act on what is published."""
        policy = Policy(faults=[{"then": then}], holds=HOLDS)
        decision = at(stage, module("x", fails, stage=stage), policy=policy)

        assert Action.ALLOW is decision.action

    @pytest.mark.parametrize("then", ["nudge", "limit", "hold", "block"])
    def test_case_is_opened(self, module, at, then):
        """Whatever action the fault rule asks for, a person looks at the report."""
        policy = Policy(faults=[{"then": then}], holds=HOLDS)
        decision = at("report", module("x", fails, stage="report"), policy=policy)

        assert decision.effect("review") is not None

    def test_case_is_opened_where_the_policy_is_silent(self, module, at):
        """Without a fault rule, a report whose module failed goes to a person."""
        decision = at("report", module("x", fails, stage="report"))

        assert (Action.ALLOW, True) == (decision.action, decision.effect("review") is not None)

    def test_case_goes_where_the_issue_belongs(self, module, at):
        """The case of an issue that is not for everybody opens in its restricted queue."""
        broken = module("x", fails, stage="report", issues={"child_safety.csam"})
        decision = at("report", broken, policy=Policy(faults=[{"then": "block"}]))

        assert ["restricted"] == list(decision.effect("review").value)


class TestCauses:
    """Each cause of the closed list is reached, and reaches the rules."""

    @pytest.fixture(name="caused")
    def _caused(self, guard, item):
        """Whether a fault of *cause* blocks, under a policy that blocks for that cause alone."""

        def caused(cause, *modules, calls=1, **options):
            policy = Policy(
                faults=[{"causes": [cause], "then": "block"}, {"then": "allow"}],
                **options.pop("policy", {}),
            )
            guarded = guard(*modules, policy=policy, **options)
            decision = [guarded.pre_publish(item) for _ in range(calls)][-1]
            return decision.action, {f.cause.value for f in decision.faults}

        return caused

    def test_list_is_closed(self):
        """There are eight causes."""
        assert [
            "error", "timeout", "over_budget", "breaker_open", "missing", "invalid", "unknown",
            "tripped",
        ] == [cause.value for cause in Cause]  # fmt: skip

    def test_error(self, module, caused):
        """A module that raises is an ``error``."""
        assert (Action.BLOCK, {"error"}) == caused("error", module("x", fails))

    def test_invalid(self, module, caused):
        """A module that talks rubbish is ``invalid``."""
        assert (Action.BLOCK, {"invalid"}) == caused("invalid", module("x", talks_rubbish))

    def test_timeout(self, module, caused, gate):
        """A module that began and did not come back in time is a ``timeout``."""
        begun = threading.Event()

        def hook(item):
            begun.set()
            gate.wait()

        hung = module("x", hook, cost="blocking", timeout_ms=400)

        assert (Action.BLOCK, {"timeout"}) == caused("timeout", hung)

    @pytest.mark.parametrize("cost", ["inline", "blocking", "remote"])
    def test_over_budget(self, module, finds, caused, gate, cost):
        """A module whose turn came after the budget was spent is ``over_budget``."""
        spends = module("a", lambda item: None if gate.wait(0.02) else [])
        late = finds("z", cost=cost)

        assert (Action.BLOCK, {"over_budget"}) == caused("over_budget", spends, late, budget_ms=5)

    def test_breaker_open(self, module, caused):
        """A module left out by its open breaker is ``breaker_open``."""
        answer = caused("breaker_open", module("x", fails), calls=6)

        assert (Action.BLOCK, {"breaker_open"}) == answer

    def test_missing_derivation(self, module, caused):
        """A module that could not be given what it needs is ``missing`` its provider."""

        def compute(item, context) -> str:
            raise ValueError

        source = module("source", lambda item: None, provides={"folded": compute})
        asks = module("asks", lambda item, context: context.derive("folded", str),
                      needs={"folded": str})  # fmt: skip

        assert (Action.BLOCK, {"error", "missing"}) == caused("missing", source, asks)

    def test_missing_module(self, finds, caused):
        """A required issue that no module covers is ``missing`` in every call."""
        feature = Feature(name="comments", surface="comments", requires={"issues": ["fraud.scam"]})

        assert (Action.BLOCK, {"missing"}) == caused(
            "missing", finds("spam"), features=[feature], strict=False
        )

    def test_unknown(self, finds, caused):
        """A rule whose value is missing, and that says so matters, is ``unknown``."""
        rule = {
            "id": "young", "issue": "integrity.spam", "unknown": "fault", "then": "limit",
            "when": Condition(["actor.age"], lambda age: age < 18),
        }  # fmt: skip

        assert (Action.BLOCK, {"unknown"}) == caused(
            "unknown", finds("spam", 0.1), policy={"rules": [rule]}
        )

    def test_unknown_is_booked_to_the_rule(self, finds, guard):
        """The source of that fault is the rule."""
        rule = {
            "id": "young", "issue": "integrity.spam", "unknown": "fault", "then": "limit",
            "when": Condition(["actor.age"], lambda age: age < 18),
        }  # fmt: skip
        guarded = guard(finds("spam", 0.1), policy=Policy(rules=[rule]))

        assert ["young"] == [f.source for f in guarded.pre_publish(Item(id="i")).faults]
