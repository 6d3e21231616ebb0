"""Erasing what is a person's: content goes, and what must stay says no longer whose it was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from time import monotonic
from typing import TYPE_CHECKING, Any

from sqlalchemy import Table, delete, or_, select, tuple_, update

from handrail import HandrailError, Item, Report, Stage
from handrail_store import _schema as t
from handrail_store._holds import HeldError, is_held, unheld
from handrail_store._lock import lock_items
from handrail_store._page import Key
from handrail_store._renaming import rename
from handrail_store._seal import OtherKeyError
from handrail_store._stride import Stride
from handrail_store._theirs import BATCH, Theirs, whose
from handrail_store._types import keepable
from handrail_store._work import unpack

if TYPE_CHECKING:
    from handrail_store._store import Store

ERASED = "erased:"
"""How what stands in the place of an id begins; a keyed hash follows, the same for all rows."""


def check_free(store: Store, actor: str) -> None:
    """Raise HeldError where a person is under a legal hold."""
    with store.read() as connection:
        if is_held(connection, "actor", actor, store.now()):
            raise HeldError(
                "This person is under a legal hold: nothing was erased. See handrail db holds."
            )


def erase_theirs(store: Store, theirs: Theirs) -> tuple[dict[str, int], set[Key]]:
    """Erase what is theirs and nothing keeps; return how many rows of each table.

    Beside it, about which items others name them still: those are under a hold.

    Items come before whatever names their author: work that only names its item asks in its own
    transaction whose that is, and writes no id once the item says none.
    """
    mask = ERASED + store.masked(theirs.actor)
    gone = {"snapshots": _batches(store, t.snapshots, theirs, None), "dead": _dead(store, theirs)}
    said = {"reporter": mask, "sealed": b""}
    if theirs.about is None:
        gone["tags"] = _tags(store, theirs.actor)
        gone["legal_holds"] = _ended_hold(store, theirs.actor)
        gone["reporters"] = _reporter(store, theirs.actor)
        gone["replies"] = _batches(store, t.replies, theirs, {"reporter": mask})
        gone["appeals"] = _batches(store, t.appeals, theirs, {"actor": mask, "sealed": b""})
    gone["reports"] = _batches(store, t.reports, theirs, said)
    gone["items"] = _batches(store, t.items, theirs, {"author": mask})
    gone["named"], kept = rename(store, theirs, mask)
    for table in (t.cases, t.enforcements, t.standing, t.strikes, t.decisions):
        gone[table.name] = _batches(store, table, theirs, {whose(table).name: mask})
    return gone, kept


def _batches(store: Store, table: Table, theirs: Theirs, new: Mapping[str, Any] | None) -> int:
    """Delete their rows, or write *new* into them, a batch at a time."""
    keys = list(table.primary_key.columns)
    free = [whose(table) == theirs.actor, unheld(table, store.now()), *theirs.among(table)]
    if table is t.snapshots:
        ends = t.snapshots.c.preserve_until
        free.append(or_(ends.is_(None), ends <= store.now()))
    done, stride = 0, Stride.on(store.engine, BATCH)
    while True:
        # Found by reading: on SQLite a writer keeps all others waiting.
        wanted = stride.rows
        with store.read() as connection:
            rows = connection.execute(select(*keys).where(*free).limit(wanted)).all()
        same = tuple_(*keys).in_([tuple(row) for row in rows]), *free
        if rows:
            gone, changed = delete(table).where(*same), update(table).where(*same)
            change = gone if new is None else changed.values(**new)
            with store.write() as connection:
                start = monotonic()
                if table is t.items:
                    lock_items(connection, [(row.feature, row.item) for row in rows])
                done += connection.execute(change).rowcount
            stride.took(monotonic() - start)
        if len(rows) < wanted:
            return done


def _dead(store: Store, theirs: Theirs) -> int:
    """Dead letters of what they wrote or reported; each is opened, for no column says whose it is.

    One that no key here opens is of an item that is known to be theirs, or stays.
    """
    written = select(t.items.c.feature, t.items.c.item).where(t.items.c.author == theirs.actor)
    about = tuple_(t.dead.c.feature, t.dead.c.item).in_(written)
    names = ("key", "stage", "sealed")
    page = select(*(t.dead.c[name] for name in names), about.label("known")).where(
        unheld(t.dead, store.now()), *theirs.among(t.dead)
    )
    done, after = 0, ""
    while True:
        wanted = page.where(t.dead.c.key > after).order_by(t.dead.c.key).limit(BATCH)
        with store.read() as connection:
            rows = connection.execute(wanted).all()
        found = [row.key for row in rows if row.known or _is_of(store, row, theirs.actor)]
        if found:
            free = t.dead.c.key.in_(found), unheld(t.dead, store.now())
            with store.write() as connection:
                done += connection.execute(delete(t.dead).where(*free)).rowcount
        if len(rows) < BATCH:
            return done
        after = rows[-1].key


def waiting(store: Store, actors: Iterable[str]) -> set[str]:
    """Those of *actors* whom work names that waits in the outbox, or is in somebody's hand.

    Each is opened, once, for no column says whose it is; what no key here opens may be anybody's.
    """
    wanted = {keepable(actor): actor for actor in actors}
    names, after, found = ("number", "key", "stage", "sealed"), 0, set[str]()
    page = select(*(t.outbox.c[name] for name in names)).order_by(t.outbox.c.number).limit(BATCH)
    while len(found) < len(wanted):
        with store.read() as connection:
            rows = connection.execute(page.where(t.outbox.c.number > after)).all()
        try:
            found.update(*(wanted.keys() & _named(store, row, received=True) for row in rows))
        except OtherKeyError:
            return {*wanted.values()}
        if len(rows) < BATCH:
            break
        after = rows[-1].number
    return {wanted[name] for name in found}


def _is_of(store: Store, row: Any, actor: str) -> bool:
    """Whether somebody wrote or reported what a row has sealed."""
    try:
        return keepable(actor) in _named(store, row)
    except OtherKeyError:
        return False


def _named(store: Store, row: Any, *, received: bool = False) -> set[str]:
    """Who wrote or reported, or also *received*, what a row has sealed."""
    try:
        subject = unpack(store.unseal(row.sealed, row.key), Stage(row.stage))["subject"]
    except OtherKeyError:
        raise
    except (HandrailError, ValueError):
        return set()
    item = subject if isinstance(subject, Item) else subject.item
    people = [None if item is None else item.author]
    if isinstance(subject, Report):
        people.append(subject.reporter)
    if received and item is not None:
        people += item.recipients
    return {keepable(each.id) for each in people if each is not None}


def _tags(store: Store, actor: str) -> int:
    with store.write() as connection:
        rows = delete(t.tags).where(t.tags.c.kind == "actor", t.tags.c.id == actor)
        return connection.execute(rows).rowcount


def _ended_hold(store: Store, actor: str) -> int:
    """A legal hold on them that is over: the audit log says that there was one, without the id."""
    with store.write() as connection:
        same = t.legal_holds.c.kind == "actor", t.legal_holds.c.id == actor
        rows = delete(t.legal_holds).where(*same, t.legal_holds.c.until <= store.now())
        return connection.execute(rows).rowcount


def _reporter(store: Store, actor: str) -> int:
    """What is remembered of how they reported; who is suspended for misuse stays it (Art. 23)."""
    ends = t.reporters.c.suspended_until
    over = or_(ends.is_(None), ends <= store.now())
    with store.write() as connection:
        rows = delete(t.reporters).where(t.reporters.c.id == actor, over)
        return connection.execute(rows).rowcount
