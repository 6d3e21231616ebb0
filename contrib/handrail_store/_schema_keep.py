"""Tables of the house itself: audit, bundles, memory of the cap, counters, keys, legal holds."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
)

from handrail_store._types import METADATA, HostId, Moment, OwnId, Serial, Structure, Word

audit = Table(
    "audit",
    METADATA,
    Column("number", Serial, primary_key=True, autoincrement=True),
    Column("id", OwnId, nullable=False, unique=True),
    Column("at", Moment, nullable=False),
    Column("what", Word, nullable=False),
    Column("by", HostId),
    Column("subject", String(600), nullable=False),
    Column("body", Structure, nullable=False),
)
"""What was done, by whom, to what; rows are only ever added."""

chain = Table(
    "audit_chain",
    METADATA,
    Column("link", Serial, primary_key=True, autoincrement=False),
    Column("entry", OwnId, nullable=False, unique=True),
    Column("hash", String(64), nullable=False),
)
"""One link an audit row, in order: SHA-256 over the hash before it and the row."""

bundles = Table(
    "bundles",
    METADATA,
    Column("revision", String(64), primary_key=True),
    Column("first_seen", Moment, nullable=False),
    Column("packed", LargeBinary, nullable=False),
)
"""The files of policies by the hash of their content, compressed."""

caps = Table(
    "caps",
    METADATA,
    Column("mark", String(64), primary_key=True),
    Column("rule", String(256), nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("tripped_at", Moment),
    Column("confirmed_at", Moment),
    Column("confirmed_by", HostId),
)
"""What the blast-radius cap remembers of a rule, by the hash of what it matches and asks for."""

counters = Table(
    "counters",
    METADATA,
    Column("name", String(128), primary_key=True),
    Column("at", Moment, nullable=False),
    Column("packed", LargeBinary, nullable=False),
)
"""Snapshots of what a process counted, so that a restart does not begin from nothing."""

api_keys = Table(
    "api_keys",
    METADATA,
    Column("id", OwnId, primary_key=True),
    Column("hash", String(64), nullable=False, unique=True),
    Column("name", Word, nullable=False),
    Column("body", Structure, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("ends_at", Moment),
    Column("revoked_at", Moment),
)
"""Keys of the HTTP face: only their SHA-256 is kept."""

http_rates = Table(
    "http_rates",
    METADATA,
    Column("key", OwnId, primary_key=True),
    Column("tokens", Float, nullable=False),
    Column("at", Moment, nullable=False),
)
"""What each API key may still ask for, whichever process it asks."""

http_answers = Table(
    "http_answers",
    METADATA,
    Column("name", String(64), primary_key=True),
    Column("mark", String(64), nullable=False),
    Column("until", Moment, nullable=False),
    Column("status", Integer),
    Column("body", LargeBinary),
    Index(None, "until"),
)
"""Answers to what came with an Idempotency-Key, sealed, for some minutes."""

leases = Table(
    "leases",
    METADATA,
    Column("name", String(160), primary_key=True),
    Column("holder", OwnId, nullable=False),
    Column("until", Moment, nullable=False),
    Index(None, "until"),
)
"""What one process at a time has: whose it is, and until when."""

legal_holds = Table(
    "legal_holds",
    METADATA,
    Column("kind", Word, nullable=False),
    Column("id", HostId, nullable=False),
    Column("reason", String(256), nullable=False),
    Column("by", HostId, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("until", Moment),
    PrimaryKeyConstraint("kind", "id"),
    Index(None, "until"),
)
"""What nothing may purge: an ``actor`` or an ``item``."""

erasures = Table(
    "erasures",
    METADATA,
    Column("actor", HostId, nullable=False),
    Column("feature", Word, nullable=False),
    Column("item", HostId, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("by", HostId, nullable=False),
    Column("kept_until", Moment),
    PrimaryKeyConstraint("actor", "feature", "item"),
    Index(None, "feature", "item"),
)
"""What erasing a person had to leave, by item, until nothing keeps it any more.

``kept_until`` is when a ``preserve`` effect ends; without one, a legal hold keeps it.
"""
