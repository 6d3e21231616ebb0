"""What becomes of the work for an item that its author or the host took back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete, select

from handrail import HostEvent
from handrail_store._book import Book
from handrail_store._cases import cancel_cases
from handrail_store._schema import outbox, outcomes
from handrail_store._sql import insert_new
from handrail_store._standing import EVERY_REVISION, GONE, Demand
from handrail_store._types import new_id
from handrail_store._work import CANCELLED

if TYPE_CHECKING:
    from handrail_store._store import Store


def cancel(store: Store, connection: Connection, event: HostEvent) -> None:
    """Cancel what waits for an item that is gone, and what was to reach the feature.

    Reports of it are worked all the same: that it is gone does not undo what it was.
    """
    feature, item, revision, at = event.feature, event.item, event.revision, event.at
    last = EVERY_REVISION if revision is None else min(revision, EVERY_REVISION)
    book = Book(store, connection, [(feature, item)])
    book.take_back((feature, item))
    book.stand(Demand(
        decision=new_id(), feature=feature, item=item, revision=last, stage=GONE, made_at=at
    ))  # fmt: skip
    book.write()
    cancel_cases(connection, feature, item, at)
    waiting = select(outbox).where(
        outbox.c.feature == feature, outbox.c.item == item, outbox.c.stage == "post_publish",
        outbox.c.revision <= last,
    )  # fmt: skip
    rows = connection.execute(waiting).mappings().all()
    if not rows:
        return
    named = ("key", "feature", "stage", "item", "revision", "accepted_at")
    ended = [{**{n: row[n] for n in named}, "kind": CANCELLED, "at": at} for row in rows]
    connection.execute(insert_new(connection.dialect.name, outcomes), ended)
    connection.execute(delete(outbox).where(outbox.c.key.in_([row["key"] for row in rows])))
