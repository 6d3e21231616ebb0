"""Sets into rows: JSON Lines, gzip or not, one line at a time."""

from __future__ import annotations

import errno
import gzip
import json
import zlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO, NoReturn, cast

import attrs

from handrail import HandrailError, Item
from handrail_eval._shape import Shape, lookup

LINE_LIMIT = 4 * 1024 * 1024
"""Bytes a line may have; a longer one is counted as unreadable, without being kept."""

_FIELDS = frozenset(f.name for f in attrs.fields(Item)) - {"id", "text", "language"}


@attrs.frozen
class Row:
    """One row of a set, or why it could not be read.

    Attributes:
        number: Its line, from 1. item: What modules look at. surface: The kind of place, if the
            row says. group: What makes it like other rows. data: All of it, for labels and
            slices. error: What is wrong; never what the line says. bare: Why only text and
            language could be used; None if all could. end: Bytes read so far.
    """

    number: int
    end: int = attrs.field(kw_only=True)
    item: Item | None = attrs.field(default=None, kw_only=True)
    surface: str | None = attrs.field(default=None, kw_only=True)
    group: str = attrs.field(default="", kw_only=True)
    data: Mapping[str, Any] = attrs.field(factory=dict, kw_only=True)
    error: str | None = attrs.field(default=None, kw_only=True)
    bare: str | None = attrs.field(default=None, kw_only=True)


def name_of(path: Path) -> str:
    """Return what a set is called: its file's name up to the first dot."""
    return path.name.partition(".")[0]


def read(path: Path, shape: Shape) -> Iterator[Row]:
    """Yield a Row for every line of a set that is not blank and that its shape takes.

    Raises OSError for a file that cannot be opened, and for gzip that breaks off.
    """
    with ExitStack() as stack:
        raw = stack.enter_context(path.open("rb"))
        zipped = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        stream = stack.enter_context(gzip.open(raw)) if zipped else raw
        try:
            for number, line in enumerate(_lines(cast("BinaryIO", stream)), start=1):
                if line.strip():
                    row = _row(number, line, shape, raw.tell())
                    if row.error is not None or shape.takes(row.data):
                        yield row
        except (EOFError, zlib.error, gzip.BadGzipFile):
            what = "the gzip ends too soon or is damaged"
            raise OSError(errno.EIO, what, str(path)) from None


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """Each line; of one that is too long only the beginning is kept."""
    while line := stream.readline(LINE_LIMIT + 1):
        rest = line
        while len(line) > LINE_LIMIT and rest and not rest.endswith(b"\n"):
            rest = stream.readline(LINE_LIMIT)
        yield line


def _row(number: int, line: bytes, shape: Shape, end: int) -> Row:
    row = Row(number, end=end)
    if len(line) > LINE_LIMIT:
        return attrs.evolve(row, error=f"longer than {LINE_LIMIT} bytes")
    try:
        data = _object(line)
        item, bare = _item(number, data, shape)
    except HandrailError as error:
        return attrs.evolve(row, error=str(error))
    except (TypeError, ValueError, RecursionError) as error:
        return attrs.evolve(row, error=f"cannot be read ({type(error).__name__})")
    surface = lookup(data, shape.surface)
    return attrs.evolve(
        row,
        item=item,
        bare=bare,
        data=data,
        surface=surface if isinstance(surface, str) else None,
        group=_group(item, data, shape),
    )


def _object(line: bytes) -> dict[str, Any]:
    """Parse one JSON object; the errors never say what is there."""
    try:
        data = json.loads(line.removeprefix(b"\xef\xbb\xbf").decode(), parse_constant=_refuse)
    except UnicodeDecodeError:
        raise HandrailError("not UTF-8") from None
    except json.JSONDecodeError:
        raise HandrailError("not JSON") from None
    if not isinstance(data, dict):
        raise HandrailError(f"expected a JSON object, got {type(data).__name__}")
    return data


def _refuse(constant: str) -> NoReturn:
    raise HandrailError(f"{constant} is not JSON")


def _item(number: int, data: Mapping[str, Any], shape: Shape) -> tuple[Item, str | None]:
    """The item of a row; what else an item has is taken by its own names, if it can be."""
    text = lookup(data, shape.text)
    if not isinstance(text, str):
        raise HandrailError(f"no text in the field {shape.text!r}: name another with --text")
    given = lookup(data, shape.id)
    known = {
        "id": str(number if given is None else given),
        "text": text,
        "language": lookup(data, shape.language) or None,
    }
    try:
        return Item.from_json({**{k: data[k] for k in _FIELDS & data.keys()}, **known}), None
    except HandrailError as error:
        return Item.from_json(known), str(error)


def _group(item: Item, data: Mapping[str, Any], shape: Shape) -> str:
    for field in shape.group:
        if (found := lookup(data, field)) is not None:
            return str(found)
    return item.id
