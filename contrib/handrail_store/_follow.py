"""What follows from decisions that workers make: what stands now, and who has to be told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from handrail import Decision, Item, Stage
from handrail_store._book import Book, Occasion
from handrail_store._looked import Looked
from handrail_store._page import Key
from handrail_store._rows import Rows
from handrail_store._schema import standing
from handrail_store._standing import Demand
from handrail_store._work import Work

if TYPE_CHECKING:
    from handrail_store._store import Store


def follow(book: Book, decided: Looked, at: datetime) -> None:
    """Enter decisions into the *book*, in order, and have features told what is new to them.

    Args:
        book: Knows the items.
        decided: Works and their decisions.
        at: When they were made.
    """
    telling = decided.acting
    if not book.empty:  # A clean ALLOW may be the end of what stood before.
        acting = {id(made) for _, made in telling}
        telling = [
            (work, made)
            for work, made in decided.pairs
            if id(made) in acting or not book.blank(_key(work))
        ]
    demands = [
        (work, Demand.of(made, work.known, at, carrier=work.carrier)) for work, made in telling
    ]
    book.open({_key(work) for work, _ in demands})
    for work, demand in demands:
        key, revision = _key(work), demand.revision
        if work.stage is Stage.POST_PUBLISH:
            book.show(key, revision)
            book.supersede(key, revision)
        was = book.last(key, revision)
        book.add(demand, replaces=work.revises)
        late = book.page(key).newest > revision or book.gone(key, revision)
        if not late:
            book.tell(demand, was, Occasion(revises=work.revises))


def returned(store: Store, into: Rows, known: Sequence[tuple[Decision, Item | None]]) -> None:
    """Note what callers were told before publishing: it ends on time, and can be reversed."""
    now = store.now()
    made = [Demand.of(decision, item, decision.at or now) for decision, item in known]
    rows = [demand.row() for demand in made if not demand.empty]
    into.add(standing, rows)


def _key(work: Work) -> Key:
    return work.feature, work.item
