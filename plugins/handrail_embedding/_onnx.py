"""The tensors of an ONNX file, and the same file with some of them replaced.

An ONNX file is a protobuf message; of it only the way to the stored tensors is read here: the
model's field 7 is the graph, whose field 5 is a tensor, whose fields 1, 2, 8 and 9 are its
dimensions, its type, its name and its bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_GRAPH, _TENSOR = 7, 5

TYPES = {1: "float32", 3: "int8"}
"""The types of numbers that weights are stored as."""


@attrs.frozen
class Tensor:
    """Where a stored tensor stands in the file: half-open, in bytes; its shape and its type."""

    start: int
    end: int
    shape: tuple[int, ...]
    type: str


def tensors(model: bytes) -> dict[str, Tensor]:
    """Return the float32 and int8 tensors stored in an ONNX *model*, by name.

    Raises ValueError for what is no ONNX file.
    """
    view = memoryview(model)
    found: dict[str, Tensor] = {}
    for number, graph in _fields(view, 0, len(view)):
        if number == _GRAPH and isinstance(graph, slice):
            for inner, place in _fields(view, graph.start, graph.stop):
                if inner == _TENSOR and isinstance(place, slice):
                    _read(view, place, found)
    if not found:
        raise ValueError("no ONNX file: it stores no weights")
    return found


def replaced(model: bytes, others: Mapping[str, Any]) -> bytes:
    """Return *model* with the arrays of *others* in place of its tensors of the same names.

    Raises ValueError where a name, a shape or a type is not the model's.
    """
    places = tensors(model)
    copy = bytearray(model)
    for name, array in others.items():
        place = places.get(name)
        if place is None or (place.shape, place.type) != (array.shape, str(array.dtype)):
            raise ValueError(f"tensor {name!r} does not fit the model")
        copy[place.start : place.end] = array.tobytes()
    return bytes(copy)


def _read(view: memoryview, place: slice, found: dict[str, Tensor]) -> None:
    shape: list[int] = []
    name, kind, raw = "", 0, None
    for number, value in _fields(view, place.start, place.stop):
        match number, value:
            case (1, int()):
                shape.append(value)
            case (1, slice()):
                shape += _varints(view, value)
            case (2, int()):
                kind = value
            case (8, slice()):
                name = bytes(view[value]).decode(errors="replace")
            case (9, slice()):
                raw = value
    if raw is not None and kind in TYPES:
        found[name] = Tensor(raw.start, raw.stop, tuple(shape), TYPES[kind])


def _fields(view: memoryview, at: int, end: int) -> Iterator[tuple[int, int | slice]]:
    """Yield the number of each field from *at* to *end*, and its value or where its bytes are."""
    while at < end:
        key, at = _varint(view, at)
        number, wire = key >> 3, key & 7
        if wire == _VARINT:
            value, at = _varint(view, at)
            yield number, value
            continue
        length = {_FIXED64: 8, _FIXED32: 4}.get(wire, -1)
        if wire == _BYTES:
            length, at = _varint(view, at)
        if length < 0 or at + length > end:
            raise ValueError("no ONNX file: it cannot be read")
        yield number, slice(at, at + length)
        at += length


def _varints(view: memoryview, place: slice) -> Iterator[int]:
    at = place.start
    while at < place.stop:
        value, at = _varint(view, at)
        yield value


def _varint(view: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(view) and shift < 64:
        byte = view[at]
        value |= (byte & 0x7F) << shift
        shift, at = shift + 7, at + 1
        if byte < 0x80:
            return value, at
    raise ValueError("no ONNX file: it cannot be read")
