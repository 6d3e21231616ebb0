"""How old reports are that nobody looked at, which are purged by age."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the index; on large tables writers wait meanwhile."""
    only = sa.text("state = 'set_aside'")
    op.create_index(
        "ix_reports_set_aside", "reports", ["state", "received_at"],
        sqlite_where=only, postgresql_where=only,
    )  # fmt: skip
