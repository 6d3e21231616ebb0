"""Policies: the platform's rules from findings and faults to a decision, as plain data.

``_rules`` has the parts; ``_table`` compiles a policy for a feature and decides.
"""

from __future__ import annotations

import enum
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from types import CodeType
from typing import Any

import attrs

from handrail._decision import Action, Stage
from handrail._effect import Effect
from handrail._rules import (
    ExceptionRule,
    FaultRule,
    Holds,
    Mode,
    Override,
    Rule,
    Rung,
    day,
    ladders,
    mode,
    then,
)
from handrail._values import from_json, member, strings, to_json
from handrail.errors import PolicyError


@attrs.frozen(kw_only=True)
class Applies:
    """Where a policy holds; ``*`` is everywhere."""

    surfaces: tuple[str, ...] = attrs.field(default=("*",), converter=lambda v: strings(v, "applies"))
    features: tuple[str, ...] = attrs.field(default=("*",), converter=lambda v: strings(v, "applies"))
    stages: tuple[Stage, ...] = attrs.field(
        default=tuple(Stage), converter=lambda v: tuple(member(Stage, s, "applies") for s in v)
    )


def _values(cls: type) -> Callable[[Iterable[Any]], tuple[Any, ...]]:
    return lambda v: tuple(x if isinstance(x, cls) else from_json(cls, x) for x in v)


def _value(cls: type) -> Callable[[Any], Any]:
    return lambda v: from_json(cls, v) if isinstance(v, Mapping) else v


@attrs.frozen(kw_only=True, eq=False)
class Policy:
    """The platform's rules for some surfaces or features.

    Attributes:
        name: For decisions and telemetry. applies: Where it holds.
        issues: Ladders by issue, ``family.*`` or ``*``; the most exact one counts.
        overrides, exceptions, rules, faults: See their classes.
        holds: How a HOLD ends; required as soon as anything here may hold.
        limits: Effects of a LIMIT that names none of its own, such as ``{"reach": 0.2}``.
        mode: off, shadow or enforce. expires: When a shadow policy ends. owner: Who answers.

    Raises PolicyError or UnknownNameError for what contradicts itself or the taxonomy.
    """

    name: str = "policy"
    applies: Applies = attrs.field(factory=Applies, converter=_value(Applies))
    issues: Mapping[str, tuple[Rung, ...]] = attrs.field(factory=dict, converter=ladders)
    overrides: tuple[Override, ...] = attrs.field(default=(), converter=_values(Override))
    exceptions: tuple[ExceptionRule, ...] = attrs.field(
        default=(), converter=_values(ExceptionRule)
    )
    rules: tuple[Rule, ...] = attrs.field(default=(), converter=_values(Rule))
    holds: Holds | None = attrs.field(default=None, converter=_value(Holds))
    limits: tuple[Effect, ...] = attrs.field(
        default=(), converter=lambda v: then(v).effects if isinstance(v, Mapping) else tuple(v)
    )
    faults: tuple[FaultRule, ...] = attrs.field(default=(), converter=_values(FaultRule))
    mode: Mode = attrs.field(default=Mode.ENFORCE, converter=mode)
    expires: date | None = attrs.field(default=None, converter=day)
    owner: str | None = None

    def __attrs_post_init__(self) -> None:
        where = f"Policy {self.name!r}"
        ids = [r.id for part in (self.overrides, self.exceptions, self.rules) for r in part]
        if doubled := sorted({i for i in ids if ids.count(i) > 1}):
            raise PolicyError(f"{where}: two rules are called {doubled[0]!r}")
        if self.holds is None and Action.HOLD in self._actions():
            raise PolicyError(f"{where}: it may hold, so holds must say within and otherwise")
        if self.mode is Mode.SHADOW and self.expires is None:
            raise PolicyError(f"{where}: a shadow policy says when it expires")

    def _actions(self) -> set[Action | None]:
        tables = [self.issues, *(o.issues for o in self.overrides)]
        return {
            *(rung.action for table in tables for rungs in table.values() for rung in rungs),
            *(r.then.action for r in self.rules),
            *(f.then.action for f in self.faults),
        }

    @property
    def revision(self) -> str:
        """A hash of the whole content, 12 hexadecimal digits."""
        return fingerprint(self)

    def covers(self, surface: str, feature: str, stage: Stage) -> bool:
        """Whether the policy holds for a feature at a stage."""
        return (
            not {"*", surface}.isdisjoint(self.applies.surfaces)
            and not {"*", feature}.isdisjoint(self.applies.features)
            and stage in self.applies.stages
        )


def fingerprint(value: object) -> str:
    """Hash a policy or a part of one by its content, the code of its conditions included."""
    text = json.dumps(_content(value), sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _content(value: object) -> Any:
    if isinstance(value, Mapping):
        return {str(k): _content(v) for k, v in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_content(v) for v in value]
    if attrs.has(type(value)):
        return {f.name: _content(getattr(value, f.name)) for f in attrs.fields(type(value))}
    if callable(value) and not isinstance(value, enum.Enum):
        return _code(getattr(value, "__code__", None)) or getattr(value, "__qualname__", "?")
    return str(value) if isinstance(value, date) else to_json(value)


def _code(code: CodeType | None) -> Any:
    if code is None:
        return None
    consts = [_code(c) if isinstance(c, CodeType) else repr(c) for c in code.co_consts]
    return [code.co_code.hex(), consts, list(code.co_names)]
