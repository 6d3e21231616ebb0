"""Rows in by the batch: one statement for many, and what is there already stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from itertools import repeat
from operator import itemgetter
from typing import Any, TypeAlias

from sqlalchemy import (
    Connection,
    CursorResult,
    Integer,
    Table,
    bindparam,
    func,
    literal_column,
    select,
    text,
)

from handrail import InvalidValueError
from handrail_store._shapes import Ready, Shape, for_postgresql, for_sqlite, saying
from handrail_store._types import dump, keepable_or_none

Row: TypeAlias = Mapping[str, Any]
"""Values by column; all rows of a batch name the same columns."""

_NOTHING: Row = {}


class Rows:
    """Rows of several tables, written together by ``write``.

    On PostgreSQL that is one statement, in which no part sees what the others write.

    Args:
        connection: The transaction.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._alike: dict[Shape, list[Row]] = {}
        self._parts: list[tuple[Shape, Sequence[Row], Row]] = []

    def add(self, table: Table, rows: Sequence[Row], same: Row = _NOTHING) -> None:
        """Insert *rows*, completed by what is the *same* for all; one there is passed over."""
        if rows:
            self._take(Shape(table, tuple(rows[0]), tuple(same)), rows, same)

    def put(self, table: Table, rows: Sequence[Row]) -> None:
        """Insert *rows* that nobody else can have written; of one there IntegrityError comes."""
        if rows:
            self._take(Shape(table, tuple(rows[0]), alone=True), rows, _NOTHING)

    def merge(self, table: Table, rows: Sequence[Row], merged: Mapping[str, str]) -> None:
        """Insert *rows*, or bring them together with those there, as ``merge_rows`` does."""
        if rows:
            shape = Shape(table, tuple(rows[0]), merged=tuple(merged.items()))
            self._take(shape, rows, _NOTHING)

    def _take(self, shape: Shape, rows: Sequence[Row], same: Row) -> None:
        if shape in self._alike and shape.merged is not None:
            self.write()  # No statement touches a row twice.
        if shape in self._alike:
            # Whoever writes the same rows writes them in one order, so that none wait in a circle.
            self._alike[shape] += rows
            self._alike[shape].sort(key=_key(shape))
            return
        taken = list(rows)
        if not same:
            self._alike[shape] = taken
        self._parts.append((shape, taken, same))

    def write(self) -> None:
        """Write what there is; afterwards there is nothing."""
        parts, self._parts, self._alike = self._parts, [], {}
        if parts:
            _run(self.connection, parts)


def add_rows(
    connection: Connection, table: Table, rows: Sequence[Row], same: Row = _NOTHING
) -> None:
    """Insert *rows*, completed by what is the *same* for all; one that is there is passed over."""
    if rows:
        _run(connection, [(Shape(table, tuple(rows[0]), tuple(same)), rows, same)])


def put_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert *rows* that nobody else can have written; one that is there raises IntegrityError."""
    if rows:
        _run(connection, [(Shape(table, tuple(rows[0]), alone=True), rows, _NOTHING)])


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
        last = connection.exec_driver_sql(_last(table)).scalar()
        shape = Shape(table, tuple(rows[0]), tuple(same))
        if _run_sqlite(connection, shape, rows, same).rowcount == len(rows):
            return set(keys)
        return set(connection.execute(_since(table), {"last": last}).scalars())
    shape = Shape(table, tuple(rows[0]), tuple(same), returning=key)
    return set(_run(connection, [(shape, rows, same)]).scalars())


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
        shape = Shape(table, tuple(rows[0]), merged=tuple(merged.items()))
        _run(connection, [(shape, rows, _NOTHING)])


def _run(connection: Connection, parts: Sequence[tuple[Shape, Sequence[Row], Row]]) -> Any:
    if connection.dialect.name == "sqlite":
        for part in parts:
            _run_sqlite(connection, *part)
        return None
    statement = for_postgresql(tuple(shape for shape, _, _ in parts), connection.dialect)
    said: dict[str, Any] = {}
    for (_, rows, same), (given, fixed) in zip(parts, statement.parts, strict=True):
        said[given] = dump(rows, default=_in_json())
        said.update((mark, _one(same[name], ready)) for mark, name, ready in fixed)
    return connection.exec_driver_sql(statement.text, said)


def _run_sqlite(
    connection: Connection, shape: Shape, rows: Sequence[Row], same: Row
) -> CursorResult[Any]:
    found = dict(zip(shape.differing, zip(*map(_getter(shape.differing), rows), strict=True),
                     strict=True))  # fmt: skip
    statement, order = for_sqlite(saying(shape, found, same, len(rows)), connection.dialect)
    columns = [
        repeat(_one(same[name], ready)) if name in same else _column(found[name], ready)
        for name, ready in order
    ]
    # What is the same for all has no end.
    return connection.exec_driver_sql(statement, list(zip(*columns, strict=False)))


@lru_cache(maxsize=128)
def _getter(names: tuple[str, ...]) -> Callable[[Row], tuple[Any, ...]]:
    if not names:
        return lambda row: ()
    if len(names) == 1:
        return lambda row: (row[names[0]],)
    return itemgetter(*names)


def _one(value: Any, ready: Ready | None) -> Any:
    return value if ready is None else ready(value)


def _column(values: Sequence[Any], ready: Ready | None) -> Sequence[Any]:
    """The values of a column, ready; what comes again and again is made ready once."""
    if ready is None or (ready is keepable_or_none and _plain_text(values)):
        return values
    known = {id(value): value for value in values}
    if len(known) == len(values):
        return [ready(value) for value in values]
    made = {mark: ready(value) for mark, value in known.items()}
    return [made[id(value)] for value in values]


def _plain_text(values: Sequence[str | None]) -> bool:
    """Whether every engine keeps all of them as they are; one look at all is quicker."""
    text = "".join(filter(None, values))
    return text.isascii() and "\0" not in text


def _in_json() -> Callable[[Any], str]:
    """What says in a JSON text, for PostgreSQL, what JSON has no word for; the same once."""
    known: dict[int, str] = {}

    def said(value: Any) -> str:
        mark = id(value)  # Of a row that is there throughout.
        if mark not in known:
            known[mark] = _word(value)
        return known[mark]

    return said


def _word(value: Any) -> str:
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    if not isinstance(value, datetime):
        raise TypeError(f"the store keeps no {type(value).__name__}")
    if value.tzinfo is None:
        raise InvalidValueError("a moment in the store has a time zone")
    return (value if value.tzinfo is UTC else value.astimezone(UTC)).isoformat()


@lru_cache(maxsize=128)
def _key(shape: Shape) -> Callable[[Row], tuple[Any, ...]]:
    """The key of a row, where it does not come from the engine."""
    keys = [each.name for each in shape.table.primary_key]
    return _getter(tuple(name for name in keys if name in shape.differing))


@lru_cache(maxsize=16)
def _last(table: Table) -> str:
    """What asks SQLite for the number of a table's last row; the next has a higher one."""
    return str(select(func.coalesce(func.max(_ROWID), text("0"))).select_from(table))


@lru_cache(maxsize=16)
def _since(table: Table) -> Any:
    """The keys of the rows after the last of before."""
    (key,) = table.primary_key
    return select(key).where(bindparam("last") < _ROWID)


_ROWID = literal_column("rowid", Integer)
