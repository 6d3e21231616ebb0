"""Lists of terms in files, the shipped one and a host's own.

A list of a million rows stays what it is in its file: a row becomes a Term when it is asked for.
"""

from __future__ import annotations

import csv
import io
from array import array
from collections.abc import Collection, Iterator
from functools import cache
from hashlib import blake2b
from importlib import resources
from weakref import WeakValueDictionary

from handrail import InvalidValueError

from ._terms import COLUMNS, MOST, Term, allowed_phrases, check_text, checked, columns, tongue

_REMEMBERED = 10_000
"""Combinations of issue, score and language that need no second look."""


class _Lines:
    """The lines of a file's content, and how far they were read."""

    def __init__(self, content: bytes) -> None:
        self._lines = io.BytesIO(content)
        self.place = 0

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self.place += len(line)
            yield line.decode("utf-8")


class Rows:
    """A term list as it stands in its file: its bytes, and where each row begins.

    Attributes:
        digest: What the bytes hash to.
    """

    def __init__(self, content: bytes, where: str, issues: frozenset[str]) -> None:
        self._content = content.removeprefix(b"\xef\xbb\xbf")
        self._starts = array("Q")
        self._issues = issues
        self._fine: set[tuple[str, ...]] = set()
        self.digest = digest_of(content)
        self._read(where)

    def _read(self, where: str) -> None:
        lines = _Lines(self._content)
        rows = csv.reader(lines, strict=True)
        line = 0
        try:
            _check_header(next(rows, None))
            place, line = lines.place, rows.line_num
            for row in rows:
                if row:
                    self._check(row)
                    self._starts.append(place)
                place, line = lines.place, rows.line_num
        except UnicodeError:
            raise InvalidValueError(f"{where}:{line + 1}: not in UTF-8") from None
        except csv.Error as error:
            open_ = str(error).startswith(("field larger", "unexpected end"))
            what = 'a quotation mark (") is never closed' if open_ else error
            raise InvalidValueError(f"{where}:{line + 1}: {what}") from None
        except ValueError as error:
            raise InvalidValueError(f"{where}:{line + 1}: {error}") from None
        self._starts.append(place)

    def _check(self, row: list[str]) -> None:
        if len(self._starts) >= MOST:
            raise InvalidValueError(f"expected at most {MOST:,} terms")
        kind = tuple(row[1:4])
        if len(row) != len(COLUMNS) or kind not in self._fine:
            checked(columns(row), self._issues)
            if len(self._fine) < _REMEMBERED:
                self._fine.add(kind)
            return
        check_text(row[0])
        if row[4]:
            allowed_phrases(row[4])

    def __len__(self) -> int:
        return len(self._starts) - 1

    def term(self, number: int) -> Term:
        """Return the term with that number."""
        row = self._content[self._starts[number] : self._starts[number + 1]].decode("utf-8")
        return checked(columns(next(filter(None, csv.reader(io.StringIO(row))))), self._issues)

    def phrases(self, languages: Collection[str] = ()) -> Iterator[tuple[int, int, str, str]]:
        """Yield number, place, language and text of each phrase of *languages*, or of all."""
        rows = csv.reader(_Lines(self._content), strict=True)
        next(rows)
        for number, (text, _, _, language, allowed) in enumerate(filter(None, rows)):
            of = tongue(language)
            if not languages or of in languages:
                yield number, 0, of, text.strip()
                if allowed:
                    kept = filter(None, map(str.strip, allowed.split("|")))
                    for place, phrase in enumerate(kept, 1):
                        yield number, place, of, phrase

    @property
    def languages(self) -> frozenset[str]:
        """The languages in it."""
        return frozenset(tongue(language) for _, _, language in self._fine)


def digest_of(content: bytes) -> str:
    """What *content* hashes to."""
    return blake2b(content, digest_size=16).hexdigest()


def _check_header(header: list[str] | None) -> None:
    if header != list(COLUMNS):
        raise InvalidValueError(f"expected the header {','.join(COLUMNS)}")


_ROWS: WeakValueDictionary[tuple[str, frozenset[str]], Rows] = WeakValueDictionary()


def rows(content: bytes, where: str, issues: frozenset[str]) -> Rows:
    """Read a term list; an InvalidValueError starts with ``where:line``. Equal lists are one."""
    key = (digest_of(content), issues)
    read = _ROWS.get(key)
    if read is None:
        read = _ROWS[key] = Rows(content, where, issues)
    return read


@cache
def shipped(issues: frozenset[str]) -> Rows:
    """Return the list that comes with this module."""
    content = resources.files(__package__).joinpath("terms.csv").read_bytes()
    return Rows(content, "terms.csv", issues)
