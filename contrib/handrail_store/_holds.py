"""Legal holds: what nothing may purge or erase, whatever its age."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

import attrs
from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    and_,
    delete,
    or_,
    select,
    true,
)

from handrail import HandrailError, InvalidValueError
from handrail_store._rows import merge_rows
from handrail_store._schema import items, legal_holds

if TYPE_CHECKING:
    from handrail_store._store import Store

KINDS = ("actor", "item")
"""What may be held: all of a person, or all of an item."""


class HeldError(HandrailError):
    """What was to be erased is under a legal hold."""


@attrs.frozen
class LegalHold:
    """What is held, and why.

    Attributes:
        kind: ``actor`` or ``item``. id: The host's id. reason: Such as a case's number.
        by: Who said so. until: When it ends; None is until it is released.
    """

    kind: str = attrs.field()
    id: str = attrs.field(repr=False)
    reason: str
    by: str
    until: datetime | None = attrs.field(default=None)

    @kind.validator
    def _check_kind(self, _: object, value: str) -> None:
        if value not in KINDS:
            raise InvalidValueError(f"LegalHold.kind: expected one of {', '.join(KINDS)}")

    @until.validator
    def _check_until(self, _: object, value: datetime | None) -> None:
        if value is not None and value.tzinfo is None:
            raise InvalidValueError("LegalHold.until: a time needs a zone")


def hold(store: Store, held: LegalHold) -> None:
    """Hold an actor or an item; one that is held already is held as said now. Audited.

    Raises InvalidValueError for an end that is over: it would hold nothing.
    """
    if held.until is not None and held.until <= store.now():
        raise InvalidValueError("LegalHold.until: is over already; to end a hold, release it")
    row = attrs.asdict(held) | {"made_at": store.now()}
    new = dict.fromkeys(("reason", "by", "made_at", "until"), "new")
    with store.write() as connection:
        merge_rows(connection, legal_holds, [row], new)
        _say(store, connection, "legal_hold_set", held.kind, held.id, held.by)


def let_go(store: Store, kind: str, id: str, *, by: str) -> bool:  # noqa: A002 - the word for it
    """Let go of what was held, as ``release`` does."""
    same = legal_holds.c.kind == kind, legal_holds.c.id == id
    with store.write() as connection:
        done = connection.execute(delete(legal_holds).where(*same)).rowcount > 0
        if done:
            _say(store, connection, "legal_hold_released", kind, id, by)
    return done


def holds(store: Store) -> Iterator[LegalHold]:
    """Go through what is held now."""
    with store.read() as connection:
        rows = connection.execute(select(legal_holds).where(_active(store.now()))).mappings().all()
    for row in rows:
        yield LegalHold(row["kind"], row["id"], row["reason"], row["by"], row["until"])


def is_held(connection: Connection, kind: str, id: str, now: datetime) -> bool:  # noqa: A002
    """Whether something is held now."""
    same = legal_holds.c.kind == kind, legal_holds.c.id == id, _active(now)
    return connection.execute(select(legal_holds.c.id).where(*same)).first() is not None


def unheld(table: FromClause, now: datetime) -> ColumnElement[bool]:
    """The condition that a row of *table* is neither of a held person nor of a held item."""
    actors, held_items = held_ids("actor", now), held_ids("item", now)
    named = [table.c[name] for name in ("author", "actor", "reporter") if name in table.c]
    kept = [or_(column.is_(None), column.not_in(actors)) for column in named]
    if "item" in table.c:
        kept.append(table.c.item.not_in(held_items))
        if not {"author", "actor"} & set(table.c.keys()):
            kept.append(not_by(table, actors))
    if "suspended_until" in table.c:  # Of reporters, whose id is the row's.
        kept.append(table.c.id.not_in(actors))
    if "tag" in table.c:
        kept.append(or_(table.c.kind != "actor", table.c.id.not_in(actors)))
    return and_(true(), *kept)


def not_by(table: FromClause, actors: Select[Any]) -> ColumnElement[bool]:
    """That the item of a row, which does not say whose it is, is of none of the *actors*."""
    theirs = items.alias("theirs")
    same = theirs.c.feature == table.c.feature, theirs.c.item == table.c.item
    return ~select(theirs.c.item).where(*same, theirs.c.author.in_(actors)).exists()


def held_ids(kind: str, now: datetime) -> Select[Any]:
    """The ids of what is held now, of a kind."""
    return select(legal_holds.c.id).where(legal_holds.c.kind == kind, _active(now))


def _active(now: datetime) -> ColumnElement[bool]:
    return or_(legal_holds.c.until.is_(None), legal_holds.c.until > now)


def _say(store: Store, connection: Connection, what: str, kind: str, id: str, by: str) -> None:  # noqa: A002, PLR0913, PLR0917 - one row
    subject = store.masked(id) if kind == "actor" else id
    store.audit(connection, what, subject=f"{kind} {subject}", by=by)
