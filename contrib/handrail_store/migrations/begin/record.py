"""Tables of the record, as they first were."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from handrail_store.migrations.begin.types import HOST_ID, MOMENT, OWN_ID, STRUCTURE, WORD


def make_decisions() -> None:
    """Make the table ``decisions``."""
    op.create_table(
        "decisions",
        sa.Column("id", OWN_ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("feature", WORD, nullable=False),
        sa.Column("stage", WORD, nullable=False),
        sa.Column("item", HOST_ID, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("author", HOST_ID),
        sa.Column("action", sa.String(length=8), nullable=False),
        sa.Column("decided_by", sa.String(length=256)),
        sa.Column("issue", WORD),
        sa.Column("policy", sa.Text),
        sa.Column("policy_revision", sa.Text),
        sa.Column("bundle", sa.Text),
        sa.Column("final", sa.Boolean(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("degraded", sa.Boolean(), nullable=False),
        sa.Column("revises", OWN_ID),
        sa.Column("by", HOST_ID),
        sa.Column("batch", OWN_ID),
        sa.Column("trace", sa.String(length=32)),
        sa.Column("latency_us", sa.BigInteger(), nullable=False),
        sa.Column("plan", sa.String(length=64)),
        sa.Column("body", STRUCTURE),
        sa.PrimaryKeyConstraint("id", name="pk_decisions"),
    )


def index_decisions() -> None:
    """Index the table ``decisions``."""
    op.create_index("ix_decisions_at", "decisions", ["at"])
    op.create_index("ix_decisions_author_at", "decisions", ["author", "at"])
    op.create_index(
        "ix_decisions_feature_item_revision", "decisions", ["feature", "item", "revision"]
    )


def make_plans() -> None:
    """Make the table ``plans``."""
    op.create_table(
        "plans",
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("first_seen", MOMENT, nullable=False),
        sa.Column("body", STRUCTURE, nullable=False),
        sa.PrimaryKeyConstraint("mark", name="pk_plans"),
    )


def make_findings() -> None:
    """Make the table ``findings``."""
    op.create_table(
        "findings",
        sa.Column("decision", OWN_ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("feature", WORD, nullable=False),
        sa.Column("module", WORD, nullable=False),
        sa.Column("issue", WORD, nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("decision", "number", name="pk_findings"),
    )


def index_findings() -> None:
    """Index the table ``findings``."""
    op.create_index("ix_findings_at", "findings", ["at"])
    op.create_index("ix_findings_issue_at", "findings", ["issue", "at"])


def make_items() -> None:
    """Make the table ``items``."""
    op.create_table(
        "items",
        sa.Column("feature", WORD, nullable=False),
        sa.Column("item", HOST_ID, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("author", HOST_ID),
        sa.Column("parent", HOST_ID),
        sa.Column("thread", HOST_ID),
        sa.Column("session", HOST_ID),
        sa.Column("recipients", STRUCTURE),
        sa.Column("language", sa.String(length=35)),
        sa.Column("region", sa.String(length=8)),
        sa.Column("author_region", sa.String(length=8)),
        sa.Column("author_age", sa.Integer()),
        sa.Column("visibility", WORD),
        sa.Column("made_at", MOMENT),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("published_at", MOMENT),
        sa.Column("withdrawn_at", MOMENT),
        sa.PrimaryKeyConstraint("feature", "item", "revision", name="pk_items"),
    )


def index_items() -> None:
    """Index the table ``items``."""
    op.create_index("ix_items_author_seen_at", "items", ["author", "seen_at"])
    op.create_index("ix_items_seen_at", "items", ["seen_at"])
    op.create_index(
        "ix_items_thread",
        "items",
        ["thread"],
        sqlite_where=sa.text("thread IS NOT NULL"),
        postgresql_where=sa.text("thread IS NOT NULL"),
    )


def make_snapshots() -> None:
    """Make the table ``snapshots``."""
    op.create_table(
        "snapshots",
        sa.Column("id", OWN_ID, nullable=False),
        sa.Column("feature", WORD, nullable=False),
        sa.Column("item", HOST_ID, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("author", HOST_ID),
        sa.Column("reason", WORD, nullable=False),
        sa.Column("decision", OWN_ID),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("keep_until", MOMENT, nullable=False),
        sa.Column("preserve_until", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_snapshots"),
    )


def index_snapshots() -> None:
    """Index the table ``snapshots``."""
    op.create_index("ix_snapshots_author", "snapshots", ["author"])
    op.create_index(
        "ix_snapshots_feature_item_revision", "snapshots", ["feature", "item", "revision"]
    )
    op.create_index("ix_snapshots_keep_until", "snapshots", ["keep_until"])


def make_views() -> None:
    """Make the table ``views``."""
    op.create_table(
        "views",
        sa.Column("feature", WORD, nullable=False),
        sa.Column("item", HOST_ID, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("segment", WORD, nullable=False),
        sa.Column("hour", MOMENT, nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("feature", "item", "revision", "segment", "hour", name="pk_views"),
    )


def index_views() -> None:
    """Index the table ``views``."""
    op.create_index("ix_views_hour", "views", ["hour"])


def make_events() -> None:
    """Make the table ``events``."""
    op.create_table(
        "events",
        sa.Column("id", OWN_ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("name", WORD, nullable=False),
        sa.Column("feature", WORD, nullable=False),
        sa.Column("item", HOST_ID, nullable=False),
        sa.Column("revision", sa.Integer()),
        sa.Column("decision", OWN_ID),
        sa.Column("body", STRUCTURE, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
    )


def index_events() -> None:
    """Index the table ``events``."""
    op.create_index("ix_events_at", "events", ["at"])
    op.create_index("ix_events_feature_item", "events", ["feature", "item"])


STEPS = (
    make_decisions,
    index_decisions,
    make_plans,
    make_findings,
    index_findings,
    make_items,
    index_items,
    make_snapshots,
    index_snapshots,
    make_views,
    index_views,
    make_events,
    index_events,
)
"""In this order."""
