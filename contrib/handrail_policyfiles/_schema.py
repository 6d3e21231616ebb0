"""JSON Schemas for editors, made from the tables that the reader uses."""

from __future__ import annotations

import json
from collections.abc import Mapping

from handrail import Json
from handrail_policyfiles._cases import CASES
from handrail_policyfiles._kinds import Keys, Schema, record_schema
from handrail_policyfiles._tables import POLICY

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, Schema]:
    """The schemas by the name of the file that ships each."""
    return {
        "policy.schema.json": _schema("A Handrail policy", POLICY),
        "cases.schema.json": _schema("Cases beside Handrail policies", CASES),
    }


def schema_text(schema: Schema) -> str:
    """A schema as it is shipped."""
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def _schema(title: str, keys: Keys) -> Schema:
    """A schema in which every long part that comes again is written once."""
    whole = record_schema(keys)
    counts: dict[str, int] = {}
    _count(whole, counts)
    shared = [text for text, count in counts.items() if count > 1 and len(text) > 200]
    names = {text: f"part{number}" for number, text in enumerate(sorted(shared, key=_size), 1)}
    defined: Schema = {names[t]: _short(json.loads(t), names, top=True) for t in names}
    return {"$schema": DIALECT, "title": title, **_parts(_short(whole, names)), "$defs": defined}


def _parts(value: Json) -> Schema:
    return value if isinstance(value, dict) else {}


def _size(text: str) -> tuple[int, str]:
    return len(text), text


def _text(value: Json) -> str:
    return json.dumps(value, sort_keys=True)


def _count(value: Json, counts: dict[str, int]) -> None:
    if isinstance(value, Mapping):
        if _is_schema(value):
            text = _text(_bare(value))
            counts[text] = counts.get(text, 0) + 1
            if counts[text] > 1:
                return
        for each in value.values():
            _count(each, counts)
    elif isinstance(value, list):
        for each in value:
            _count(each, counts)


def _is_schema(value: Mapping[str, Json]) -> bool:
    return not {"anyOf", "enum", "type"}.isdisjoint(value) and "$schema" not in value


def _bare(value: Mapping[str, Json]) -> dict[str, Json]:
    """A schema without the phrase that describes one use of it."""
    return {key: each for key, each in value.items() if key != "description"}


def _short(value: Json, names: Mapping[str, str], *, top: bool = False) -> Json:
    if isinstance(value, list):
        return [_short(each, names) for each in value]
    if not isinstance(value, dict):
        return value
    name = names.get(_text(_bare(value))) if _is_schema(value) and not top else None
    if name is not None:
        said: Schema = {"description": value["description"]} if "description" in value else {}
        return {**said, "$ref": f"#/$defs/{name}"}
    return {key: _short(each, names) for key, each in value.items()}
