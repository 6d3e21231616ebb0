"""Tables of the record: what was looked at, what was found, what was decided."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    text,
)

from handrail_store._types import METADATA, HostId, Moment, OwnId, Structure, Word, where_known

decisions = Table(
    "decisions",
    METADATA,
    Column("id", OwnId, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("feature", Word, nullable=False),
    Column("stage", Word, nullable=False),
    Column("item", HostId, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("author", HostId),
    Column("action", String(8), nullable=False),
    Column("decided_by", String(256)),
    Column("issue", Word),
    Column("policy", Text),
    Column("policy_revision", Text),
    Column("bundle", Text),
    Column("final", Boolean, nullable=False),
    Column("complete", Boolean, nullable=False),
    Column("degraded", Boolean, nullable=False),
    Column("revises", OwnId),
    Column("by", HostId),
    Column("batch", OwnId),
    Column("trace", String(32)),
    Column("latency_us", BigInteger, nullable=False),
    Column("plan", String(64)),
    Column("body", Structure),
    Index(None, "feature", "item", "revision"),
    Index(None, "at"),
    Index(None, "author", "at"),
    where_known("decided_by", "at"),
    where_known("batch"),
    Index(
        "ix_decisions_said", "id",
        sqlite_where=text("body IS NOT NULL"), postgresql_where=text("body IS NOT NULL"),
    ),
)  # fmt: skip
"""One row a decision: columns to ask by, and ``body``, its JSON form without the item's text.

A clean ALLOW has no body: what it shares with others is the row of ``plans`` that it names.

``revises`` is the decision that this one replaces, ``by`` the person who made it (None: nobody),
``batch`` the sweep it came in.
"""

plans = Table(
    "plans",
    METADATA,
    Column("mark", String(64), primary_key=True),
    Column("first_seen", Moment, nullable=False),
    Column("body", Structure, nullable=False),
)
"""What all clean ALLOWs of one plan and language say, by the hash of it."""

findings = Table(
    "findings",
    METADATA,
    Column("decision", OwnId, nullable=False),
    Column("number", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Column("feature", Word, nullable=False),
    Column("module", Word, nullable=False),
    Column("issue", Word, nullable=False),
    Column("score", Float, nullable=False),
    PrimaryKeyConstraint("decision", "number"),
    Index(None, "issue", "at"),
    Index(None, "at"),
)
"""One row a finding, to count and to back-test by; reason and evidence are in the decision."""

items = Table(
    "items",
    METADATA,
    Column("feature", Word, nullable=False),
    Column("item", HostId, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("kind", Word, nullable=False),
    Column("author", HostId),
    Column("parent", HostId),
    Column("thread", HostId),
    Column("session", HostId),
    Column("recipients", Structure),
    Column("language", String(35)),
    Column("region", String(8)),
    Column("author_region", String(8)),
    Column("author_language", String(35)),
    Column("author_age", Integer),
    Column("visibility", Word),
    Column("made_at", Moment),
    Column("seen_at", Moment, nullable=False),
    Column("published_at", Moment),
    Column("withdrawn_at", Moment),
    PrimaryKeyConstraint("feature", "item", "revision"),
    Index(None, "author", "seen_at"),
    Index(None, "seen_at"),
    where_known("thread"),
    Index(
        "ix_items_named", "feature", "item", "revision",
        sqlite_where=text("recipients IS NOT NULL"),
        postgresql_where=text("recipients IS NOT NULL"),
    ),
)  # fmt: skip
"""What is known of a revision but its content."""

snapshots = Table(
    "snapshots",
    METADATA,
    Column("id", OwnId, primary_key=True),
    Column("feature", Word, nullable=False),
    Column("item", HostId, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("author", HostId),
    Column("reason", Word, nullable=False),
    Column("decision", OwnId),
    Column("sealed", LargeBinary, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("keep_until", Moment, nullable=False),
    Column("preserve_until", Moment),
    Index(None, "feature", "item", "revision"),
    Index(None, "keep_until"),
    Index(None, "author"),
)
"""A revision's content, sealed; ``reason`` is held, blocked, reported or opted."""

views = Table(
    "views",
    METADATA,
    Column("feature", Word, nullable=False),
    Column("item", HostId, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("segment", Word, nullable=False),
    Column("hour", Moment, nullable=False),
    Column("count", BigInteger, nullable=False),
    PrimaryKeyConstraint("feature", "item", "revision", "segment", "hour"),
    Index(None, "hour"),
)
"""How often an item was seen, by the hour and the viewers' segment."""

events = Table(
    "events",
    METADATA,
    Column("id", OwnId, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("name", Word, nullable=False),
    Column("feature", Word, nullable=False),
    Column("item", HostId, nullable=False),
    Column("revision", Integer),
    Column("decision", OwnId),
    Column("body", Structure, nullable=False),
    Index(None, "feature", "item"),
    Index(None, "at"),
)
"""What the host told back, views excepted."""
