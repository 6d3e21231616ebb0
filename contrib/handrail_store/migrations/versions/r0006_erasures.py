"""What erasing a person had to leave until a hold or an order is over; how old reporters are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from handrail_store.migrations.begin.types import HOST_ID, MOMENT, WORD

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the table, and an index for purging."""
    op.create_table(
        "erasures",
        sa.Column("actor", HOST_ID, nullable=False),
        sa.Column("feature", WORD, nullable=False),
        sa.Column("item", HOST_ID, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("by", HOST_ID, nullable=False),
        sa.Column("kept_until", MOMENT),
        sa.PrimaryKeyConstraint("actor", "feature", "item", name="pk_erasures"),
    )
    op.create_index("ix_erasures_feature_item", "erasures", ["feature", "item"])
    op.create_index("ix_reporters_as_of", "reporters", ["as_of"])
