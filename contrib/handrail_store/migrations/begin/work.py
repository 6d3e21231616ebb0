"""Tables of the work, as they first were."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from handrail_store.migrations.begin.types import HOST_ID, MOMENT, OWN_ID, SERIAL, STRUCTURE, WORD


def make_outbox() -> None:
    """Make the table ``outbox``."""
    op.create_table(
        "outbox",
        sa.Column("number", SERIAL, autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("feature", WORD, nullable=False),
        sa.Column("stage", WORD, nullable=False),
        sa.Column("item", HOST_ID, nullable=False),
        sa.Column("revision", sa.Integer()),
        sa.Column("lane", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("carrier", STRUCTURE, nullable=False),
        sa.Column("accepted_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("claimed_by", WORD),
        sa.Column("claimed_until", MOMENT),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("error", sa.String(length=256)),
        sa.PrimaryKeyConstraint("number", name="pk_outbox"),
        sa.UniqueConstraint("key", name="uq_outbox_key"),
    )


def index_outbox() -> None:
    """Index the table ``outbox``."""
    op.create_index("ix_outbox_feature_item", "outbox", ["feature", "item"])
    op.create_index("ix_outbox_lane_number", "outbox", ["lane", "number"])


def make_outcomes() -> None:
    """Make the table ``outcomes``."""
    op.create_table(
        "outcomes",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("decision", OWN_ID),
        sa.Column("feature", WORD, nullable=False),
        sa.Column("stage", WORD, nullable=False),
        sa.Column("item", HOST_ID, nullable=False),
        sa.Column("revision", sa.Integer()),
        sa.Column("accepted_at", MOMENT, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_outcomes"),
    )


def index_outcomes() -> None:
    """Index the table ``outcomes``."""
    op.create_index("ix_outcomes_at", "outcomes", ["at"])
    op.create_index("ix_outcomes_feature_item", "outcomes", ["feature", "item"])


def make_dead() -> None:
    """Make the table ``dead``."""
    op.create_table(
        "dead",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("feature", WORD, nullable=False),
        sa.Column("stage", WORD, nullable=False),
        sa.Column("item", HOST_ID, nullable=False),
        sa.Column("revision", sa.Integer()),
        sa.Column("lane", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("carrier", STRUCTURE, nullable=False),
        sa.Column("accepted_at", MOMENT, nullable=False),
        sa.Column("died_at", MOMENT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=256), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_dead"),
    )


def make_enforcements() -> None:
    """Make the table ``enforcements``."""
    op.create_table(
        "enforcements",
        sa.Column("id", OWN_ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("feature", WORD, nullable=False),
        sa.Column("item", HOST_ID, nullable=False),
        sa.Column("revision", sa.Integer()),
        sa.Column("author", HOST_ID),
        sa.Column("decision", OWN_ID, nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("reason", WORD, nullable=False),
        sa.Column("revokes", OWN_ID),
        sa.Column("batch", OWN_ID),
        sa.Column("state", WORD, nullable=False),
        sa.Column("body", STRUCTURE, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("claimed_until", MOMENT),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("error", sa.String(length=256)),
        sa.Column("delivered_at", MOMENT),
        sa.Column("carried_out_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_enforcements"),
    )


def index_enforcements() -> None:
    """Index the table ``enforcements``."""
    op.create_index("ix_enforcements_batch", "enforcements", ["batch"])
    op.create_index("ix_enforcements_decision", "enforcements", ["decision"])
    op.create_index(
        "ix_enforcements_feature_item_number",
        "enforcements",
        ["feature", "item", "number"],
        unique=True,
    )
    op.create_index("ix_enforcements_state_due_at", "enforcements", ["state", "due_at"])


def make_standing() -> None:
    """Make the table ``standing``."""
    op.create_table(
        "standing",
        sa.Column("decision", OWN_ID, nullable=False),
        sa.Column("feature", WORD, nullable=False),
        sa.Column("item", HOST_ID, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("stage", WORD, nullable=False),
        sa.Column("author", HOST_ID),
        sa.Column("action", sa.String(length=8), nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("batch", OWN_ID),
        sa.Column("body", STRUCTURE, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT),
        sa.PrimaryKeyConstraint("decision", name="pk_standing"),
    )


def index_standing() -> None:
    """Index the table ``standing``."""
    op.create_index("ix_standing_batch", "standing", ["batch"])
    op.create_index("ix_standing_ends_at", "standing", ["ends_at"])
    op.create_index("ix_standing_item_feature", "standing", ["item", "feature"])


def make_batches() -> None:
    """Make the table ``batches``."""
    op.create_table(
        "batches",
        sa.Column("id", OWN_ID, nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("by", HOST_ID),
        sa.Column("state", WORD, nullable=False),
        sa.Column("body", STRUCTURE, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_batches"),
    )


STEPS = (
    make_outbox,
    index_outbox,
    make_outcomes,
    index_outcomes,
    make_dead,
    make_enforcements,
    index_enforcements,
    make_standing,
    index_standing,
    make_batches,
)
"""In this order."""
