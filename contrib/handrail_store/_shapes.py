"""Statements that insert rows, as each engine takes many of them best; each is made once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import (
    JSON,
    Dialect,
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

from handrail_store._types import Foreign, dump

Ready: TypeAlias = Callable[[Any], Any]
"""Makes a value ready for the driver."""

Columns: TypeAlias = Sequence[tuple[str, Ready | None]]
"""Names of columns, with what makes a value of each ready; None where it is ready."""


class Shape(NamedTuple):
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


class Statement(NamedTuple):
    """A statement that inserts the rows of several shapes at once.

    ``parts`` has, for each, the name of the parameter of its rows, and, by the names of theirs,
    the columns that are the same for all.
    """

    text: str
    parts: tuple[tuple[str, tuple[tuple[str, str, Ready | None], ...]], ...]


MANY = 20
"""From so many rows on a statement is made for what they say."""


def saying(
    shape: Shape, found: Mapping[str, Sequence[Any]], same: Mapping[str, Any], many: int
) -> Shape:
    """The shape without columns that say nothing: to say so for every row takes the driver long.

    A few rows are quicker written with a statement that is made already.
    """
    if many < MANY:
        return shape
    plain = _plain_columns(shape.table)
    differing = tuple(
        name for name, values in found.items() if name not in plain or values.count(None) < many
    )
    alike = tuple(name for name in shape.same if name not in plain or same[name] is not None)
    return shape._replace(differing=differing, same=alike)


@lru_cache(maxsize=128)
def _plain_columns(table: Table) -> frozenset[str]:
    """The columns that say nothing unless they are told what."""
    told = (each for each in table.c if each.default is None and each.server_default is None)
    return frozenset(each.name for each in told)


@lru_cache(maxsize=512)
def for_sqlite(shape: Shape, dialect: Dialect) -> tuple[str, Columns]:
    """The statement that inserts a row; and its columns, with what makes a value of each ready."""
    table = shape.table
    values: dict[str, Any] = {name: bindparam(f"{name}_") for name in shape.differing + shape.same}
    made = _keeping(sqlite.insert(table).values(values), shape).compile(dialect=dialect)
    order = [name.removesuffix("_") for name in made.positiontup or ()]
    types = [(name, table.c[name].type.dialect_impl(dialect)) for name in order]
    return str(made), [(name, each.bind_processor(dialect)) for name, each in types]


@lru_cache(maxsize=128)
def for_postgresql(shapes: tuple[Shape, ...], dialect: Dialect) -> Statement:
    """One statement for rows of several shapes: each costs the client a wait for the server.

    Rows are given as JSON texts, which costs the client least.
    """
    texts = [_insert(shape, number, dialect) for number, shape in enumerate(shapes)]
    # PostgreSQL writes first what stands last, then the others from the last to the first; whoever
    # writes the same rows does it in one order, so that none wait in a circle.
    others = [f"written_{number} AS ({text})" for number, text in enumerate(texts)][:0:-1]
    return Statement(
        f"WITH {', '.join(others)} {texts[0]}" if others else texts[0],
        tuple(
            (f"rows_{number}", tuple(
                (f"{name}_{number}", name, _alone(shape.table.c[name].type, dialect))
                for name in shape.same
            ))
            for number, shape in enumerate(shapes)
        ),
    )  # fmt: skip


def _insert(shape: Shape, number: int, dialect: Dialect) -> str:
    table, differing, same = shape.table, shape.differing, shape.same
    given = cast(bindparam(f"rows_{number}", type_=Text), postgresql.JSON)
    types = [column(name, table.c[name].type) for name in differing]
    rows = func.json_to_recordset(given).table_valued(*types).render_derived("new", with_types=True)
    plain = [(name, _plain(table.c[name].type)) for name in same]
    fixed = [cast(bindparam(f"{name}_{number}", type_=type_), type_) for name, type_ in plain]
    wanted = select(*fixed, *(rows.c[name] for name in differing))
    made = _keeping(postgresql.insert(table).from_select([*same, *differing], wanted), shape)
    if shape.returning is not None:
        made = made.returning(table.c[shape.returning])
    return str(made.compile(dialect=dialect))


def _keeping(insert: Any, shape: Shape) -> Any:
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


def _alone(type_: Any, dialect: Dialect) -> Ready | None:
    """What makes a value ready for psycopg."""
    if isinstance(type_, JSON):
        return lambda value: None if value is None else dump(value)
    return (
        partial(type_.process_bind_param, dialect=dialect)
        if hasattr(type_, "process_bind_param")
        else None
    )
