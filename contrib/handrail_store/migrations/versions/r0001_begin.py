"""The first schema."""

from __future__ import annotations

from handrail_store.migrations.begin import keep, people, record, reports, work

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table, and its indexes."""
    for topic in (record, people, reports, work, keep):
        for step in topic.STEPS:
            step()
