"""Effects: everything a decision asks for beside its action, and how several are merged.

What an effect is (value, merge rule, targets, who may order it) is one row of ``data/effects.csv``.
Merging goes key by key over (name, target, audience), and is associative, commutative and
idempotent, so the order in which modules and rules spoke never shows.
"""

from __future__ import annotations

import csv
import enum
from collections.abc import Iterable, Mapping
from copy import copy
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, TypeAlias

import attrs

from handrail._effect_values import MERGES, OLDEST, READERS, is_age
from handrail._markets import check_market
from handrail._values import (
    FrozenMap,
    Json,
    aware,
    built,
    duration_text,
    fields_json,
    from_json,
    member,
    strings,
)
from handrail.errors import InvalidValueError, unknown


class Target(enum.StrEnum):
    """What an effect acts on."""

    ITEM = "item"
    THREAD = "thread"
    SESSION = "session"
    ACTOR = "actor"
    PAIR = "pair"
    CLUSTER = "cluster"


@attrs.frozen(kw_only=True)
class EffectSpec:
    """One row of ``effects.csv``: what an effect's value is and what it demands.

    Attributes:
        name: The effect. value: The form of its value. merge: How two are made one.
        order: The words it can be, from the mildest. targets: What it can act on.
        reversible: Whether it can be undone. needs_statement: Whether the person is owed reasons.
        dsa_decision: What the DSA Transparency Database calls it.
        ordered_by: Who may order it. meaning: What it does.
    """

    name: str
    value: str
    merge: str
    order: tuple[str, ...]
    targets: tuple[Target, ...]
    reversible: bool
    needs_statement: bool
    dsa_decision: str | None
    ordered_by: frozenset[str]
    meaning: str


@cache
def effect_specs() -> Mapping[str, EffectSpec]:
    """Every effect by name."""
    text = files("handrail").joinpath("data/effects.csv").read_text(encoding="utf-8")
    return {row["effect"]: _spec(row) for row in csv.DictReader(text.splitlines())}


def _spec(row: Mapping[str, str]) -> EffectSpec:
    return EffectSpec(
        name=row["effect"],
        value=row["value"],
        merge=row["merge"],
        order=tuple(filter(None, row["order"].split("|"))),
        targets=tuple(Target(t) for t in row["targets"].split(",")),
        reversible=row["reversible"] == "yes",
        needs_statement=row["needs_statement"] == "yes",
        dsa_decision=row["dsa_decision"] or None,
        ordered_by=frozenset(row["ordered_by"].split(",")),
        meaning=row["meaning"],
    )


def _regions(value: Iterable[str] | str | None) -> tuple[str, ...]:
    regions = tuple(sorted(set(strings(value, "audience: regions"))))
    for each in regions:
        check_market(each, kind="region", where="audience: regions")
    return regions


def _check_age(_: object, attribute: Any, value: object) -> None:
    if not is_age(value):
        what = f"expected whole years from 0 to {OLDEST}"
        raise InvalidValueError(f"audience: {attribute.name}: {what}")


@attrs.frozen(order=True)
class Audience:
    """For which viewers an effect holds; empty means everybody.

    Attributes:
        regions: Viewer regions, ISO 3166-1 (``DE``). min_age: Age of the youngest, 0 to 150.
        max_age: Age of the oldest, inclusive.

    Raises UnknownNameError for a region that is none, InvalidValueError for ages that nobody has.
    """

    regions: tuple[str, ...] = attrs.field(default=(), converter=_regions)
    min_age: int = attrs.field(default=0, validator=_check_age)
    max_age: int = attrs.field(default=OLDEST, validator=_check_age)

    def __attrs_post_init__(self) -> None:
        if self.max_age < self.min_age:
            raise InvalidValueError("audience: max_age: expected min_age or more")


