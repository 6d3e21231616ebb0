"""The audit log: rows that are only added, linked into a chain of hashes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime

import attrs
from sqlalchemy import Connection, RowMapping, func, insert, select, text

from handrail import Json
from handrail_store._schema import audit, chain
from handrail_store._types import new_id

START = "0" * 64
"""The hash before the first link."""

_LOCK = 0x48616E6472  # 'Handr': the advisory lock of whoever links.


@attrs.frozen
class Broken:
    """Where the chain does not hold: the link's number, and what is wrong there."""

    link: int
    what: str


def add(  # noqa: PLR0913 - the columns of the row
    connection: Connection, what: str, *, by: str | None, subject: str,
    body: Mapping[str, Json], at: datetime,
) -> str:  # fmt: skip
    """Add a row in the caller's transaction; ``link`` takes it into the chain later."""
    made = new_id()
    row = {"id": made, "at": at, "what": what, "by": by, "subject": subject, "body": dict(body)}
    connection.execute(insert(audit).values(row))
    return made


def link(connection: Connection, most: int = 10_000) -> int:
    """Take rows that are in no link yet into the chain, in order; return how many.

    One transaction at a time does this: on PostgreSQL an advisory lock says whose turn it is, on
    SQLite a writer is alone in any case. A transaction that began earlier may still bring a row
    with a lower number; it is linked after those that came before it was seen.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    last = connection.execute(
        select(chain.c.link, chain.c.hash).order_by(chain.c.link.desc()).limit(1)
    )
    number, before = last.first() or (0, START)
    rows = connection.execute(
        select(audit)
        .where(~select(chain.c.entry).where(chain.c.entry == audit.c.id).exists())
        .order_by(audit.c.number)
        .limit(most)
    )
    links = []
    for row in rows.mappings():
        number, before = number + 1, digest(before, row)
        links.append({"link": number, "entry": row["id"], "hash": before})
    if links:
        connection.execute(insert(chain), links)
    return len(links)


def digest(before: str, row: RowMapping) -> str:
    """The hash of a row: over the one before it, and all that the row says."""
    said = {
        "id": row["id"], "at": row["at"].isoformat(), "what": row["what"], "by": row["by"],
        "subject": row["subject"], "body": row["body"],
    }  # fmt: skip
    text_form = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(f"{before}\n{text_form}".encode()).hexdigest()


def verify(connection: Connection) -> Iterator[Broken]:
    """Walk the chain from its start and yield where it does not hold."""
    joined = select(chain.c.link, chain.c.hash, audit).join_from(
        chain, audit, chain.c.entry == audit.c.id, isouter=True
    )
    before, expected = START, 1
    for row in connection.execute(joined.order_by(chain.c.link)).mappings():
        if row["link"] != expected:
            yield Broken(expected, "a link is missing")
            expected = row["link"]
        if row["id"] is None:
            yield Broken(row["link"], "its row is missing")
        elif digest(before, row) != row["hash"]:
            yield Broken(row["link"], "its row, or one before it, was changed")
        before, expected = row["hash"], expected + 1


def waiting(connection: Connection) -> int:
    """Return how many rows are in no link yet."""
    linked = select(func.count()).select_from(chain).scalar_subquery()
    every = connection.execute(select(func.count() - linked).select_from(audit)).scalar_one()
    return int(every)
