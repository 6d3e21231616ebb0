"""Small values and conversions the model is built from: frozen maps, durations, JSON forms."""

from __future__ import annotations

import base64
import enum
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, ValuesView
from contextvars import ContextVar
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, TypeAlias, TypeGuard, TypeVar, overload

import attrs

from handrail._build import maker
from handrail.errors import InvalidValueError, unknown

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
"""What ``json.loads`` returns."""

E = TypeVar("E", bound=enum.Enum)
A = TypeVar("A", bound=attrs.AttrsInstance)

_MICROS = {
    "ms": 1_000, "s": 1_000_000, "m": 60_000_000, "h": 3_600_000_000, "d": 86_400_000_000,
    "w": 604_800_000_000,
}  # fmt: skip
_DURATION = re.compile(r"(\d{1,15}(?:\.\d{1,6})?)(ms|s|m|h|d|w)", re.ASCII)
LONGEST = timedelta(days=36_500)
"""A longer duration is a mistake, and would not fit a calendar."""
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")


class FrozenMap(Mapping[str, Any]):
    """A mapping that cannot change, all the way down; its repr shows no content.

    Args:
        data: What JSON can say, by key.
    """

    __slots__ = ("_data",)
    _data: dict[str, Any]

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        if data is not None and type(data) is not dict and not isinstance(data, Mapping):
            raise InvalidValueError(f"expected keys and values, got {type(data).__name__}")
        frozen = {str(k): freeze(v) for k, v in data.items()} if data else {}
        object.__setattr__(self, "_data", frozen)

    def __getitem__(self, key: str) -> Any:
        return self._data[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._data)

    def __len__(self) -> int:
        return len(self._data)

    def values(self) -> ValuesView[Any]:
        """Return the values."""
        return self._data.values()

    def __hash__(self) -> int:
        return hash(frozenset(self._data.items()))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a FrozenMap cannot change")

    def __reduce__(self) -> tuple[type[FrozenMap], tuple[dict[str, Any]]]:
        return FrozenMap, (self._data,)

    def __repr__(self) -> str:
        return f"FrozenMap({len(self)} keys)"


EMPTY = FrozenMap()
"""Holds nothing, for all who hold nothing."""


def frozen(value: Mapping[str, Any] | None) -> FrozenMap:
    """Return *value* as a FrozenMap; what is one is given back."""
    return value if type(value) is FrozenMap else FrozenMap(value)


class Placed(dict[str, Any]):
    """Settings that know where they were written: ``where(key)`` is ``file:line:column: …``.

    Paths in them are seen from *folder*, that of the file; None is the working directory.
    """

    def __init__(
        self, data: Mapping[str, Any], where: Callable[..., str], folder: Path | None = None
    ) -> None:
        super().__init__(data)
        self.where, self.folder = where, folder


FOLDER: ContextVar[Path] = ContextVar("FOLDER", default=Path())
"""Where paths in the settings that are being read are seen from."""


def freeze(value: Any, depth: int = 0) -> Any:
    """Return *value* with every list, set and mapping in it made immutable.

    Raises InvalidValueError for more than 20 levels and for anything JSON cannot say, such as NaN.
    """
    if depth > 20:
        raise InvalidValueError("attributes: more than 20 levels deep")
    if isinstance(value, float) and not math.isfinite(value):
        raise InvalidValueError("attributes: NaN and infinity are no JSON values")
    if isinstance(value, (str, int, float, bool)) or value is None:
        return value
    if isinstance(value, FrozenMap):
        return value
    if isinstance(value, Mapping):
        return FrozenMap({str(k): freeze(v, depth + 1) for k, v in value.items()})
    if isinstance(value, (list, tuple, set, frozenset)):
        return tuple(freeze(v, depth + 1) for v in value)
    raise InvalidValueError(f"attributes: {type(value).__name__} is not a JSON value")


