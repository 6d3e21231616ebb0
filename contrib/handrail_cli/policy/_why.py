"""Why it was decided so: what matched, what nearly did, and what would have to change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import attrs

from handrail import (
    Action,
    Decision,
    ExceptionRule,
    Finding,
    Item,
    Match,
    Mode,
    Override,
    Policy,
    Preview,
    Rule,
)
from handrail_cli.policy._clauses import Clause
from handrail_cli.policy._ladder import thresholds
from handrail_cli.policy._rules import source, state, then

BARELY = 1e-9
"""So little below a threshold is below it."""


@attrs.frozen
class Case:
    """A decision and what it came from.

    Attributes:
        decision: What was decided. policies: By which policies. item: About what, if known.
        preview: Decides again. clauses: The parts of conditions, tested.
    """

    decision: Decision
    policies: tuple[Policy, ...]
    item: Item | None
    preview: Preview
    clauses: tuple[Clause, ...]

    def again(self, findings: Iterable[Finding]) -> Decision:
        """What would be decided with other findings."""
        return self.preview.decide(self.item or Item(self.decision.item or "item"), findings)

    @property
    def same(self) -> bool:
        """Whether deciding again comes to the same action."""
        return self.again(self.decision.findings).action is self.decision.action

    def conditions(self, policy: str, rule: str) -> list[Clause]:
        """The tested clauses of a rule."""
        return [c for c in self.clauses if c.rule == f"{policy}/{rule}" and c.tested]


def reasons(case: Case, match: Match) -> list[str]:
    """Return why a rule matched: its score, its condition, what eased it."""
    told = []
    if match.score is not None and match.at is not None:
        told.append(f"{match.issue} {match.score:.2f} >= {match.at:.2f}")
    part = part_of(case.policies, match)
    if part is not None and source(part) is not None:
        known = [clause.told() for clause in case.conditions(match.policy, part.id)]
        told += known or [f"when {' '.join(str(source(part)).split())}"]
    if part is not None and not isinstance(part, ExceptionRule) and part.rollout is not None:
        told.append("the author is in its share")
    if match.rule.startswith("faults"):
        told.append(f"nothing looked for {match.issue or 'it'}: a fault")
    if match.eased_by and match.asked is not None:
        told.append(f"would be {match.asked.name}, eased by {', '.join(match.eased_by)}")
    return told


def part_of(policies: Iterable[Policy], match: Match) -> Rule | Override | None:
    """Return the rule or override that a match comes from; None for a ladder."""
    name = match.rule.partition("/")[0]
    parts = (part for p in policies if p.name == match.policy for part in _parts(p))
    return next((part for part in parts if part.id == name), None)


def _parts(policy: Policy) -> Iterator[Rule | Override]:
    yield from policy.rules
    yield from policy.overrides


@attrs.frozen
class Other:
    """What would be decided with another score.

    Attributes:
        issue, score: The finding as it is. at: The score it would need, or stay below of.
        action: What would be decided then. by: The rule that decides then.
    """

    issue: str
    score: float
    at: float
    action: Action
    by: str | None


def above(case: Case) -> list[Other]:
    """Return, for each issue found, the next higher score that changes what is decided."""
    return _others(case, up=True)


def below(case: Case) -> list[Other]:
    """Return, for each issue found, the nearest lower score that changes what is decided."""
    return _others(case, up=False)


def _others(case: Case, *, up: bool) -> list[Other]:
    return [o for finding in highest(case.decision.findings) for o in _next(case, finding, up=up)]


def highest(findings: Iterable[Finding]) -> list[Finding]:
    """Return the highest finding of each issue, the highest first."""
    best: dict[str, Finding] = {}
    for finding in sorted(findings, key=lambda f: f.score):
        best[finding.issue] = finding
    return sorted(best.values(), key=lambda f: (-f.score, f.issue))


def _next(case: Case, finding: Finding, *, up: bool) -> Iterator[Other]:
    known = sorted(thresholds(case.policies).get(finding.issue, ()), reverse=not up)
    scores = [at for at in known if (at > finding.score if up else at <= finding.score)]
    for at in scores:
        score = at if up else at - BARELY
        changed = case.again(_with(case.decision.findings, finding.issue, max(score, 0.0)))
        if _what(changed) != _what(case.decision):
            yield Other(finding.issue, finding.score, at, changed.action, changed.decided_by)
            return


def _what(decision: Decision) -> object:
    return decision.action, {(e.name, str(e.value)) for e in decision.effects}


def _with(findings: Iterable[Finding], issue: str, score: float) -> list[Finding]:
    """The findings, those of an issue at another score."""
    return [attrs.evolve(f, score=score) if f.issue == issue else f for f in findings]


@attrs.frozen
class Near:
    """A rule or override of which one thing is missing.

    Attributes:
        policy, rule: Whose it is. then: What it asks for. state: Mode, share and dates.
        lacks: The part of its condition that did not hold, with its values; or that all of it
            did, and only its mode, share, stages or dates kept it out.
    """

    policy: str
    rule: str
    then: str
    state: str
    lacks: str


def near(case: Case) -> list[Near]:
    """Return what would have matched, but for one part of its condition, or its mode and share."""
    matched = {(m.policy, m.rule.partition("/")[0]) for m in case.decision.rules}
    scores = {f.issue: f.score for f in reversed(highest(case.decision.findings))}
    return [
        Near(policy.name, part.id, _asks(part), state(part, policy, case.preview.now), lacks)
        for policy in case.policies
        for part in _parts(policy)
        if part.mode is not Mode.OFF and (policy.name, part.id) not in matched
        if (lacks := _lacks(case, policy, part, scores)) is not None
    ]


def _asks(part: Rule | Override) -> str:
    return then(part) if isinstance(part, Rule) else f"stricter: {', '.join(part.issues)}"


def _lacks(
    case: Case, policy: Policy, part: Rule | Override, scores: Mapping[str, float]
) -> str | None:
    """The one part that is missing; None where more is, or where nothing is known of it."""
    tested = case.conditions(policy.name, part.id)
    if part.when is not None and not tested:
        return None
    failed = [clause.told() for clause in tested if clause.answer is not True]
    parts = len(tested)
    if isinstance(part, Override):
        # An override is near where what it makes stricter was found.
        found = set(scores) & set(thresholds([Policy(overrides=(part,), holds=policy.holds)]))
        return _one(failed, parts, _outside(policy, part)) if found else None
    if part.at is not None:
        score, parts = scores.get(part.issue or "", 0.0), parts + 1
        if score < part.at:
            failed.append(f"{part.issue} {score:.2f} < {part.at:.2f}")
    return _one(failed, parts, _outside(policy, part)) if parts > 1 or not failed else None


def _outside(policy: Policy, part: Rule | Override) -> str:
    """What keeps a rule out whose condition holds: whatever of it is restricted at all."""
    modes = {policy.mode, part.mode}
    rule = part if isinstance(part, Rule) else None
    restricted = {
        "mode": modes != {Mode.ENFORCE},
        "share": part.rollout is not None or policy.rollout is not None,
        "stages": bool(rule and rule.stages),
        "dates": bool(rule and (rule.starts or rule.ends)),
    }
    named = [word for word, there in restricted.items() if there] or [*restricted]
    return f"nothing but its {' or '.join(named)}"


def _one(failed: Sequence[str], parts: int, outside: str) -> str | None:
    if parts and not failed:
        return outside
    return failed[0] if len(failed) == 1 else None


def decider(rules: Sequence[Match], decided_by: str | None) -> Match | None:
    """Return the match that decided."""
    return next((match for match in rules if match.rule == decided_by), None)
