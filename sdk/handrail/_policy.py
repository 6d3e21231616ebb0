"""Policies: the platform's rules from findings and faults to a decision, as plain data.

``_rules`` has the parts; ``_table`` compiles a policy for a feature and decides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import Any

import attrs

from handrail._effect import Effect
from handrail._fallbacks import FaultRule, Holds
from handrail._finding import Action, Stage
from handrail._fingerprint import fingerprint
from handrail._ladders import Mode, Rung, Then, day, ladders, mode, then
from handrail._parts import versions
from handrail._rollout import Rollout, rollout
from handrail._rules import ExceptionRule, Override, Rule
from handrail._values import FrozenMap, built, member, sequence, strings
from handrail.errors import PolicyError


def _names(value: Iterable[str] | str) -> tuple[str, ...]:
    return strings(value, "applies")


def _stages(value: Iterable[Stage | str]) -> tuple[Stage, ...]:
    return tuple(member(Stage, s, "applies") for s in sequence(value, "applies: stages"))


@attrs.frozen(kw_only=True)
class Applies:
    """Where a policy holds; ``*`` is everywhere.

    Attributes:
        surfaces, features: It holds where both name the feature. stages: When it holds.
    """

    surfaces: tuple[str, ...] = attrs.field(default=("*",), converter=_names)
    features: tuple[str, ...] = attrs.field(default=("*",), converter=_names)
    stages: tuple[Stage, ...] = attrs.field(default=tuple(Stage), converter=_stages)


def _applies(value: Applies | Mapping[str, Any]) -> Applies:
    return built(Applies, value)


def _overrides(value: Iterable[Override | Mapping[str, Any]]) -> tuple[Override, ...]:
    return tuple(built(Override, v) for v in sequence(value, "overrides"))


def _exceptions(value: Iterable[ExceptionRule | Mapping[str, Any]]) -> tuple[ExceptionRule, ...]:
    return tuple(built(ExceptionRule, v) for v in sequence(value, "exceptions"))


def _rules(value: Iterable[Rule | Mapping[str, Any]]) -> tuple[Rule, ...]:
    return tuple(built(Rule, v) for v in sequence(value, "rules"))


def _holds(value: Holds | Mapping[str, Any] | None) -> Holds | None:
    return None if value is None else built(Holds, value)


def _limits(value: Iterable[Effect] | Mapping[str, Any]) -> tuple[Effect, ...]:
    return then(value).effects if isinstance(value, Mapping) else tuple(value)


def _faults(value: Iterable[FaultRule | Mapping[str, Any]]) -> tuple[FaultRule, ...]:
    return tuple(built(FaultRule, v) for v in sequence(value, "faults"))


@attrs.frozen(kw_only=True, eq=False)
class Policy:
    """The platform's rules for some surfaces or features.

    Attributes:
        name: For decisions and telemetry. applies: Where it holds.
        issues: Ladders by issue, ``family.*`` or ``*``; the most exact one counts.
        overrides, exceptions, rules, faults: See their classes.
        holds: How a HOLD ends; required as soon as anything here may hold.
        limits: Effects of a LIMIT that names none of its own, such as ``{"reach": 0.2}``.
        mode: off, shadow or enforce. rollout: Percent of people it counts for, or percents by
            region; exceptions count for everybody. expires: When a shadow policy ends.
        modules: Versions it was written for, by module; another one is refused when the feature
            opens. owner: Who answers. bundle: The revision of the bundle it came in.

    Raises PolicyError or UnknownNameError for what contradicts itself or the taxonomy.
    """

    name: str = "policy"
    applies: Applies = attrs.field(factory=Applies, converter=_applies)
    issues: Mapping[str, tuple[Rung, ...]] = attrs.field(factory=dict, converter=ladders)
    overrides: tuple[Override, ...] = attrs.field(default=(), converter=_overrides)
    exceptions: tuple[ExceptionRule, ...] = attrs.field(default=(), converter=_exceptions)
    rules: tuple[Rule, ...] = attrs.field(default=(), converter=_rules)
    holds: Holds | None = attrs.field(default=None, converter=_holds)
    limits: tuple[Effect, ...] = attrs.field(default=(), converter=_limits)
    faults: tuple[FaultRule, ...] = attrs.field(default=(), converter=_faults)
    mode: Mode = attrs.field(default=Mode.ENFORCE, converter=mode)
    rollout: Rollout | None = attrs.field(default=None, converter=rollout)
    expires: date | None = attrs.field(default=None, converter=day)
    modules: Mapping[str, str] = attrs.field(factory=FrozenMap, converter=versions)
    owner: str | None = None
    bundle: str | None = None

    def __attrs_post_init__(self) -> None:
        where = f"Policy {self.name!r}"
        ids = [r.id for part in (self.overrides, self.exceptions, self.rules) for r in part]
        if doubled := sorted(i for i, count in Counter(ids).items() if count > 1):
            raise PolicyError(f"{where}: two rules are called {doubled[0]!r}")
        ended = {id(r.then) for r in self.rules if r.hold is not None}
        lowered = any(e.at_most is Action.HOLD for e in self.exceptions)
        asked = (a for a in self._asks() if a.action is Action.HOLD)
        if self.holds is None and (lowered or any(id(a) not in ended for a in asked)):
            raise PolicyError(f"{where}: it may hold, so holds must say within and otherwise")
        if self.mode is Mode.SHADOW and self.expires is None:
            raise PolicyError(
                f"{where}: a shadow policy says when it expires, such as expires: 2027-01-15"
            )

    def _asks(self) -> Iterator[Then]:
        """Everything it may ask for."""
        for table in (self.issues, *(o.issues for o in self.overrides)):
            for rungs in table.values():
                yield from (rung.then for rung in rungs)
        yield from (rule.then for rule in self.rules)
        yield from (rule.then for rule in self.faults)

    @property
    def limits_nothing(self) -> bool:
        """Whether it may ask for a LIMIT that has no effects, which publishes as it is."""
        bare = any(a.action is Action.LIMIT and not a.all_effects for a in self._asks())
        return not self.limits and (
            bare
            or any(e.at_most is Action.LIMIT for e in self.exceptions)
            or (self.holds is not None and self.holds.otherwise is Action.LIMIT)
        )

    # Each feature and stage asks for both, and a large policy takes its time to hash.
    @cached_property
    def revision(self) -> str:
        """A hash of the whole content, 12 hexadecimal digits."""
        return fingerprint(self)

    @cached_property
    def hashes(self) -> Mapping[str, str]:
        """The hash of each rule by its id: what approvals and confirmations bind to."""
        return {rule.id: mark_of(rule) for rule in self.rules}

    def covers(self, surface: str, feature: str, stage: Stage) -> bool:
        """Whether the policy holds for a feature at a stage."""
        return (
            not {"*", surface}.isdisjoint(self.applies.surfaces)
            and not {"*", feature}.isdisjoint(self.applies.features)
            and stage in self.applies.stages
        )


_NOT_ITS_MEANING = frozenset(
    {"mode", "rollout", "expires", "review_by", "owner", "approvers", "cap", "starts", "ends"}
)


def mark_of(rule: Rule) -> str:
    """Hash a rule by what it matches and asks for: the same in shadow as when it is enforced.

    What people decided under it, and what it did so far, stays with it while it is rolled out.
    """
    fields = (f.name for f in attrs.fields(Rule) if f.name not in _NOT_ITS_MEANING)
    return fingerprint({name: getattr(rule, name) for name in fields})