def duration(value: timedelta | str) -> timedelta:
    """Read ``"24h"``, ``"7d"``, ``"500ms"`` or a timedelta: above 0, at most 100 years."""
    if isinstance(value, str) and (match := _DURATION.fullmatch(value)):
        micros = int(Decimal(match[1]) * _MICROS[match[2]])
        value = timedelta(microseconds=min(micros, 2 * LONGEST // timedelta(microseconds=1)))
    if not isinstance(value, timedelta) or not timedelta(0) < value <= LONGEST:
        raise InvalidValueError(
            "a duration is a positive number and one of ms, s, m, h, d, w, such as '24h'; "
            "36500d at most"
        )
    return value


def duration_text(value: timedelta) -> str:
    """Write a duration the way it is read: the largest unit that divides it."""
    micros = value // timedelta(microseconds=1)
    for unit in ("d", "h", "m", "s"):
        if micros % _MICROS[unit] == 0:
            return f"{micros // _MICROS[unit]}{unit}"
    return f"{micros // 1000}.{micros % 1000:03d}".rstrip("0").rstrip(".") + "ms"


@overload
def aware(value: datetime | str, where: str) -> datetime: ...
@overload
def aware(value: datetime | str | None, where: str) -> datetime | None: ...
def aware(value: datetime | str | None, where: str) -> datetime | None:
    """Read an ISO 8601 time; a time without a zone is refused."""
    if value is None:
        return None
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise InvalidValueError(f"{where}: not an ISO 8601 time") from None
    if not isinstance(value, datetime):
        raise InvalidValueError(f"{where}: expected a datetime, got {type(value).__name__}")
    if value.tzinfo is None or value.utcoffset() is None:
        raise InvalidValueError(f"{where}: a time needs a zone, such as datetime.now(UTC)")
    return value


def is_name(value: object) -> bool:
    """Whether *value* is a lower_snake name of at most 64 characters."""
    return isinstance(value, str) and len(value) <= 64 and _is_name(value)


@lru_cache(maxsize=1024)  # Every item has some, and there are few.
def _is_name(value: str) -> bool:
    return _NAME.fullmatch(value) is not None


def name(value: object, where: str) -> str:
    """Check a lower_snake name, such as a surface or a kind."""
    if not is_name(value):
        raise InvalidValueError(f"{where}: expected a lower_snake name of at most 64 characters")
    return str(value)


def member(cls: type[E], value: object, where: str) -> E:
    """Read an enumeration's value, or say which ones there are."""
    try:
        return cls(value)
    except ValueError:
        known = [str(m.value) for m in cls]
        raise unknown("value", value, known, where=where) from None


def strings(value: Iterable[str] | str | None, where: str) -> tuple[str, ...]:
    """Read a list of strings; a bare string is one."""
    if value is None:
        return ()
    if isinstance(value, str):
        return (value,)
    read = sequence(value, where)
    if read and any(not isinstance(v, str) for v in read):
        raise InvalidValueError(f"{where}: expected strings")
    return read


def sequence(value: object, where: str) -> tuple[Any, ...]:
    """Read a list, tuple, set or anything else to go through; None is empty."""
    if type(value) is tuple:
        return value
    if value is None:
        return ()
    if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Iterable):
        raise InvalidValueError(f"{where}: expected a list, got {type(value).__name__}")
    return tuple(value)


PLAIN = frozenset({type(None), bool, str, int, float})
"""The types that are JSON as they are; their subclasses, such as enumerations, may not be."""


@cache
def names(cls: type[attrs.AttrsInstance]) -> tuple[str, ...]:
    """The names of a class's fields."""
    return tuple(field.name for field in attrs.fields(cls))


def to_json(value: object) -> Json:
    """Turn a value of the model into what JSON can say, without loss."""
    if type(value) in PLAIN:
        return value  # type: ignore[return-value] # The types of PLAIN.
    if isinstance(value, enum.Enum):
        return value.name.lower() if isinstance(value, int) else str(value.value)
    if isinstance(value, (str, int, float)):
        return value
    if isinstance(value, Mapping):
        return {str(k): to_json(v) for k, v in value.items()}
    if isinstance(value, (tuple, list, frozenset, set)):
        return [to_json(v) for v in (value if isinstance(value, (tuple, list)) else sorted(value))]
    return fields_json(value) if is_attrs(value) else _text_form(value)


def _text_form(value: object) -> str:
    if isinstance(value, timedelta):
        return duration_text(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def is_attrs(value: object) -> TypeGuard[attrs.AttrsInstance]:
    """Whether *value* is an instance of an attrs class."""
    return attrs.has(type(value))


def fields_json(value: attrs.AttrsInstance) -> dict[str, Json]:
    """The JSON form of an attrs value: its fields, without those at an empty default."""
    made: dict[str, Json] = {}
    for name, alias in _named(type(value)):
        got = getattr(value, name)
        if got is None or (type(got) in _EMPTY and not got):
            continue
        made[alias] = got if type(got) in PLAIN else to_json(got)
    return made


_EMPTY = frozenset({tuple, frozenset, FrozenMap})
"""Types whose default is to hold nothing."""


@cache
def _named(cls: type[attrs.AttrsInstance]) -> tuple[tuple[str, str], ...]:
    """The fields of a class, and what each is called in its JSON form."""
    return tuple((field.name, field.alias or field.name) for field in attrs.fields(cls))


def from_json(cls: type[A], data: object, where: str | None = None) -> A:
    """Build an attrs value from its JSON form; an unknown or missing field is an error."""
    if type(data) is not dict and not isinstance(data, Mapping):
        label = where or cls.__name__
        raise InvalidValueError(f"{label}: expected an object, got {type(data).__name__}")
    try:
        make = maker(cls, tuple(data))
    except LookupError:
        raise _wrong(cls, data, where or cls.__name__) from None
    made: A = make(data)
    return made


def _wrong(cls: type[A], data: Mapping[str, Any], label: str) -> Exception:
    """What is wrong with the fields of a JSON form."""
    known, needed = _aliases(cls)
    for key in data:
        if key not in known:
            return unknown("field", key, known, where=label)
    missing = next(name for name in needed if name not in data)
    return InvalidValueError(f"{label}: the field {missing!r} is missing")


@cache
def _aliases(cls: type[attrs.AttrsInstance]) -> tuple[frozenset[str], tuple[str, ...]]:
    """The fields that the JSON form of a class may have, and those that it must have."""
    fields = attrs.fields(cls)
    needed = tuple(field.alias for field in fields if field.default is attrs.NOTHING)
    return frozenset(field.alias for field in fields), needed


def built(cls: type[A], value: A | Mapping[str, Any], where: str | None = None) -> A:
    """Return *value* as it is, or build it where it comes in its JSON form."""
    return value if isinstance(value, cls) else from_json(cls, value, where)
