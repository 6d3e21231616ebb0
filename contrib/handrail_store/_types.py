"""Column types that are the same on every engine, and ids in the order they are made."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    Index,
    Integer,
    MetaData,
    String,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator
from uuid_utils import uuid7

from handrail import InvalidValueError

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
"""Every table of the store; constraints have names, so that migrations can speak of them."""

REVISION_MOST = 2**31 - 1
"""What the engines keep of a revision's number."""

ID_MOST = 512
"""Characters of an id of the host's, as on ``Item.id``."""


class Moment(TypeDecorator[datetime]):
    """A moment in UTC: aware in Python, whatever the engine keeps."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive time."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise InvalidValueError("a moment in the store has a time zone")
        return value.astimezone(UTC)

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any] | None:
        """Write SQLite's text at once: field by field it takes longer than to insert it."""
        return _utc_text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Say that it is UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _utc_text(value: datetime | None) -> str | None:
    if value is None:
        return None
    if value.tzinfo is None:
        raise InvalidValueError("a moment in the store has a time zone")
    utc = value if value.tzinfo is UTC else value.astimezone(UTC)
    return utc.isoformat(" ", "microseconds")[:_NAIVE]


_NAIVE = len("2026-01-31 12:00:00.000000")
"""Characters of a moment without its zone."""


class Foreign(TypeDecorator[str]):
    """An id that somebody else gives; any string is taken."""

    impl = String(ID_MOST)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[str | None], str | None]:
        """Replace it at once: both engines take a string as it is."""
        return keepable_or_none

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Replace what no engine keeps, on the way in and in questions alike."""
        return keepable_or_none(value)


def keepable_or_none(text: str | None) -> str | None:
    """The same as ``keepable`` gives, where there is a text."""
    return None if text is None else keepable(text)


def keepable(text: str) -> str:
    """The same text without NUL and halves of surrogate pairs, which databases refuse."""
    if "\0" not in text and (text.isascii() or not _HALVES.search(text)):
        return text
    return _HALVES.sub("\N{REPLACEMENT CHARACTER}", text.replace("\0", "\N{SYMBOL FOR NULL}"))


_HALVES = re.compile("[\ud800-\udfff]")


def dump(value: object, default: Callable[[Any], Any] | None = None) -> str:
    """Write JSON that every engine takes; *default* says what JSON has no word for."""
    text = _encode(value) if default is None else _with(value, default)
    if "\\u0000" in text or "\\ud" in text:
        text = _with(_kept(value), default)
    return text


def _with(value: object, default: Callable[[Any], Any] | None) -> str:
    return json.dumps(value, separators=(",", ":"), default=default)


_encode = json.JSONEncoder(separators=(",", ":")).encode


def load(text: str | bytes) -> Any:
    """Read JSON of the engines; much of it is an empty object."""
    return {} if text in _NOTHING else json.loads(text)


_NOTHING = frozenset({"{}", b"{}"})


def _kept(value: Any) -> Any:
    if isinstance(value, str):
        return keepable(value)
    if isinstance(value, Mapping):
        return {keepable(str(key)): _kept(each) for key, each in value.items()}
    return [_kept(each) for each in value] if isinstance(value, (list, tuple)) else value


HostId = Foreign()
"""An id of the host's: of an item, a person, a thread."""

OwnId = String(32)
"""An id of ours."""

Word = String(64)
"""A name of the taxonomy, the settings or a policy."""

Structure: Any = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
"""JSON that can be asked into."""

Serial: Any = BigInteger().with_variant(Integer(), "sqlite")
"""A number that the engine gives, always higher; SQLite counts by itself in INTEGER alone."""


def where_known(*columns: str) -> Index:
    """An index of those rows alone in which the first of *columns* is known: most have none."""
    known = text(f"{columns[0]} IS NOT NULL")
    return Index(None, *columns, sqlite_where=known, postgresql_where=known)


_NAMING = """ '"subject":') > 0"""


def where_named(table: str, column: str) -> Index:
    """An index of those rows alone whose effects are on somebody else than the author."""
    lite, postgres = text(naming("sqlite")), text(naming("postgresql"))
    return Index(f"ix_{table}_named", column, sqlite_where=lite, postgresql_where=postgres)


def naming(dialect: str) -> str:
    """That the ``body`` of a row says whom an effect is on; word for word as in the index."""
    return "instr(body," + _NAMING if dialect == "sqlite" else "strpos(body::text," + _NAMING


def new_id() -> str:
    """Return a new id of ours: a UUID of version 7 in 32 hexadecimal digits, in order of time."""
    return uuid7().hex
