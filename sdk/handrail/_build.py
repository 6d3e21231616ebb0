"""Building a value of the model from the fields that its JSON form has."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Hashable, Mapping
from functools import cache, lru_cache
from types import MemberDescriptorType
from typing import Any, NamedTuple

import attrs

Make = Callable[[Mapping[str, Any]], Any]
"""Makes a value of fields; raises what its class's constructor raises."""


class _Field(NamedTuple):
    """How a field is filled."""

    put: Callable[[Any, Any], None]
    convert: Any
    check: Callable[[Any, Any, Any], object] | None
    field: attrs.Attribute[Any]


@lru_cache(maxsize=1024)
def maker(cls: type[attrs.AttrsInstance], given: tuple[str, ...]) -> Make:
    """What makes values of *cls* of the fields *given*, as its constructor does.

    The constructor converts and checks every field, and nearly all are at their defaults, which
    are good: here those that are given are looked at. Raises LookupError for other fields than
    the class has, or without one that it needs; then nothing is remembered.
    """
    fields = {field.alias: field for field in attrs.fields(cls)}
    needed = {name for name, field in fields.items() if field.default is attrs.NOTHING}
    if not needed <= set(given) <= fields.keys():
        raise LookupError(cls.__name__)
    if not _simple(cls):
        return lambda data: cls(**data)
    filled = [(name, _field(cls, fields[name])) for name in given]
    left = [_default(cls, field) for name, field in fields.items() if name not in given]
    checked = [each for _, each in filled if each.check is not None]
    return _maker(cls, filled, left, checked)


def _maker(
    cls: type[Any], filled: list[tuple[str, _Field]],
    left: list[tuple[Callable[[Any, Any], None], Any]], checked: list[_Field],
) -> Make:  # fmt: skip
    new: Any = cls.__new__
    puts = [(name, each.put, each.convert) for name, each in filled]
    checks = [(each.check, each.field, each.field.name) for each in checked if each.check]

    def make(data: Mapping[str, Any]) -> Any:
        made = new(cls)
        for put, default in left:
            put(made, default)
        for name, put, convert in puts:
            put(made, data[name] if convert is None else convert(data[name]))
        for check, field, name in checks:
            check(made, field, getattr(made, name))
        return made

    return make


def _field(cls: type[Any], field: attrs.Attribute[Any]) -> _Field:
    return _Field(getattr(cls, field.name).__set__, field.converter, field.validator, field)


def _default(cls: type[Any], field: attrs.Attribute[Any]) -> tuple[Callable[[Any, Any], None], Any]:
    """What puts a default in its place, and the default, which all values share."""
    put, convert, *_ = _field(cls, field)
    return put, field.default if convert is None else convert(field.default)


@cache
def _simple(cls: type[attrs.AttrsInstance]) -> bool:
    """Whether the constructor does nothing but what the fields say, each by itself."""
    more = ("__attrs_pre_init__", "__attrs_post_init__", "__attrs_init__")
    made = cls.__init__.__code__.co_filename.startswith("<attrs generated")
    return (
        made
        and not any(hasattr(cls, name) for name in more)
        and all(_alone(cls, each) for each in attrs.fields(cls))
    )


def _alone(cls: type[Any], field: attrs.Attribute[Any]) -> bool:
    """Whether a field is put in its place as it is, and its default may be shared."""
    converts = field.converter is None or inspect.isroutine(field.converter)
    shared = isinstance(field.default, Hashable) and not hasattr(field.default, "takes_self")
    placed = isinstance(getattr(cls, field.name, None), MemberDescriptorType)
    return field.init and converts and shared and placed
