"""Renaming: where a person is named in what others wrote, something else stands there."""

from __future__ import annotations

import json
from collections.abc import Sequence
from time import monotonic
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Text,
    TextClause,
    cast,
    or_,
    select,
    text,
    tuple_,
    update,
)

from handrail_store import _schema as t
from handrail_store._holds import unheld
from handrail_store._page import Key
from handrail_store._stride import Stride
from handrail_store._theirs import BATCH, Theirs
from handrail_store._types import keepable, naming

if TYPE_CHECKING:
    from handrail_store._store import Store


def rename(store: Store, theirs: Theirs, mask: str) -> tuple[int, set[Key]]:
    """Put *mask* where they are named in what others wrote, as who received it or in an effect.

    No index knows whom, so of each table all rows are read that name anybody; of decisions all that
    say anything. Returns in how many rows it was, and about which items they stay named in others:
    those are under a hold.
    """
    done, kept, stride = 0, set[Key](), Stride.on(store.engine, BATCH)
    for table, column in NAMING:
        keys, said = list(table.primary_key.columns), table.c[column]
        free = unheld(table, store.now()).label("free")
        rows = select(*keys, free, table.c.feature, table.c.item).where(
            _naming(said, store.engine.dialect.name), says(said, theirs.actor),
            *theirs.among(table),
        )  # fmt: skip
        page = rows.order_by(*keys).limit(BATCH)
        while True:
            with store.read() as connection:
                read = connection.execute(page).all()
            kept |= {(row[-2], row[-1]) for row in read if not row.free}
            every = [tuple(row[: len(keys)]) for row in read]
            found = [key for key, row in zip(every, read, strict=True) if row.free]
            start = 0
            while part := found[start : start + stride.rows]:
                start += len(part)
                done += _rename(store, said, part, (theirs.actor, mask), stride)
            if len(every) < BATCH:
                break
            page = rows.where(tuple_(*keys) > every[-1]).order_by(*keys).limit(BATCH)
    return done, kept


def _rename(
    store: Store, said: Column[Any], found: Sequence[tuple[Any, ...]], names: tuple[str, str],
    stride: Stride,
) -> int:  # fmt: skip
    """Put the second of *names* in the place of the first in the rows with these keys."""
    table: Any = said.table
    keys = tuple_(*table.primary_key.columns)
    with store.write() as connection:
        start = monotonic()
        free = keys.in_(found), unheld(table, store.now())
        rows = connection.execute(select(*table.primary_key.columns, said).where(*free))
        for *own, value in rows.all():
            new = {said.name: _without(value, *names)}
            connection.execute(update(table).where(keys == tuple(own)).values(new))
    stride.took(monotonic() - start)
    return len(found)


NAMING = (
    (t.items, "recipients"),
    (t.decisions, "body"),
    (t.enforcements, "body"),
    (t.standing, "body"),
)
"""Tables and columns in which people are named."""


def _naming(column: Column[Any], dialect: str) -> ColumnElement[bool] | TextClause:
    """What a row that names anybody has, as the index that has them says it."""
    return text(naming(dialect)) if column.table in _WORK else column.is_not(None)


_WORK = (t.enforcements, t.standing)


def says(column: Column[Any], actor: str) -> ColumnElement[bool]:
    """That JSON names them; engines write it with or without spaces, and signs of other scripts."""
    before = ["["] if column.name == "recipients" else ['"subject":', '"subject": ']
    if column.name == "recipients":
        before += [",", ", "]
    words = {json.dumps(keepable(actor), ensure_ascii=plain) for plain in (True, False)}
    said = cast(column, Text)
    return or_(*[said.contains(b + w, autoescape=True) for b in before for w in words])


def _without(value: Any, actor: str, mask: str) -> Any:
    """The same with *mask* where they are named."""
    kept = keepable(actor)
    if isinstance(value, dict):
        return {
            key: mask if key == "subject" and each == kept else _without(each, actor, mask)
            for key, each in value.items()
        }
    if isinstance(value, list):
        whole = all(isinstance(each, str) for each in value)
        return [mask if whole and each == kept else _without(each, actor, mask) for each in value]
    return value
