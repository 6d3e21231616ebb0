"""Compiles policies to rows for one feature and stage; refuses what the feature cannot do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime

import attrs

from handrail._effect import Effect
from handrail._fallbacks import FaultRule, Holds
from handrail._feature import Feature
from handrail._finding import Action, Stage
from handrail._fingerprint import fingerprint
from handrail._issues import expand, flagged
from handrail._ladders import Mode, Rung, Then
from handrail._parts import within
from handrail._policy import Policy
from handrail._rows import (
    PLATFORM_EFFECTS,
    Ease,
    Guard,
    Row,
    guard,
    limits_of,
    restricts,
    review_for,
)
from handrail._rules import ExceptionRule, Override, Rule
from handrail.errors import FeatureError

DEFAULT_HOLDS = Holds(within="24h", otherwise="block")

DEFAULT_FAULTS = (
    FaultRule(stages=["report"], then={"review": {"queue": "faults", "within": "24h"}}),
    FaultRule(issues=["child_safety.*"], stages=["pre_publish"], then="hold"),
    FaultRule(then="allow"),
)
"""What holds where a policy says nothing about a fault."""

BUILT_IN = Policy(name="handrail", holds=DEFAULT_HOLDS, faults=DEFAULT_FAULTS)


@attrs.frozen(eq=False)
class Compiler:
    """Turns the parts of policies into rows.

    Args:
        feature, stage: What the rows are for. modes: Which modes count.
        now: What has not started or has ended by then is left out.
        tripped: Hashes of rules that are demoted to shadow until somebody confirms them.

    Its methods raise FeatureError for what the feature can neither carry out nor provide.
    """

    feature: Feature
    stage: Stage
    modes: frozenset[Mode]
    now: datetime
    tripped: frozenset[str] = frozenset()

    def rows(self, policy: Policy) -> Iterator[Row]:
        """The rows of a policy's ladders, overrides and rules."""
        for row in self._all_rows(policy):
            self._check(row)
            tripped = row.hash in self.tripped and Mode.SHADOW not in self.modes
            yield _demoted(row) if tripped else row

    def _all_rows(self, policy: Policy) -> Iterator[Row]:
        yield from self._ladder_rows(policy, policy.issues, None)
        for override in policy.overrides:
            if active(override.mode, override.expires, self.modes, self.now):
                yield from self._ladder_rows(policy, override.issues, override)
        for rule in policy.rules:
            if self._counts(rule):
                yield from self._rule_rows(policy, rule)

    def _counts(self, rule: Rule) -> bool:
        return (
            active(rule.mode, rule.expires, self.modes, self.now)
            and within(rule.starts, rule.ends, self.now)
            and (not rule.stages or self.stage in rule.stages)
        )

    def _rule_rows(self, policy: Policy, rule: Rule) -> Iterator[Row]:
        gate = guard(rule, [rule.issue] if rule.issue else [], policy)
        bare = Row(
            rule=rule.id, policy=policy.name, issue=rule.issue, action=Action.ALLOW, effects=(),
            lasts=None, at=rule.at, guard=gate, protected=rule.protected, restricts=False,
            holds=rule.hold or policy.holds or DEFAULT_HOLDS, limits=(),
            hash=policy.hashes[rule.id], level=level_of(rule), say=rule.notice,
            clause=rule.clause, law=rule.source.get("law"), cap=rule.cap,
        )  # fmt: skip
        asked = (rule.then, *rule.then.also)
        if not rule.protected and self.stage not in rule.stages:
            asked = tuple(self._claimed(part, rule.issue, policy) for part in asked)
        parts = [self._filled(bare, part, policy) for part in asked]
        least = max(row.weight for row in parts)
        yield from (attrs.evolve(row, least=least) for row in parts)

    def _ladder_rows(
        self, policy: Policy, ladders: Mapping[str, tuple[Rung, ...]], override: Override | None
    ) -> Iterator[Row]:
        exact = most_exact(ladders)
        gate = guard(override, exact, policy)
        said = (override.when, override.unknown) if override else (None,)
        # One ladder may serve every issue there is: its content is read once.
        marks = {p: [fingerprint([r, *said]) for r in ladders[p]] for p in {*exact.values()}}
        level = "age" if override and _reads_age(override) else "product"
        for name, pattern in sorted(exact.items()):
            reported = flagged(name, "mandatory_report")
            for rung, content in zip(ladders[pattern], marks[pattern], strict=True):
                step = f"{name}:{rung.action.name.lower()}"
                bare = Row(
                    rule=f"{override.id}/{step}" if override else step, policy=policy.name,
                    issue=name, action=Action.ALLOW, effects=(), lasts=None, at=rung.at,
                    guard=gate, protected=reported, restricts=False,
                    holds=policy.holds or DEFAULT_HOLDS, limits=(),
                    hash=fingerprint([name, content]),
                    level="mandatory_report" if reported else level,
                )  # fmt: skip
                ask = rung.then if reported else self._claimed(rung.then, name, policy)
                yield self._filled(bare, ask, policy)

    def fault_row(self, policy: Policy, number: int, name: str | None) -> Row:
        """The row of a policy's fault rule, for an issue that nothing looked for."""
        rule = policy.faults[number]
        built_in = f"faults:{'-'.join(rule.stages) or 'rest'}"
        ask = rule.then if self.stage is Stage.PRE_PUBLISH else _as_review(rule.then, name)
        bare = Row(
            rule=built_in if policy is BUILT_IN else f"faults[{number}]", policy=policy.name,
            issue=name, action=Action.ALLOW, effects=(), lasts=None, at=None, guard=None,
            protected=True, restricts=False, holds=policy.holds or DEFAULT_HOLDS, limits=(),
            hash=fingerprint(rule),
        )  # fmt: skip
        return self._filled(bare, ask, policy)

    def _claimed(self, ask: Then, name: str | None, policy: Policy) -> Then:
        """What is asked for where somebody only says so: whoever means to act names the stage."""
        named = set(policy.applies.stages) == {Stage.REPORT}
        return ask if named or self.stage is not Stage.REPORT else _as_review(ask, name)

    def _filled(self, row: Row, ask: Then, policy: Policy) -> Row:
        """A row with what it asks for, as far as the feature can carry it out."""
        wanted = ask.action or Action.ALLOW
        action, effects = self._substitute(wanted, ask.effects, policy, row.rule)
        limits = limits_of(policy, row.issue)
        if action is Action.LIMIT and not effects:
            action, effects = self._substitute(action, limits, policy, row.rule)
        holds = row.holds
        if action is Action.HOLD:
            holds = self._ended(holds, policy, row.rule)
        return attrs.evolve(
            row,
            action=action,
            effects=effects,
            lasts=ask.lasts,
            restricts=restricts(effects),
            holds=holds,
            limits=tuple(e for e in limits if self._can(e)),
            review=(review_for(row.issue, holds),) if Action.HOLD in (action, wanted) else (),
        )

    def _ended(self, holds: Holds, policy: Policy, rule: str) -> Holds:
        """How a HOLD ends, in an action that the feature can carry out."""
        word = holds.otherwise.name.lower()
        if self.feature.can(word):
            return holds
        return attrs.evolve(holds, otherwise=self._instead(word, policy, rule))

    def eases(self, policy: Policy) -> Iterator[tuple[str, Ease]]:
        """What a policy's exceptions lower, by issue."""
        for rule in policy.exceptions:
            if not within(rule.starts, rule.ends, self.now):
                continue
            ease = self._ease(policy, rule)
            for name in expand(rule.issues):
                yield name, ease

    def _ease(self, policy: Policy, rule: ExceptionRule) -> Ease:
        gate = guard(rule, expand(rule.issues), policy)
        if gate is not None:
            self._check_needs(gate, policy.name, rule.id)
        at_most, _ = self._substitute(rule.at_most, (), policy, rule.id)
        holds = policy.holds or DEFAULT_HOLDS
        if at_most is Action.HOLD:
            holds = self._ended(holds, policy, rule.id)
        review = rule.review if isinstance(rule.review, Effect) else None
        return Ease(rule.id, at_most, gate, holds, review, rule.review != "none", rule.below)

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
        if stated is None and policy is BUILT_IN:
            return Action.BLOCK
        if stated is None:
            raise FeatureError(
                f"Feature {self.feature.name!r} cannot carry out {word!r}, which policy "
                f"{policy.name!r} asks for (rule {rule!r}). Add it to carries_out, or state a "
                f"substitute: substitutes: {{{word}: block}}"
            )
        return Action.parse(stated)

    def _check(self, row: Row) -> None:
        soft = row.action in (Action.ALLOW, Action.LIMIT)
        if not soft and row.issue and flagged(row.issue, "non_punitive"):
            raise FeatureError(
                f"Feature {self.feature.name!r}: a substitute would {row.action.name.lower()} for "
                f"{row.issue}, which is non_punitive (policy {row.policy!r}, rule {row.rule!r}). "
                f"Add what the rule asks for to carries_out."
            )
        if row.guard is not None:
            self._check_needs(row.guard, row.policy, row.rule)

    def _check_needs(self, gate: Guard, policy: str, rule: str) -> None:
        if self.feature.provides is None:
            return
        for need in sorted(gate.provisions - self.feature.provides):
            raise FeatureError(
                f"Policy {policy!r}, rule {rule!r} needs {need!r}, which feature "
                f"{self.feature.name!r} does not provide. Add it to provides once it is sent."
            )


