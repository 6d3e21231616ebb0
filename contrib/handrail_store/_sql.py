"""What SQLAlchemy says differently for each engine."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column, ColumnElement, String, Table, any_, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import ARRAY

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
        return column == any_(bindparam(name, type_=ARRAY(_whole(column))))
    values = func.json_each(bindparam(name, type_=String())).table_valued("value", name=f"{name}_")
    return column.in_(select(values.c.value))


def _whole(column: Column[Any]) -> Any:
    return String() if isinstance(column.type, Foreign) else column.type


def listed(values: Iterable[Any], dialect: str) -> Any:
    """Values for ``among``."""
    if dialect == "postgresql":
        return [keepable(value) if isinstance(value, str) else value for value in values]
    return dump([*values])
