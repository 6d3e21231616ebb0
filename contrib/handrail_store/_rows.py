"""Rows in by the batch: one statement for many, and what is there already stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    Dialect,
    Insert,
    Table,
    Text,
    bindparam,
    case,
    cast,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from handrail_store._types import dump

Row: TypeAlias = Mapping[str, Any]
"""Values by column; all rows of a batch name the same columns."""

Ready: TypeAlias = Callable[[Any], Any]
"""Makes a value ready for the driver."""


def add_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert *rows*; one whose key is there already is passed over.

    Values are made ready column by column: row by row it would take longer than the engine does.
    PostgreSQL is given one array a column, for a statement for each row costs it far more.
    """
    if not rows:
        return
    names = tuple(rows[0])
    if connection.dialect.name == "sqlite":
        statement, order = _prepared(table, names, connection.dialect)
        columns = [_column([row[name] for row in rows], ready) for name, ready in order]
        connection.exec_driver_sql(statement, list(zip(*columns, strict=True)))
        return
    arrays = {f"{name}_": [_said(table.c[name], row[name]) for row in rows] for name in names}
    connection.execute(_from_arrays(table, names), arrays)


def _column(values: list[Any], ready: Ready | None) -> list[Any]:
    """The values of a column, ready; what comes again and again is made ready once."""
    if ready is None:
        return values
    try:
        known = {value: ready(value) for value in set(values)}
    except TypeError:  # Lists and mappings.
        return [ready(value) for value in values]
    return [known[value] for value in values]


@lru_cache(maxsize=64)
def _prepared(
    table: Table, names: tuple[str, ...], dialect: Dialect
) -> tuple[str, Sequence[tuple[str, Ready | None]]]:
    """The statement that inserts; and its columns, with what makes a value of each ready."""
    values: dict[str, Any] = {name: bindparam(f"{name}_") for name in names}
    made = sqlite.insert(table).values(values).on_conflict_do_nothing().compile(dialect=dialect)
    order = [name.removesuffix("_") for name in made.positiontup or ()]
    types = [(name, table.c[name].type.dialect_impl(dialect)) for name in order]
    return str(made), [(name, each.bind_processor(dialect)) for name, each in types]


def _said(column: Column[Any], value: Any) -> Any:
    """A value in an array: a list in an array would be taken for a further dimension."""
    return dump(value) if value is not None and isinstance(column.type, JSON) else value


@lru_cache(maxsize=64)
def _from_arrays(table: Table, names: tuple[str, ...]) -> Insert:
    rows = postgresql.insert(table).from_select(names, select(*[_array(table.c[n]) for n in names]))
    return rows.on_conflict_do_nothing()


def _array(column: Column[Any]) -> ColumnElement[Any]:
    if isinstance(column.type, JSON):
        return cast(func.unnest(bindparam(f"{column.name}_", type_=ARRAY(Text))), JSONB)
    return func.unnest(bindparam(f"{column.name}_", type_=ARRAY(column.type)))


def merge_rows(
    connection: Connection, table: Table, rows: Sequence[Row], merged: Mapping[str, str]
) -> None:
    """Insert *rows*, one for each key; where one is there, bring the columns *merged* together.

    Args:
        connection: The transaction.
        table: Where to.
        rows: No two with the same key.
        merged: By column, how: ``add``, ``most`` (the larger; what is not known gives way) or
            ``new``.
    """
    if not rows:
        return
    insert: Any = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    statement = insert(table)
    said = {name: _merge(table.c[name], statement.excluded[name], how)
            for name, how in merged.items()}  # fmt: skip
    keys = [column.name for column in table.primary_key]
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=said), rows)


def _merge(old: Any, new: Any, how: str) -> Any:
    if how == "add":
        return old + new
    if how == "new":
        return new
    return case((old.is_(None), new), (new > old, new), else_=old)
