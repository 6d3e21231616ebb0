"""Hashes of policies and their parts: what revisions, approvals and confirmations bind to."""

from __future__ import annotations

import builtins
import enum
import hashlib
import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from datetime import date
from functools import cached_property, lru_cache, partial
from types import (
    BuiltinFunctionType,
    CodeType,
    FunctionType,
    MethodType,
    MethodWrapperType,
    ModuleType,
)
from typing import Any
from weakref import ref

import attrs

from handrail._condition import Condition
from handrail._values import is_attrs, to_json
from handrail._written import written
from handrail.errors import InvalidValueError


def fingerprint(value: object) -> str:
    """Hash a policy or a part of one by its content, what its conditions do included.

    A condition in Python is hashed as it is written, so that the hash is the same on every
    Python; where its source cannot be read, by its bytecode, which is not.
    """
    text = json.dumps(_content(value), sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


_PLAIN = frozenset({bool, int, float, str})


def _content(value: object) -> Any:
    if value is None or type(value) in _PLAIN:
        return value
    if isinstance(value, Mapping):
        return _once(value, _items)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return _once(value, _members)
    if callable(value) and not isinstance(value, enum.Enum):
        return _once(value, _function)
    if is_attrs(value):
        return _once(value, _condition if isinstance(value, Condition) else _fields)
    return str(value) if isinstance(value, date) else to_json(value)


def _items(value: Mapping[Any, Any]) -> Any:
    return {str(k): _content(v) for k, v in value.items()}


def _members(value: Sequence[Any]) -> Any:
    return [_content(v) for v in value]


_SAID: dict[int, tuple[ref[Condition], Any]] = {}
"""What conditions in Python said when they were asked first, by their id."""


def _condition(value: Condition) -> Any:
    """What a condition says, once: what its test remembers while it runs makes it no other."""
    if value.source is not None:
        return ["source", value.source]
    key = id(value)
    known = _SAID.get(key)
    if known is None or known[0]() is not value:
        known = _SAID[key] = ref(value, lambda _: _SAID.pop(key, None)), _fields(value)
    return known[1]


def _fields(value: attrs.AttrsInstance) -> Any:
    fields = attrs.fields(type(value))
    return {f.name: _content(getattr(value, f.name)) for f in fields if f.name != "bundle"}


_INSIDE: ContextVar[frozenset[int]] = ContextVar("handrail_fingerprint", default=frozenset())
"""What is being hashed, by its id."""


def _once(value: Any, read: Callable[[Any], Any]) -> Any:
    """What *read* says of a value; within itself, as where a function calls itself, its name."""
    if id(value) in _INSIDE.get():
        return ["again", _named(value)]
    token = _INSIDE.set(_INSIDE.get() | {id(value)})
    try:
        return read(value)
    finally:
        _INSIDE.reset(token)


def _named(value: Any) -> str:
    return str(getattr(value, "__qualname__", type(value).__qualname__))


def _function(function: Any) -> Any:
    """A condition's test: as written, and what it closes over, has as defaults or is bound to."""
    if isinstance(function, partial):
        bound = [_bound(a) for a in function.args]
        named = {k: _bound(v) for k, v in function.keywords.items()}
        return ["partial", _content(function.func), bound, named]
    if isinstance(function, MethodType):
        return ["method", _content(function.__func__), _once(function.__self__, _object)]
    if not isinstance(function, FunctionType):
        return _callable(function)
    code = function.__code__
    cells = [_cell(cell) for cell in function.__closure__ or ()]
    closed = dict(zip(code.co_freevars, cells, strict=True))
    defaults = [_bound(d) for d in function.__defaults__ or ()]
    named = {k: _bound(v) for k, v in (function.__kwdefaults__ or {}).items()}
    said = written(code, function.__globals__)
    return [_code(code) if said is None else said, closed, defaults, named]


def _cell(cell: Any) -> Any:
    try:
        return _bound(cell.cell_contents)
    except ValueError:
        return ["empty"]


_CACHED = type(lru_cache(str))


def _callable(value: Any) -> Any:
    """What is called like a function and is none: cached, part of the engine, an object, a class.

    Raises InvalidValueError for one that does not say what it does.
    """
    if isinstance(value, _CACHED):
        return ["cached", _content(value.__wrapped__)]
    if isinstance(value, (BuiltinFunctionType, MethodWrapperType)):
        owner = value.__self__
        plain = owner is None or isinstance(owner, ModuleType)
        return _named(value) if plain else ["method", _named(value), _bound(owner)]
    if isinstance(value, type) or isinstance(type(value).__call__, FunctionType):
        return _object(value)
    if hasattr(value, "__objclass__"):  # Such as str.isupper.
        return _named(value)
    try:
        said = value.__reduce_ex__(2)
    except TypeError:
        said = ""
    if isinstance(said, str):
        raise InvalidValueError(
            f"Condition.test: a {_named(type(value))} does not say what it does, so that a changed "
            "one would look the same: write a function or a lambda around it"
        )
    return ["made", _named(type(value)), [_bound(part) for part in said[1:]]]


def _object(value: Any) -> Any:
    """An object, or a class: what its class does, and its state."""
    if isinstance(value, type):
        return _class(value)
    kept = object.__getstate__(value)
    parts = kept if isinstance(kept, tuple) else (kept,)
    made = type(value)
    later = {
        n for each in made.__mro__ for n, m in vars(each).items() if type(m) is cached_property
    }
    state = {n: _bound(each) for part in parts for n, each in (part or {}).items()}
    return [_class(made), {name: said for name, said in state.items() if name not in later}]


def _class(value: type) -> Any:
    """What the functions and values of a class say, those that it inherits included."""
    if issubclass(value, enum.Enum):
        return ["enum", _named(value), {each.name: _bound(each.value) for each in value}]
    members: dict[str, Any] = {}
    for each in reversed(value.__mro__):
        if not _is_python(each):
            members |= {n: _written_in(m) for n, m in vars(each).items() if _is_written(n, m)}
    return ["class", _named(value), members]


def _is_python(value: Any) -> bool:
    """Whether a class or function comes with Python, and so is another on each."""
    module = str(value.__module__).partition(".")[0]
    if module == "builtins":  # As of what ``exec`` makes in no module.
        return getattr(builtins, value.__name__, None) is value
    return module in sys.stdlib_module_names


_ASKED = frozenset({
    "__bool__", "__call__", "__contains__", "__getattr__", "__getitem__", "__iter__", "__len__",
    "__missing__",
})  # fmt: skip
"""Names with a meaning that neither attrs nor dataclasses write by themselves."""


def _is_written(name: str, member: object) -> bool:
    """Whether somebody wrote it for this class; the engine, attrs and others add names."""
    ours = name in _ASKED or not (name.startswith("__") or name == "_abc_impl")
    return ours and not (isinstance(inner := _inner(member), FunctionType) and _is_python(inner))


def _inner(member: Any) -> Any:
    """The function in a static or class method, or in a property."""
    for name in ("__func__", "fget", "func"):
        if isinstance(inner := getattr(member, name, None), FunctionType):
            return inner
    return member


def _written_in(member: Any) -> Any:
    inner = _inner(member)
    said = _bound(inner)
    return said if inner is member else [type(member).__qualname__, said]


def _bound(value: object) -> Any:
    """A value a test uses; of one that says nothing stable of itself, its type."""
    if isinstance(value, (set, frozenset)):
        return ["set", *sorted(ascii(v) for v in value)]
    if isinstance(value, re.Pattern):
        return ["pattern", ascii(value.pattern), int(value.flags)]
    try:
        return _content(value)
    except (TypeError, InvalidValueError):
        return type(value).__qualname__


def _code(code: CodeType | None) -> Any:
    if code is None:
        return None
    return [code.co_code.hex(), [_const(c) for c in code.co_consts], list(code.co_names)]


def _const(value: object) -> Any:
    """A constant of some code; a set's order differs from process to process."""
    if isinstance(value, CodeType):
        return _code(value)
    if isinstance(value, frozenset):
        return ["set", *sorted(ascii(v) for v in value)]
    return [_const(v) for v in value] if isinstance(value, tuple) else ascii(value)
