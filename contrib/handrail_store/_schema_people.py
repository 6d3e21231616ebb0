"""Tables of what people said and decided: reports, cases, strikes, tags, approvals."""

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
    UniqueConstraint,
    text,
)

from handrail_store._types import METADATA, HostId, Moment, OwnId, Structure, Word

reports = Table(
    "reports",
    METADATA,
    Column("id", OwnId, primary_key=True),
    Column("host_id", HostId, nullable=False),
    Column("feature", Word, nullable=False),
    Column("item", HostId, nullable=False),
    Column("revision", Integer),
    Column("source", Word, nullable=False),
    Column("reporter", HostId),
    Column("issue", Word),
    Column("sealed", LargeBinary),
    Column("received_at", Moment, nullable=False),
    Column("deadline", Moment),
    Column("priority", Float, nullable=False, server_default=text("0")),
    Column("state", Word, nullable=False),
    Column("case", OwnId),
    Column("duplicate_of", OwnId),
    Column("decision", OwnId),
    Column("decided_at", Moment),
    Column("receipt_at", Moment),
    Column("answered_at", Moment),
    Column("complaint_at", Moment),
    UniqueConstraint("feature", "host_id"),
    Index(None, "feature", "item"),
    Index(None, "reporter", "received_at"),
    Index(None, "state", "priority"),
    Index(None, "case"),
)
"""One row a report: ``received``, ``clustered``, ``acted_on``, ``not_acted_on``, ``set_aside``.

``sealed`` is what the reporter wrote, their name and address, and the places they gave.
"""

reporters = Table(
    "reporters",
    METADATA,
    Column("id", HostId, primary_key=True),
    Column("upheld", Float, nullable=False, server_default=text("0")),
    Column("rejected", Float, nullable=False, server_default=text("0")),
    Column("as_of", Moment, nullable=False),
    Column("warned_at", Moment),
    Column("suspended_until", Moment),
)
"""What is remembered of who reports: decayed counts as of a moment, and the Art. 23 path."""

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
    Column("closed_at", Moment),
    Column("closed_by", HostId),
    Column("body", Structure, nullable=False),
    Index(None, "feature", "item", "revision"),
    Index(None, "state", "queue", "deadline"),
    Index(None, "decision"),
)
"""What a person has to look at: ``open``, ``decided``, ``lapsed`` or ``cancelled``."""

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
    Column("education", Boolean, nullable=False, server_default=text("false")),
    Column("confirmed_at", Moment, nullable=False),
    Column("confirmed_by", HostId, nullable=False),
    Column("undone_at", Moment),
    Column("undone_by", HostId),
    UniqueConstraint("actor", "issue", "feature", "item"),
    Index(None, "actor", "confirmed_at"),
)
"""Confirmed violations, once per issue and item; one undone stays, and counts no more."""

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
)
"""What a person let pass: bound to item, revision, issue and the deciding rule's own hash."""
