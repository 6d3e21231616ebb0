"""JSON Schemas of attrs classes: types from annotations, meanings from docstrings.

What a class checks beyond its types stands in ``RULES``; a request that fits its schema is one
that the class takes.
"""

from __future__ import annotations

import enum
import inspect
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import attrs

from handrail import (
    Age,
    Effect,
    Finding,
    FrozenMap,
    Item,
    Json,
    Receipt,
    Report,
    issues,
    market_languages,
)
from handrail_asgi import _bodies

Schema = dict[str, Json]
"""A JSON Schema of the dialect 2020-12, which OpenAPI 3.1 speaks."""

REFS = "#/components/schemas/"
"""Where the schemas refer to one another."""

_ID: Schema = {"minLength": 1, "maxLength": 512}
_NAME: Schema = {"pattern": "^[a-z][a-z0-9_]{0,63}$"}
_REGION: Schema = {"pattern": "^[A-Z]{2}(-[A-Z0-9]{1,3})?$"}
_LANGUAGE: Schema = {"pattern": "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}$"}
_BASE64 = "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
_REVISION: Schema = {"minimum": 0, "maximum": 2**53 - 1}

RULES: Mapping[str, Schema] = {
    "Item.id": _ID, "Item.kind": _NAME, "Item.revision": _REVISION, "Item.confirms": _ID,
    "Item.parent_id": _ID, "Item.thread_id": _ID, "Item.session_id": _ID,
    "Item.visibility": _NAME, "Item.relation": _NAME, "Item.region": _REGION,
    "Item.language": _LANGUAGE,
    "Actor.id": _ID, "Actor.tenure_days": {"minimum": 0}, "Actor.region": _REGION,
    "Actor.language": _LANGUAGE, "Actor.relation": _NAME,
    "Age.value": {"minimum": 0, "maximum": 150},
    "Media.id": _ID, "Media.data": {"pattern": _BASE64},
    "Amount.value": {"pattern": "^[0-9]{1,18}(\\.[0-9]{1,9})?$"},
    "Report.id": _ID, "Report.item_id": _ID,
    "Report.source": {"enum": ["user", "trusted_flagger", "authority", "notice"]},
    "CarriedOut.decision": {"pattern": "^[0-9a-f]{24}$"},
    "CarriedOut.item": _ID, "Viewed.item": _ID, "Withdrawn.item": _ID,
    "CarriedOut.revision": _REVISION, "Viewed.revision": _REVISION,
    "Withdrawn.revision": _REVISION,
    "Viewed.views": {"minimum": 0, "maximum": 2**53 - 1},
    "Viewed.segment": {"pattern": "^[A-Za-z0-9._:/+-]{1,64}$"},
    "PrePublishBatch.items": {"minItems": 1}, "Events.events": {"minItems": 1},
    "Receipt.status": {"enum": ["pending", "accepted", "refused"]},
    "Finding.score": {"minimum": 0, "maximum": 1},
    "ProblemDetails.type": {"format": "uri-reference"},
}  # fmt: skip
"""What a field must be beyond its type, by class and field."""

_SPARSE = (Effect, Finding, Receipt, _bodies.ProblemDetails, _bodies.Health)
"""Answers that leave out what is empty; the others have every field."""

_TYPES: Mapping[Any, Schema] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bytes: {"type": "string", "contentEncoding": "base64"},
    datetime: {"type": "string", "format": "date-time"},
    Decimal: {"type": "string"},
    FrozenMap: {"type": "object"},
    NoneType: {"type": "null"},
}


