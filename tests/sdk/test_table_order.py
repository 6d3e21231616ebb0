"""No order of findings, faults, rules or policies shows in a decision; a rule never softens."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from handrail import Condition, Effect, Policy, effect_specs

HATE = "hate.speech"
HOLDS = {"within": "24h", "otherwise": "limit"}
YOUNG = Condition(["actor.age"], lambda age: age < 18)
ALWAYS = Condition(["now"], lambda now: True)
NEVER = Condition(["now"], lambda now: False)
NEWS = {
    "id": "news", "issues": [HATE], "owner": "policy-eu", "review_by": "2999-01-01",
}  # fmt: skip


def raising(*values):
    raise ValueError("canary")


NAMES = [HATE, "hate.threat", "fraud.scam", "self_harm.at_risk", "child_safety.csam"]
SCORES = st.sampled_from([0.0, 0.2, 0.5, 0.7, 0.9, 1.0])
FOUND = st.lists(st.tuples(st.sampled_from(NAMES), SCORES), max_size=5)
FAULTS = st.lists(
    st.tuples(st.lists(st.sampled_from(NAMES), max_size=3), st.sampled_from(["error", "timeout"])),
    max_size=2,
)
THENS = st.sampled_from(
    ["nudge", "limit", "hold", "block", {"label": "x"}, {"reach": 0.5, "action": "limit"},
     {"review": {"queue": "general", "within": "1h"}}]
)  # fmt: skip
CONDITIONS = st.sampled_from(
    [None, ALWAYS, NEVER, YOUNG, Condition(["now"], raising),
     Condition(["score(hate.speech)"], lambda s: s >= 0.5)]
)  # fmt: skip
UNKNOWN = st.sampled_from(["match", "skip", "fault"])


@st.composite
def rules(draw, name="r"):
    """A rule that may stand in a policy."""
    issue = draw(st.sampled_from([n for n in NAMES if n != "self_harm.at_risk"]))
    return {"id": name, "issue": issue, "at": draw(SCORES), "then": draw(THENS),
            "when": draw(CONDITIONS), "unknown": draw(UNKNOWN)}  # fmt: skip


@st.composite
def policies(draw, name="p"):
    """A policy with all its parts."""
    ladder = st.dictionaries(st.sampled_from(["hate.*", "*", HATE]), st.just({"hold": 0.7}))
    override = {"id": "o", "when": draw(CONDITIONS.filter(bool)), "unknown": draw(UNKNOWN),
                "issues": {"*": {"block": draw(SCORES)}}}  # fmt: skip
    exception = {**NEWS, "when": draw(CONDITIONS.filter(bool)), "unknown": "skip",
                 "at_most": draw(st.sampled_from(["allow", "limit", "hold"]))}  # fmt: skip
    return {
        "name": name,
        "issues": draw(ladder),
        "overrides": [override] if draw(st.booleans()) else [],
        "exceptions": [exception] if draw(st.booleans()) else [],
        "rules": [draw(rules(f"r{n}")) for n in range(draw(st.integers(0, 3)))],
        "faults": draw(st.lists(st.builds(
            lambda i, t: {"issues": [i], "then": t}, st.sampled_from(["*", "hate.*"]), THENS,
        ), max_size=2)),
        "holds": HOLDS,
        "limits": {"reach": 0.3},
    }  # fmt: skip


def said(outcome):
    """Everything about an outcome that a decision shows."""
    return (
        outcome.action,
        outcome.effects,
        outcome.rules,
        outcome.decided_by,
        outcome.exceptions,
        outcome.hold and (outcome.hold.otherwise, outcome.hold.waits_for),
        sorted((f[0], f[1], sorted(f[5])) for f in outcome.faults),
    )


FEW = settings(max_examples=40)  # A table over all issues takes a while to compile.


class TestOrder:
    """No order of anything shows in a decision."""

    @FEW
    @given(policies("p"), policies("q"), FOUND, FAULTS, st.randoms())
    def test_never_changes_a_decision(self, decide, one, two, found, faults, random):
        """Findings, faults, rules, ladders and policies in another order decide the same."""
        first = decide([Policy(**one), Policy(**two)], *found, faults=faults)
        for policy in (one, two):
            random.shuffle(policy["rules"])
            policy["issues"] = dict(
                random.sample(list(policy["issues"].items()), len(policy["issues"]))
            )
        shuffled = [Policy(**two), Policy(**one)]
        second = decide(
            shuffled, *random.sample(found, len(found)), faults=random.sample(faults, len(faults))
        )

        assert said(first) == said(second)

    @FEW
    @given(policies(), rules("extra"), FOUND, FAULTS)
    def test_a_rule_more_never_softens(self, decide, policy, extra, found, faults):
        """Adding a rule makes a decision stricter, or leaves it."""
        before = decide(Policy(**policy), *found, faults=faults)
        more = {**policy, "rules": [*policy["rules"], extra]}

        assert before.action <= decide(Policy(**more), *found, faults=faults).action

    @FEW
    @given(policies(), FOUND, st.tuples(st.sampled_from(NAMES), SCORES))
    def test_a_finding_more_never_softens_without_conditions(self, decide, policy, found, more):
        """Without conditions to turn around, another finding makes a decision no softer."""
        plain = {**policy, "exceptions": [], "overrides": []}
        plain["rules"] = [{**r, "when": None} for r in policy["rules"]]
        before = decide(Policy(**plain), *found)

        assert before.action <= decide(Policy(**plain), *found, more).action

    @FEW
    @given(policies(), FOUND, FAULTS)
    def test_every_effect_is_of_the_taxonomy(self, decide, policy, found, faults):
        """Whatever is merged is a valid effect again."""
        effects = decide(Policy(**policy), *found, faults=faults).effects

        assert list(effects) == [
            Effect(e.name, e.value, e.target, audience=e.audience, until=e.until)
            for e in effects
            if e.name in effect_specs()
        ]
