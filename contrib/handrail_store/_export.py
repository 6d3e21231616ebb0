"""What is known of a person, as they may ask for it (GDPR Art. 15 and 20)."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import FromClause, RowMapping, Select, select, tuple_

from handrail import HandrailError, Json
from handrail_store import _schema as t

if TYPE_CHECKING:
    from handrail_store._store import Store

PAGE = 500
"""Rows that are read at a time."""

STAFF = frozenset({"by", "closed_by", "confirmed_by", "not_by", "undone_by"})
"""Columns that name who works for the platform: they are not the person's to know."""


def export(store: Store, actor: str, *, by: str) -> Iterator[Mapping[str, Json]]:
    """Yield what is known of the person *actor*: a mapping for each row, ``table`` first.

    Content that is kept comes opened. Who of the platform decided is left out, and so is what
    others reported. The audit log says that it was done, without the id.
    """
    with store.write() as connection:
        store.audit(connection, "exported", subject=f"actor {store.masked(actor)}", by=by)
    for table, column in _THEIRS:
        wanted = select(table).where(table.c[column] == actor)
        if table is t.tags:
            wanted = wanted.where(t.tags.c.kind == "actor")
        for row in _rows(store, table, wanted):
            yield {"table": table.name, **_said(store, table, row)}


_THEIRS = (
    (t.items, "author"), (t.decisions, "author"), (t.snapshots, "author"),
    (t.enforcements, "author"), (t.cases, "author"), (t.strikes, "actor"), (t.tags, "id"),
    (t.reports, "reporter"), (t.reporters, "id"), (t.appeals, "actor"),
)  # fmt: skip


def _rows(store: Store, table: FromClause, wanted: Select[Any]) -> Iterator[RowMapping]:
    keys = list(table.primary_key)
    wanted, after = wanted.order_by(*keys).limit(PAGE), None
    while True:
        page = wanted if after is None else wanted.where(tuple_(*keys) > after)
        with store.read() as connection:
            rows = connection.execute(page).mappings().all()
        yield from rows
        if len(rows) < PAGE:
            return
        after = tuple(rows[-1][key.name] for key in keys)


def _said(store: Store, table: FromClause, row: RowMapping) -> Mapping[str, Json]:
    said = {name: _plain(value) for name, value in row.items() if name not in STAFF}
    if row.get("sealed"):
        try:
            content = store.unseal(row["sealed"], row["id"])
            said["content"] = content.decode()
        except HandrailError as error:
            said["content_lost"] = str(error)
    said.pop("sealed", None)
    return said


def _plain(value: Any) -> Json:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    said: Json = value
    return said
