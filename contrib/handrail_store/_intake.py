"""The way in: what is published or reported is accepted here, to be worked later."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

import attrs
from sqlalchemy import Connection, Delete, bindparam, delete, func, select, update

from handrail import Item, Report
from handrail.events import log
from handrail_store._away import UNSAID_FOR
from handrail_store._backoff import Backoff
from handrail_store._dead import Burial, bury
from handrail_store._floods import Floods
from handrail_store._join import joined
from handrail_store._mute import set_aside
from handrail_store._queue import Claimed, Closed, claim, claim_free, turning, work_of
from handrail_store._said import revision
from handrail_store._schema import outbox
from handrail_store._sql import among, insert_new, listed
from handrail_store._tracing import carried
from handrail_store._types import new_id
from handrail_store._work import Work, pack

if TYPE_CHECKING:
    from handrail_store._store import Store

LEASE = timedelta(seconds=60)
"""How long claimed work is left alone before another may claim it."""

LOCKED_FOR, LOCKED_MOST = timedelta(seconds=30), timedelta(minutes=10)
"""How long what needs another key is left to who has it: as long as it has waited, within these."""

ROUNDS = 20
"""How many batches of which nothing can be opened are seen to before others are waited for."""

NONE = timedelta(0)


@attrs.frozen
class Waiting:
    """What waits in the outbox: how many works, and when the oldest was accepted."""

    count: int
    oldest: datetime | None


class Outbox:
    """Takes in ``post_publish`` and ``report``, and hands out what waits.

    A second hand-in of the same item, revision and stage is accepted and does nothing.

    Args:
        store: Where it waits. lease: How long what is claimed is left to who claimed it.
    """

    def __init__(self, store: Store, *, lease: timedelta = LEASE) -> None:
        self._store, self._lease, self._floods = store, lease, Floods(store)
        self.name = new_id()

    def accept(self, feature: str, subject: Item | Report) -> bool | Literal["refused"]:
        """Return True once *subject* cannot be lost any more; ``"refused"`` where it is refused.

        What is refused is a report of an account that has handed in more than are kept. Within
        ``store.within(connection)`` what is accepted is safe when the host's transaction is
        committed.
        """
        said = self._floods.judge(feature, subject) if isinstance(subject, Report) else None
        if said == "refused":
            return "refused"
        work = Work.of(feature, subject, at=self._store.now(), carrier=carried())
        write = joined(self._store)
        if said is not None and set_aside(self._store, work, write):
            return True
        row = self.row(work)
        if write is not None:
            write(outbox, row)
            return True
        with self._store.write() as connection:
            connection.execute(insert_new(connection.dialect.name, outbox).values(row))
        return True

    def row(self, work: Work) -> dict[str, Any]:
        """The row that *work* waits in."""
        return {
            "key": work.key, "feature": work.feature, "stage": work.stage.value,
            "item": work.item, "revision": revision(work.known), "lane": work.order,
            "sealed": self._store.seal(pack(work), work.key),
            "carrier": dict(work.carrier), "accepted_at": work.accepted_at,
            "due_at": work.accepted_at,
        }  # fmt: skip

    def claim(self, most: int) -> Sequence[Work]:
        """Take up to *most* of what waits, in order, for as long as a lease lasts.

        Of what shares an order, nothing is taken whose forerunner is with somebody else. What
        cannot be opened is buried here, so that it stands in nobody's way; what was sealed with a
        key that is not here is put off, for a day, so that whoever has the key takes it.
        """
        works: Sequence[Work] = ()
        for _ in range(ROUNDS):
            with self._store.write() as connection:
                rows = self.take(connection, most)
            works = self.opened(rows)
            if works or not rows:
                break
        return works

    def take(self, connection: Connection, most: int) -> Sequence[Claimed]:
        """Claim in the caller's transaction; ``opened`` gives the works once it is committed."""
        now = self._store.now()
        return claim(connection, most, by=self.name, now=now, until=now + self._lease)

    def opened(self, rows: Sequence[Claimed]) -> Sequence[Work]:
        """The works that were taken."""
        opened = [work_of(self._store, row) for row in rows]
        if closed := [each for each in opened if isinstance(each, Closed)]:
            self._see_to(closed)
        return [each for each in opened if isinstance(each, Work)]

    def _see_to(self, closed: Sequence[Closed]) -> None:
        """Bury what nobody can open; leave to others what needs a key, for as long as a day."""
        now = self._store.now()
        young = now - UNSAID_FOR
        locked = [c for c in closed if c.locked and c.row["accepted_at"] > young]
        broken = [Burial.of(each.row, each.reason) for each in closed if each not in locked]
        with self._store.write() as connection:
            for each in locked:
                mine = outbox.c.number == each.row["number"], outbox.c.claimed_by == self.name
                waited: timedelta = now - each.row["accepted_at"]
                later = {
                    "claimed_by": None, "claimed_until": None,
                    "due_at": now + min(max(waited, LOCKED_FOR), LOCKED_MOST),
                    "tries": each.row["tries"], "error": each.reason,
                }  # fmt: skip
                connection.execute(update(outbox).where(*mine).values(later))
            if broken:
                bury(connection, broken, now)
        if locked:
            log("handrail.key_missing", "warning", count=len(locked))

    def renew(self, works: Sequence[Work]) -> None:
        """Hold on to what is claimed for another lease."""
        held = {"claimed_until": self._store.now() + self._lease}
        with self._store.write() as connection:
            connection.execute(update(outbox).where(self._mine(works)).values(held))

    def sent(self, works: Sequence[Work]) -> None:
        """Forget what others will not lose any more: a broker has it, or it has its outcome."""
        with self._store.write() as connection:
            self.settled(connection, works)

    def settled(self, connection: Connection, works: Sequence[Work]) -> None:
        """Forget works in the transaction that settles them."""
        connection.execute(_forgetting(connection.dialect.name), self._named(connection, works))

    def turn(self, connection: Connection, works: Sequence[Work], most: int) -> Sequence[Claimed]:
        """Forget works in the transaction that settles them, and take others, as ``take`` does."""
        dialect, now = connection.dialect.name, self._store.now()
        forgetting = turning(_forgetting(dialect), dialect)
        connection.execute(forgetting, self._named(connection, works))
        return claim_free(connection, most, by=self.name, now=now, until=now + self._lease)

    def _named(self, connection: Connection, works: Sequence[Work]) -> dict[str, Any]:
        keys = listed([each.key for each in works], connection.dialect.name)
        return {"keys": keys, "by": self.name}

    def release(self, works: Sequence[Work]) -> None:
        """Give back what is claimed, as if it had not been."""
        self.free([work.key for work in works])

    def free(self, keys: Sequence[str] | None) -> None:
        """Give back what is claimed here of works with these keys; without, all that is."""
        free = {"claimed_by": None, "claimed_until": None, "tries": outbox.c.tries - 1}
        mine = outbox.c.claimed_by == self.name
        if keys is not None:
            mine &= outbox.c.key.in_(keys)
        with self._store.write() as connection:
            connection.execute(update(outbox).where(mine).values(free))

    def fail(
        self, work: Work, reason: str, *, most: int, backoff: Backoff, patience: timedelta = NONE
    ) -> bool:
        """Put off claimed work that failed; bury it after *most* tries, and return False then.

        Not before it is as old as *patience*, though: then tries of before count no further.
        """
        now = self._store.now()
        with self._store.write() as connection:
            row = connection.execute(select(outbox).where(self._mine([work]))).mappings().first()
            young = now < work.accepted_at + patience
            if row is not None and row["tries"] >= most and not young:
                bury(connection, [Burial.of(row, reason)], now)
                return False
            if row is not None:
                later = now + backoff.after(row["tries"])
                put_off = {"claimed_by": None, "claimed_until": None, "due_at": later}
                if young:
                    put_off["tries"] = min(row["tries"], most - 1)
                again = update(outbox).where(outbox.c.number == row["number"])
                connection.execute(again.values({**put_off, "error": reason}))
        return True

    def waiting(self) -> Waiting:
        """How much waits, and since when."""
        counted = select(func.count(), func.min(outbox.c.accepted_at))
        with self._store.read() as connection:
            count, oldest = connection.execute(counted).one()
        return Waiting(count, oldest)

    def _mine(self, works: Sequence[Work]) -> Any:
        return outbox.c.key.in_([each.key for each in works]) & (outbox.c.claimed_by == self.name)

    def seal(self, work: Work) -> bytes:
        """Return *work* as bytes that only this store can open, for a broker to carry."""
        return self._store.seal(json.dumps(work.to_json()).encode(), "work")

    def unseal(self, sealed: bytes) -> Work:
        """Open what ``seal`` gave; raises InvalidValueError for anything else."""
        return Work.from_json(json.loads(self._store.unseal(sealed, "work")))

    def bury(self, body: bytes, work: Work | None, reason: str) -> None:
        """Keep work that cannot be done, with the *reason*: class of error and place.

        Args:
            body: What ``seal`` gave.
            work: What it holds; None where it cannot be opened.
            reason: Why, without a text.
        """
        now = self._store.now()
        burial = Burial.carried(self._store, body, work, reason, now)
        with self._store.write() as connection:
            bury(connection, [burial], now)


@cache
def _forgetting(dialect: str) -> Delete:
    mine = outbox.c.claimed_by == bindparam("by")  # Retried meanwhile, it waits anew.
    return delete(outbox).where(among(outbox.c.key, dialect), mine)
