"""The first schema: every table there is, as the tables say themselves."""

from __future__ import annotations

from alembic import op

from handrail_store._schema import METADATA

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table."""
    METADATA.create_all(op.get_bind(), checkfirst=False)
