"""Lines into items: JSON Lines or plain text, one line at a time, whatever is in them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import BinaryIO, NoReturn

import attrs

from handrail import HandrailError, Item

LINE_LIMIT = 4 * 1024 * 1024
"""Bytes a line may have; a longer one is an error, and is skipped without being kept."""

_BOM = b"\xef\xbb\xbf"


@attrs.frozen
class Line:
    """One line of the input: the item it holds, or why it holds none.

    Attributes:
        number: From 1. item: The item. error: What is wrong; never what the line says.
        end: Bytes read so far.
    """

    number: int
    item: Item | None = attrs.field(default=None, kw_only=True)
    error: str | None = attrs.field(default=None, kw_only=True)
    end: int = attrs.field(kw_only=True)


def read(stream: BinaryIO, form: str = "auto") -> Iterator[Line]:
    """Yield a Line for every line of *stream* that is not blank.

    Args:
        stream: Bytes, with ``peek`` if *form* is ``auto``.
        form: ``jsonl``, ``text``, or ``auto``: JSON Lines if a line at the start opens an object.
    """
    if form == "auto":
        form = sniff(_peek(stream))
    end = 0
    for number, (raw, size) in enumerate(_lines(stream), start=1):
        end += size
        if size > LINE_LIMIT:
            yield Line(number, error=f"longer than {LINE_LIMIT} bytes", end=end)
            continue
        rest = raw.removeprefix(_BOM if number == 1 else b"").rstrip(b"\r\n")
        if rest.strip():
            yield _line(Line(number, end=end), rest, form)


def sniff(start: bytes) -> str:
    """Return ``jsonl`` if any line of *start* opens an object, else ``text``."""
    lines = start.removeprefix(_BOM).splitlines()
    return "jsonl" if any(line.lstrip().startswith(b"{") for line in lines) else "text"


def _peek(stream: BinaryIO) -> bytes:
    peek = getattr(stream, "peek", None)
    return peek(64 * 1024) if peek is not None else b""


def _lines(stream: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """Each line and its size; of one that is too long only the beginning is kept."""
    while raw := stream.readline(LINE_LIMIT + 1):
        size, rest = len(raw), raw
        while size > LINE_LIMIT and not rest.endswith(b"\n"):
            rest = stream.readline(LINE_LIMIT)
            size += len(rest)
            if not rest:
                break
        yield raw, size


def _line(line: Line, raw: bytes, form: str) -> Line:
    """Return *line* with its item, or with what is wrong."""
    try:
        text = raw.decode()
        if form == "text":
            return attrs.evolve(line, item=Item(id=str(line.number), text=text))
        return attrs.evolve(line, item=Item.from_json(_object(text)))
    except UnicodeDecodeError as error:
        problem = f"not UTF-8 at byte {error.start + 1}"
    except HandrailError as error:
        problem = str(error)
    except (TypeError, ValueError, RecursionError) as error:
        problem = f"cannot be read as an item ({type(error).__name__})"
    return attrs.evolve(line, error=problem)


def _object(text: str) -> dict[str, object]:
    """Parse one JSON object; the errors say where, never what is there."""
    try:
        data = json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        raise HandrailError(f"not JSON: {error.msg} at column {error.colno}") from None
    if not isinstance(data, dict):
        raise HandrailError(f"expected a JSON object, got {type(data).__name__}")
    return data


def _refuse(constant: str) -> NoReturn:
    raise HandrailError(f"{constant} is not JSON")
