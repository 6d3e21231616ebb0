"""What processes share, replies that come again, and indexes for what is asked often or erased.

The first schema had some of it for a while before it was released: what is there is left alone.
"""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

from handrail_store.migrations.begin.types import MOMENT, OWN_ID

revision = "0004"
down_revision = "0003"

STRIKES = "actor", "confirmed_at", "issue", "weight", "half_life_s", "education", "undone_at"

NAMED: tuple[tuple[str, str, tuple[str, ...], str], ...] = (
    ("ix_items_named", "items", ("feature", "item", "revision"), "recipients IS NOT NULL"),
    ("ix_decisions_said", "decisions", ("id",), "body IS NOT NULL"),
)  # fmt: skip

OVER = (
    """
    UPDATE enforcements SET state = 'overtaken' WHERE state = 'failed' AND EXISTS
    (SELECT 1 FROM enforcements AS later WHERE later.feature = enforcements.feature
    AND later.item = enforcements.item AND later.number > enforcements.number
    AND later.state IN ('delivered', 'carried_out'))
    """,
    "UPDATE enforcements SET state = 'overtaken' WHERE state = 'delivered'",
)


def upgrade() -> None:
    """Make what is not there, and have be over what was delivered before."""
    there = sa.inspect(op.get_bind())
    tables: dict[str, Callable[[], None]] = {
        "http_rates": _make_http_rates, "http_answers": _make_http_answers, "leases": _make_leases,
    }  # fmt: skip
    for name, make in tables.items():
        if not there.has_table(name):
            make()
    known = {index["name"] for index in there.get_indexes("approvals")}
    for column in ("at", "undone_at"):
        if f"ix_approvals_{column}" not in known:
            op.create_index(f"ix_approvals_{column}", "approvals", [column])
    for name, table, columns, where in NAMED:
        only = sa.text(where)
        op.create_index(name, table, [*columns], sqlite_where=only, postgresql_where=only)
    op.create_index("ix_strikes_of", "strikes", [*STRIKES])
    op.drop_index("ix_strikes_actor_confirmed_at", "strikes")
    _tell_again()
    # Nobody had to acknowledge it: years of it would be delivered again, and then have failed.
    for statement in OVER:
        op.execute(statement)


def _make_http_rates() -> None:
    op.create_table(
        "http_rates",
        sa.Column("key", OWN_ID, nullable=False),
        sa.Column("tokens", sa.Float(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_http_rates"),
    )


def _make_http_answers() -> None:
    op.create_table(
        "http_answers",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("status", sa.Integer()),
        sa.Column("body", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("name", name="pk_http_answers"),
    )
    op.create_index("ix_http_answers_until", "http_answers", ["until"])


def _make_leases() -> None:
    op.create_table(
        "leases",
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("holder", OWN_ID, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_leases"),
    )
    op.create_index("ix_leases_until", "leases", ["until"])


def _tell_again() -> None:
    """Have a reply be about a decision as well: a report may be answered by more than one."""
    none = sa.Column("outcome", OWN_ID, server_default=sa.text("''"), nullable=False)
    with op.batch_alter_table("replies") as batch:
        batch.add_column(none)
    with op.batch_alter_table("replies") as batch:
        batch.drop_constraint("pk_replies", type_="primary")
        batch.create_primary_key("pk_replies", ["about", "kind", "outcome"])
