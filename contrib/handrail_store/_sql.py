"""What SQLAlchemy says differently for each engine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    String,
    Table,
    any_,
    bindparam,
    func,
    make_url,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import UserDefinedType

from handrail_store._types import Foreign, dump, keepable


def insert_new(dialect: str, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An insert that leaves rows alone whose key is there already."""
    if dialect == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()


def among(column: Column[Any], dialect: str, name: str = "keys") -> ColumnElement[bool]:
    """That a column is one of many values, given as ``listed`` under a *name*.

    However many there are, the statement is the same: it is written, and planned, once.
    """
    if dialect == "postgresql":
        return column == any_(bindparam(name, type_=_Written(_plain_name(column))))
    values = func.json_each(bindparam(name, type_=String())).table_valued("value", name=f"{name}_")
    return column.in_(select(values.c.value))


def listed(values: Iterable[Any], dialect: str) -> Any:
    """Values for ``among``."""
    return array([*values]) if dialect == "postgresql" else dump([*values])


class _Written(UserDefinedType[str]):
    """An array that comes as PostgreSQL reads it: value by value it takes the driver long."""

    cache_ok, render_bind_cast = True, True

    def __init__(self, of: str) -> None:
        self.of = of

    def get_col_spec(self, **_: Any) -> str:
        """The name of the type."""
        return f"{self.of}[]"


_POSTGRESQL = make_url("postgresql+psycopg://").get_dialect()()


def _plain_name(column: Column[Any]) -> str:
    """The name of a column's type, without its length: it cuts nothing off."""
    type_ = String() if isinstance(column.type, String | Foreign) else column.type
    return str(type_.compile(dialect=_POSTGRESQL))


def array(values: Sequence[Any]) -> str:
    """Write an array of texts or numbers as PostgreSQL reads it."""
    if not all(isinstance(value, str) for value in values):
        return f"{{{','.join(map(str, values))}}}"
    text = '","'.join(values)
    plain = text.isascii() and "\0" not in text and "\\" not in text
    if plain and text.count('"') == 2 * max(len(values) - 1, 0):
        return f'{{"{text}"}}' if values else "{}"
    said = (keepable(value).replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return "{" + ",".join(f'"{value}"' for value in said) + "}"
