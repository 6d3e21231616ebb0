"""Taking back: a decision that was wrong, or everything that a sweep did."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import attrs
from sqlalchemy import Connection, select, update

from handrail import Decision, Enforcement, UnknownNameError
from handrail_store._book import Book, Occasion
from handrail_store._lock import lock_items
from handrail_store._page import WAITING, Key
from handrail_store._record import record
from handrail_store._reopen import tell_reporters
from handrail_store._schema import batches, standing
from handrail_store._standing import REVERSED, STANDS, Demand, Outlook
from handrail_store._types import new_id

if TYPE_CHECKING:
    from handrail_store._store import Store

REVERTED = "reverted"
"""What a batch is once it was taken back."""

PAGE = 100
"""How many decisions of a batch are taken back in one transaction."""


def reverse(  # noqa: PLR0913 - by keyword
    store: Store, connection: Connection, decision: str,
    *, by: str, batch: str | None = None, made: Decision | None = None,
) -> Enforcement | None:  # fmt: skip
    """Undo what a decision asked for, in the caller's transaction: effects, strikes, what waits.

    What other decisions ask for stays. A decision that is undone already is left alone. The
    reversal is a decision itself, which revises the other; author and reporters are told.

    Args:
        store: Its clock.
        connection: The transaction.
        decision: The id of the decision.
        by: Who takes it back, such as the person who decided an appeal.
        batch: The batch that is reverted, where a whole one is.
        made: The decision that it is taken back by, where the caller records one.

    Returns: What the feature is told; None where nothing changes for it.
    """
    reason = "reversed" if batch is None else "reverted"
    about = select(standing.c.feature, standing.c.item).where(standing.c.decision == decision)
    found = connection.execute(about).first()
    key = None if found is None else (found.feature, found.item)
    book = Book(store, connection, [] if key is None else [key])
    store.strikes.undo(connection, decision=decision, by=by)
    demand = None if key is None else book.page(key).demands[decision]
    if key is None or demand is None or demand.state == REVERSED:
        return None
    revokes = _take_back(book, key, decision)
    was = book.last(key, demand.revision)
    book.change(attrs.evolve(demand, state=REVERSED))
    left = book.outlook(key, demand.revision)
    new = made or _decision(demand, left, store.now())
    told = book.tell(demand, was, Occasion(
        reason=reason, batch=batch, revokes=revokes, decision=new.id, revises=decision,
        automated=False,
    ))  # fmt: skip
    book.write()
    if made is None:
        new = attrs.evolve(new, notice=None if told is None else told.notice)
        how = {"by": by, "batch": batch, "author": demand.author}
        record(store, connection, [new], revises={new.id: decision}, how=how)
    tell_reporters(store, connection, decision, new.id)
    store.audit(connection, "reversed", subject=decision, by=by, reason=reason, decision=new.id)
    return told


def _take_back(book: Book, key: Key, decision: str) -> str | None:
    """Void what waits of a decision; return the id of what the feature was told already."""
    revokes = None
    for told, state in [*book.page(key).told]:
        if told.decision == decision and state == WAITING:
            book.void(key, told)
        elif told.decision == decision:
            revokes = told.id
    return revokes


def _decision(undone: Demand, left: Outlook, at: datetime) -> Decision:
    """The decision that a reversal is; a hold that is left is another's, and so is its case."""
    return Decision(
        action=left.action, id=new_id()[:24], item=undone.item, revision=undone.revision,
        feature=undone.feature, stage=undone.stage, effects=left.effects, at=at,
    )  # fmt: skip


def revert(store: Store, batch: str, *, by: str) -> int:
    """Take back everything that a batch did; return how many decisions it was.

    Begun again where it was interrupted; asked again once it is done, it does nothing. Raises
    UnknownNameError for a batch that there is not.
    """
    with store.read() as connection:
        known = connection.execute(select(batches.c.id).where(batches.c.id == batch)).first()
    if known is None:
        raise UnknownNameError(
            "There is no batch with that id; handrail batches list shows which there are"
        )
    columns = standing.c.decision, standing.c.feature, standing.c.item
    stands = select(*columns).where(standing.c.batch == batch, standing.c.state == STANDS)
    undone = 0
    while True:
        with store.write() as connection:
            rows = connection.execute(stands.limit(PAGE)).all()
            lock_items(connection, [(row.feature, row.item) for row in rows])
            page = [row.decision for row in rows]
            for decision in page:
                reverse(store, connection, decision, by=by, batch=batch)
            undone += len(page)
            if not page:
                _end(store, connection, batch, by=by, undone=undone)
                return undone


def _end(store: Store, connection: Connection, batch: str, *, by: str, undone: int) -> None:
    """Note that a batch was taken back, unless that is noted and nothing came on top of it."""
    ended = update(batches).where(batches.c.id == batch)
    if not undone:
        ended = ended.where(batches.c.state != REVERTED)
    changed = connection.execute(ended.values(state=REVERTED, ended_at=store.now())).rowcount
    if changed:
        store.audit(connection, "batch_reverted", subject=batch, by=by, decisions=undone)
