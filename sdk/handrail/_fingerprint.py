"""Hashes of policies and their parts: what revisions, approvals and confirmations bind to."""

from __future__ import annotations

import enum
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from types import CodeType
from typing import Any

import attrs

from handrail._condition import Condition
from handrail._values import is_attrs, to_json
from handrail._written import written


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
        return {str(k): _content(v) for k, v in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_content(v) for v in value]
    if is_attrs(value):
        return _fields(value)
    if callable(value) and not isinstance(value, enum.Enum):
        return _function(value)
    return str(value) if isinstance(value, date) else to_json(value)


def _fields(value: attrs.AttrsInstance) -> Any:
    if isinstance(value, Condition) and value.source is not None:
        return ["source", value.source]
    fields = attrs.fields(type(value))
    return {f.name: _content(getattr(value, f.name)) for f in fields if f.name != "bundle"}


def _function(function: Any) -> Any:
    """A condition's test: as written, and what it closes over, has as defaults or is bound to."""
    if isinstance(function, partial):
        bound = [_bound(a) for a in function.args]
        named = {k: _bound(v) for k, v in function.keywords.items()}
        return ["partial", _function(function.func), bound, named]
    code = getattr(function, "__code__", None)
    if code is None:
        return getattr(function, "__qualname__", type(function).__qualname__)
    cells = [_bound(cell.cell_contents) for cell in function.__closure__ or ()]
    closed = dict(zip(code.co_freevars, cells, strict=True))
    defaults = [_bound(d) for d in function.__defaults__ or ()]
    named = {k: _bound(v) for k, v in (function.__kwdefaults__ or {}).items()}
    said = written(code, function.__globals__)
    return [_code(code) if said is None else said, closed, defaults, named]


def _bound(value: object) -> Any:
    """A value a test uses; of one that says nothing stable of itself, its type."""
    if isinstance(value, (set, frozenset)):
        return ["set", *sorted(ascii(v) for v in value)]
    if isinstance(value, re.Pattern):
        return ["pattern", ascii(value.pattern), int(value.flags)]
    try:
        return _content(value)
    except TypeError:
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
