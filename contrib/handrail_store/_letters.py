"""Dead letters, and enforcements, as people ask for them: listed, tried again, dropped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import attrs
from sqlalchemy import Connection, RowMapping, Select, delete, literal, select, update

from handrail import Enforcement, HandrailError
from handrail_store._dead import KEPT, UNKNOWN
from handrail_store._delivery import overtaken
from handrail_store._page import FAILED, WAITING
from handrail_store._replies import reply_id
from handrail_store._schema import dead, enforcements, outbox, outcomes, replies, reports
from handrail_store._sql import insert_new
from handrail_store._unsent import drop_replies, retry_replies

if TYPE_CHECKING:
    from handrail_store._store import Store


ENFORCEMENT = "enforcement"
"""What stands as the stage of a dead letter that is an enforcement."""

REPLY = "reply"
"""What stands as the stage of a dead letter that is a reply to somebody who reported."""


@attrs.frozen(kw_only=True, repr=False)
class Letter:
    """Work that could not be done, or an enforcement or a reply that did not reach anybody.

    Attributes:
        key: Of the work, or the id of the enforcement or the reply.
        feature, item, revision: What it is about; no item for a word about misuse.
        stage: Of the work, or ``enforcement`` or ``reply``.
        reason: Class and place of the error. tries: How often it was tried.
        accepted_at, died_at: When.
    """

    key: str
    feature: str
    stage: str
    item: str
    revision: int | None
    reason: str
    tries: int
    accepted_at: datetime
    died_at: datetime

    def __repr__(self) -> str:
        return f"Letter({self.stage}, {self.reason})"


@attrs.frozen
class Letters:
    """Dead letters; made by ``Store.letters``."""

    _store: Store = attrs.field(repr=False)

    def all(self, *, feature: str | None = None, most: int = 100) -> tuple[Letter, ...]:
        """The dead letters, the latest first, up to a number."""
        died = [dead.c[field.name] for field in attrs.fields(Letter)]
        wanted = [select(*died).order_by(dead.c.died_at.desc())]
        wanted.append(_failed().order_by(enforcements.c.id.desc()))
        unsent = select(replies, reports.c.item).where(replies.c.state == FAILED)
        unsent = unsent.outerjoin(reports, reports.c.id == replies.c.about)
        unsent = unsent.order_by(replies.c.due_at.desc()).limit(most)
        if feature is not None:
            wanted[0] = wanted[0].where(dead.c.feature == feature)
            wanted[1] = wanted[1].where(enforcements.c.feature == feature)
            unsent = unsent.where(replies.c.feature == feature)
        with self._store.read() as connection:
            letters = [
                Letter(**row)
                for each in wanted
                for row in connection.execute(each.limit(most)).mappings()
            ]
            letters += map(_unsent, connection.execute(unsent).mappings())
        letters.sort(key=lambda each: each.died_at, reverse=True)
        return tuple(letters[:most])

    def retry(self, keys: Iterable[str], *, by: str) -> int:
        """Have dead letters worked, or delivered, again, as if new; return how many there were."""
        keys = list(keys)
        told = self._store.enforcements.retry(keys, by=by) + retry_replies(self._store, keys, by=by)
        return self._work_again(keys, by) + told

    def _work_again(self, keys: Sequence[str], by: str) -> int:
        with self._store.write() as connection:
            rows = self._rows(connection, keys)
            back = [row for each in rows if (row := self._back(each)) is not None]
            if back:
                gone = [row["key"] for row in rows]
                connection.execute(delete(outcomes).where(outcomes.c.key.in_(gone)))
                # What was handed in again since is with a worker that takes it for settled.
                connection.execute(delete(outbox).where(outbox.c.key.in_([r["key"] for r in back])))
                connection.execute(insert_new(connection.dialect.name, outbox), back)
                self._forget(connection, rows)
            for row in back:
                self._store.audit(connection, "dead_retried", subject=row["key"], by=by)
        return len(back)

    def drop(self, keys: Iterable[str], *, by: str) -> int:
        """Delete dead letters and what they hold; that they died stays their outcome.

        A reply is never sent then. An enforcement that failed is left as it is, for what became of
        an item has to be told.
        """
        keys = list(keys)
        unsent = drop_replies(self._store, keys, by=by)
        with self._store.write() as connection:
            rows = self._rows(connection, keys)
            self._forget(connection, rows)
            for row in rows:
                self._store.audit(connection, "dead_dropped", subject=row["key"], by=by)
        return len(rows) + unsent

    def _rows(self, connection: Connection, keys: Iterable[str]) -> Sequence[RowMapping]:
        wanted = select(dead).where(dead.c.key.in_(list(keys)))
        return connection.execute(wanted).mappings().all()

    def _back(self, row: RowMapping) -> dict[str, Any] | None:
        """The row to wait in; None for what nobody can open still."""
        if row["feature"] != UNKNOWN or row["stage"] != UNKNOWN:
            return {**{name: row[name] for name in KEPT}, "due_at": self._store.now()}
        try:
            work = self._store.outbox.unseal(row["sealed"])
        except (HandrailError, ValueError):
            return None
        return {**self._store.outbox.row(work), "due_at": self._store.now()}

    def _forget(self, connection: Connection, rows: Sequence[RowMapping]) -> None:
        connection.execute(delete(dead).where(dead.c.key.in_([row["key"] for row in rows])))


@attrs.frozen(kw_only=True)
class Sent:
    """An enforcement, and how far it got.

    Attributes:
        enforcement: What the feature is told.
        state: ``waiting``, ``delivered``, ``carried_out``, ``failed``, ``void`` or ``overtaken``.
        tries: How often it was tried; once it was delivered, how often it was.
        error: Class and place of the last error.
        due_at, delivered_at, carried_out_at: When it is tried next, and what was when.
    """

    enforcement: Enforcement
    state: str
    tries: int
    error: str | None
    due_at: datetime
    delivered_at: datetime | None
    carried_out_at: datetime | None


@attrs.frozen
class Enforcements:
    """Enforcements; made by ``Store.enforcements``."""

    _store: Store = attrs.field(repr=False)

    def all(
        self, *, state: str | None = None, feature: str | None = None, item: str | None = None,
        batch: str | None = None, most: int = 100,
    ) -> tuple[Sent, ...]:  # fmt: skip
        """The enforcements that fit, the latest first, up to a number."""
        asked = {"state": state, "feature": feature, "item": item, "batch": batch}
        wanted: Select[Any] = select(enforcements).order_by(enforcements.c.id.desc()).limit(most)
        for name, value in asked.items():
            if value is not None:
                wanted = wanted.where(enforcements.c[name] == value)
        with self._store.read() as connection:
            rows = connection.execute(wanted).mappings().all()
        plain = ("state", "tries", "error", "due_at", "delivered_at", "carried_out_at")
        return tuple(
            Sent(enforcement=Enforcement.from_json(row["body"]), **{n: row[n] for n in plain})
            for row in rows
        )

    def retry(self, ids: Iterable[str], *, by: str) -> int:
        """Have enforcements that failed tried again, now; return how many there were.

        One that a later one of its item makes moot is left as it is.
        """
        again = {"state": WAITING, "tries": 0, "due_at": self._store.now(), "error": None}
        failed = (
            enforcements.c.id.in_(list(ids)), enforcements.c.state == FAILED, ~overtaken(),
        )  # fmt: skip
        with self._store.write() as connection:
            changing = update(enforcements).where(*failed).values(again)
            done = connection.execute(changing.returning(enforcements.c.id)).scalars().all()
            for each in done:
                self._store.audit(connection, "enforcement_retried", subject=each, by=by)
        return len(done)


def _unsent(row: RowMapping) -> Letter:
    """A reply that failed, as a dead letter."""
    return Letter(
        key=reply_id(row), feature=row["feature"], stage=REPLY, item=row["item"] or "",
        revision=None, reason=row["error"] or "", tries=row["tries"],
        accepted_at=row["made_at"], died_at=row["due_at"],
    )  # fmt: skip


def _failed() -> Select[Any]:
    """Enforcements that failed, as dead letters."""
    row = enforcements.c
    return select(
        row.id.label("key"), row.feature, literal(ENFORCEMENT).label("stage"), row.item,
        row.revision, row.error.label("reason"), row.tries, row.made_at.label("accepted_at"),
        row.due_at.label("died_at"),
    ).where(row.state == FAILED, row.error.is_not(None))  # fmt: skip
