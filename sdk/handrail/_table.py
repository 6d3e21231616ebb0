"""Policies compiled for one feature and stage: findings and faults in, an outcome out; pure.

Rows are indexed by issue and sorted by threshold, so a call pays for the issues it found, not
for the rules there are; only conditions without a score are looked at every time. An override
needs no machinery: its rungs are rows of their own, and the strictest row that matches wins.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import attrs

from handrail._condition import MISSING, Input, Unknown
from handrail._decision import Hold
from handrail._effect import Effect, merge
from handrail._feature import Feature
from handrail._finding import Action, Cause, Stage
from handrail._issues import expand, flagged
from handrail._ladders import Mode, Rung, Then
from handrail._policy import Policy, fingerprint
from handrail._rows import (
    ALLOW,
    CLEAR,
    HOLD,
    NUDGE,
    PLATFORM_EFFECTS,
    Guard,
    Matched,
    Outcome,
    Row,
    asked,
    hold_until,
    limits_of,
    outdone,
    queue_of,
    restrict,
    review_for,
)
from handrail._rules import FaultRule, Holds, Override
from handrail.errors import FeatureError, PolicyError

if TYPE_CHECKING:
    from handrail._context import Context


DEFAULT_HOLDS = Holds(within="24h", otherwise="block")

DEFAULT_FAULTS = (
    FaultRule(stages=["report"], then={"review": {"queue": "faults", "within": "24h"}}),
    FaultRule(issues=["child_safety.*"], stages=["pre_publish"], then="hold"),
    FaultRule(then="allow"),
)
"""What holds where a policy says nothing about a fault."""


class Table:
    """Compiled policies.

    Args:
        policies: In any order; those that do not cover the feature and stage are left out.
        feature, stage: What it is compiled for.
        modes: Which modes count: ENFORCE alone, or ENFORCE and SHADOW.
        now: Rows that have not started or have ended by then are left out.

    Raises FeatureError where a policy asks for what the feature cannot carry out or provide.
    """

    def __init__(
        self,
        policies: Iterable[Policy],
        feature: Feature,
        stage: Stage,
        *,
        modes: frozenset[Mode] = frozenset({Mode.ENFORCE}),
        now: datetime | None = None,
    ) -> None:
        self.feature, self.stage = feature, stage
        self.policies = tuple(p for p in policies if p.covers(feature.surface, feature.name, stage))
        self._now = now or datetime.now(UTC)
        self._modes = modes
        self._fault_memo: dict[tuple[frozenset[str], Cause], tuple[Row, ...]] = {}
        if len({p.name for p in self.policies}) < len(self.policies):
            names = sorted(p.name for p in self.policies)
            raise PolicyError(f"Two policies share a name: {', '.join(names)}. Name each apart.")
        live = [p for p in self.policies if active(p.mode, p.expires, modes, self._now)]
        rows = [row for policy in live for row in self._rows(policy)]
        for row in rows:
            self._check_feature(row)
        self.index = _index(rows)
        self.free = tuple(row for row in rows if row.at is None)
        self.caps = self._caps(live)
        self._live = live
        for policy in live:
            for number, rule in enumerate(policy.faults):
                if not rule.stages or stage in rule.stages:
                    self._fault_row(policy, number, None)

    def _rows(self, policy: Policy) -> Iterable[Row]:
        yield from self._ladder_rows(policy, policy.issues, None)
        for override in policy.overrides:
            yield from self._ladder_rows(policy, override.issues, override)
        for rule in policy.rules:
            if active(rule.mode, rule.expires, self._modes, self._now) and (
                (rule.starts is None or rule.starts <= self._now)
                and (rule.ends is None or self._now < rule.ends)
            ):
                guard = Guard.of(rule, [rule.issue] if rule.issue else [])
                yield self._row(
                    policy, rule.id, rule.issue, rule.then, rule.at, guard, rule.protected,
                    fingerprint(rule),
                )  # fmt: skip

    def _ladder_rows(
        self, policy: Policy, ladders: Mapping[str, tuple[Rung, ...]], override: Override | None
    ) -> Iterable[Row]:
        exact = _most_exact(ladders)
        guard = Guard.of(override, exact) if override else None
        when = override and override.when
        # One ladder may serve every issue there is: its content is read once.
        marks = {p: [fingerprint([r, when]) for r in ladders[p]] for p in {*exact.values()}}
        for name, pattern in sorted(exact.items()):
            for rung, content in zip(ladders[pattern], marks[pattern], strict=True):
                step = rung.action.name.lower()
                rule = f"{override.id}/{name}:{step}" if override else f"{name}:{step}"
                ask = Then(action=rung.action, effects=rung.effects, lasts=rung.lasts)
                protected = flagged(name, "mandatory_report")
                mark = fingerprint([name, content])
                yield self._row(policy, rule, name, ask, rung.at, guard, protected, mark)

    def _row(  # noqa: PLR0913, PLR0917 - a row's own fields, from the three places rows come from
        self, policy: Policy, rule: str, issue: str | None, ask: Then, at: float | None,
        guard: Guard | None, protected: bool, mark: str,  # noqa: FBT001 - as above
    ) -> Row:  # fmt: skip
        action, effects = self._substitute(ask.action or Action.ALLOW, ask.effects, policy, rule)
        limits = limits_of(policy, issue)
        if action is Action.LIMIT and not effects:
            action, effects = self._substitute(action, limits, policy, rule)
        holds = policy.holds or DEFAULT_HOLDS
        if action is Action.HOLD and not self.feature.can(holds.otherwise.name.lower()):
            otherwise = self._instead(holds.otherwise.name.lower(), policy, rule)
            holds = attrs.evolve(holds, otherwise=otherwise)
        review = (review_for(issue, holds),) if Action.HOLD in (action, ask.action) else ()
        doable = tuple(e for e in limits if self._can(e))
        return Row(
            rule, policy.name, issue, action, effects, ask.lasts, at, guard, protected, holds,
            doable, mark, review,
        )  # fmt: skip

    def _can(self, effect: Effect) -> bool:
        return effect.name in PLATFORM_EFFECTS or self.feature.can(effect.name)

    def _substitute(
        self, action: Action, effects: tuple[Effect, ...], policy: Policy, rule: str
    ) -> tuple[Action, tuple[Effect, ...]]:
        """Replace what the feature cannot carry out by what its owner stated instead."""
        kept = []
        for effect in effects:
            if self._can(effect):
                kept.append(effect)
            else:
                action = max(action, self._instead(effect.name, policy, rule))
        if not self.feature.can(action.name.lower()):
            action = self._instead(action.name.lower(), policy, rule)
        return action, tuple(kept)

    def _instead(self, word: str, policy: Policy, rule: str) -> Action:
        stated = self.feature.substitutes.get(word)
        if stated is None and policy is _BUILT_IN:
            return Action.BLOCK
        if stated is None:
            raise FeatureError(
                f"Feature {self.feature.name!r} cannot carry out {word!r}, which policy "
                f"{policy.name!r} asks for (rule {rule!r}). Add it to carries_out, or state a "
                f"substitute: substitutes: {{{word}: block}}"
            )
        return Action.parse(stated)

    def _check_feature(self, row: Row) -> None:
        if row.action > Action.LIMIT and row.issue and flagged(row.issue, "non_punitive"):
            raise FeatureError(
                f"Feature {self.feature.name!r}: a substitute would {row.action.name.lower()} for "
                f"{row.issue}, which is non_punitive (policy {row.policy!r}, rule {row.rule!r}). "
                f"Add what the rule asks for to carries_out."
            )
        if row.guard is not None:
            self._check_needs(row.guard, row.policy, row.rule)

    def _check_needs(self, guard: Guard, policy: str, rule: str) -> None:
        if self.feature.provides is None:
            return
        for need in sorted(guard.condition.provisions - self.feature.provides):
            raise FeatureError(
                f"Policy {policy!r}, rule {rule!r} needs {need!r}, which feature "
                f"{self.feature.name!r} does not provide. Add it to provides once it is sent."
            )

    def _caps(
        self, policies: Iterable[Policy]
    ) -> Mapping[str, tuple[tuple[Guard, Action, str], ...]]:
        caps: dict[str, tuple[Any, ...]] = {}
        for policy in policies:
            for rule in policy.exceptions:
                names = expand(rule.issues)
                guard = Guard.of(rule, names)
                if guard is not None:
                    self._check_needs(guard, policy.name, rule.id)
                at_most, _ = self._substitute(rule.at_most, (), policy, rule.id)
                for name in names if guard is not None else ():
                    caps[name] = (*caps.get(name, ()), (guard, at_most, rule.id))
        return caps

    def decide(self, context: Context, pairs: Iterable[Any], faults: Sequence[Any]) -> Outcome:
        """Decide one call.

        Args:
            context: The call, for conditions to read.
            pairs: Findings that count, each with its slot.
            faults: The call's raw faults.
        """
        scores: dict[str, float] = {}
        for finding, _ in pairs:
            if finding.score > scores.get(finding.issue, -1.0):
                scores[finding.issue] = finding.score
        run: _Run | None = None
        matched: list[Matched] = []
        for issue, score in scores.items():
            for at, row in self.index.get(issue, ()):
                if score < at:
                    break
                if row.guard is not None:
                    run = run or _Run(self, context, scores, pairs)
                    if not run.holds(row.guard):
                        continue
                matched.append((row, score, row.action))
        if self.free or self.caps:
            run = run or _Run(self, context, scores, pairs)
            run.match_free(matched)
            matched = run.cap(matched)
        for fault in (*faults, *run.faults) if run else faults:
            matched.extend((row, None, row.action) for row in self._on_fault(fault[5], fault[1]))
        return self._outcome(context, matched, run) if matched or (run and run.faults) else CLEAR

    def _outcome(self, context: Context, matched: list[Matched], run: _Run | None) -> Outcome:
        action, effects = ALLOW, False
        for row, _, taken in matched:
            if taken > action:  # noqa: PLR1730 - max() costs more than the comparison
                action = taken
            if row.effects or row.review or taken is not row.action:
                effects = True
        if action is NUDGE and context.item.confirms is not None:
            action = ALLOW
        merged: tuple[Effect, ...] = ()
        if effects:
            top = outdone(matched)
            wanted = (e for row, _, taken in matched for e in asked(row, taken, context, top))
            merged = restrict(merge(wanted), matched)
        hold = hold_until(matched, context.now) if action is HOLD else None
        if run is None:
            return Outcome(action, matched, merged, hold=hold)
        return Outcome(action, matched, merged, run.faults, tuple(sorted(run.exceptions)), hold)

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
                for policy, number in found or filter(None, [self._first(_BUILT_IN, name, cause)]):
                    kind = (policy.name, number, queue_of(name))
                    if kind not in rows:
                        rows[kind] = self._fault_row(policy, number, name)
            self._fault_memo[key] = tuple(rows.values())
        return self._fault_memo[key]

    def _first(self, policy: Policy, name: str | None, cause: Cause) -> tuple[Policy, int] | None:
        for number, rule in enumerate(policy.faults):
            if _fits(rule, name, self.stage, cause):
                return policy, number
        return None

    def _fault_row(self, policy: Policy, number: int, name: str | None) -> Row:
        rule = policy.faults[number]
        built_in = f"faults:{'-'.join(rule.stages) or 'rest'}"
        label = built_in if policy is _BUILT_IN else f"faults[{number}]"
        ask = rule.then
        if self.stage is not Stage.PRE_PUBLISH and ask.action not in (None, Action.ALLOW):
            review = (
                () if any(e.name == "review" for e in ask.effects) else (review_for(name, None),)
            )
            ask = Then(effects=(*ask.effects, *review), lasts=ask.lasts)
        return self._row(policy, label, name, ask, None, None, True, fingerprint(rule))

    def on_failure(self, names: frozenset[str]) -> Outcome:
        """The answer to a call that failed as a whole, leaving *names* unseen."""
        rows = self._on_fault(names, Cause.ERROR)
        matched = [(row, None, row.action) for row in rows]
        action = max((row.action for row in rows), default=Action.ALLOW)
        return Outcome(
            action, matched, merge(e for row in rows for e in (*row.effects, *row.review))
        )

    def hold(self, outcome: Outcome, now: datetime) -> Hold | None:
        """How a HOLD that was worked out earlier ends, counted from *now*."""
        return hold_until([*outcome.matched], now) if outcome.action is Action.HOLD else None

    def reach(self, names: Iterable[str]) -> tuple[Action, bool]:
        """For a set of issues: the most severe action they can lead to, and whether any effect."""
        found = frozenset(names)
        rows = [
            row
            for issue, pairs in self.index.items()
            for _, row in pairs
            if issue in found or (row.guard and row.guard.condition.issues & found)
        ]
        excepted = bool(found & self.caps.keys()) or any(
            g.condition.issues & found for cap in self.caps.values() for g, _, _ in cap
        )
        action = max((row.action for row in rows), default=Action.ALLOW)
        return action, bool(self.free) or excepted or any(row.effects or row.review for row in rows)


_BUILT_IN = Policy(name="handrail", holds=DEFAULT_HOLDS, faults=DEFAULT_FAULTS)


_FAILED = object()
"""The value of an input that could not be read: a fault of whatever rule asked for it."""


class _Run:
    """One pass over a table: conditions are tested once, inputs read once."""

    __slots__ = ("_held", "_values", "context", "exceptions", "faults", "pairs", "scores", "table")

    def __init__(
        self, table: Table, context: Context, scores: Mapping[str, float],
        pairs: Iterable[tuple[Any, int]],
    ) -> None:  # fmt: skip
        self.table, self.context, self.scores, self.pairs = table, context, scores, pairs
        self.faults: list[tuple[Any, ...]] = []
        self.exceptions: set[str] = set()
        self._values: dict[int, Any] = {}
        self._held: dict[int, bool] = {}

    def match_free(self, matched: list[Matched]) -> None:
        """Look at the rows that no score leads to."""
        matched.extend(
            (row, self.scores.get(row.issue or ""), row.action)
            for row in self.table.free
            if row.guard is not None and self.holds(row.guard)
        )

    def holds(self, guard: Guard) -> bool:
        key = id(guard)
        held = self._held.get(key)
        if held is None:
            held = self._held[key] = self._test(guard)
        return held

    def _test(self, guard: Guard) -> bool:
        values = []
        for source, optional in guard.inputs:
            value = self._values.get(id(source), self)
            if value is self:
                value = self._values[id(source)] = self._read(source)
            if value is _FAILED:
                self._fault(guard, Cause.ERROR)
                return guard.unknown is Unknown.MATCH
            if value is MISSING:
                if not optional:
                    return self._missing(guard)
                value = None
            values.append(value)
        try:
            answer = guard.condition.test(*values)
            return self._missing(guard) if answer is None else bool(answer)
        except KeyboardInterrupt:
            raise
        except BaseException:  # No host cancels here, where nothing is awaited.
            self._fault(guard, Cause.ERROR)
            return False

    def _read(self, source: Input) -> Any:
        try:
            return source.read(self.context, self)
        except KeyboardInterrupt:
            raise
        except BaseException:
            return _FAILED

    def _missing(self, guard: Guard) -> bool:
        if guard.unknown in (Unknown.FAULT, None):
            self._fault(guard, Cause.UNKNOWN)
        return guard.unknown is Unknown.MATCH

    def _fault(self, guard: Guard, cause: Cause) -> None:
        self.faults.append((guard.rule, cause, None, None, None, guard.issues, -1))

    def cap(self, matched: list[Any]) -> list[Any]:
        """Apply exceptions: lower what automation does, and open a case for what was above."""
        out = []
        for row, score, action in matched:
            taken = action
            for guard, at_most, name in self.table.caps.get(row.issue or "", ()):
                if not row.protected and action > at_most and self.holds(guard):
                    taken = min(taken, at_most)
                    self.exceptions.add(name)
            out.append((row, score, taken))
        return out


def active(mode: Mode, expires: date | None, modes: frozenset[Mode], now: datetime) -> bool:
    """Whether something in *mode* counts by now, among *modes*; a shadow has an end."""
    if mode is Mode.SHADOW and expires is not None and now.date() > expires:
        return False
    return mode in modes


def _most_exact(ladders: Mapping[str, Any]) -> Mapping[str, str]:
    """The pattern that counts for each issue: exact beats family beats everything.

    A pattern never reaches a non_punitive issue: that is named, or left alone.
    """
    chosen: dict[str, str] = {}
    for pattern in sorted(ladders, key=lambda p: ("*" not in p, p != "*")):
        for name in expand([pattern]):
            if "*" not in pattern or not flagged(name, "non_punitive"):
                chosen[name] = pattern
    return chosen


def _index(rows: Iterable[Row]) -> Mapping[str, tuple[tuple[float, Row], ...]]:
    index: dict[str, list[tuple[float, Row]]] = {}
    for row in rows:
        if row.at is not None and row.issue is not None:
            index.setdefault(row.issue, []).append((row.at, row))
    return {k: tuple(sorted(v, key=lambda p: (p[0], p[1].rule))) for k, v in index.items()}


def _fits(rule: FaultRule, name: str | None, stage: Stage, cause: Cause) -> bool:
    return (
        (not rule.stages or stage in rule.stages)
        and (not rule.causes or cause in rule.causes)
        and ("*" in rule.issues if name is None else name in expand(rule.issues))
    )