class Schemas:
    """The schemas of some classes and of all that they hold.

    Args:
        asked: Classes that requests carry: closed, and only what has no default is required.
        answered: Classes that answers hold: open, so that a field may be added later.
    """

    def __init__(self, asked: Iterable[type], answered: Iterable[type]) -> None:
        self.made: dict[str, Schema] = {}
        for cls in asked:
            self._add(cls, closed=True)
        for cls in answered:
            self._add(cls, closed=False)

    def _add(self, cls: type, *, closed: bool) -> None:
        if cls.__name__ in self.made:
            return
        schema = self.made[cls.__name__] = {"type": "object", "title": cls.__name__}
        meanings, hints = described(cls), get_type_hints(cls)
        properties: Schema = {}
        for field in attrs.fields(cls):
            made = self._type(hints[field.name], closed=closed)
            made = _ruled(made, RULES.get(f"{cls.__name__}.{field.name}", {}))
            properties[field.name] = {**made, "description": meanings.get(field.name, "")}
        schema["description"] = first_sentence(cls)
        schema["properties"] = properties
        schema["required"] = list(_required(cls, closed=closed))
        if closed:
            schema["additionalProperties"] = False
        _finish(cls, schema)

    def _type(self, hint: Any, *, closed: bool) -> Schema:
        if hint in _TYPES:
            return dict(_TYPES[hint])
        if attrs.has(hint):
            self._add(hint, closed=closed)
            return _reference(hint)
        if isinstance(hint, type) and issubclass(hint, enum.Enum):
            return {"type": "string", "enum": [_word(member) for member in hint]}
        return self._composed(hint, closed=closed)

    def _composed(self, hint: Any, *, closed: bool) -> Schema:
        origin, parts = get_origin(hint), get_args(hint)
        if origin is Literal:
            return {"type": "string", "enum": list(parts)}
        if origin in {Union, UnionType}:
            several = [self._type(p, closed=closed) for p in parts if p is not NoneType]
            return _nullable(several) if NoneType in parts else {"oneOf": list(several)}
        if origin in {tuple, frozenset}:
            made: Schema = {"type": "array", "items": self._type(parts[0], closed=closed)}
            if parts[1:] and parts[1] is not Ellipsis:
                made |= {"minItems": len(parts), "maxItems": len(parts)}
            return made
        return {}


def _word(member: enum.Enum) -> str:
    return member.name.lower() if isinstance(member, int) else str(member.value)


def _reference(cls: type) -> Schema:
    made: Schema = {"$ref": f"{REFS}{cls.__name__}"}
    whole: Schema = {"type": "integer", "minimum": 0, "maximum": 150}
    return {"anyOf": [whole, made]} if cls is Age else made


def _nullable(several: list[Schema]) -> Schema:
    """Of one or several schemas the one that also takes null."""
    (one, *more) = several
    if not more and isinstance(one.get("type"), str) and "enum" not in one:
        return {**one, "type": [one["type"], "null"]}
    among = None if more else one.get("anyOf")
    parts: list[Json] = among if isinstance(among, list) else [*several]
    return {"anyOf": [*parts, {"type": "null"}]}


def _ruled(schema: Schema, rules: Schema) -> Schema:
    return {**schema, **rules}


def _required(cls: type, *, closed: bool) -> Iterable[str]:
    fields = attrs.fields(cls)
    every = not closed and cls not in _SPARSE
    return (f.name for f in fields if every or f.default is attrs.NOTHING)


def _finish(cls: type, schema: Schema) -> None:
    """Say of a class what its fields alone do not."""
    properties: Any = schema["properties"]
    if cls is Report:
        properties["issue"] |= {"type": ["string", "null"], "enum": [*issues(), None]}
        properties["order"] |= {"type": ["string", "null"], "enum": ["act", "inform", None]}
        properties["territory"]["items"] |= {"enum": list(market_languages())}
        present: Json = {"not": {"type": "null"}}
        schema["anyOf"] = [
            {"required": [name], "properties": {name: present}} for name in ("item", "item_id")
        ]
        schema["if"] = {"required": ["order"], "properties": {"order": present}}
        authority: Json = {"enum": ["authority"]}
        schema["then"] = {"required": ["source"], "properties": {"source": authority}}
    elif cls is Item:
        properties["attributes"] |= {"additionalProperties": True}


def first_sentence(cls: type) -> str:
    """What a class is: the first sentence of its docstring; empty where there is none."""
    return plain((inspect.getdoc(cls) or "").partition("\n\n")[0])


def described(cls: type) -> dict[str, str]:
    """What a class's docstring says of each of its attributes: ``a: This. b, c: That.``."""
    said = (inspect.getdoc(cls) or "").partition("Attributes:")[2].partition("\n\n")[0]
    fields = attrs.fields(cls)
    known = "|".join(re.escape(field.name) for field in fields)
    pieces = re.split(rf"(?:^|(?<=[.;?)])\s|\n)\s*((?:{known})(?:, (?:{known}))*): ", said)
    return {
        name: plain(text)
        for group, text in zip(pieces[1::2], pieces[2::2], strict=True)
        for name in group.split(", ")
    }


def plain(text: str) -> str:
    """A docstring's text on one line, as Markdown."""
    return re.sub(r"``([^`]+)``", r"`\1`", " ".join(text.split()))
