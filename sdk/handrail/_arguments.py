"""What Safety is given: checked, and taken in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import ModuleType
from typing import Literal

from handrail._feature import Feature
from handrail._policy import Policy
from handrail._registry import Registry
from handrail._seams import Sink
from handrail.errors import (
    FeatureError,
    HandrailError,
    InvalidValueError,
    PolicyError,
)

Modules = None | Literal["installed"] | Sequence[object]
"""Which modules to take in: none, every installed one, or a list of modules, objects and names."""

BUDGET_MOST_MS = 60_000
"""The longest budget of a call."""


def several(given: object) -> tuple[Policy, ...]:
    """One policy or several, as given to Safety."""
    policies = (given,) if isinstance(given, Policy) else given
    if not isinstance(policies, Iterable) or isinstance(policies, (str, Mapping)):
        raise PolicyError("policy: expected a Policy, or several; policy files come by from_config")
    policies = tuple(policies)
    for policy in policies:
        if not isinstance(policy, Policy):
            raise PolicyError(f"policy: expected Policy objects, got {type(policy).__name__}")
    return policies


def check_options(
    sink: object, intake: object, budget_ms: object, complete_share: object, trace_share: object
) -> None:
    """Refuse what would only show in a call."""
    if sink is not None and not isinstance(sink, Sink):
        raise InvalidValueError("sink: expected an object with durable, write, commit and close")
    if intake is not None and not callable(getattr(intake, "accept", None)):
        raise InvalidValueError("intake: expected an object with accept")
    if not isinstance(budget_ms, (int, float)) or not 0 < budget_ms <= BUDGET_MOST_MS:
        raise InvalidValueError("budget_ms: expected more than 0, at most 60000")
    for name, share in (("complete_share", complete_share), ("trace_share", trace_share)):
        if not isinstance(share, (int, float)) or not 0 <= share <= 1:
            raise InvalidValueError(f"{name}: expected a share from 0 to 1")


def load(registry: Registry, modules: Modules, deny: Iterable[str]) -> None:
    """Take in modules by object and by name; raises ModuleError for what cannot work."""
    if modules == "installed":
        registry.install(None, deny)
    elif isinstance(modules, str):
        raise HandrailError("modules: expected None, 'installed', or a list of modules and names")
    else:
        names = [m for m in modules or () if isinstance(m, str)]
        registry.install(names, deny) if names or deny else None
        for module in modules or ():
            if not isinstance(module, str):
                origin = "code" if not isinstance(module, ModuleType) else module.__name__
                registry.add(module, origin)
    registry.check()


def by_name(features: Iterable[Feature]) -> Mapping[str, Feature]:
    """Features by their names, each of which stands once."""
    named: dict[str, Feature] = {}
    for feature in features:
        if not isinstance(feature, Feature):
            raise FeatureError(f"features: expected Feature objects, got {type(feature).__name__}")
        if feature.name in named:
            raise FeatureError(f"Two features are called {feature.name!r}")
        named[feature.name] = feature
    return named
