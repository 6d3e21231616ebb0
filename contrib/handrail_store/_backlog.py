"""What waits in a store, by what it waits for: for people and scripts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, func, select

from handrail_store._intake import Waiting
from handrail_store._schema import dead, enforcements, outbox, replies

if TYPE_CHECKING:
    from handrail_store._store import Store


def backlog(store: Store) -> Mapping[str, Waiting]:
    """Count what waits in *store*, and say since when the oldest does.

    Returns:
        ``accepted``: work that no worker or broker has yet; ``enforcements``: to be delivered;
        ``unacknowledged``: delivered, and not known to be carried out; ``replies``: to those who
        reported; ``dead``: work, enforcements and replies that came to nothing.
    """
    told = enforcements.c.state
    asked: dict[str, tuple[ColumnElement[Any], ColumnElement[bool] | None]] = {
        "accepted": (outbox.c.accepted_at, None),
        "enforcements": (enforcements.c.made_at, told == "waiting"),
        "unacknowledged": (enforcements.c.delivered_at, told == "delivered"),
        "replies": (replies.c.made_at, replies.c.state == "waiting"),
        "dead": (dead.c.died_at, None),
        "failed": (enforcements.c.made_at, told == "failed"),
        "unsent": (replies.c.due_at, replies.c.state == "failed"),
    }
    found = {}
    with store.read() as connection:
        for name, (since, only) in asked.items():
            counted = select(func.count(), func.min(since))
            wanted = counted if only is None else counted.where(only)
            count, oldest = connection.execute(wanted).one()
            found[name] = Waiting(count, oldest)
    gone = [found.pop(name) for name in ("dead", "failed", "unsent")]
    oldest = min((each.oldest for each in gone if each.oldest is not None), default=None)
    return {**found, "dead": Waiting(sum(each.count for each in gone), oldest)}
