"""Tables of what people decide: cases, appeals, strikes, tags, approvals."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    text,
)

from handrail_store._types import METADATA, HostId, Moment, OwnId, Structure, Word, where_known

cases = Table(
    "cases",
    METADATA,
    Column("id", OwnId, primary_key=True),
    Column("feature", Word, nullable=False),
    Column("item", HostId, nullable=False),
    Column("revision", Integer),
    Column("target", Word, nullable=False),
    Column("author", HostId),
    Column("decision", OwnId, nullable=False),
    Column("queue", Word, nullable=False),
    Column("issue", Word),
    Column("state", Word, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("deadline", Moment),
    Column("priority", Float, nullable=False, server_default=text("0")),
    Column("reports", Integer, nullable=False, server_default=text("0")),
    Column("suspicion", Float, nullable=False, server_default=text("0")),
    Column("appeal", OwnId),
    Column("outcome", OwnId),
    Column("closed_at", Moment),
    Column("closed_by", HostId),
    Column("sealed", LargeBinary),
    Column("body", Structure, nullable=False),
    Index(None, "feature", "item", "revision"),
    Index(None, "state", "queue", "deadline"),
    Index(None, "state", "priority"),
    Index(None, "decision"),
    where_known("author"),
    where_known("closed_at"),
    Index(
        "uq_cases_open", "feature", "item", "queue", "target", unique=True,
        sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'"),
    ),
)  # fmt: skip
"""What a person has to look at: ``open``, ``decided``, ``lapsed`` or ``cancelled``.

``decision`` is what asked for it, ``outcome`` what the person decided, ``appeal`` the appeal it is
about, ``sealed`` the reason that the person gave.
"""

appeals = Table(
    "appeals",
    METADATA,
    Column("id", OwnId, primary_key=True),
    Column("kind", Word, nullable=False),
    Column("actor", HostId),
    Column("report", OwnId),
    Column("case", OwnId, nullable=False),
    Column("decision", OwnId, nullable=False),
    Column("not_by", HostId),
    Column("state", Word, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("decided_at", Moment),
    Index(None, "actor"),
    Index(None, "case"),
    where_known("decided_at"),
    Index(
        "uq_appeals_author", "decision", "actor", unique=True,
        sqlite_where=text("report IS NULL"), postgresql_where=text("report IS NULL"),
    ),
    Index(
        "uq_appeals_report", "decision", "report", unique=True,
        sqlite_where=text("report IS NOT NULL"), postgresql_where=text("report IS NOT NULL"),
    ),
)  # fmt: skip
"""What people say against a decision (DSA Art. 20): ``open``, ``won``, ``lost``.

``kind`` is ``author``, or ``reporter`` where nothing was done about a report. ``case`` is the new
case, ``not_by`` who decided before and so may not decide again. An author appeals a decision once,
and it is complained about once for each report.
"""

strikes = Table(
    "strikes",
    METADATA,
    Column("id", OwnId, primary_key=True),
    Column("actor", HostId, nullable=False),
    Column("issue", Word, nullable=False),
    Column("weight", Float, nullable=False),
    Column("feature", Word, nullable=False),
    Column("item", HostId, nullable=False),
    Column("decision", OwnId),
    Column("half_life_s", Integer, nullable=False),
    Column("education", Boolean, nullable=False, server_default=text("false")),
    Column("confirmed_at", Moment, nullable=False),
    Column("confirmed_by", HostId, nullable=False),
    Column("undone_at", Moment),
    Column("undone_by", HostId),
    Index(None, "feature", "item"),
    Index(None, "confirmed_at"),
    Index(  # All that a call asks for: a row by itself may be anywhere on the disk.
        "ix_strikes_of", "actor", "confirmed_at", "issue", "weight", "half_life_s", "education",
        "undone_at",
    ),
)  # fmt: skip
"""Confirmed violations, once per issue and item; one undone stays, and counts no more.

No key says that there is one: PostgreSQL has no room for two long ids in an index. Whoever confirms
holds the item.
"""

tags = Table(
    "tags",
    METADATA,
    Column("kind", Word, nullable=False),
    Column("id", HostId, nullable=False),
    Column("tag", Word, nullable=False),
    Column("until", Moment),
    Column("set_at", Moment, nullable=False),
    Column("by", HostId),
    PrimaryKeyConstraint("kind", "id", "tag"),
    Index(None, "until"),
)
"""State on an ``actor``, ``item``, ``thread`` or ``session``; gone when its time is over."""

approvals = Table(
    "approvals",
    METADATA,
    Column("feature", Word, nullable=False),
    Column("item", HostId, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("issue", Word, nullable=False),
    Column("rule", String(64), nullable=False),
    Column("by", HostId, nullable=False),
    Column("at", Moment, nullable=False),
    Column("undone_at", Moment),
    PrimaryKeyConstraint("feature", "item", "revision", "issue", "rule"),
    Index(None, "at"),
    Index(None, "undone_at"),
)
"""What a person let pass: bound to item, revision, issue and the deciding rule's own hash."""
