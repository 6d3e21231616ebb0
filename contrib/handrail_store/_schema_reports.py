"""Tables of reports: what was said, by whom, and what they are answered."""

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
    UniqueConstraint,
    text,
)

from handrail_store._types import METADATA, HostId, Moment, OwnId, Structure, Word, where_known

reports = Table(
    "reports",
    METADATA,
    Column("id", OwnId, primary_key=True),
    Column("host_id", HostId, nullable=False),
    Column("feature", Word, nullable=False),
    Column("item", HostId, nullable=False),
    Column("revision", Integer),
    Column("source", Word, nullable=False),
    Column("order", Word),
    Column("reporter", HostId),
    Column("issue", Word, nullable=False),
    Column("missing", Structure, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("deadline", Moment),
    Column("credibility", Float, nullable=False, server_default=text("0")),
    Column("priority", Float, nullable=False, server_default=text("0")),
    Column("state", Word, nullable=False),
    Column("case", OwnId),
    Column("same_as", OwnId),
    Column("decision", OwnId, nullable=False),
    Column("outcome", OwnId),
    Column("decided_at", Moment),
    UniqueConstraint("feature", "host_id"),
    Index(None, "feature", "item", "reporter"),
    Index(None, "reporter", "received_at"),
    Index(None, "state", "priority"),
    Index(None, "case", "state", "priority"),
    where_known("decided_at"),
    Index(  # With the state: else SQLite would go through all of a state.
        "ix_reports_set_aside", "state", "received_at",
        sqlite_where=text("state = 'set_aside'"), postgresql_where=text("state = 'set_aside'"),
    ),
)  # fmt: skip
"""One row a report: ``open``, ``repeated``, ``set_aside``, ``acted_on`` or ``not_acted_on``.

``sealed`` is what the reporter wrote, their name and address, the places and the ground they gave.
``missing`` lists what the law asks for and was not given. ``decision`` is the one of the call,
``outcome`` the one of the person who looked.
"""

reporters = Table(
    "reporters",
    METADATA,
    Column("id", HostId, primary_key=True),
    Column("upheld", Float, nullable=False, server_default=text("0")),
    Column("dismissed", Float, nullable=False, server_default=text("0")),
    Column("unfounded", Float, nullable=False, server_default=text("0")),
    Column("gravity", Float, nullable=False, server_default=text("0")),
    Column("bad_faith", Float, nullable=False, server_default=text("0")),
    Column("as_of", Moment, nullable=False),
    Column("day", Moment, nullable=False),
    Column("today", Integer, nullable=False, server_default=text("0")),
    Column("warned_at", Moment),
    Column("suspended_until", Moment),
    Index(None, "as_of"),
)
"""What is remembered of who reports: decayed counts as of a moment, and the Art. 23 path.

``today`` counts the reports of the 24 hours that begin with ``day``.
"""

replies = Table(
    "replies",
    METADATA,
    Column("about", OwnId, nullable=False),
    Column("kind", Word, nullable=False),
    Column("feature", Word, nullable=False),
    Column("reporter", HostId),
    Column("state", Word, nullable=False),
    Column("body", Structure, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("claimed_until", Moment),
    Column("tries", Integer, nullable=False, server_default=text("0")),
    Column("error", String(256)),
    Column("delivered_at", Moment),
    Column("outcome", OwnId, nullable=False, server_default=text("''")),
    PrimaryKeyConstraint("about", "kind", "outcome"),
    Index(None, "state", "due_at"),
    where_known("reporter"),
    Index(None, "made_at"),
)
"""What people who report are owed: ``waiting``, ``delivered``, ``failed`` or ``dropped``.

``about`` is a report, or a case of misuse; ``kind`` is ``receipt``, ``decision``, ``appeal``,
``reversal``, ``warning`` or ``suspension``; ``outcome`` is the decision that an appeal or a
reversal came to, for there may be several.
"""