def _audience(value: Audience | Mapping[str, Any] | None) -> Audience | None:
    read = None if value is None else built(Audience, value, "audience")
    # Everybody is one audience, however it is said: else two effects for all are never merged.
    return None if read == Audience() else read


def _target(value: Target | str | None) -> Target | None:
    return None if value is None else member(Target, value, "Effect.target")


def _until(value: datetime | str | None) -> datetime | None:
    return aware(value, "Effect.until")


def _check_subject(_: object, attribute: Any, value: object) -> None:
    if not isinstance(value, str | None):
        raise InvalidValueError(f"Effect.{attribute.name}: expected the id of a person, a string")


Key: TypeAlias = "tuple[str, Target, Audience | None, str | None]"
"""Name, target, audience and subject of an effect."""


@attrs.frozen
class Effect:
    """One thing a decision asks for, such as ``Effect("reach", 0.2)``.

    Attributes:
        name: A row of ``effects.csv``.
        value: What that row says: names or regions (a tuple of strings), a share from 0 to 1,
            ages or weights or queues (a FrozenMap), a word, or a timedelta; JSON forms are read.
        target: What it acts on; by default the first target of the row.
        audience: For which viewers; None means everybody.
        until: When it ends; None means as long as the decision stands.
        subject: The id of whom it acts on, or is about with the author, where that is not the
            author alone; masked in the record.

    Raises UnknownNameError or InvalidValueError for what the row does not allow.
    """

    name: str
    value: Any
    target: Target = attrs.field(default=None, converter=_target)
    audience: Audience | None = attrs.field(default=None, converter=_audience, kw_only=True)
    until: datetime | None = attrs.field(default=None, converter=_until, kw_only=True)
    subject: str | None = attrs.field(
        default=None, kw_only=True, repr=False, validator=_check_subject
    )

    def __attrs_post_init__(self) -> None:
        spec = effect_specs().get(self.name)
        if spec is None:
            raise unknown("effect", self.name, effect_specs())
        object.__setattr__(self, "value", READERS[spec.value](self.value, spec))
        object.__setattr__(self, "target", _target_of(spec, self.target))

    @property
    def key(self) -> Key:
        """What makes two effects the same one, to be merged."""
        return self.name, self.target, self.audience, self.subject

    def to_json(self) -> dict[str, Json]:
        """Return the JSON form; ``Effect.from_json`` reads it back without loss."""
        data = fields_json(self)
        if isinstance(self.value, FrozenMap):
            data["value"] = {
                k: duration_text(v) if isinstance(v, timedelta) else v
                for k, v in sorted(self.value.items())
            }
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Effect:
        """Read the JSON form."""
        return from_json(cls, data)


def _target_of(spec: EffectSpec, target: Target | None) -> Target:
    if target is None:
        return spec.targets[0]
    if target not in spec.targets:
        raise unknown("target", target, spec.targets, where=f"effect {spec.name!r}")
    return target


def about(effect: Effect, subject: str) -> Effect:
    """The same effect about somebody, read once before: a rule may have thousands of recipients."""
    made = copy(effect)
    object.__setattr__(made, "subject", subject)
    return made


def merge_effects(effects: Iterable[Effect]) -> tuple[Effect, ...]:
    """Merge effects key by key; of two ends the later holds, and no end is the latest."""
    merged: dict[Key, Effect] = {}
    for effect in effects:
        seen = merged.get(effect.key)
        merged[effect.key] = effect if seen is None else _merge_two(seen, effect)
    return tuple(merged[key] for key in sorted(merged, key=_sort_key))


def _sort_key(key: Key) -> tuple[str, str, str, str]:
    return key[0], key[1].value, repr(key[2]), key[3] or ""


def _merge_two(one: Effect, two: Effect) -> Effect:
    if one == two:
        return one
    spec = effect_specs()[one.name]
    value = MERGES[spec.merge](one.value, two.value, spec)
    until = None if one.until is None or two.until is None else max(one.until, two.until)
    return attrs.evolve(one, value=value, until=until)
