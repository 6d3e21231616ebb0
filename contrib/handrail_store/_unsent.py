"""Replies that reached nobody: given up, tried again, dropped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select, tuple_, update

from handrail.events import log
from handrail_store._schema import replies

if TYPE_CHECKING:
    from handrail_store._store import Store

UNSENT_FOR = timedelta(days=7)
"""How long a reply is due where no process has a function that sends it; then it has failed."""

NOBODY = "nobody sends replies"
"""Why such a reply has failed."""


def give_up(store: Store) -> int:
    """Have replies fail that were due 7 days ago, where nothing here sends them; return how many.

    They are dead letters then.
    """
    if store.replies.sends:
        return 0
    now = store.now()
    left = (
        replies.c.state == "waiting", replies.c.due_at <= now - UNSENT_FOR,
        or_(replies.c.claimed_until.is_(None), replies.c.claimed_until <= now),
    )  # fmt: skip
    with store.read() as connection:
        if connection.execute(select(replies.c.about).where(*left).limit(1)).first() is None:
            return 0
    failed = update(replies).where(*left).values(state="failed", error=NOBODY, due_at=now)
    with store.write() as connection:
        count = connection.execute(failed).rowcount
    log("handrail.replies_failed", "warning", reason=NOBODY, count=count)
    return count


def retry_replies(store: Store, ids: Iterable[str], *, by: str) -> int:
    """Have replies that failed tried again, now; return how many there were. Audited."""
    again = {"state": "waiting", "tries": 0, "due_at": store.now(), "error": None}
    return _change(store, ids, again, "reply_retried", by)


def drop_replies(store: Store, ids: Iterable[str], *, by: str) -> int:
    """Have replies that failed never be sent; return how many there were. Audited."""
    return _change(store, ids, {"state": "dropped"}, "reply_dropped", by)


def _change(store: Store, ids: Iterable[str], new: Mapping[str, Any], what: str, by: str) -> int:
    keys = [(*each.split("-", 2), "")[:3] for each in ids if each.count("-") in {1, 2}]
    failed = tuple_(*replies.primary_key.columns).in_(keys), replies.c.state == "failed"
    changing = update(replies).where(*failed).values(new).returning(replies.c.about)
    with store.write() as connection:
        done = connection.execute(changing).scalars().all()
        for each in done:
            store.audit(connection, what, subject=each, by=by)
    return len(done)
