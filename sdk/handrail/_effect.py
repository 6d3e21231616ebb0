"""Effects: everything a decision asks for beside its action, and how several are merged.

What an effect is (value, merge rule, targets, who may order it) is one row of ``data/effects.csv``.
Merging goes key by key over (name, target, audience), and is associative, commutative and
idempotent, so the order in which modules and rules spoke never shows.
"""

from __future__ import annotations

import csv
import enum
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

import attrs

from handrail._issues import issue
from handrail._values import (
    FrozenMap,
    Json,
    aware,
    built,
    duration,
    duration_text,
    fields_json,
    from_json,
    is_name,
    member,
    strings,
)
from handrail.errors import InvalidValueError, unknown

EVERYWHERE = "*"
"""The region key of ``min_viewer_age`` that stands for every region not named."""


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
    return tuple(sorted(set(strings(value, "Audience.regions"))))


@attrs.frozen(order=True)
class Audience:
    """For which viewers an effect holds; empty means everybody.

    Attributes:
        regions: Viewer regions, ISO 3166. min_age, max_age: Viewer ages in years, inclusive.
    """

    regions: tuple[str, ...] = attrs.field(default=(), converter=_regions)
    min_age: int = 0
    max_age: int = 150


def _audience(value: Audience | Mapping[str, Any] | None) -> Audience | None:
    return None if value is None else built(Audience, value, "audience")


def _target(value: Target | str | None) -> Target | None:
    return None if value is None else member(Target, value, "Effect.target")


def _until(value: datetime | str | None) -> datetime | None:
    return aware(value, "Effect.until")


@attrs.frozen
class Effect:
    """One thing a decision asks for, such as ``Effect("reach", 0.2)``.

    Attributes:
        name: A row of ``effects.csv``.
        value: What that row says: names (a tuple of strings), a share from 0 to 1, ages or
            weights or queues (a FrozenMap), a word, or a timedelta; JSON forms are read.
        target: What it acts on; by default the first target of the row.
        audience: For which viewers; None means everybody.
        until: When it ends; None means as long as the decision stands.

    Raises UnknownNameError or InvalidValueError for what the row does not allow.
    """

    name: str
    value: Any
    target: Target = attrs.field(default=None, converter=_target)
    audience: Audience | None = attrs.field(default=None, converter=_audience, kw_only=True)
    until: datetime | None = attrs.field(default=None, converter=_until, kw_only=True)

    def __attrs_post_init__(self) -> None:
        spec = effect_specs().get(self.name)
        if spec is None:
            raise unknown("effect", self.name, effect_specs())
        object.__setattr__(self, "value", _READERS[spec.value](self.value, spec))
        object.__setattr__(self, "target", _target_of(spec, self.target))

    @property
    def key(self) -> tuple[str, Target, Audience | None]:
        """What makes two effects the same one, to be merged."""
        return self.name, self.target, self.audience

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


def merge(effects: Iterable[Effect]) -> tuple[Effect, ...]:
    """Merge effects key by key; of two ends the later holds, and no end is the latest."""
    merged: dict[tuple[str, Target, Audience | None], Effect] = {}
    for effect in effects:
        seen = merged.get(effect.key)
        merged[effect.key] = effect if seen is None else _merge_two(seen, effect)
    return tuple(merged[key] for key in sorted(merged, key=_sort_key))


def _sort_key(key: tuple[str, Target, Audience | None]) -> tuple[str, str, str]:
    return key[0], key[1].value, repr(key[2])


def _merge_two(one: Effect, two: Effect) -> Effect:
    spec = effect_specs()[one.name]
    value = _MERGES[spec.merge](one.value, two.value, spec)
    until = None if one.until is None or two.until is None else max(one.until, two.until)
    return attrs.evolve(one, value=value, until=until)


def _names(value: Any, spec: EffectSpec) -> tuple[str, ...]:
    read = strings(value, f"effect {spec.name!r}")
    if not read or any(not v or len(v) > 200 for v in read):
        raise InvalidValueError(f"effect {spec.name!r}: expected one or more names")
    return tuple(sorted(set(read)))


def _share(value: Any, spec: EffectSpec) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
        raise InvalidValueError(f"effect {spec.name!r}: expected a share from 0 to 1")
    return float(value)


def _ages(value: Any, spec: EffectSpec) -> FrozenMap:
    table = dict(value) if isinstance(value, Mapping) else {EVERYWHERE: value}
    for age in table.values():
        if isinstance(age, bool) or not isinstance(age, int) or not 0 <= age <= 150:
            raise InvalidValueError(f"effect {spec.name!r}: expected years, or region to years")
    rest = table.get(EVERYWHERE, 0)
    return FrozenMap({r: a for r, a in sorted(table.items()) if r == EVERYWHERE or a != rest})


def _choice(value: Any, spec: EffectSpec) -> str:
    if value not in spec.order:
        raise unknown("value", value, spec.order, where=f"effect {spec.name!r}")
    return str(value)


def _weights(value: Any, spec: EffectSpec) -> FrozenMap:
    table = dict(value) if isinstance(value, Mapping) else {}
    if not table or any(not isinstance(w, (int, float)) or not w > 0 for w in table.values()):
        raise InvalidValueError(f"effect {spec.name!r}: expected weights above 0 by issue")
    return FrozenMap({issue(k, where=f"effect {spec.name!r}").name: w for k, w in table.items()})


def _queues(value: Any, spec: EffectSpec) -> FrozenMap:
    table = dict(value) if isinstance(value, Mapping) else {}
    if set(table) == {"queue", "within"}:
        table = {table["queue"]: table["within"]}
    if not table or not all(map(is_name, table)):
        raise InvalidValueError(f"effect {spec.name!r}: expected {{queue: …, within: 24h}}")
    return FrozenMap({q: duration_text(duration(w)) for q, w in sorted(table.items())})


def _duration(value: Any, spec: EffectSpec) -> timedelta:
    return duration(value)


_READERS: Mapping[str, Callable[[Any, EffectSpec], Any]] = {
    "names": _names,
    "share": _share,
    "ages": _ages,
    "choice": _choice,
    "weights": _weights,
    "queues": _queues,
    "duration": _duration,
}


def _union(one: tuple[str, ...], two: tuple[str, ...], spec: EffectSpec) -> tuple[str, ...]:
    return tuple(sorted({*one, *two}))


def _min(one: Any, two: Any, spec: EffectSpec) -> Any:
    return min(one, two)


def _max(one: Any, two: Any, spec: EffectSpec) -> Any:
    if spec.order:
        return max(one, two, key=spec.order.index)
    if not isinstance(one, FrozenMap):
        return max(one, two)
    one_rest, two_rest = one.get(EVERYWHERE, 0), two.get(EVERYWHERE, 0)
    return {k: max(one.get(k, one_rest), two.get(k, two_rest)) for k in {*one, *two}}


def _soonest(one: FrozenMap, two: FrozenMap, spec: EffectSpec) -> dict[str, str]:
    """Keep every queue, each with its earliest deadline: no issue's review is lost to another's."""
    return {q: min((m[q] for m in (one, two) if q in m), key=duration) for q in {*one, *two}}


_MERGES: Mapping[str, Callable[[Any, Any, EffectSpec], Any]] = {
    "union": _union,
    "min": _min,
    "max": _max,
    "soonest": _soonest,
}
