"""Erasing a person, and what a hold or an order keeps of them: that goes once it is over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Column,
    Connection,
    RowMapping,
    Select,
    delete,
    func,
    or_,
    select,
    tuple_,
    update,
)

from handrail import Json
from handrail_store import _schema as t
from handrail_store._clock import ClockError, check_clock
from handrail_store._erase import check_free, erase_theirs, waiting
from handrail_store._holds import HeldError, held_ids, let_go, not_by, unheld
from handrail_store._lock import lock_items
from handrail_store._page import Key
from handrail_store._purge import counted
from handrail_store._rows import merge_rows
from handrail_store._theirs import MADE, Theirs, whose

if TYPE_CHECKING:
    from handrail_store._store import Store

BATCH = 1_000
"""Items that are read at a time, to finish erasing what is kept of them."""

APART = timedelta(hours=1)
"""How far the clocks of whoever wrote rows may be from that of who erases."""

WHOLE = "", ""
"""In the place of an item: all of a person, to be erased once no work that names them waits."""

_ITEM = ("actor", "feature", "item")
_ITEMS = [t.erasures.c[name] for name in _ITEM]

_AGAIN = {"asked_at": "new", "by": "new", "kept_until": "new"}


def erase(store: Store, actor: str, *, by: str) -> Mapping[str, int]:
    """Erase the person *actor*; return how many rows of each table were deleted or changed.

    Deleted: the content they wrote, whether kept or waiting as a dead letter; tags; what is known
    of them as a reporter, unless they are suspended. Kept, with a keyed hash in the place of their
    id: decisions, items, cases, enforcements, reports without what they wrote, strikes. What a
    ``preserve`` effect keeps, or a legal hold on an item, stays as it is until that is over, and
    is shown to nobody who looks at reports; then it goes (``release``, a worker, ``finish``). Where
    work that names them waits in the outbox, they are erased once more when it is done. The audit
    log says that it was done, without the id. Interrupted, it is done again from the start.

    Raises HeldError, with nothing erased, where the person is under a legal hold.
    """
    check_free(store, actor)
    # Before: what is settled while they are erased may be written after its table was.
    return _erased(store, actor, by, [WHOLE] if waiting(store, [actor]) else [])


def _erased(store: Store, actor: str, by: str, again: Sequence[Key] = ()) -> Mapping[str, int]:
    """Erase all of a person, who is not held, and owe what is to be erased *again*."""
    _owe(store, actor, by, again)
    gone, named = erase_theirs(store, Theirs(actor))
    left = _owe(store, actor, by, [*named, *again]) - len(again)
    said: dict[str, Json] = {"rows": counted(gone), "left": left, "waits": bool(again)}
    with store.write() as connection:
        whom = f"actor {store.masked(actor)}"
        store.audit(connection, "erased", subject=whom, by=by, **said)
    return gone


def release(store: Store, kind: str, id: str, *, by: str) -> bool:  # noqa: A002 - the word for it
    """Let go of what was held; False where it was not. Audited.

    What erasing somebody had to leave for it is erased now.
    """
    done = let_go(store, kind, id, by=by)
    if done:
        with suppress(ClockError):  # Then a worker whose clock is right does it.
            finish(store)
    return done


def finish(store: Store, *, most: int | None = None) -> int:
    """Erase what erasing had to leave, where nothing keeps it any more; return of how many items.

    A worker does it from time to time, for holds and orders that end by themselves. Of no more
    than *most* items, if said.

    Raises ClockError where PostgreSQL's clock is a day or more from this machine's.
    """
    check_clock(store)
    done, begun, wanted = 0, 0, BATCH if most is None else most
    page = _over(store.now()).limit(wanted)
    while True:
        with store.read() as connection:
            rows = connection.execute(page).mappings().all()
        free = _free(store, rows)
        done += sum(_finish(store, row) for row in free)
        begun += len(free)
        if len(rows) < wanted or (most is not None and begun >= most):
            return done
        last = [rows[-1][name] for name in _ITEM]
        page = _over(store.now()).where(tuple_(*_ITEMS) > last).limit(wanted)


def _key(row: RowMapping) -> Key:
    return row["feature"], row["item"]


def _free(store: Store, rows: Sequence[RowMapping]) -> list[RowMapping]:
    """Those of *rows* that wait for no work of whom they are about."""
    # Looked for once they are read: who is erased since is owed anew.
    busy = waiting(store, {row["actor"] for row in rows if _key(row) == WHOLE})
    return [row for row in rows if _key(row) != WHOLE or row["actor"] not in busy]


def _finish(store: Store, row: RowMapping) -> bool:
    """Erase what is left of an item; False where that was nothing, or is kept still."""
    key = _key(row)
    if key == WHOLE:
        return _again(store, row)
    theirs = Theirs(row["actor"], key, row["asked_at"] + APART)
    gone, named = erase_theirs(store, theirs)
    with store.write() as connection:
        left = _left(connection, store.now(), theirs, named)
        _settle(connection, row, left)
        if any(gone.values()):
            whom = f"actor {store.masked(theirs.actor)}"
            store.audit(connection, "erased", subject=whom, by=row["by"], rows=counted(gone))
    return any(gone.values())


def _again(store: Store, row: RowMapping) -> bool:
    """Erase a person once more whose work has been done meanwhile; False where nothing was left."""
    try:
        check_free(store, row["actor"])
        gone = _erased(store, row["actor"], row["by"])
    except HeldError:  # Since just now.
        return False
    with store.write() as connection:
        _settle(connection, row, {})
    return any(gone.values())


def is_owed(connection: Connection, feature: str, item: str) -> bool:
    """Whether an item is kept that is to be erased, as who wrote it or received it asked.

    Nothing of who only reported it is in what modules look at.
    """

    def about(*columns: Column[Any]) -> Sequence[Any]:
        of = columns[0].table.c
        same = of.feature == feature, of.item == item
        return connection.execute(select(*columns).where(*same)).all()

    actors = {actor for (actor,) in about(t.erasures.c.actor)}
    if not actors:
        return False
    known = about(t.items.c.author, t.items.c.recipients)
    people = {author for (author,) in about(t.snapshots.c.author)}
    people.update(*([author, *(received or ())] for author, received in known))
    return not actors.isdisjoint(people)


def _owe(store: Store, actor: str, by: str, named: Iterable[Key] = ()) -> int:
    """Note what stays of somebody for now, who is *named* about some items; return how many."""
    with store.write() as connection:
        left = _left(connection, store.now(), Theirs(actor), named)
        lock_items(connection, left)  # Who looks at one of them now has written what it found.
        same = {"actor": actor, "asked_at": store.now(), "by": by}
        rows = [
            {"feature": feature, "item": item, "kept_until": ends, **same}
            for (feature, item), ends in sorted(left.items())
        ]
        merge_rows(connection, t.erasures, rows, _AGAIN)
    return len(rows)


def _left(
    connection: Connection, now: datetime, theirs: Theirs, named: Iterable[Key]
) -> dict[Key, datetime | None]:
    """What is theirs and kept, by item, and until when where that is known."""
    item, ends = (t.snapshots.c.feature, t.snapshots.c.item), t.snapshots.c.preserve_until
    mine = whose(t.snapshots) == theirs.actor, *theirs.among(t.snapshots)
    preserved = select(*item, func.max(ends)).where(*mine, ends > now).group_by(*item)
    left: dict[Key, datetime | None] = {
        (row[0], row[1]): row[2] for row in connection.execute(preserved)
    }
    held = held_ids("item", now)
    for table in MADE:
        if table is t.dead:  # It says of no row whose it is.
            continue
        kept = whose(table) == theirs.actor, table.c.item.in_(held), *theirs.among(table)
        rows = connection.execute(select(table.c.feature, table.c.item).where(*kept).distinct())
        left |= {(row[0], row[1]): None for row in rows}
    return left | dict.fromkeys(named)


def _over(now: datetime) -> Select[Any]:
    """What is owed and kept by nothing that is known, nor by a hold on who wrote to them."""
    ends = t.erasures.c.kept_until
    free = unheld(t.erasures, now), not_by(t.erasures, held_ids("actor", now))
    over = select(t.erasures).where(*free, or_(ends.is_(None), ends <= now))
    return over.order_by(*_ITEMS)


def _settle(connection: Connection, row: RowMapping, left: Mapping[Key, datetime | None]) -> None:
    """Owe nothing more of an item, or later."""
    names = ("actor", "feature", "item", "asked_at")  # Who asked again meanwhile is owed anew.
    same = [t.erasures.c[name] == row[name] for name in names]
    if left:
        (ends,) = left.values()
        connection.execute(update(t.erasures).where(*same).values(kept_until=ends))
    else:
        connection.execute(delete(t.erasures).where(*same))
