"""Tables of the house itself, as they first were."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from handrail_store.migrations.begin.types import HOST_ID, MOMENT, OWN_ID, SERIAL, STRUCTURE, WORD


def make_audit() -> None:
    """Make the table ``audit``."""
    op.create_table(
        "audit",
        sa.Column("number", SERIAL, autoincrement=True, nullable=False),
        sa.Column("id", OWN_ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("what", WORD, nullable=False),
        sa.Column("by", HOST_ID),
        sa.Column("subject", sa.String(length=600), nullable=False),
        sa.Column("body", STRUCTURE, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit"),
        sa.UniqueConstraint("id", name="uq_audit_id"),
    )


def make_audit_chain() -> None:
    """Make the table ``audit_chain``."""
    op.create_table(
        "audit_chain",
        sa.Column("link", SERIAL, autoincrement=False, nullable=False),
        sa.Column("entry", OWN_ID, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("link", name="pk_audit_chain"),
        sa.UniqueConstraint("entry", name="uq_audit_chain_entry"),
    )


def make_bundles() -> None:
    """Make the table ``bundles``."""
    op.create_table(
        "bundles",
        sa.Column("revision", sa.String(length=64), nullable=False),
        sa.Column("first_seen", MOMENT, nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("revision", name="pk_bundles"),
    )


def make_caps() -> None:
    """Make the table ``caps``."""
    op.create_table(
        "caps",
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("rule", sa.String(length=256), nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("tripped_at", MOMENT),
        sa.Column("confirmed_at", MOMENT),
        sa.Column("confirmed_by", HOST_ID),
        sa.PrimaryKeyConstraint("mark", name="pk_caps"),
    )


def make_counters() -> None:
    """Make the table ``counters``."""
    op.create_table(
        "counters",
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_counters"),
    )


def make_api_keys() -> None:
    """Make the table ``api_keys``."""
    op.create_table(
        "api_keys",
        sa.Column("id", OWN_ID, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("name", WORD, nullable=False),
        sa.Column("body", STRUCTURE, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT),
        sa.Column("revoked_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
        sa.UniqueConstraint("hash", name="uq_api_keys_hash"),
    )


def make_legal_holds() -> None:
    """Make the table ``legal_holds``."""
    op.create_table(
        "legal_holds",
        sa.Column("kind", WORD, nullable=False),
        sa.Column("id", HOST_ID, nullable=False),
        sa.Column("reason", sa.String(length=256), nullable=False),
        sa.Column("by", HOST_ID, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("until", MOMENT),
        sa.PrimaryKeyConstraint("kind", "id", name="pk_legal_holds"),
    )


def index_legal_holds() -> None:
    """Index the table ``legal_holds``."""
    op.create_index("ix_legal_holds_until", "legal_holds", ["until"])


STEPS = (
    make_audit,
    make_audit_chain,
    make_bundles,
    make_caps,
    make_counters,
    make_api_keys,
    make_legal_holds,
    index_legal_holds,
)
"""In this order."""
