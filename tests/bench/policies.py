"""What deciding costs as rules grow in number, against closures written by hand.

Every rule is one step of a ladder on an issue; one in five also has a simple condition. A call
has two findings. The closures test every rule; both list all that match, and must agree.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from calls import ITEM
from harness import Row, paired

from handrail import (
    Action,
    Condition,
    Feature,
    Finding,
    Item,
    MemoryState,
    Policy,
    Rule,
    Safety,
    Stage,
    issues,
)
from handrail._context import Context
from handrail._plan import Plan, plan_key

Closure = Callable[[dict[str, float], Item], tuple[str, int] | None]
NAMES = sorted(n for n, i in issues().items() if "non_punitive" not in i.flags)


def rule(number: int, random: Random) -> tuple[Rule, Closure]:
    """One rule, and the closure that means the same."""
    name = NAMES[number % len(NAMES)]
    at = round(random.uniform(0.3, 0.95), 2)
    action = random.choice([Action.NUDGE, Action.BLOCK])
    limit = random.randint(5, 40)
    label = f"rule-{number}"
    if number % 5:
        made = Rule(id=label, issue=name, at=at, then=action)

        def closure(scores: dict[str, float], item: Item) -> tuple[str, int] | None:
            return (label, action) if scores.get(name, 0.0) >= at else None

        return made, closure
    when = Condition(["actor.age"], lambda age: age < limit)
    made = Rule(id=label, issue=name, at=at, when=when, unknown="skip", then=action)

    def conditional(scores: dict[str, float], item: Item) -> tuple[str, int] | None:
        if scores.get(name, 0.0) < at or item.author is None or item.author.age is None:
            return None
        return (label, action) if item.author.age.value < limit else None

    return made, conditional


def by_hand(closures: list[Closure], findings: list[Finding], item: Item) -> tuple[int, list[str]]:
    """Evaluate every closure."""
    scores: dict[str, float] = {}
    for finding in findings:
        scores[finding.issue] = max(finding.score, scores.get(finding.issue, 0.0))
    action, matched = 0, []
    for closure in closures:
        hit = closure(scores, item)
        if hit is not None:
            matched.append(hit[0])
            action = max(action, hit[1])
    return action, matched


def planned(rules: list[Rule], surface: str, state: MemoryState | None = None) -> Plan:
    """The plan of a feature without modules, whose policy is *rules*."""
    safety = Safety(
        [Feature(name="bench", surface=surface)], policy=Policy(rules=rules), state=state,
        strict=False,
    )  # fmt: skip
    safety.feature("bench")
    return safety._core.plans[plan_key("bench", Stage.PRE_PUBLISH)]


def row(count: int, goal: str) -> Row:
    """Measure *count* rules."""
    random = Random(count)
    pairs = [rule(n, random) for n in range(count)]
    closures = [c for _, c in pairs]
    plan = planned([r for r, _ in pairs], "comments")
    table = plan.table
    findings = [Finding(NAMES[0], 0.8, "one"), Finding(NAMES[min(7, count - 1)], 0.6, "two")]
    found = [(f, 0) for f in findings]
    context = Context(plan, ITEM, 1, 1)

    outcome = table.decide(context, found, ())
    action, matched = by_hand(closures, findings, ITEM)
    if (int(outcome.action), sorted(m.rule for m in outcome.rules)) != (action, sorted(matched)):
        raise SystemExit(f"{count} rules: the table and the closures disagree")

    def ours(times: int) -> None:
        for _ in range(times):
            table.decide(context, found, ())

    def hand(times: int) -> None:
        for _ in range(times):
            by_hand(closures, findings, ITEM)

    times = max(20, 20_000 // count)
    return paired(
        f"deciding over {count:,} ladder rules, one in five with a condition", ours,
        "closures by hand, all tested", hand, times=times, base_times=times, goal=goal,
    )  # fmt: skip


def rows() -> list[Row]:
    """Ten, two hundred and a thousand rules."""
    return [row(10, "≤ 1"), row(200, "≤ 0.2"), row(1000, "≤ 0.1")]
