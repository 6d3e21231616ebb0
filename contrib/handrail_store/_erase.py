"""Erasing a person: what is theirs goes, and what must stay says no longer whose it was."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from time import monotonic
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Table,
    Text,
    TextClause,
    cast,
    delete,
    or_,
    select,
    text,
    tuple_,
    update,
)

from handrail_store import _schema as t
from handrail_store._holds import HeldError, is_held, unheld
from handrail_store._purge import counted
from handrail_store._stride import Stride
from handrail_store._types import keepable, naming

if TYPE_CHECKING:
    from handrail_store._store import Store

BATCH = 500
"""Rows that are changed in one transaction, at most."""

ERASED = "erased:"
"""How what stands in the place of an id begins; a keyed hash follows, the same for all rows."""


def erase(store: Store, actor: str, *, by: str) -> Mapping[str, int]:
    """Erase the person *actor*; return how many rows of each table were deleted or changed.

    Deleted: the content they wrote, whether kept or waiting as a dead letter; tags; what is known
    of them as a reporter, unless they are suspended. Kept, with a keyed hash in the place of their
    id: decisions, items, cases, enforcements, reports without what they wrote, strikes. What a
    ``preserve`` effect keeps, or a legal hold on an item, stays as it is. The audit log says that
    it was done, without the id. Interrupted, it is done again from the start.

    Raises HeldError, with nothing erased, where the person is under a legal hold.
    """
    with store.read() as connection:
        if is_held(connection, "actor", actor, store.now()):
            raise HeldError(
                "This person is under a legal hold: nothing was erased. See handrail db holds."
            )
    mask = ERASED + store.masked(actor)
    gone = {
        "snapshots": _batches(store, t.snapshots, actor, None),
        "dead": _dead(store, actor),
        "tags": _tags(store, actor),
        "reporters": _reporter(store, actor),
        "replies": _batches(store, t.replies, actor, {"reporter": mask}),
        "reports": _batches(store, t.reports, actor, {"reporter": mask, "sealed": b""}),
        "appeals": _batches(store, t.appeals, actor, {"actor": mask, "sealed": b""}),
        "named": _named(store, actor, mask),
    }
    for table in (t.cases, t.enforcements, t.standing, t.strikes, t.decisions, t.items):
        column = "actor" if "actor" in table.c else "author"
        gone[table.name] = _batches(store, table, actor, {column: mask})
    with store.write() as connection:
        whom = f"actor {store.masked(actor)}"
        store.audit(connection, "erased", subject=whom, by=by, rows=counted(gone))
    return gone


def _batches(store: Store, table: Table, actor: str, new: Mapping[str, Any] | None) -> int:
    """Delete the rows of *actor*, or write *new* into them, a batch at a time."""
    column = next(table.c[n] for n in ("author", "actor", "reporter") if n in table.c)
    keys = list(table.primary_key.columns)
    theirs = [column == actor, unheld(table, store.now())]
    if table is t.snapshots:
        ends = t.snapshots.c.preserve_until
        theirs.append(or_(ends.is_(None), ends <= store.now()))
    done, stride = 0, Stride.on(store.engine, BATCH)
    while True:
        # Found by reading: on SQLite a writer keeps all others waiting.
        wanted = stride.rows
        with store.read() as connection:
            rows = connection.execute(select(*keys).where(*theirs).limit(wanted)).all()
        same = tuple_(*keys).in_([tuple(row) for row in rows]), *theirs
        if rows:
            gone, changed = delete(table).where(*same), update(table).where(*same)
            change = gone if new is None else changed.values(**new)
            with store.write() as connection:
                start = monotonic()
                done += connection.execute(change).rowcount
            stride.took(monotonic() - start)
        if len(rows) < wanted:
            return done


def _dead(store: Store, actor: str) -> int:
    """Dead letters about what they wrote."""
    theirs = select(t.items.c.feature, t.items.c.item).where(t.items.c.author == actor)
    about = tuple_(t.dead.c.feature, t.dead.c.item).in_(theirs)
    with store.write() as connection:
        rows = delete(t.dead).where(about, unheld(t.dead, store.now()))
        return connection.execute(rows).rowcount


def _tags(store: Store, actor: str) -> int:
    with store.write() as connection:
        rows = delete(t.tags).where(t.tags.c.kind == "actor", t.tags.c.id == actor)
        return connection.execute(rows).rowcount


def _reporter(store: Store, actor: str) -> int:
    """What is remembered of how they reported; who is suspended for misuse stays it (Art. 23)."""
    ends = t.reporters.c.suspended_until
    over = or_(ends.is_(None), ends <= store.now())
    with store.write() as connection:
        rows = delete(t.reporters).where(t.reporters.c.id == actor, over)
        return connection.execute(rows).rowcount


def _named(store: Store, actor: str, mask: str) -> int:
    """Where they are named in what others wrote: who received it, whom an effect is on.

    No index knows whom, so of each table all rows are read that name anybody; of decisions all that
    say anything.
    """
    done, stride = 0, Stride.on(store.engine, BATCH)
    for table, column in _NAMING:
        keys, said = list(table.primary_key.columns), table.c[column]
        rows = select(*keys).where(
            _naming(said, store.engine.dialect.name), _says(said, actor),
            unheld(table, store.now()),
        )  # fmt: skip
        page = rows.order_by(*keys).limit(BATCH)
        while True:
            with store.read() as connection:
                found = [tuple(row) for row in connection.execute(page).all()]
            start = 0
            while part := found[start : start + stride.rows]:
                start += len(part)
                done += _rename(store, said, part, (actor, mask), stride)
            if len(found) < BATCH:
                break
            page = rows.where(tuple_(*keys) > found[-1]).order_by(*keys).limit(BATCH)
    return done


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


_NAMING = (
    (t.items, "recipients"),
    (t.decisions, "body"),
    (t.enforcements, "body"),
    (t.standing, "body"),
)


def _naming(column: Column[Any], dialect: str) -> ColumnElement[bool] | TextClause:
    """What a row that names anybody has, as the index that has them says it."""
    return text(naming(dialect)) if column.table in _WORK else column.is_not(None)


_WORK = (t.enforcements, t.standing)


def _says(column: Column[Any], actor: str) -> ColumnElement[bool]:
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
