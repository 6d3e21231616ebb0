"""What the value of an effect may be, and how two are made one: a function a form, one a rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from handrail._issues import issue
from handrail._markets import check_market
from handrail._values import FrozenMap, duration, duration_text, is_name, strings
from handrail.errors import InvalidValueError, unknown

if TYPE_CHECKING:
    from handrail._effect import EffectSpec

EVERYWHERE = "*"
"""The key of a table by region that stands for every region not named."""

OLDEST = 150
"""No person is older, in years."""


def is_age(value: object) -> bool:
    """Whether *value* is an age somebody may have, in whole years."""
    return type(value) is int and 0 <= value <= OLDEST


def _names(value: Any, spec: EffectSpec) -> tuple[str, ...]:
    read = strings(value, f"effect {spec.name!r}")
    if not read or any(not v or len(v) > 200 for v in read):
        raise InvalidValueError(f"effect {spec.name!r}: expected one or more names")
    return tuple(sorted(set(read)))


def _blocked(value: Any, spec: EffectSpec) -> tuple[str, ...]:
    for each in (regions := _names(value, spec)):
        check_market(each, kind="region", where=f"effect {spec.name!r}")
    return regions


def _share(value: Any, spec: EffectSpec) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
        raise InvalidValueError(f"effect {spec.name!r}: expected a share from 0 to 1")
    return float(value)


def _ages(value: Any, spec: EffectSpec) -> FrozenMap:
    table = dict(value) if isinstance(value, Mapping) else {EVERYWHERE: value}
    for region, age in table.items():
        if region != EVERYWHERE:
            others = f", or {EVERYWHERE!r} for all others"
            check_market(region, kind="region", where=f"effect {spec.name!r}", also=others)
        if not is_age(age):
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
        raise InvalidValueError(
            f"effect {spec.name!r}: expected weights above 0 by issue, "
            "or one of them in a rule that names its issue"
        )
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


READERS: Mapping[str, Callable[[Any, EffectSpec], Any]] = {
    "names": _names,
    "regions": _blocked,
    "share": _share,
    "ages": _ages,
    "choice": _choice,
    "weights": _weights,
    "queues": _queues,
    "duration": _duration,
}
"""What reads a value, by its form in ``effects.csv``."""


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


MERGES: Mapping[str, Callable[[Any, Any, EffectSpec], Any]] = {
    "union": _union,
    "min": _min,
    "max": _max,
    "soonest": _soonest,
}
"""What makes two values one, by the merge rule in ``effects.csv``."""
