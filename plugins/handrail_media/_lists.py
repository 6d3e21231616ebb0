"""Reading banks: a hash a line, CSV, or a format of an exchange; errors say ``file:line``."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

from handrail import InvalidValueError, issue

from ._entry import LENGTHS, Entry, Lines, digest_of, id_of, tags_of
from ._exchange import ncmec, stopncii, threatexchange

FILE_MOST = 2_000_000_000
"""Bytes a bank's file may have."""

COLUMNS = frozenset({"hash", "kind", "id", "issue", "tags", *LENGTHS})

_OTHER_SIGNALS = frozenset(
    {
        "pdq_ocr",
        "photodna",
        "raw_text",
        "text_tlsh",
        "tlsh_pdf",
        "trend_query",
        "url",
        "video_tmk_pdqf",
        "vpdq",
    }
)
"""Signals of python-threatexchange that are no hash of ours: such lines are passed over."""

_SIGNALS = {"video_md5": "md5", "photo_md5": "md5"}


def lines(stream: Lines, kind: str) -> Iterator[Entry]:
    """A hash a line, alone or behind its kind, as in python-threatexchange's local files.

    The format: ``exchanges/impl/file_api.py`` of https://github.com/facebook/ThreatExchange.
    """
    for line in stream:
        parts = line.split()
        if not parts or line.startswith("#"):
            continue
        if len(parts) == 1:
            yield Entry(kind, digest_of(parts[0], kind))
        elif parts[0] not in _OTHER_SIGNALS:
            named = _SIGNALS.get(parts[0], parts[0])
            yield Entry(named, digest_of(parts[1], named))


def columns(stream: Lines, kind: str) -> Iterator[Entry]:
    """CSV with a header: ``hash`` and perhaps ``kind``, or a column for each kind of hash."""
    rows = csv.reader(stream, strict=True)
    head = next(rows, None)
    names = [name.strip().lower() for name in head or ()]
    if not set(names) & {"hash", *LENGTHS} or len(set(names)) < len(names):
        raise InvalidValueError("expected a header with 'hash', or with kinds of hash")
    if unknown := set(names) - COLUMNS:
        raise InvalidValueError(
            f"unknown column {min(unknown)[:40]!r}; known: {', '.join(sorted(COLUMNS))}"
        )
    table = _Table({name: n for n, name in enumerate(names)}, kind)
    for row in rows:
        if len(row) > len(names):
            raise InvalidValueError("more values than the header has columns")
        if any(row):
            yield from table.entries([*row, *[""] * (len(names) - len(row) + 1)])


class _Table:
    """Where each column stands: looked up once, not for each of a million rows.

    What is not there stands in the empty value behind the last column.
    """

    def __init__(self, places: dict[str, int], kind: str) -> None:
        last = len(places)
        self._kinds = [(name, places[name]) for name in LENGTHS if name in places]
        self._hash, self._kind = places.get("hash", last), places.get("kind", last)
        self._id, self._issue = places.get("id", last), places.get("issue", last)
        self._tags, self._usual = places.get("tags", last), kind

    def entries(self, row: list[str]) -> Iterator[Entry]:
        named = row[self._issue].strip() or None
        if named is not None:
            issue(named)
        tags = tags_of(row[self._tags]) if row[self._tags] else ()
        about = id_of(row[self._id].strip()), named, tags
        found = [(name, row[n].strip()) for name, n in self._kinds if row[n]]
        if row[self._hash]:
            found.append((row[self._kind].strip() or self._usual, row[self._hash].strip()))
        if not found:
            raise InvalidValueError("no hash")
        for each, text in found:
            yield Entry(each, digest_of(text, each), *about)


FORMATS: dict[str, Callable[[Lines, str], Iterator[Entry]]] = {
    "lines": lines,
    "csv": columns,
    "threatexchange": threatexchange,
    "ncmec": ncmec,
    "stopncii": stopncii,
}


def read(path: str, form: str, kind: str) -> Iterator[Entry]:
    """Read a bank's file in a form of FORMATS; an InvalidValueError starts with ``path:line``.

    *kind* is what a hash is where the file does not say.
    """
    file = Path(path)
    try:
        if file.stat().st_size > FILE_MOST:
            raise InvalidValueError(f"{path}: larger than {FILE_MOST:,} bytes; split it")
        with file.open(encoding="utf-8-sig", newline="") as stream:
            yield from _placed(Lines(stream), path, form, kind)
    except OSError as error:
        raise InvalidValueError(f"{path}: cannot be read ({type(error).__name__})") from None


def _placed(stream: Lines, path: str, form: str, kind: str) -> Iterator[Entry]:
    try:
        yield from FORMATS[form](stream, kind)
    except UnicodeDecodeError:
        raise InvalidValueError(f"{path}:{stream.line + 1}: not UTF-8") from None
    except (ValueError, csv.Error) as error:
        raise InvalidValueError(f"{path}:{max(1, stream.line)}: {error}") from None
