"""Policies compiled for one feature and stage: findings and faults in, an outcome out; pure.

Rows are indexed by issue and sorted by threshold, so a call pays for the issues it found, not
for the rules there are; only conditions without a score are looked at every time. An override
needs no machinery: its rungs are rows of their own, and the strictest row that matches wins.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import attrs

from handrail._compile import BUILT_IN, Compiler, active
from handrail._fallbacks import FaultRule
from handrail._feature import Feature
from handrail._finding import Action, Cause, Stage
from handrail._inputs import Input
from handrail._issues import expand
from handrail._ladders import Mode
from handrail._match import Hold
from handrail._matching import Matching
from handrail._outcome import CLEAR, NOBODY, Merged, Outcome, effects_of, hold_of
from handrail._policy import Policy
from handrail._rows import Ease, Guard, Matched, Row, by_issue, queue_of
from handrail._sieve import Sieve
from handrail.errors import PolicyError

if TYPE_CHECKING:
    from handrail._context import Context

ALLOW, HOLD = Action.ALLOW, Action.HOLD
ENFORCED = frozenset({Mode.ENFORCE})


class Table:
    """Compiled policies.

    Args:
        policies: In any order; those that do not cover the feature and stage are left out.
        feature, stage: What it is compiled for.
        modes: Which modes count: ENFORCE alone, or ENFORCE and SHADOW.
        now: Rows that have not started or have ended by then are left out.
        tripped: Hashes of rules demoted to shadow by their blast-radius cap.

    Raises FeatureError where a policy asks for what the feature cannot carry out or provide.
    """

    def __init__(
        self,
        policies: Iterable[Policy],
        feature: Feature,
        stage: Stage,
        *,
        modes: frozenset[Mode] = ENFORCED,
        now: datetime | None = None,
        tripped: frozenset[str] = frozenset(),
    ) -> None:
        self.stage = stage
        self.policies = tuple(p for p in policies if p.covers(feature.surface, feature.name, stage))
        if len({p.name for p in self.policies}) < len(self.policies):
            names = sorted(p.name for p in self.policies)
            raise PolicyError(f"Two policies share a name: {', '.join(names)}. Name each apart.")
        at = now or datetime.now(UTC)
        self._make = Compiler(feature, stage, modes, at, tripped)
        self._live = [p for p in self.policies if active(p.mode, p.expires, modes, at)]
        self.rows = tuple(row for policy in self._live for row in self._make.rows(policy))
        self.index = by_issue(self.rows)
        self.free = tuple(row for row in self.rows if row.at is None)
        self._sieve = Sieve(self.free)
        self.eases = self._by_issue()
        self.demoted = any(row.demoted for row in self.rows)
        self._looks = bool(self.free or self.eases or self.demoted)
        self._fault_memo: dict[tuple[frozenset[str], Cause], tuple[Row, ...]] = {}
        self._merged = Merged()
        self._check_faults()

    def _by_issue(self) -> dict[str, tuple[Ease, ...]]:
        eases: dict[str, tuple[Ease, ...]] = {}
        for policy in self._live:
            for name, ease in self._make.eases(policy):
                eases[name] = (*eases.get(name, ()), ease)
        return eases

    def _check_faults(self) -> None:
        """Refuse fault rules that the feature cannot carry out before something fails."""
        for policy in self._live:
            for number, rule in enumerate(policy.faults):
                if not rule.stages or self.stage in rule.stages:
                    self._make.fault_row(policy, number, None)

    @property
    def derivations(self) -> frozenset[str]:
        """What modules have to derive for its conditions."""
        return frozenset(source.derivation for source in self._asked() if source.derivation)

    @property
    def tagged(self) -> frozenset[str]:
        """What its conditions read the kept tags of: ``actor``, ``session``, ``thread``."""
        return frozenset(source.tagged for source in self._asked() if source.tagged)

    @property
    def tag_issues(self) -> frozenset[str]:
        """The issues that hang on conditions on kept tags."""
        hanging = (g.issues for g in self._guards() if any(i.tagged for _, i, _ in g.inputs))
        return frozenset[str]().union(*hanging)

    def _asked(self) -> Iterator[Input]:
        return (source for guard in self._guards() for _, source, _ in guard.inputs)

    def _guards(self) -> Iterator[Guard]:
        guards = [row.guard for row in self.rows]
        guards += [ease.guard for eases in self.eases.values() for ease in eases]
        return (guard for guard in guards if guard)

    def decide(self, context: Context, pairs: Iterable[Any], faults: Sequence[Any]) -> Outcome:
        """Decide one call.

        Args:
            context: The call, for conditions to read.
            pairs: Findings that count, each with its slot.
            faults: The call's raw faults.
        """
        scores = _highest(pairs)
        run: Matching | None = None
        matched: list[Matched] = []
        for issue, score in scores.items():
            for at, row in self.index.get(issue, ()):
                if score < at:
                    break
                if (guard := row.guard) is not None:
                    held = guard.quick(context) if guard.quick else None
                    if held is None:
                        run = run or Matching(context, scores, pairs)
                        held = run.holds(guard)
                    if not held:
                        continue
                matched.append((row, score, row.action, ()))
        if faults or self._looks or context._plan.approvals is not None or (run and run.faults):
            run = run or Matching(context, scores, pairs)
            matched = self._look(matched, run, faults)
        if not matched and not (run and run.faults):
            return CLEAR
        return self._outcome(context, matched, run)

    def _look(self, matched: list[Matched], run: Matching, faults: Sequence[Any]) -> list[Matched]:
        """Look at what no score leads to, at what eases, and at what faults mean."""
        run.free(self._sieve, matched)
        if matched:
            matched = run.ease(run.demote(matched), self.eases)
        for fault in (*faults, *run.faults):
            matched.extend((r, None, r.action, ()) for r in self._on_fault(fault[5], fault[1]))
        return matched

    def _outcome(self, context: Context, matched: list[Matched], run: Matching | None) -> Outcome:
        action, effects = ALLOW, False
        for row, _, taken, eases in matched:
            if taken > action:  # noqa: PLR1730 - max() costs more than the comparison
                action = taken
            if row.asks or eases:
                effects = True
        if run is None and not effects and action is not HOLD:
            return Outcome(action, matched)
        subjects = run.subjects if run else NOBODY
        merged = self._merged.effects_of(matched, context.now, subjects) if effects else ()
        hold = hold_of(matched, context.now) if action is HOLD else None
        return Outcome(action, matched, merged, run.faults if run else (), hold, subjects)

    def _on_fault(self, names: frozenset[str], cause: Cause) -> tuple[Row, ...]:
        """The rows a fault matches: for each issue it leaves unseen, each policy's first that fits.

        Where no policy has one that fits, the built-in rules hold.
        """
        key = (names, cause)
        if key not in self._fault_memo:
            rows: dict[tuple[str, int, str], Row] = {}
            unseen: list[str | None] = [*sorted(names)] or [None]
            for name in unseen:
                found = [f for p in self._live if (f := self._first(p, name, cause))]
                for policy, number in found or filter(None, [self._first(BUILT_IN, name, cause)]):
                    kind = (policy.name, number, queue_of(name))
                    if kind not in rows:
                        rows[kind] = self._make.fault_row(policy, number, name)
            self._fault_memo[key] = tuple(rows.values())
        return self._fault_memo[key]

    def _first(self, policy: Policy, name: str | None, cause: Cause) -> tuple[Policy, int] | None:
        for number, rule in enumerate(policy.faults):
            if _fits(rule, name, self.stage, cause):
                return policy, number
        return None

    def on_failure(self, names: frozenset[str]) -> Outcome:
        """The answer to a call that failed as a whole, leaving *names* unseen.

        It is worked out before the call: ``at`` gives its effects and hold their times.
        """
        rows = self._on_fault(names, Cause.ERROR)
        action = max((row.action for row in rows), default=Action.ALLOW)
        return Outcome(action, [(row, None, row.action, ()) for row in rows])

    def at(self, outcome: Outcome, now: datetime) -> Outcome:
        """An outcome that was worked out earlier, with its effects and hold counted from *now*."""
        effects = effects_of(outcome.matched, now, outcome.subjects)
        hold: Hold | None = hold_of(outcome.matched, now) if outcome.action is HOLD else None
        return attrs.evolve(outcome, effects=effects, hold=hold)

    def reach(self, names: Iterable[str]) -> tuple[Action, bool]:
        """For a set of issues: the most severe action they can lead to, and whether any effect."""
        found = frozenset(names)
        rows = [
            row
            for issue, pairs in self.index.items()
            for _, row in pairs
            if issue in found or (row.guard and row.guard.looks_at & found)
        ]
        eased = bool(found & self.eases.keys()) or any(
            e.guard and e.guard.looks_at & found for each in self.eases.values() for e in each
        )
        action = max((row.action for row in rows), default=Action.ALLOW)
        return action, bool(self.free) or eased or any(row.effects or row.review for row in rows)


def _highest(pairs: Iterable[Any]) -> dict[str, float]:
    """The highest score of each issue."""
    scores: dict[str, float] = {}
    for finding, _ in pairs:
        issue, score = finding.issue, finding.score
        if issue not in scores or score > scores[issue]:
            scores[issue] = score
    return scores


def _fits(rule: FaultRule, name: str | None, stage: Stage, cause: Cause) -> bool:
    return (
        (not rule.stages or stage in rule.stages)
        and (not rule.causes or cause in rule.causes)
        and ("*" in rule.issues if name is None else name in expand(rule.issues))
    )
