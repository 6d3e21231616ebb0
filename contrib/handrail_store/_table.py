"""Tables that people write: CSV files with fixed columns, whose mistakes have a line."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import Path

from handrail import InvalidValueError
from handrail.settings import read_file

FILE_MOST = 1_000_000
"""Bytes that a table may have."""


def packed(name: str) -> str:
    """The text of a table that comes with Handrail."""
    return files("handrail_store").joinpath("data", name).read_text(encoding="utf-8")


def text_of(path: Path) -> str:
    """The text of a table of the platform's own; raises InvalidValueError with ``file:line``."""
    content, _ = read_file(path, FILE_MOST)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise InvalidValueError(f"{path}:1: expected UTF-8") from None


def rows_of(
    text: str, columns: tuple[str, ...], where: str
) -> Iterable[tuple[str, Mapping[str, str]]]:
    """Each row with its ``file:line``; raises InvalidValueError for other columns."""
    rows = csv.DictReader(text.splitlines())
    if tuple(rows.fieldnames or ()) != columns:
        raise InvalidValueError(f"{where}:1: expected the columns {', '.join(columns)}")
    for row in rows:
        place = f"{where}:{rows.line_num}"
        if None in row or None in row.values():
            raise InvalidValueError(f"{place}: expected {len(columns)} columns")
        yield place, row
