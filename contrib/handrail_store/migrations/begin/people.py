"""Tables of what people decided, as they first were."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from handrail_store.migrations.begin.types import HOST_ID, MOMENT, OWN_ID, STRUCTURE, WORD


def make_cases() -> None:
    """Make the table ``cases``."""
    op.create_table(
        "cases",
        sa.Column("id", OWN_ID, nullable=False),
        sa.Column("feature", WORD, nullable=False),
        sa.Column("item", HOST_ID, nullable=False),
        sa.Column("revision", sa.Integer()),
        sa.Column("target", WORD, nullable=False),
        sa.Column("author", HOST_ID),
        sa.Column("decision", OWN_ID, nullable=False),
        sa.Column("queue", WORD, nullable=False),
        sa.Column("issue", WORD),
        sa.Column("state", WORD, nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("deadline", MOMENT),
        sa.Column("priority", sa.Float(), server_default=sa.text("0"), nullable=False),
        sa.Column("reports", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("suspicion", sa.Float(), server_default=sa.text("0"), nullable=False),
        sa.Column("appeal", OWN_ID),
        sa.Column("outcome", OWN_ID),
        sa.Column("closed_at", MOMENT),
        sa.Column("closed_by", HOST_ID),
        sa.Column("sealed", sa.LargeBinary()),
        sa.Column("body", STRUCTURE, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
    )


def index_cases() -> None:
    """Index the table ``cases``."""
    op.create_index("ix_cases_decision", "cases", ["decision"])
    op.create_index("ix_cases_feature_item_revision", "cases", ["feature", "item", "revision"])
    op.create_index("ix_cases_state_priority", "cases", ["state", "priority"])
    op.create_index("ix_cases_state_queue_deadline", "cases", ["state", "queue", "deadline"])
    op.create_index(
        "uq_cases_open",
        "cases",
        ["feature", "item", "queue", "target"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )


def make_appeals() -> None:
    """Make the table ``appeals``."""
    op.create_table(
        "appeals",
        sa.Column("id", OWN_ID, nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("actor", HOST_ID),
        sa.Column("report", OWN_ID),
        sa.Column("case", OWN_ID, nullable=False),
        sa.Column("decision", OWN_ID, nullable=False),
        sa.Column("not_by", HOST_ID),
        sa.Column("state", WORD, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("decided_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_appeals"),
        sa.UniqueConstraint("decision", "actor", "report", name="uq_appeals_decision_actor_report"),
    )


def index_appeals() -> None:
    """Index the table ``appeals``."""
    op.create_index("ix_appeals_actor", "appeals", ["actor"])
    op.create_index("ix_appeals_case", "appeals", ["case"])


def make_strikes() -> None:
    """Make the table ``strikes``."""
    op.create_table(
        "strikes",
        sa.Column("id", OWN_ID, nullable=False),
        sa.Column("actor", HOST_ID, nullable=False),
        sa.Column("issue", WORD, nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("feature", WORD, nullable=False),
        sa.Column("item", HOST_ID, nullable=False),
        sa.Column("decision", OWN_ID),
        sa.Column("half_life_s", sa.Integer(), nullable=False),
        sa.Column("education", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=False),
        sa.Column("confirmed_by", HOST_ID, nullable=False),
        sa.Column("undone_at", MOMENT),
        sa.Column("undone_by", HOST_ID),
        sa.PrimaryKeyConstraint("id", name="pk_strikes"),
        sa.UniqueConstraint(
            "actor", "issue", "feature", "item", name="uq_strikes_actor_issue_feature_item"
        ),
    )


def index_strikes() -> None:
    """Index the table ``strikes``."""
    op.create_index("ix_strikes_actor_confirmed_at", "strikes", ["actor", "confirmed_at"])


def make_tags() -> None:
    """Make the table ``tags``."""
    op.create_table(
        "tags",
        sa.Column("kind", WORD, nullable=False),
        sa.Column("id", HOST_ID, nullable=False),
        sa.Column("tag", WORD, nullable=False),
        sa.Column("until", MOMENT),
        sa.Column("set_at", MOMENT, nullable=False),
        sa.Column("by", HOST_ID),
        sa.PrimaryKeyConstraint("kind", "id", "tag", name="pk_tags"),
    )


def index_tags() -> None:
    """Index the table ``tags``."""
    op.create_index("ix_tags_until", "tags", ["until"])


def make_approvals() -> None:
    """Make the table ``approvals``."""
    op.create_table(
        "approvals",
        sa.Column("feature", WORD, nullable=False),
        sa.Column("item", HOST_ID, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("issue", WORD, nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("by", HOST_ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("undone_at", MOMENT),
        sa.PrimaryKeyConstraint(
            "feature", "item", "revision", "issue", "rule", name="pk_approvals"
        ),
    )


STEPS = (
    make_cases,
    index_cases,
    make_appeals,
    index_appeals,
    make_strikes,
    index_strikes,
    make_tags,
    index_tags,
    make_approvals,
)
"""In this order."""