def _as_review(ask: Then, name: str | None) -> Then:
    """The same with a review in place of the action; what is visible stays visible."""
    if ask.action in (None, Action.ALLOW):
        return ask
    there = any(effect.name == "review" for effect in ask.effects)
    review = () if there else (review_for(name, None),)
    return Then(effects=(*ask.effects, *review), lasts=ask.lasts)


def active(mode: Mode, expires: date | None, modes: frozenset[Mode], now: datetime) -> bool:
    """Whether something in *mode* counts by now, among *modes*; a shadow has an end."""
    if mode is Mode.SHADOW and expires is not None and now.date() > expires:
        return False
    return mode in modes


def most_exact(ladders: Mapping[str, object]) -> Mapping[str, str]:
    """The pattern that counts for each issue: exact beats family beats everything.

    A pattern never reaches a non_punitive issue: that is named, or left alone.
    """
    chosen: dict[str, str] = {}
    for pattern in sorted(ladders, key=lambda p: ("*" not in p, p != "*")):
        for name in expand([pattern]):
            if "*" not in pattern or not flagged(name, "non_punitive"):
                chosen[name] = pattern
    return chosen


def level_of(rule: Rule) -> str:
    """Whose demand a rule is: what it says, or what it stands on."""
    if rule.level is not None:
        return rule.level
    if "law" in rule.source:
        return "law"
    if rule.protected:
        return "mandatory_report"
    if _reads_age(rule):
        return "age"
    scoped = (e.name in _OF_VIEWERS or (e.audience and e.audience.regions) for e in
              rule.then.all_effects)  # fmt: skip
    return "jurisdiction" if any(scoped) else "product"


def _demoted(row: Row) -> Row:
    """A row that still matches, and asks for nothing: that it would have is a fault."""
    return attrs.evolve(
        row, action=Action.ALLOW, effects=(), review=(), restricts=False, least=Action.ALLOW,
        demoted=True,
    )  # fmt: skip


_OF_VIEWERS = frozenset({"geo_block", "min_viewer_age"})


def _reads_age(part: Rule | Override) -> bool:
    when = part.when
    ages = ("actor.age", "recipient.age")
    return when is not None and any(i.startswith(ages) for i in when.inputs)
