"""Appeals are unique, and items know their author's language."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

appeals = sa.table(
    "appeals",
    *(sa.column(name) for name in ("id", "actor", "report", "case", "decision", "made_at")),
    sa.column("decided_at"),
)
cases = sa.table(
    "cases", *(sa.column(name) for name in ("id", "appeal", "state", "closed_at", "opened_at"))
)


def upgrade() -> None:
    """Go a step on."""
    op.add_column("items", sa.Column("author_language", sa.String(35)))
    op.create_index("ix_dead_died_at", "dead", ["died_at"])
    _join_doubles()
    with op.batch_alter_table("appeals") as batch:
        batch.drop_constraint("uq_appeals_decision_actor_report", type_="unique")
    _index("ix_appeals_decided_at", ["decided_at"], "decided_at IS NOT NULL", unique=False)
    _index("uq_appeals_author", ["decision", "actor"], "report IS NULL")
    _index("uq_appeals_report", ["decision", "report"], "report IS NOT NULL")


def _index(name: str, columns: list[str], where: str, *, unique: bool = True) -> None:
    only = sa.text(where)
    op.create_index(
        name, "appeals", columns, unique=unique, sqlite_where=only, postgresql_where=only
    )


def _join_doubles() -> None:
    """Of appeals that came twice at once, the one that was decided stands, or the first."""
    connection = op.get_bind()
    order = appeals.c.decided_at.is_(None), appeals.c.made_at, appeals.c.id
    kept: dict[tuple[str, str, str], str] = {}
    for row in connection.execute(sa.select(appeals).order_by(*order)).mappings().all():
        key = (row["decision"], row["report"] or "", "" if row["report"] else row["actor"] or "")
        first = kept.setdefault(key, row["id"])
        if first == row["id"]:
            continue
        connection.execute(sa.delete(appeals).where(appeals.c.id == row["id"]))
        mine = sa.update(cases).where(cases.c.appeal == row["id"])
        connection.execute(mine.values(appeal=first))
        idle = sa.update(cases).where(cases.c.id == row["case"], cases.c.state == "open")
        connection.execute(idle.values(state="cancelled", closed_at=cases.c.opened_at))
