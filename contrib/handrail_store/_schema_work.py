"""Tables of the work: what was accepted, what became of it, what has to reach the feature."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table, text

from handrail_store._types import (
    METADATA,
    HostId,
    Moment,
    OwnId,
    Serial,
    Structure,
    Word,
    where_known,
    where_named,
)

outbox = Table(
    "outbox",
    METADATA,
    Column("number", Serial, primary_key=True, autoincrement=True),
    Column("key", String(64), nullable=False, unique=True),
    Column("feature", Word, nullable=False),
    Column("stage", Word, nullable=False),
    Column("item", HostId, nullable=False),
    Column("revision", Integer),
    Column("lane", String(64), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("carrier", Structure, nullable=False),
    Column("accepted_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("claimed_by", Word),
    Column("claimed_until", Moment),
    Column("tries", Integer, nullable=False, server_default=text("0")),
    Column("error", String(256)),
    Index(None, "lane", "number"),
    Index(None, "feature", "item"),
)
"""What was accepted and is not worked yet.

``key`` is a hash of stage, feature, item, revision (and report), ``lane`` one of feature and
item: what shares a lane is worked in order. ``sealed`` is the subject, encrypted.
"""

outcomes = Table(
    "outcomes",
    METADATA,
    Column("key", String(64), primary_key=True),
    Column("kind", Word, nullable=False),
    Column("decision", OwnId),
    Column("feature", Word, nullable=False),
    Column("stage", Word, nullable=False),
    Column("item", HostId, nullable=False),
    Column("revision", Integer),
    Column("accepted_at", Moment, nullable=False),
    Column("at", Moment, nullable=False),
    Index(None, "feature", "item"),
    Index(None, "at"),
)
"""What became of accepted work, once each: ``decided``, ``cancelled`` or ``dead``."""

dead = Table(
    "dead",
    METADATA,
    Column("key", String(64), primary_key=True),
    Column("feature", Word, nullable=False),
    Column("stage", Word, nullable=False),
    Column("item", HostId, nullable=False),
    Column("revision", Integer),
    Column("lane", String(64), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("carrier", Structure, nullable=False),
    Column("accepted_at", Moment, nullable=False),
    Column("died_at", Moment, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("reason", String(256), nullable=False),
    Index(None, "died_at"),
)
"""Work that could not be done, with the type and place of the error, never its text."""

enforcements = Table(
    "enforcements",
    METADATA,
    Column("id", OwnId, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("feature", Word, nullable=False),
    Column("item", HostId, nullable=False),
    Column("revision", Integer),
    Column("author", HostId),
    Column("decision", OwnId, nullable=False),
    Column("kind", Word, nullable=False),
    Column("reason", Word, nullable=False),
    Column("revokes", OwnId),
    Column("batch", OwnId),
    Column("state", Word, nullable=False),
    Column("body", Structure, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("claimed_until", Moment),
    Column("tries", Integer, nullable=False, server_default=text("0")),
    Column("error", String(256)),
    Column("delivered_at", Moment),
    Column("carried_out_at", Moment),
    Index(None, "feature", "item", "number", unique=True),
    Index(None, "state", "due_at"),
    Index(None, "batch"),
    Index(None, "decision"),
    where_known("author"),
    where_named("enforcements", "id"),
    Index(None, "made_at"),
)
"""What has to reach the feature: ``waiting``, ``delivered``, ``carried_out``, ``failed``, ``void``.

``number`` counts the enforcements of an item; a later one is never delivered before an earlier.
"""

standing = Table(
    "standing",
    METADATA,
    Column("decision", OwnId, primary_key=True),
    Column("feature", Word, nullable=False),
    Column("item", HostId, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("stage", Word, nullable=False),
    Column("author", HostId),
    Column("action", String(8), nullable=False),
    Column("state", Word, nullable=False),
    Column("batch", OwnId),
    Column("body", Structure, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("ends_at", Moment),
    Index(None, "item", "feature"),
    Index(None, "ends_at"),
    Index(None, "batch"),
    where_known("author"),
    where_named("standing", "decision"),
    Index(None, "made_at"),
)
"""What each decision asks of the feature: ``stands``, or why it is over.

It ``ended`` by itself, was ``reversed``, was ``replaced`` by a later decision, or, before
publishing, ``superseded`` by a later answer about the same revision. What becomes of an item is all
that stands on it, together. ``ends_at`` is when a hold, or the first effect in time, is over.
"""

batches = Table(
    "batches",
    METADATA,
    Column("id", OwnId, primary_key=True),
    Column("kind", Word, nullable=False),
    Column("by", HostId),
    Column("state", Word, nullable=False),
    Column("body", Structure, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("ended_at", Moment),
)
"""Sweeps and responses that many enforcements belong to, so that ``revert`` finds them."""
