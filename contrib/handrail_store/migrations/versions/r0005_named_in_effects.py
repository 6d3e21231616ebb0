"""Indexes of what names somebody in an effect, which erasing that person looks for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

LITE = """instr(body, '"subject":') > 0"""
POSTGRES = """strpos(body::text, '"subject":') > 0"""


def upgrade() -> None:
    """Make both."""
    for table, column in (("enforcements", "id"), ("standing", "decision")):
        op.create_index(
            f"ix_{table}_named", table, [column],
            sqlite_where=sa.text(LITE), postgresql_where=sa.text(POSTGRES),
        )  # fmt: skip
