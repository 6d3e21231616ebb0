"""Rows in by the batch: one statement for many, and what is there already stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache, partial
from itertools import repeat
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import (
    JSON,
    Connection,
    Dialect,
    LargeBinary,
    String,
    Table,
    Text,
    bindparam,
    case,
    cast,
    column,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite

from handrail_store._sql import among, listed
from handrail_store._types import Foreign, Moment, dump, keepable_or_none

Row: TypeAlias = Mapping[str, Any]
"""Values by column; all rows of a batch name the same columns."""

Ready: TypeAlias = Callable[[Any], Any]
"""Makes a value ready for the driver."""

_NOTHING: Row = {}


class _Shape(NamedTuple):
    """What a statement writes: columns that differ, columns that are the same for all rows.

    ``merged`` says what becomes of a row that is there, column by column; None leaves it alone.
    Where rows are ``alone``, there is none, and one that is there is an error.
    """

    table: Table
    differing: tuple[str, ...]
    same: tuple[str, ...] = ()
    merged: tuple[tuple[str, str], ...] | None = None
    returning: str | None = None
    alone: bool = False


def add_rows(
    connection: Connection, table: Table, rows: Sequence[Row], same: Row = _NOTHING
) -> None:
    """Insert *rows*, completed by what is the *same* for all; one that is there is passed over."""
    if rows:
        _run(connection, _Shape(table, tuple(rows[0]), tuple(same)), rows, same)


def put_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert *rows* that nobody else can have written; one that is there raises IntegrityError."""
    if rows:
        _run(connection, _Shape(table, tuple(rows[0]), alone=True), rows, _NOTHING)


def add_fresh(
    connection: Connection, table: Table, rows: Sequence[Row], same: Row = _NOTHING
) -> set[Any]:
    """Insert *rows* as ``add_rows`` does, no two with one key; return the keys that are new."""
    if not rows:
        return set()
    (key,) = (each.name for each in table.primary_key)
    keys = [row[key] for row in rows]
    if connection.dialect.name == "sqlite":
        # It has no other writer meanwhile, and many rows at once return nothing there.
        there = set(connection.execute(_there(table), {"keys": listed(keys, "sqlite")}).scalars())
        rows = [row for row in rows if row[key] not in there]
        add_rows(connection, table, rows, same)
        return set(keys) - there
    shape = _Shape(table, tuple(rows[0]), tuple(same), returning=key)
    return set(_run(connection, shape, rows, same).scalars())


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
    if rows:
        shape = _Shape(table, tuple(rows[0]), merged=tuple(merged.items()))
        _run(connection, shape, rows, _NOTHING)


def _run(connection: Connection, shape: _Shape, rows: Sequence[Row], same: Row) -> Any:
    if connection.dialect.name == "sqlite":
        statement, order = _for_sqlite(shape, connection.dialect)
        columns = [
            repeat(_one(same[name], ready))
            if name in same
            else _column([row[name] for row in rows], ready)
            for name, ready in order
        ]
        # What is the same for all has no end.
        return connection.exec_driver_sql(statement, list(zip(*columns, strict=False)))
    statement, differing, fixed = _for_postgresql(shape, connection.dialect)
    said = {f"{name}_": _one(same[name], ready) for name, ready in fixed}
    ready_rows = zip(
        *(_column([row[name] for row in rows], ready) for name, ready in differing), strict=True
    )
    names = shape.differing
    said["rows"] = dump([dict(zip(names, row, strict=True)) for row in ready_rows])
    return connection.exec_driver_sql(statement, said)


def _one(value: Any, ready: Ready | None) -> Any:
    return value if ready is None else ready(value)


def _column(values: list[Any], ready: Ready | None) -> list[Any]:
    """The values of a column, ready; what comes again and again is made ready once."""
    if ready is None or (ready is keepable_or_none and _plain_text(values)):
        return values
    known = {id(value): value for value in values}
    if len(known) == len(values):
        return [ready(value) for value in values]
    made = {mark: ready(value) for mark, value in known.items()}
    return [made[id(value)] for value in values]


