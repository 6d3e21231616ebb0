"""A product feature that embeds hooks, declared once: what it is, needs, provides and can do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from handrail._effect import effect_specs
from handrail._finding import Action, Stage
from handrail._issues import expand
from handrail._markets import check_market
from handrail._values import FrozenMap, built, name, strings
from handrail.errors import InvalidValueError, unknown

PROVIDABLE = frozenset(
    {
        "text", "links", "media", "amount", "language", "region", "visibility", "relation",
        "session", "thread", "author", "actor.age", "actor.tenure_days", "actor.region",
        "actor.language", "participants", "recipients", "views", "created_at",
    }
)  # fmt: skip
"""What a feature can say it sends along."""

ACTIONS = tuple(a.name.lower() for a in Action if a is not Action.ALLOW)


def _issues_by_stage(
    value: Mapping[str, Iterable[str] | str] | Iterable[str] | str,
) -> Mapping[str, tuple[str, ...]]:
    table = value if isinstance(value, Mapping) else {"pre_publish": value}
    stages = [s.value for s in Stage]
    for stage in table:
        if stage not in stages:
            raise unknown("stage", stage, stages, where="requires.issues")
    return FrozenMap(
        {s: tuple(sorted(expand(strings(v, "requires.issues"), where="requires.issues")))
         for s, v in table.items() if v}
    )  # fmt: skip


def _modules(value: Iterable[str] | str | None) -> tuple[str, ...]:
    return strings(value, "requires.modules")


@attrs.frozen(kw_only=True)
class Requires:
    """What must look at a feature's items, or it does not start.

    Attributes:
        issues: Issues (or ``family.*``) that some module must cover before publishing; a mapping
            from stage to issues where another stage is meant.
        modules: Names of modules that must be loaded.
    """

    issues: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict, converter=_issues_by_stage)
    modules: tuple[str, ...] = attrs.field(default=(), converter=_modules)


def _requires(value: Requires | Mapping[str, Any] | None) -> Requires:
    return Requires() if value is None else built(Requires, value, "requires")


def _check_years(_: object, attribute: Any, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 150:
        raise InvalidValueError(f"audience: {attribute.name}: expected whole years from 0 to 150")


@attrs.frozen(kw_only=True)
class Ages:
    """The ages a feature is open to.

    Attributes:
        min_age: The youngest, in years.
        max_age: The oldest, in years, inclusive.
    """

    min_age: int = attrs.field(default=0, validator=_check_years)
    max_age: int = attrs.field(default=150, validator=_check_years)

    def __attrs_post_init__(self) -> None:
        if self.max_age < self.min_age:
            raise InvalidValueError("audience: max_age: expected min_age or more")


def _ages(value: Ages | Mapping[str, Any] | None) -> Ages:
    return Ages() if value is None else built(Ages, value, "audience")


def _markets(value: Iterable[str] | str | None) -> tuple[str, ...]:
    return strings(value, "Feature.markets")


def _functionalities(value: Iterable[str] | str | None) -> tuple[str, ...]:
    return strings(value, "Feature.functionalities")


def _optional_set(value: Iterable[str] | str | None) -> frozenset[str] | None:
    return None if value is None else frozenset(strings(value, "Feature"))


TEXT_MOST = 10_000_000
"""The most characters that ``max_text`` may name."""


def _check_budget(budget: object, where: str) -> None:
    if budget is not None and (
        isinstance(budget, bool) or not isinstance(budget, (int, float)) or not 0 < budget <= 60_000
    ):
        raise InvalidValueError(f"{where}: expected more than 0, at most 60000")


@attrs.frozen(kw_only=True)
class Feature:
    """A product feature.

    Attributes:
        name: lower_snake, unique. surface: The kind of place, such as ``comments``.
        owner: Who answers for it.
        markets: Where it is offered, ISO 3166; empty means not stated.
        audience: The ages it is open to.
        functionalities: What it lets people do, for the risk assessment.
        requires: What must look at its items.
        provides: What it sends along (see PROVIDABLE); None means not stated, and nothing is
            checked against it.
        carries_out: The actions and effects it can carry out; None means not stated: all.
        substitutes: What to do instead of what it cannot carry out, such as hold → block.
        budget_ms: How long a ``pre_publish`` may take, in milliseconds.
        deep_budget_ms: How long a ``post_publish`` or ``report`` may take where it runs in
            process; None means a second, or ``budget_ms`` where that is longer.
        max_text: Characters of a text that hooks are given; what is longer is cut, and a fault
            ``over_budget`` of ``item.text`` or ``report.text`` says so.
    """

    name: str = attrs.field()
    surface: str = attrs.field()
    owner: str | None = None
    markets: tuple[str, ...] = attrs.field(default=(), converter=_markets)
    audience: Ages = attrs.field(default=None, converter=_ages)
    functionalities: tuple[str, ...] = attrs.field(default=(), converter=_functionalities)
    requires: Requires = attrs.field(default=None, converter=_requires)
    provides: frozenset[str] | None = attrs.field(default=None, converter=_optional_set)
    carries_out: frozenset[str] | None = attrs.field(default=None, converter=_optional_set)
    substitutes: Mapping[str, Any] = attrs.field(factory=FrozenMap, converter=FrozenMap)
    budget_ms: float | None = attrs.field(default=None)
    deep_budget_ms: float | None = attrs.field(default=None)
    max_text: int = attrs.field(default=50_000)

    def __attrs_post_init__(self) -> None:
        where = f"Feature {str(self.name)[:64]!r}"
        name(self.name, "Feature.name")
        name(self.surface, f"{where}: surface")
        for market in self.markets:
            check_market(market, where=where)
        for word in (self.provides or frozenset()) - PROVIDABLE:
            raise unknown("provision", word, PROVIDABLE, where=f"{where}: provides")
        doable = {*ACTIONS, *effect_specs()}
        for word in (self.carries_out or frozenset()) - doable:
            raise unknown("action or effect", word, doable, where=f"{where}: carries_out")
        for word, instead in self.substitutes.items():
            if word not in doable:
                raise unknown("action or effect", word, doable, where=f"{where}: substitutes")
            action = Action.parse(instead)
            if action is Action.ALLOW and word in ("hold", "block"):
                raise InvalidValueError(
                    f"{where}: substitutes: {word}: allow would publish what a policy keeps back"
                )
            if not self.can(action.name.lower()):
                raise InvalidValueError(
                    f"{where}: substitutes: {word}: {action.name.lower()} is not in carries_out"
                )
        _check_budget(self.budget_ms, f"{where}: budget_ms")
        _check_budget(self.deep_budget_ms, f"{where}: deep_budget_ms")
        most: object = self.max_text
        if type(most) is not int or not 0 < most <= TEXT_MOST:
            raise InvalidValueError(f"{where}: max_text: expected 1 to {TEXT_MOST} characters")

    def can(self, word: str) -> bool:
        """Whether the feature can carry out an action or effect by itself."""
        return self.carries_out is None or word in self.carries_out or word == "allow"
