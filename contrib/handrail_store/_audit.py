"""The audit log: rows that are only added, linked into a chain of hashes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import attrs
from sqlalchemy import Connection, RowMapping, func, select, text

from handrail import Json
from handrail_store._rows import Rows, put_rows
from handrail_store._schema import audit, chain
from handrail_store._types import new_id

START = "0" * 64
"""The hash before the first link."""

LATE = 10_000
"""How many numbers a row may come late and still be found without looking through all."""

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
    rows = Rows(connection)
    (made,) = add_all(rows, what, by=by, said={subject: body}, at=at)
    rows.write()
    return made


def add_all(
    into: Rows, what: str, *, by: str | None,
    said: Mapping[str, Mapping[str, Json]], at: datetime,
) -> list[str]:  # fmt: skip
    """Add a row for each subject, with its body, to rows that are to be written."""
    rows: list[dict[str, Any]] = [
        {"id": new_id(), "subject": subject, "body": dict(body)} for subject, body in said.items()
    ]
    into.add(audit, rows, {"at": at, "what": what, "by": by})
    return [row["id"] for row in rows]


def link(connection: Connection, most: int = 10_000, *, whole: bool = False) -> int:
    """Take rows that are in no link yet into the chain, in order; return how many.

    One transaction at a time does this: on PostgreSQL an advisory lock says whose turn it is, on
    SQLite a writer is alone in any case. A transaction that began earlier may still bring a row
    with a lower number; it is linked after those that came before it was seen. One that comes
    ``LATE`` numbers late is found only where the *whole* log is looked through.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    last = (
        select(chain.c.link, chain.c.hash, audit.c.number)
        .join_from(chain, audit, chain.c.entry == audit.c.id, isouter=True)
        .order_by(chain.c.link.desc())
        .limit(1)
    )
    number, before, seen = connection.execute(last).first() or (0, START, None)
    new = select(audit).where(~select(chain.c.entry).where(chain.c.entry == audit.c.id).exists())
    if seen is not None and not whole:
        new = new.where(audit.c.number > seen - LATE)
    links = []
    for row in connection.execute(new.order_by(audit.c.number).limit(most)).mappings():
        number, before = number + 1, digest(before, row)
        links.append({"link": number, "entry": row["id"], "hash": before})
    put_rows(connection, chain, links)
    return len(links)


def digest(before: str, row: RowMapping) -> str:
    """The hash of a row: over the one before it, and all that the row says."""
    said = {
        "id": row["id"], "at": row["at"].isoformat(), "what": row["what"], "by": row["by"],
        "subject": row["subject"], "body": row["body"],
    }  # fmt: skip
    text_form = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(f"{before}\n{text_form}".encode()).hexdigest()


def verify(
    connection: Connection, head: str | None = None, last: int | None = None
) -> Iterator[Broken]:
    """Walk the chain and yield where it does not hold.

    Args:
        connection: A transaction.
        head: The hash of a link that was noted elsewhere. Only so is it found that rows are gone
            from the end, or that the whole was written anew.
        last: How many links are walked, from the end; all from the start by default. What was
            changed before them is not found.
    """
    joined = select(chain.c.link, chain.c.hash, audit).join_from(
        chain, audit, chain.c.entry == audit.c.id, isouter=True
    )
    expected, before = (1, START) if last is None else _before(connection, last)
    joined = joined.where(chain.c.link >= expected).order_by(chain.c.link)
    noted = head is None or before == head
    rows = connection.execution_options(yield_per=1000).execute(joined)
    for row in rows.mappings():
        if row["link"] != expected:
            yield Broken(expected, "a link is missing")
            expected = row["link"]
        if row["id"] is None:
            yield Broken(row["link"], "its row is missing")
        elif digest(before, row) != row["hash"]:
            yield Broken(row["link"], "its row, or one before it, was changed")
        before, expected = row["hash"], expected + 1
        noted = noted or before == head
    if not noted:
        yield Broken(expected, "the head that was noted is not in the chain: rows are gone")


def _before(connection: Connection, last: int) -> tuple[int, str]:
    """The number of the first of the *last* links, and the hash of the one before it."""
    first = max(head_of(connection)[0] - last + 1, 1)
    earlier = select(chain.c.hash).where(chain.c.link == first - 1)
    return first, connection.execute(earlier).scalar() or START


def head_of(connection: Connection) -> tuple[int, str]:
    """Return the number and the hash of the last link: what to note elsewhere."""
    last = select(chain.c.link, chain.c.hash).order_by(chain.c.link.desc()).limit(1)
    found = connection.execute(last).first()
    return (0, START) if found is None else (found.link, found.hash)


def shown(
    connection: Connection, most: int, what: str | None = None, subject: str | None = None
) -> Iterator[dict[str, Json]]:
    """Yield the latest rows, the last first, each with its link if it has one."""
    rows = select(audit, chain.c.link).join_from(
        audit, chain, chain.c.entry == audit.c.id, isouter=True
    )
    if what is not None:
        rows = rows.where(audit.c.what == what)
    if subject is not None:
        rows = rows.where(audit.c.subject == subject)
    for row in connection.execute(rows.order_by(audit.c.number.desc()).limit(most)).mappings():
        yield {**row, "at": row["at"].isoformat()}


def waiting(connection: Connection) -> int:
    """Return how many rows are in no link yet."""
    linked = select(func.count()).select_from(chain).scalar_subquery()
    every = connection.execute(select(func.count() - linked).select_from(audit)).scalar_one()
    return int(every)
