"""What ends by itself: holds that nobody answered, and effects in time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from handrail import Action
from handrail_store._book import Book, Occasion
from handrail_store._cases import lapse_cases
from handrail_store._schema import standing
from handrail_store._standing import STANDS
from handrail_store._types import Moment

if TYPE_CHECKING:
    from handrail_store._store import Store

MOST = 100
"""How much ends in one transaction."""

_DUE = (
    select(standing.c.feature, standing.c.item)
    .where(standing.c.ends_at <= bindparam("now", type_=Moment()), standing.c.state == STANDS)
    .limit(MOST)
)


def end_due(store: Store) -> int:
    """End what is over by the store's clock, and have features told; return how much there was.

    A HOLD becomes what it says (``otherwise``); an effect whose time is over is dropped.
    """
    now = store.now()
    with store.read() as connection:
        keys = [(feature, item) for feature, item in connection.execute(_DUE, {"now": now}).all()]
    if not keys:
        return 0
    ended = 0
    with store.write() as connection:
        book = Book(store, connection, keys)
        lapsed = []
        for key in sorted(set(keys)):
            for demand in [*book.page(key).demands.values()]:
                if demand.ends_at is not None and demand.ends_at <= now:
                    was, left = book.last(key, demand.revision), demand.after(now)
                    book.change(left)
                    book.tell(left, was, Occasion(reason="ended"))
                    ended += 1
                    if demand.action is Action.HOLD and left.action is not Action.HOLD:
                        lapsed.append(demand.decision)
        book.write()
        lapse_cases(connection, lapsed, "hold_ended", now)
    return ended
