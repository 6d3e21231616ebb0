"""What a host can set about profiles, and what follows from it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import TypeAlias

import attrs

from handrail import InvalidValueError
from handrail.settings import Seen, read_file, span, whole, words

from ._protected import Protected

NAMES_MOST = 200_000
"""Protected names at most."""

FILE_MOST = 50_000_000
"""Bytes that a list may have."""

_WEEK = timedelta(days=7)
Names: TypeAlias = "Mapping[str, tuple[str, ...]]"


def _names(value: object) -> Names:
    if isinstance(value, str):
        return {value: ()}
    if isinstance(value, Mapping):
        return {_text(name): words(accounts) for name, accounts in value.items()}
    if isinstance(value, Iterable):
        return {_text(name): () for name in value}
    raise InvalidValueError("protected: expected names, or accounts by name")


def _accounts(value: Iterable[str] | str | None) -> frozenset[str]:
    return frozenset(words(value))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise InvalidValueError("protected: expected names, or accounts by name")
    return value


def _lines(path: str, field: str) -> tuple[list[str], Seen]:
    try:
        content, seen = read_file(path, FILE_MOST)
        return content.decode("utf-8-sig").splitlines(keepends=True), seen
    except UnicodeDecodeError:
        raise InvalidValueError(f"{field}: {path}:1: expected UTF-8") from None
    except InvalidValueError as error:
        raise InvalidValueError(f"{field}: {error}") from None


def _read_names(path: str) -> tuple[dict[str, tuple[str, ...]], Seen]:
    lines, seen = _lines(path, "lists")
    rows = csv.reader(lines, strict=True)
    names: dict[str, tuple[str, ...]] = {}
    try:
        if next(rows, None) != ["name", "accounts"]:
            raise InvalidValueError("expected the header name,accounts")
        for row in filter(None, rows):
            if len(row) != 2:
                raise InvalidValueError("expected a name and its accounts")
            names[row[0]] = (*names.get(row[0], ()), *filter(None, row[1].split("|")))
    except (InvalidValueError, csv.Error) as error:
        raise InvalidValueError(f"lists: {path}:{max(1, rows.line_num)}: {error}") from None
    return names, seen


def _read_domains(path: str) -> tuple[frozenset[str], Seen]:
    lines, seen = _lines(path, "disposable")
    return frozenset(line.strip().lower().lstrip("@.") for line in lines if line.strip()), seen


def _check_span(_: object, field: attrs.Attribute[timedelta], value: timedelta) -> None:
    if not timedelta(0) < value <= timedelta(days=365):
        raise InvalidValueError(f"{field.name}: expected more than 0, at most 365d")


@attrs.frozen(kw_only=True)
class Settings:
    """Whose names are protected, who is too young, and how often a name may change.

    Attributes:
        protected: Names that others must not take, with the ids of the accounts that may.
        staff: Ids of accounts that may be called after an office: "Admin", "Official Support".
        lists: Paths of CSV files with the columns name and accounts, ids separated by ``|``.
        min_age: The least age of an account, in years.
        renames: Different names within ``within`` from which it is churn.
        within: The window for renames.
        disposable: Paths of files with domains of throw-away e-mail, one a line.
        read: The lists as they were read. thrown: The same of the files of domains.
        names: The index that follows. None of the last three is for setting.
    """

    protected: Names = attrs.field(factory=dict, converter=_names, repr=False)
    staff: frozenset[str] = attrs.field(default=(), converter=_accounts, repr=False)
    lists: tuple[str, ...] = attrs.field(default=(), converter=words)
    min_age: int = attrs.field(default=13, validator=whole(0, 30))
    renames: int = attrs.field(default=4, validator=whole(2, 1000))
    within: timedelta = attrs.field(default=_WEEK, converter=span, validator=_check_span)
    disposable: tuple[str, ...] = attrs.field(default=(), converter=words)
    read: tuple[tuple[Names, Seen], ...] = attrs.field(init=False, repr=False, eq=False)
    thrown: tuple[tuple[frozenset[str], Seen], ...] = attrs.field(init=False, repr=False)
    names: Protected = attrs.field(init=False, repr=False, eq=False)

    @read.default
    def _read_lists(self) -> tuple[tuple[Names, Seen], ...]:
        return tuple(map(_read_names, self.lists))

    @thrown.default
    def _read_thrown(self) -> tuple[tuple[frozenset[str], Seen], ...]:
        return tuple(map(_read_domains, self.disposable))

    @names.default
    def _build_names(self) -> Protected:
        named: dict[str, tuple[str, ...]] = {}
        for names in (self.protected, *(names for names, _ in self.read)):
            for name, accounts in names.items():
                named[name] = (*named.get(name, ()), *accounts)
        if len(named) > NAMES_MOST:
            raise InvalidValueError(f"lists: expected at most {NAMES_MOST:,} names")
        return Protected(named)

    @property
    def files(self) -> tuple[Seen, ...]:
        """The files, as they were when they were read."""
        return tuple(seen for _, seen in (*self.read, *self.thrown))

    def is_thrown(self, domain: str) -> bool:
        """Whether a domain of e-mail, or one it is under, is for throwing away."""
        parts = domain.lower().split(".")
        ends = [".".join(parts[n:]) for n in range(max(0, len(parts) - 4), len(parts) - 1)]
        return any(end in domains for domains, _ in self.thrown for end in ends)
