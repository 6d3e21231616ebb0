"""Bodies against their schemas: what is wrong and where, in our words, never in the sender's.

The schemas are those of the OpenAPI document, so that what it says is what holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from handrail import Json, MissingExtraError
from handrail.errors import nearest
from handrail_asgi._bodies import Wrong
from handrail_asgi._json import step
from handrail_asgi._schema import REFS, Schema

WRONG_MOST = 20
"""How many faults of one body are told."""

FEW = 1000
"""Values of a body whose faults are all told; of a larger one it is the first."""

_LISTED = 12


class Checker:
    """Checks the body of one kind of request.

    Args:
        name: The schema's name. schemas: All of them.
    """

    def __init__(self, name: str, schemas: Mapping[str, Schema]) -> None:
        try:
            from jsonschema_rs import Draft202012Validator
        except ImportError:
            raise MissingExtraError("asgi", "the HTTP face") from None
        document = {"$ref": f"{REFS}{name}", "components": {"schemas": schemas}}
        self._validator = Draft202012Validator(document, validate_formats=True)
        self.fits: Callable[[Json], bool] = self._validator.is_valid
        self._known = {key for s in schemas.values() for key in _properties(s)}

    def wrong(self, body: Json) -> tuple[Wrong, ...]:
        """Say what is wrong with a body that does not fit, at most WRONG_MOST things.

        Of a large body only the first is looked for: all of them would take long to find.
        """
        found: dict[Wrong, None] = {}
        for error in self._errors(body):
            for wrong in self._told(error):
                found.setdefault(wrong)
                if len(found) == WRONG_MOST:
                    return tuple(found)
        return tuple(found)

    def _errors(self, body: Json) -> Iterator[Any]:
        if _few(body):
            yield from self._validator.iter_errors(body)
            return
        try:
            self._validator.validate(body)
        except ValueError as error:  # As jsonschema_rs has it.
            yield error

    def _told(self, error: Any) -> Iterator[Wrong]:
        facts = error.kind.as_dict()
        pointer = ""
        for part in error.instance_path:
            pointer = step(pointer, part)
        if "context" in facts:
            meant = _meant(error.instance_path, facts["context"])
            for part in meant:
                yield from self._told(part)
            if not meant:
                yield Wrong(detail=_choices(facts["context"]), pointer=pointer)
        elif "unexpected" in facts:
            for key in facts["unexpected"]:
                yield Wrong(detail=self._unknown(key), pointer=step(pointer, key))
        elif error.kind.name == "required":
            yield Wrong(detail="is missing", pointer=step(pointer, facts["property"]))
        elif error.kind.name == "enum":
            yield Wrong(detail=_one_of(error.instance, facts["options"]), pointer=pointer)
        else:
            say = _SAYINGS.get(error.kind.name, _other)
            yield Wrong(detail=say(facts), pointer=pointer)

    def _unknown(self, key: str) -> str:
        near = nearest(key, self._known)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        return f"is no field of this object{hint}"


def _few(body: Json) -> bool:
    """Whether a body has at most FEW values."""
    left, waiting = FEW, [body]
    while waiting and left >= 0:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting.extend(value.values())
            left -= len(value)
        elif isinstance(value, list):
            waiting.extend(value)
            left -= len(value)
    return left >= 0


def _properties(schema: Schema) -> Iterator[str]:
    properties = schema.get("properties")
    if isinstance(properties, dict):
        yield from properties


def _meant(path: Sequence[object], branches: Sequence[Sequence[Any]]) -> Sequence[Any]:
    """The errors of the alternative that the sender meant: its type, and its name, are right."""
    here, name = list(path), [*path, "name"]
    for errors in branches:
        if not any(
            (e.kind.name == "type" and e.instance_path == here)
            or (e.kind.name == "enum" and e.instance_path == name)
            for e in errors
        ):
            return errors
    return ()


def _choices(branches: Sequence[Sequence[Any]]) -> str:
    types = [t for errors in branches for e in errors for t in e.kind.as_dict().get("types", ())]
    names = [o for errors in branches for e in errors for o in e.kind.as_dict().get("options", ())]
    if names:
        return f"expected a name: {_words(names)}"
    return f"expected {_words(types)}"


def _words(options: Sequence[object]) -> str:
    words = list(dict.fromkeys("null" if o is None else str(o) for o in options))
    more = f", or another of {len(words)}" if len(words) > _LISTED else ""
    return ", ".join(words[:_LISTED]) + more


def _one_of(value: object, options: Sequence[object]) -> str:
    """What was expected for *value*: the nearest of many, or some of them."""
    names = [o for o in options if isinstance(o, str)]
    near = nearest(value, names) if isinstance(value, str) else []
    if not near:
        return f"expected one of {_words(options)}"
    told = _words(options) if len(options) <= _LISTED else f"{len(names)} names"
    return f"expected one of {told}; did you mean {' or '.join(near)}?"


def _other(_: Mapping[str, Any]) -> str:
    return "is not what the schema says"


_FORMATS = {"date-time": "expected a time with a zone, such as 2026-12-01T00:00:00Z (RFC 3339)"}

_SAYINGS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "type": lambda f: f"expected {_words(f['types'])}",
    "minLength": lambda f: f"expected at least {f['limit']} character",
    "maxLength": lambda f: f"expected at most {f['limit']} characters",
    "minItems": lambda f: f"expected at least {f['limit']}",
    "maxItems": lambda f: f"expected at most {f['limit']}",
    "minimum": lambda f: f"expected {f['limit']} or more",
    "maximum": lambda f: f"expected {f['limit']} or less",
    "pattern": lambda f: f"expected what matches {f['pattern']}",
    "format": lambda f: _FORMATS.get(f["format"], f"expected the format {f['format']}"),
}
