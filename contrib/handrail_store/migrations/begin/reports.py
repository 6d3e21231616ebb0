"""Tables of reports, as they first were."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from handrail_store.migrations.begin.types import HOST_ID, MOMENT, OWN_ID, STRUCTURE, WORD


def make_reports() -> None:
    """Make the table ``reports``."""
    op.create_table(
        "reports",
        sa.Column("id", OWN_ID, nullable=False),
        sa.Column("host_id", HOST_ID, nullable=False),
        sa.Column("feature", WORD, nullable=False),
        sa.Column("item", HOST_ID, nullable=False),
        sa.Column("revision", sa.Integer()),
        sa.Column("source", WORD, nullable=False),
        sa.Column("order", WORD),
        sa.Column("reporter", HOST_ID),
        sa.Column("issue", WORD, nullable=False),
        sa.Column("missing", STRUCTURE, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("deadline", MOMENT),
        sa.Column("credibility", sa.Float(), server_default=sa.text("0"), nullable=False),
        sa.Column("priority", sa.Float(), server_default=sa.text("0"), nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("case", OWN_ID),
        sa.Column("same_as", OWN_ID),
        sa.Column("decision", OWN_ID, nullable=False),
        sa.Column("outcome", OWN_ID),
        sa.Column("decided_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_reports"),
        sa.UniqueConstraint("feature", "host_id", name="uq_reports_feature_host_id"),
    )


def index_reports() -> None:
    """Index the table ``reports``."""
    op.create_index("ix_reports_case_state_priority", "reports", ["case", "state", "priority"])
    op.create_index("ix_reports_feature_item_reporter", "reports", ["feature", "item", "reporter"])
    op.create_index("ix_reports_reporter_received_at", "reports", ["reporter", "received_at"])
    op.create_index("ix_reports_state_priority", "reports", ["state", "priority"])


def make_reporters() -> None:
    """Make the table ``reporters``."""
    op.create_table(
        "reporters",
        sa.Column("id", HOST_ID, nullable=False),
        sa.Column("upheld", sa.Float(), server_default=sa.text("0"), nullable=False),
        sa.Column("dismissed", sa.Float(), server_default=sa.text("0"), nullable=False),
        sa.Column("unfounded", sa.Float(), server_default=sa.text("0"), nullable=False),
        sa.Column("gravity", sa.Float(), server_default=sa.text("0"), nullable=False),
        sa.Column("bad_faith", sa.Float(), server_default=sa.text("0"), nullable=False),
        sa.Column("as_of", MOMENT, nullable=False),
        sa.Column("day", MOMENT, nullable=False),
        sa.Column("today", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("warned_at", MOMENT),
        sa.Column("suspended_until", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_reporters"),
    )


def make_replies() -> None:
    """Make the table ``replies``."""
    op.create_table(
        "replies",
        sa.Column("about", OWN_ID, nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("feature", WORD, nullable=False),
        sa.Column("reporter", HOST_ID),
        sa.Column("state", WORD, nullable=False),
        sa.Column("body", STRUCTURE, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("claimed_until", MOMENT),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("error", sa.String(length=256)),
        sa.Column("delivered_at", MOMENT),
        sa.PrimaryKeyConstraint("about", "kind", name="pk_replies"),
    )


def index_replies() -> None:
    """Index the table ``replies``."""
    op.create_index("ix_replies_state_due_at", "replies", ["state", "due_at"])


STEPS = (make_reports, index_reports, make_reporters, make_replies, index_replies)
"""In this order."""
