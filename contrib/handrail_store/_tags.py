"""Tags: state with an end on actors, items, threads and sessions."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from handrail import InvalidValueError
from handrail.errors import unknown
from handrail.settings import span
from handrail_store._schema import tags

if TYPE_CHECKING:
    from handrail_store._store import Store

KINDS = ("actor", "item", "session", "thread")
"""What tags are kept on."""

TAG_MOST = 64
"""Characters of a tag."""


class Tags:
    """Tags that are kept; made by ``Store.tags``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def tag(
        self, kind: str, id: str, tag: str, ttl: timedelta | str | None = None, *,  # noqa: A002 - the word for it
        by: str | None = None,
    ) -> None:  # fmt: skip
        """Put a tag on an actor, item, session or thread, for *ttl* such as ``7d``, or for good.

        Raises UnknownNameError for another kind, InvalidValueError for a tag of no or more than
        64 characters.
        """
        _check(kind, tag)
        now = self._store.now()
        row = {
            "kind": kind, "id": id, "tag": tag, "until": None if ttl is None else now + span(ttl),
            "set_at": now, "by": by,
        }  # fmt: skip
        with self._store.write() as connection:
            insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
            new = {name: row[name] for name in ("until", "set_at", "by")}
            keys = ["kind", "id", "tag"]
            connection.execute(
                insert(tags).values(row).on_conflict_do_update(index_elements=keys, set_=new)
            )

    def untag(self, kind: str, id: str, tag: str) -> None:  # noqa: A002 - the word for it
        """Take a tag off again."""
        _check(kind, tag)
        gone = tags.c.kind == kind, tags.c.id == id, tags.c.tag == tag
        with self._store.write() as connection:
            connection.execute(delete(tags).where(*gone))

    def of(self, kind: str, id: str) -> frozenset[str]:  # noqa: A002 - the word for it
        """Return the tags that something has now."""
        with self._store.read() as connection:
            return read_tags(connection, kind, id, self._store.now())

    def purge(self, connection: Connection) -> int:
        """Delete tags whose time is over; return how many."""
        over = delete(tags).where(tags.c.until <= self._store.now())
        return int(connection.execute(over).rowcount)


def read_tags(connection: Connection, kind: str, id: str, now: datetime) -> frozenset[str]:  # noqa: A002 - the word for it
    """The tags of something at that moment."""
    lasts = or_(tags.c.until.is_(None), tags.c.until > now)
    wanted = select(tags.c.tag).where(tags.c.kind == kind, tags.c.id == id, lasts)
    return frozenset(connection.execute(wanted).scalars())


def _check(kind: str, tag: str) -> None:
    if kind not in KINDS:
        raise unknown("kind of tagged thing", kind, KINDS)
    if not 0 < len(tag) <= TAG_MOST:
        raise InvalidValueError(f"tag: expected 1 to {TAG_MOST} characters")
