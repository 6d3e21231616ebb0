"""Terms as data: the shipped list, a host's own lists, and terms written in the settings."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from pathlib import Path

import attrs

from handrail import InvalidValueError

COLUMNS = ("term", "issue", "score", "language", "allowed")
"""The header of a term list. ``allowed`` holds phrases separated by ``|``."""

LONGEST = 200
"""Characters a term or an allowed phrase may have."""


@attrs.frozen(kw_only=True)
class Term:
    """A word or phrase that says something about the text it stands in.

    Attributes:
        text: The word or phrase as it is usually written.
        issue: What it points to, a name of the taxonomy that this module declares.
        score: 0 to 1: how much it says on its own.
        language: BCP 47 primary subtag, or ``*``.
        allowed: Phrases in which the term means nothing.
    """

    text: str
    issue: str
    score: float
    language: str = "*"
    allowed: tuple[str, ...] = ()


def _checked(row: Mapping[str, object], issues: frozenset[str]) -> Term:
    """Turn a row into a Term; the InvalidValueError says what is wrong, not where."""
    text, issue, allowed = row["term"], row["issue"], row.get("allowed") or ()
    if not isinstance(text, str) or not any(map(str.isalnum, text)) or len(text) > LONGEST:
        raise InvalidValueError(f"term: expected up to {LONGEST} characters, letters among them")
    if issue not in issues:
        raise InvalidValueError(f"issue: {issue!r} is none of {', '.join(sorted(issues))}")
    if isinstance(allowed, str):
        allowed = allowed.split("|")
    if not isinstance(allowed, Iterable) or not all(isinstance(p, str) for p in allowed):
        raise InvalidValueError("allowed: expected phrases")
    return Term(
        text=text.strip(),
        issue=str(issue),
        score=_score(row.get("score")),
        language=str(row.get("language") or "*").lower(),
        allowed=tuple(p.strip() for p in allowed if p.strip()),
    )


def _score(value: object) -> float:
    try:
        score = float(value) if isinstance(value, (str, int, float)) else -1.0
    except ValueError:
        score = -1.0
    if not 0 <= score <= 1:
        raise InvalidValueError("score: expected a number from 0 to 1")
    return score


def parse(lines: Iterable[str], where: str, issues: frozenset[str]) -> tuple[Term, ...]:
    """Read a term list; an InvalidValueError starts with ``where:line``."""
    rows = csv.reader(lines, strict=True)
    try:
        _check_header(next(rows, None))
        return tuple(_checked(_columns(row), issues) for row in rows if row)
    except (ValueError, csv.Error) as error:
        raise InvalidValueError(f"{where}:{max(1, rows.line_num)}: {error}") from None


def _check_header(header: list[str] | None) -> None:
    if header != list(COLUMNS):
        raise InvalidValueError(f"expected the header {','.join(COLUMNS)}")


def _columns(row: list[str]) -> dict[str, object]:
    if len(row) != len(COLUMNS):
        raise InvalidValueError(f"expected {len(COLUMNS)} columns, got {len(row)}")
    return dict(zip(COLUMNS, row, strict=True))


def read(path: str, issues: frozenset[str]) -> tuple[Term, ...]:
    """Read the term list at *path*; an InvalidValueError says which file and line is wrong."""
    try:
        lines = Path(path).read_text(encoding="utf-8-sig").splitlines(keepends=True)
    except (OSError, UnicodeError) as error:
        raise InvalidValueError(f"{path}:1: cannot be read: {type(error).__name__}") from None
    return parse(lines, path, issues)


@cache
def shipped(issues: frozenset[str]) -> tuple[Term, ...]:
    """Return the list that comes with this module."""
    with resources.files(__package__).joinpath("terms.csv").open(encoding="utf-8") as lines:
        return parse(lines, "terms.csv", issues)


def inline(value: object, issues: frozenset[str]) -> tuple[Term, ...]:
    """Read terms from the settings: an issue, or a row's other columns, by term."""
    if isinstance(value, tuple):
        value = {t.text: attrs.asdict(t) for t in value}
    if not isinstance(value, Mapping):
        raise InvalidValueError("terms: expected an issue, or columns, by term")
    terms = []
    for text, row in value.items():
        columns = dict(row) if isinstance(row, Mapping) else {"issue": row, "score": 0.7}
        columns.pop("text", None)
        if extra := set(columns) - set(COLUMNS):
            raise InvalidValueError(f"terms: {text!r}: unknown column {min(map(str, extra))!r}")
        try:
            terms.append(_checked({"score": 0.7, "issue": None, **columns, "term": text}, issues))
        except ValueError as error:
            raise InvalidValueError(f"terms: {text!r}: {error}") from None
    return tuple(terms)
