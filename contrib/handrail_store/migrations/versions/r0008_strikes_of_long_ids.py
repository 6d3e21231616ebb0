"""Strikes of ids so long that no index of PostgreSQL has room for two of them."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Find a strike by its item, and have the lock of the item keep it one."""
    with op.batch_alter_table("strikes") as batch:
        batch.drop_constraint("uq_strikes_actor_issue_feature_item", type_="unique")
    op.create_index("ix_strikes_feature_item", "strikes", ["feature", "item"])
