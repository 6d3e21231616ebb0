"""Taking back: a decision that was wrong, or everything that a sweep did."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
from sqlalchemy import Connection, select, update

from handrail import Enforcement, UnknownNameError
from handrail_store._book import WAITING, Book
from handrail_store._schema import batches, standing
from handrail_store._standing import REVERSED, STANDS, Demand

if TYPE_CHECKING:
    from handrail_store._store import Store

PAGE = 100
"""How many decisions of a batch are taken back in one transaction."""


def reverse(
    store: Store, connection: Connection, decision: str,
    *, by: str, batch: str | None = None,
) -> Enforcement | None:  # fmt: skip
    """Undo what a decision asked for, in the caller's transaction: effects, strikes, what waits.

    What other decisions ask for stays. A decision that is undone already is left alone.

    Args:
        store: Its clock.
        connection: The transaction.
        decision: The id of the decision.
        by: Who takes it back, such as the person who decided an appeal.
        batch: The batch that is reverted, where a whole one is.

    Returns: What the feature is told; None where nothing changes for it.
    """
    reason = "reversed" if batch is None else "reverted"
    store.strikes.undo(connection, decision=decision, by=by)
    row = connection.execute(select(standing).where(standing.c.decision == decision)).mappings()
    found = row.first()
    if found is None or found["state"] == REVERSED:
        return None
    key = found["feature"], found["item"]
    book = Book(store, connection, [key])
    demand = book.page(key).demands[decision]
    revokes = None
    for told, state in [*book.page(key).told]:
        if told.decision == decision and state == WAITING:
            book.void(key, told)
        elif told.decision == decision:
            revokes = told.id
    was = book.last(key, demand.revision)
    book.change(_reversed(demand))
    made = book.tell(demand, was, reason=reason, batch=batch, revokes=revokes)
    book.write()
    store.audit(connection, "reversed", subject=decision, by=by, reason=reason)
    return made


def _reversed(demand: Demand) -> Demand:
    return attrs.evolve(demand, state=REVERSED)


def revert(store: Store, batch: str, *, by: str) -> int:
    """Take back everything that a batch did; return how many decisions it was.

    Begun again where it was interrupted. Raises UnknownNameError for a batch that there is not.
    """
    with store.read() as connection:
        known = connection.execute(select(batches.c.id).where(batches.c.id == batch)).first()
    if known is None:
        raise UnknownNameError("There is no batch with that id; enforcements bear theirs")
    stands = select(standing.c.decision).where(
        standing.c.batch == batch, standing.c.state == STANDS
    )
    undone = 0
    while True:
        with store.write() as connection:
            page = connection.execute(stands.limit(PAGE)).scalars().all()
            for decision in page:
                reverse(store, connection, decision, by=by, batch=batch)
            undone += len(page)
            if not page:
                ended = update(batches).where(batches.c.id == batch)
                connection.execute(ended.values(state="reverted", ended_at=store.now()))
                store.audit(connection, "batch_reverted", subject=batch, by=by, decisions=undone)
                return undone
