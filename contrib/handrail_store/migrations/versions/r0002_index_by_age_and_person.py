"""Indexes for what is purged by age, erased by person, or asked for by rule or sweep."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

PLAIN = (
    ("strikes", "confirmed_at"),
    ("enforcements", "made_at"),
    ("standing", "made_at"),
    ("replies", "made_at"),
)

WHERE_KNOWN: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("decisions", ("decided_by", "at")),
    ("decisions", ("batch",)),
    ("cases", ("author",)),
    ("cases", ("closed_at",)),
    ("enforcements", ("author",)),
    ("standing", ("author",)),
    ("reports", ("decided_at",)),
    ("replies", ("reporter",)),
)


def upgrade() -> None:
    """Make the indexes; on large tables writers wait meanwhile."""
    for table, column in PLAIN:
        op.create_index(f"ix_{table}_{column}", table, [column])
    for table, names in WHERE_KNOWN:
        known = sa.text(f"{names[0]} IS NOT NULL")
        index = f"ix_{table}_{'_'.join(names)}"
        op.create_index(index, table, [*names], sqlite_where=known, postgresql_where=known)
