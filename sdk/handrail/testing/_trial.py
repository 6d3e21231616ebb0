"""One try of a host: what it was told to do, an item handed in, and what became of that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest

from handrail import Action, Decision, Effect, Fault, Feature, HandrailError, Hold, Safety
from handrail.testing._host import Host
from handrail.testing._make import make_actor, make_item
from handrail.testing._script import ScriptedSafety

OUTLASTING = frozenset({"support", "review", "preserve", "report_to", "strike", "deny", "money"})
"""Effects that matter although the item is not published: they act on people, money, cases."""

UNKNOWN = "an_effect_of_tomorrow"
"""An effect that no host can know yet."""


class Trial:
    """A new host, the decisions it will be given, and one item.

    Args:
        feature: As the host declares it. make: Makes the host. decisions: In order.
    """

    def __init__(
        self, feature: Feature, make: Callable[[Safety], Host], decisions: tuple[Decision, ...]
    ) -> None:
        self.safety = ScriptedSafety(feature)
        self.safety.will_answer(*decisions)
        self.host = make(self.safety)
        self.item = make_item("a text to be decided about", author=make_actor())
        self._feature, self._decision = feature, decisions[0]

    def submit(self) -> None:
        """Hand the item in."""
        self.host.submit(self.item)

    def sees(self, when: str, *, visible: bool) -> None:
        """Check whether people can see the item."""
        seen = bool(self.host.visible(self.item))
        wrong = "nobody can see the item" if visible else "people can see the item"
        check(seen is visible, f"{when}: {wrong}")

    def waits(self, when: str, *, pending: bool) -> None:
        """Check whether the item waits for somebody."""
        waits = bool(self.host.pending(self.item))
        wrong = "the item waits nowhere; it is lost" if pending else "the item still waits"
        check(waits is pending, f"{when}: {wrong}")

    def tells(self, when: str) -> None:
        """Check that the author is shown the decision's notice."""
        told = self.host.told(self.item)
        check(told is not None, f"{when}: the author is told nothing; show decision.notice")
        same = self._decision.notice is not None and self._decision.notice in str(told)
        check(same, f"{when}: the author is told something else than decision.notice")

    def has_effects(self, when: str) -> None:
        """Check that each effect decided, which the feature can carry out, is in force."""
        asked = [
            e for e in self._decision.effects if self._feature.can(e.name) and e.name != UNKNOWN
        ]
        there = _by_name(self.host.effects(self.item)) if asked else {}
        for effect in asked:
            check(effect.name in there, f"{when}: the effect {effect.name} is not in force")
            same = effect.value == there[effect.name]
            check(same, f"{when}: the effect {effect.name} has another value than decided")


def check(holds: object, wrong: str) -> None:
    """Fail with *wrong* unless it *holds*."""
    if not holds:
        pytest.fail(wrong, pytrace=False)


def end_of(decision: Decision) -> datetime:
    """When a HOLD ends."""
    return decision.hold.until if decision.hold is not None else datetime.now(UTC)


def hold_until(otherwise: str) -> Hold:
    """A hold that lasts some hours and ends with *otherwise*."""
    return Hold(until=datetime.now(UTC) + timedelta(hours=6), otherwise=Action.parse(otherwise))


def degraded() -> dict[str, Any]:
    """The fields of a decision that lost a module on its way."""
    fault = Fault("some_module", "timeout", 50.0)
    return {"degraded": True, "complete": False, "faults": (fault,), "recorded": False}


def unknown_effect() -> Effect:
    """An effect that ``effects.csv`` does not have yet."""
    known = Effect("label", "be_careful")
    made: Effect = object.__new__(Effect)
    for field in attrs.fields(Effect):
        object.__setattr__(made, field.name, getattr(known, field.name))
    object.__setattr__(made, "name", UNKNOWN)
    return made


def _by_name(shown: Mapping[str, object] | Iterable[Effect]) -> dict[str, object]:
    """What a host shows, as value by effect, each value in the form a decision has."""
    pairs = shown.items() if isinstance(shown, Mapping) else [(e.name, e.value) for e in shown]
    return {name: _read(name, value) for name, value in pairs}


def _read(name: str, value: object) -> object:
    try:
        return Effect(name, value).value
    except HandrailError:
        return value
