"""What a value in a file may be: how it is read, and how an editor is told, in one place.

What a kind reads is plain JSON in one canonical form, so that what is hashed is what is built.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any, Final, TypeAlias

import attrs

from handrail import HandrailError, Json, Node
from handrail.errors import unknown
from handrail_policyfiles._deadlines import Deadline, deadlines
from handrail_policyfiles._diagnostic import Findings

BAD: Final[Any] = object()
"""What stands where something could not be read."""

Schema: TypeAlias = dict[str, Json]
"""A JSON Schema, or a part of one."""


@attrs.define(eq=False)
class Reading:
    """What is needed to read one bundle, and what was noticed on the way.

    Attributes:
        found: What is wrong. day: The day whose laws count. rows: The legal deadlines.
        used: The deadlines that policies name.
    """

    found: Findings = attrs.field(factory=Findings)
    day: date = attrs.field(factory=lambda: datetime.now(UTC).date())
    rows: tuple[Deadline, ...] = attrs.field(factory=deadlines)
    used: set[str] = attrs.field(factory=set)


@attrs.frozen(eq=False)
class Kind:
    """What a value may be.

    Attributes:
        read: Returns its canonical form; raises HandrailError, or collects and returns BAD.
        schema: The same for editors.
    """

    read: Callable[[Node, Reading], Any]
    schema: Schema


@attrs.frozen(eq=False)
class Key:
    """One key of a table: what its value may be, and what it means.

    Attributes:
        kind: What it may be. meaning: One phrase for editors. required: Whether it must be there.
    """

    kind: Kind
    meaning: str
    required: bool = False


Keys: TypeAlias = Mapping[str, Key]


def take(kind: Kind, node: Node, reading: Reading) -> Any:
    """Read a node, or keep what is wrong with it and return BAD."""
    try:
        return kind.read(node, reading)
    except HandrailError as error:
        reading.found.add(error, node)
        return BAD


def word(what: str, names: Iterable[str]) -> Kind:
    """One of several words."""
    known = tuple(names)
    words = frozenset(known)

    def read(node: Node, reading: Reading) -> str:
        if node.value not in words if isinstance(node.value, str) else True:
            raise unknown(what, _shown(node), known)
        return str(node.value)

    return Kind(read, {"type": "string", "enum": [*known]})


def _shown(node: Node) -> object:
    """A value to name in an error; of what is no plain word, only its kind."""
    return node.value if isinstance(node.value, (str, int, float)) else node.wrong("text")


def many(kind: Kind, *, ordered: bool = False) -> Kind:
    """A list; where order means nothing, it is sorted and has nothing twice."""

    def read(node: Node, reading: Reading) -> Any:
        values = [take(kind, each, reading) for each in node.items()]
        if any(value is BAD for value in values):
            return BAD
        return values if ordered else sorted(set(values))

    return Kind(read, {"type": "array", "items": kind.schema})


def table(key: Kind, value: Kind) -> Kind:
    """Keys that are themselves checked, each with a value."""

    def read(node: Node, reading: Reading) -> Any:
        made = {}
        for name, each in node.keys().items():
            spelled = take(key, Node(name, each.path, each.places, each.file), reading)
            made[name] = BAD if spelled is BAD else take(value, each, reading)
        return BAD if any(v is BAD for v in made.values()) else made

    schema: Schema = {"type": "object", "additionalProperties": value.schema}
    return Kind(read, {**schema, "propertyNames": key.schema})


def record(keys: Keys) -> Kind:
    """A fixed set of keys."""

    def read(node: Node, reading: Reading) -> Any:
        return take_record(keys, node, reading)

    return Kind(read, record_schema(keys))


def take_record(keys: Keys, node: Node, reading: Reading, known: Iterable[str] = ()) -> Any:
    """Read the keys of a record; one that is unknown, missing or wrong makes it BAD.

    *known* are the keys there are, where some were taken out.
    """
    made = take_keys(keys, node, reading, known)
    return BAD if any(value is BAD for value in made.values()) else made


def take_keys(
    keys: Keys, node: Node, reading: Reading, known: Iterable[str] = ()
) -> dict[str, Any]:
    """Read each key of a record by itself: BAD stands where one is unknown, missing or wrong."""
    made: dict[str, Any] = {}
    if not isinstance(node.value, Mapping):
        raise node.wrong(f"keys and values ({', '.join(sorted(keys))})")
    for name, each in node.keys().items():
        if name in keys:
            made[name] = take(keys[name].kind, each, reading)
        else:
            reading.found.error(each, str(unknown("key", name, known or keys)))
            made[name] = BAD
    for name, key in keys.items():
        if key.required and name not in made:
            reading.found.error(node, f"{name} is missing: {key.meaning}")
            made[name] = BAD
    return made


def record_schema(keys: Keys) -> Schema:
    """The schema of a record."""
    schema: Schema = {
        "type": "object",
        "additionalProperties": False,
        "properties": {n: {"description": k.meaning, **k.kind.schema} for n, k in keys.items()},
    }
    if required := [name for name, key in keys.items() if key.required]:
        schema["required"] = [*required]
    return schema


def either(mapping: Kind, other: Kind) -> Kind:
    """One kind for keys and values, another for what is none."""

    def read(node: Node, reading: Reading) -> Any:
        return (mapping if isinstance(node.value, Mapping) else other).read(node, reading)

    return Kind(read, {"anyOf": [other.schema, mapping.schema]})


def one_or_many(kind: Kind) -> Kind:
    """One, or a list of several; canonically always a list."""
    several = many(kind)

    def read(node: Node, reading: Reading) -> Any:
        if isinstance(node.value, list):
            return several.read(node, reading)
        return [kind.read(node, reading)]

    return Kind(read, {"anyOf": [kind.schema, several.schema]})
