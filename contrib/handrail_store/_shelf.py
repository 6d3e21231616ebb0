"""The pages of a book: read off the database for all its items together, each kind of row once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Set
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    RowMapping,
    Select,
    func,
    null,
    select,
    type_coerce,
    union_all,
)

from handrail import Enforcement
from handrail_store._lock import lock_items
from handrail_store._page import DELIVERED, VOID, Key, Page
from handrail_store._schema import enforcements, outcomes, standing
from handrail_store._sql import among, listed
from handrail_store._standing import EVERY_REVISION, POST, Demand


class Shelf:
    """Made within a transaction, which holds the items from here on.

    Args:
        connection: The transaction. keys: Features and items. now: The time.

    Attributes:
        pages: By feature and item; what features were told is on those that were opened.
    """

    def __init__(self, connection: Connection, keys: Set[Key], now: datetime) -> None:
        self._connection, self._keys, self._now = connection, keys, now
        self._closed = set(keys)
        self.pages = defaultdict[Key, Page](Page)
        lock_items(connection, keys)
        for row in self._rows(_standing, keys):
            key = row["feature"], row["item"]
            if key in keys:
                self.pages[key].demands[row["decision"]] = Demand.from_row(row)

    def open(self, keys: Iterable[Key]) -> None:
        """Read what features were told of some items: of most nobody ever asks."""
        asked = self._closed.intersection(keys)
        self._closed -= asked
        for row in self._rows(_told, asked):
            key = row["feature"], row["item"]
            if key in asked:
                self._read(self.pages[key], row)

    def page(self, key: Key) -> Page:
        """What is known of an item."""
        if key in self._closed:
            self.open(self._keys)
        return self.pages[key]

    def _rows(
        self, wanted: Callable[[str], Select[Any] | CompoundSelect[Any]], keys: Set[Key]
    ) -> Iterable[RowMapping]:
        if not keys:
            return ()
        dialect = self._connection.dialect.name
        features, items = zip(*keys, strict=True)
        said = {"items": listed(items, dialect), "features": listed({*features}, dialect)}
        return self._connection.execute(wanted(dialect), said).mappings()

    def _read(self, page: Page, row: RowMapping) -> None:
        if row["state"] is None:
            page.newest = min(row["number"], EVERY_REVISION)
            return
        page.number = row["number"]
        if row["state"] != VOID:
            free = row["claimed_until"] is None or row["claimed_until"] <= self._now
            state = row["state"] if free else DELIVERED
            page.told.append((Enforcement.from_json(row["body"]), state))


@cache
def _standing(dialect: str) -> Select[Any]:
    return select(standing).where(*_of(standing.c, dialect)).order_by(standing.c.made_at)


@cache
def _told(dialect: str) -> CompoundSelect[Any]:
    """What features were told; and of each item, without a state, the newest revision worked."""
    told, had = enforcements.c, outcomes.c
    named = "feature", "item", "number", "state", "claimed_until", "body"
    newest = func.coalesce(func.max(had.revision), -1)
    empty = [type_coerce(null(), told[name].type).label(name) for name in named[3:]]
    worked = select(had.feature, had.item, newest.label("number"), *empty)
    worked = worked.where(*_of(had, dialect), had.stage == POST).group_by(had.feature, had.item)
    of = select(*(told[name] for name in named)).where(*_of(told, dialect))
    return union_all(of, worked).order_by("number")


def _of(columns: Any, dialect: str) -> tuple[ColumnElement[bool], ...]:
    return among(columns.item, dialect, "items"), among(columns.feature, dialect, "features")
