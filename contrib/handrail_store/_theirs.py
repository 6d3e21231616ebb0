"""What is erased: whose it is, and which part of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import attrs
from sqlalchemy import Column, ColumnElement, Table

from handrail_store import _schema as t
from handrail_store._page import Key

BATCH = 500
"""Rows that are changed in one transaction, at most."""

MADE: Mapping[Table, Column[Any]] = {
    t.snapshots: t.snapshots.c.made_at, t.dead: t.dead.c.accepted_at,
    t.reports: t.reports.c.received_at, t.cases: t.cases.c.opened_at,
    t.enforcements: t.enforcements.c.made_at, t.standing: t.standing.c.made_at,
    t.strikes: t.strikes.c.confirmed_at, t.decisions: t.decisions.c.at, t.items: t.items.c.seen_at,
}  # fmt: skip
"""The tables with rows about an item that may be somebody's, and when each was made."""


@attrs.frozen
class Theirs:
    """What is erased.

    Attributes:
        actor: Whose. about: The only item that it is about; None for all that is theirs.
        until: Only what was there by then: who was erased may have come back.
    """

    actor: str
    about: Key | None = None
    until: datetime | None = None

    def among(self, table: Table) -> list[ColumnElement[bool]]:
        """The conditions that a row is about that item, and was there."""
        if self.about is None:
            return []
        feature, item = self.about
        return [table.c.feature == feature, table.c.item == item, MADE[table] <= self.until]


def whose(table: Table) -> Column[Any]:
    """The column that says whose a row is."""
    return next(table.c[name] for name in ("author", "actor", "reporter") if name in table.c)