def _plain_text(values: list[str | None]) -> bool:
    """Whether every engine keeps all of them as they are; one look at all is quicker."""
    text = "".join(filter(None, values))
    return text.isascii() and "\0" not in text


@lru_cache(maxsize=128)
def _for_sqlite(shape: _Shape, dialect: Dialect) -> tuple[str, Sequence[tuple[str, Ready | None]]]:
    """The statement that inserts a row; and its columns, with what makes a value of each ready."""
    table = shape.table
    values: dict[str, Any] = {name: bindparam(f"{name}_") for name in shape.differing + shape.same}
    made = _keeping(sqlite.insert(table).values(values), shape).compile(dialect=dialect)
    order = [name.removesuffix("_") for name in made.positiontup or ()]
    types = [(name, table.c[name].type.dialect_impl(dialect)) for name in order]
    return str(made), [(name, each.bind_processor(dialect)) for name, each in types]


_Columns: TypeAlias = Sequence[tuple[str, Ready | None]]


@lru_cache(maxsize=128)
def _for_postgresql(shape: _Shape, dialect: Dialect) -> tuple[str, _Columns, _Columns]:
    """The statement that inserts rows given as one JSON text, which costs the client least.

    Beside it the columns that differ, and those that are the same, with what makes values ready.
    """
    table, differing, same = shape.table, shape.differing, shape.same
    given = cast(bindparam("rows", type_=Text), postgresql.JSON)
    types = [column(name, table.c[name].type) for name in differing]
    rows = func.json_to_recordset(given).table_valued(*types).render_derived("new", with_types=True)
    fixed = [cast(bindparam(f"{n}_", type_=_plain(table.c[n].type)), _plain(table.c[n].type))
             for n in same]  # fmt: skip
    wanted = select(*fixed, *(rows.c[name] for name in differing))
    made = _keeping(postgresql.insert(table).from_select([*same, *differing], wanted), shape)
    if shape.returning is not None:
        made = made.returning(table.c[shape.returning])
    return (
        str(made.compile(dialect=dialect)),
        [(name, _in_json(table.c[name].type, dialect)) for name in differing],
        [(name, _alone(table.c[name].type, dialect)) for name in same],
    )


def _keeping(insert: Any, shape: _Shape) -> Any:
    """The insert, with what becomes of a row that is there."""
    if shape.alone:
        return insert
    if shape.merged is None:
        return insert.on_conflict_do_nothing()
    said = {name: _merge(shape.table.c[name], insert.excluded[name], how)
            for name, how in shape.merged}  # fmt: skip
    keys = [each.name for each in shape.table.primary_key]
    return insert.on_conflict_do_update(index_elements=keys, set_=said)


def _merge(old: Any, new: Any, how: str) -> Any:
    if how == "add":
        return old + new
    if how == "new":
        return new
    return case((old.is_(None), new), (new > old, new), else_=old)


def _plain(type_: Any) -> Any:
    """A type without its length: a cast to it cuts nothing off."""
    return Text() if isinstance(type_, (String, Foreign)) else type_


def _in_json(type_: Any, dialect: Dialect) -> Ready | None:
    """What makes a value ready for a JSON text that PostgreSQL reads rows from."""
    if isinstance(type_, Moment):
        return partial(_moment, type_, dialect)
    return _hexadecimal if isinstance(type_, LargeBinary) else None


def _moment(type_: Moment, dialect: Dialect, value: datetime | None) -> str | None:
    at = type_.process_bind_param(value, dialect)
    return None if at is None else at.isoformat()


def _hexadecimal(value: bytes | None) -> str | None:
    return None if value is None else f"\\x{value.hex()}"


def _alone(type_: Any, dialect: Dialect) -> Ready | None:
    """What makes a value ready for psycopg."""
    if isinstance(type_, JSON):
        return lambda value: None if value is None else dump(value)
    return (
        partial(type_.process_bind_param, dialect=dialect)
        if hasattr(type_, "process_bind_param")
        else None
    )


@lru_cache(maxsize=16)
def _there(table: Table) -> Any:
    """Which of some keys are in a table of SQLite."""
    (key,) = table.primary_key
    return select(key).where(among(key, "sqlite"))
