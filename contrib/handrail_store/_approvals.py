"""What people let pass, as policies ask for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from handrail import Item
from handrail_store._schema import approvals

if TYPE_CHECKING:
    from handrail_store._store import Store


class StoredApprovals:
    """Looks up what a person let pass: item, revision, issue and the rule's own hash."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def approved(self, item: Item, issue: str, rule: str) -> bool:
        """Return whether a person let this pass under the rule with that hash."""
        wanted = select(approvals.c.at).where(
            approvals.c.item == item.id,
            approvals.c.revision == item.revision,
            approvals.c.issue == issue,
            approvals.c.rule == rule,
            approvals.c.undone_at.is_(None),
        )
        with self._store.read() as connection:
            return connection.execute(wanted.limit(1)).first() is not None
