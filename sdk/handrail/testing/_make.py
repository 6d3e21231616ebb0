"""Factories: values with everything a test does not care about filled in."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from handrail import (
    Action,
    Actor,
    AsyncSafety,
    Decision,
    Effect,
    Feature,
    Hold,
    Item,
    Policy,
    Report,
    Safety,
)

SURFACES = ("comments", "live", "messaging", "profiles")
"""Surfaces that every test has a feature for, called the same."""

LADDER: Mapping[str, Any] = {"nudge": 0.3, "limit": 0.5, "hold": 0.7, "block": 0.9}
"""The ladder of every issue in ``make_policy``."""

_NOTICES = {
    Action.NUDGE: "Do you want to send this as it is?",
    Action.HOLD: "This will appear once it has been looked at.",
    Action.BLOCK: "This could not be posted.",
}
_numbers = itertools.count(1)


def make_item(text: str = "a friendly word", **fields: Any) -> Item:
    """Make an item with an id of its own; *fields* are those of Item."""
    return Item(**{"id": f"item-{next(_numbers)}", "text": text, **fields})


def make_actor(**fields: Any) -> Actor:
    """Make a grown-up with some tenure and an id of their own; *fields* are those of Actor."""
    return Actor(**{"id": f"actor-{next(_numbers)}", "age": 30, "tenure_days": 400, **fields})


def make_report(item: Item | None = None, **fields: Any) -> Report:
    """Make a user's report of *item*; *fields* are those of Report."""
    values = {"id": f"report-{next(_numbers)}", "item": item or make_item(), **fields}
    return Report(**values)


def make_decision(action: Action | str = Action.ALLOW, **fields: Any) -> Decision:
    """Make a decision as a call would return it; *fields* are those of Decision.

    A HOLD says how it ends, and what asks something of the author has a notice.
    """
    read = Action.parse(action)
    filled: dict[str, Any] = {"id": f"decision-{next(_numbers)}", "at": datetime.now(UTC)}
    if read is Action.HOLD:
        until = datetime.now(UTC) + timedelta(hours=24)
        filled["hold"] = Hold(until=until, otherwise=Action.ALLOW)
    if read in _NOTICES:
        filled["notice"] = _NOTICES[read]
    return Decision(action=read, **{**filled, **fields})


def make_policy(**fields: Any) -> Policy:
    """Make a policy with one ladder for every issue; *fields* are those of Policy."""
    values: dict[str, Any] = {
        "name": "testing",
        "issues": {"*": LADDER},
        "holds": {"within": "24h", "otherwise": "allow"},
        "limits": {"reach": 0.2},
        "faults": [{"then": "hold"}],
    }
    return Policy(**{**values, **fields})


def make_safety(*modules: object, features: Iterable[Feature] = (), **fields: Any) -> Safety:
    """Make a Safety that knows *modules* and nothing else.

    Args:
        modules: Modules and objects; nothing that is installed comes in by itself.
        features: Declared beside one per surface of SURFACES that is called like it.
        fields: Those of Safety; by default ``make_policy`` decides, within a second, and a
            feature that no module covers is let through.
    """
    return Safety(**_settings(modules, features, fields))


def make_async_safety(
    *modules: object, features: Iterable[Feature] = (), **fields: Any
) -> AsyncSafety:
    """Make an AsyncSafety; the arguments are those of ``make_safety``."""
    return AsyncSafety(**_settings(modules, features, fields))


def _settings(
    modules: tuple[object, ...], features: Iterable[Feature], fields: Mapping[str, Any]
) -> dict[str, Any]:
    declared = {f.name: f for f in features}
    for surface in SURFACES:
        declared.setdefault(surface, Feature(name=surface, surface=surface))
    values: dict[str, Any] = {"policy": make_policy(), "budget_ms": 1000.0, "strict": False}
    return {**values, **fields, "modules": list(modules), "features": declared.values()}


def sample_effect(name: str) -> Effect:
    """Make an effect called *name*, with a value its row of ``effects.csv`` allows."""
    from handrail import effect_specs

    spec = effect_specs()[name]
    exact = {"deny": "comments", "label": "be_careful", "support": "crisis"}
    by_kind: Mapping[str, object] = {
        "names": exact.get(name, "sample"),
        "regions": "DE",
        "share": 0.25,
        "ages": 18,
        "choice": spec.order[0] if spec.order else None,
        "weights": {"integrity.spam": 1},
        "queues": {"queue": "general", "within": "24h"},
        "duration": "30d",
    }
    return Effect(name, by_kind[spec.value])
