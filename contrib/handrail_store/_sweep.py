"""Sweeps: the policies in force now, applied to what is already published."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import islice
from time import monotonic
from typing import TYPE_CHECKING, TypeAlias

import attrs
from sqlalchemy import func, insert, select, update

from handrail import Decision, InvalidValueError, Item, Safety, Stage
from handrail_store._book import Book, Occasion
from handrail_store._lock import lock_items
from handrail_store._record import add_known
from handrail_store._schema import batches, snapshots
from handrail_store._snapshots import OPTED, open_snapshot
from handrail_store._standing import Demand
from handrail_store._types import new_id

if TYPE_CHECKING:
    from handrail_store._store import Store

Published: TypeAlias = tuple[str, Item]
"""A feature's name, and what is published there now."""

PAGE = 50
"""How many items are written of in one transaction."""

RATE = 50.0
"""Items per second, where nothing else is said."""


@attrs.define
class Swept:
    """How far a sweep is: items looked at; those that something is asked of; enforcements made."""

    batch: str
    looked: int = 0
    acted: int = 0
    told: int = 0


@attrs.frozen
class Sweep:
    """Looks once more at what is published, and has features told what the policies say now.

    It only ever adds: what stands already is not lifted. ``revert`` takes it all back.

    Attributes:
        safety: Has the policies in force. store: Where it is written.
        by: Who asked for it. rate: The most items per second.
        stop: Set to end it early; what was done stays, under its batch.
    """

    safety: Safety
    store: Store
    by: str
    rate: float = attrs.field(default=RATE)
    stop: threading.Event = attrs.field(factory=threading.Event)

    @rate.validator
    def _check_rate(self, _: object, value: float) -> None:
        if not 0 < value <= 100_000:
            raise InvalidValueError("sweep: rate: expected more than 0 items per second")

    def run(
        self, published: Iterable[Published], *, since: datetime,
        progress: Callable[[Swept], object] | None = None,
    ) -> Swept:  # fmt: skip
        """Look at what is *published*; return how far it came.

        Args:
            published: What to look at, such as ``kept``, or what the host says.
            since: From when it is; kept with the batch.
            progress: Called after every page.
        """
        swept = Swept(self._begin(since))
        items = iter(published)
        start = monotonic()
        while not self.stop.is_set() and (page := list(islice(items, PAGE))):
            looked = [(item, self._look(feature, item)) for feature, item in page]
            self._write(swept, looked)
            swept.looked += len(page)
            if progress is not None:
                progress(swept)
            self.stop.wait(max(start + swept.looked / self.rate - monotonic(), 0))
        self._end(swept)
        return swept

    def _look(self, feature: str, item: Item) -> Decision:
        return self.safety.feature(feature).work(Stage.POST_PUBLISH, item)

    def _begin(self, since: datetime) -> str:
        batch = new_id()
        begun = since.isoformat()
        said = {"since": begun, "rate": self.rate}
        row = {"id": batch, "kind": "sweep", "by": self.by, "state": "running", "body": said}
        with self.store.write() as connection:
            connection.execute(insert(batches).values(**row, made_at=self.store.now()))
            self.store.audit(connection, "swept", subject=batch, by=self.by, since=begun)
        return batch

    def _write(self, swept: Swept, looked: list[tuple[Item, Decision]]) -> None:
        now = self.store.now()
        acting = [(made, item) for item, made in looked]
        demands = [Demand.of(made, item, now, batch=swept.batch) for made, item in acting]
        wanted = [d for d in demands if not d.empty]
        with self.store.write() as connection:
            lock_items(connection, [(made.feature, made.item) for made, _ in acting])
            book = Book(self.store, connection, [(d.feature, d.item) for d in wanted])
            add_known(self.store, book.rows, acting, {"by": None, "batch": swept.batch})
            for demand in wanted:
                key = demand.feature, demand.item
                if book.gone(key, demand.revision):
                    continue
                was = book.last(key, demand.revision)
                book.add(demand)
                made = book.tell(demand, was, Occasion(reason="swept", batch=swept.batch))
                swept.acted += 1
                swept.told += made is not None
            book.write()

    def _end(self, swept: Swept) -> None:
        state = "stopped" if self.stop.is_set() else "done"
        said = {"looked": swept.looked, "acted": swept.acted, "told": swept.told}
        with self.store.write() as connection:
            ours = batches.c.id == swept.batch
            body = connection.execute(select(batches.c.body).where(ours)).scalar_one()
            over = {"state": state, "ended_at": self.store.now(), "body": {**body, **said}}
            connection.execute(update(batches).where(ours).values(over))
            self.store.audit(connection, "sweep_ended", subject=swept.batch, by=self.by, **said)


def kept(store: Store, since: datetime) -> Iterator[Published]:
    """What is published since then, of features whose content is kept: the last revisions."""
    newest = (
        select(snapshots.c.feature, snapshots.c.item, func.max(snapshots.c.revision).label("last"))
        .where(snapshots.c.made_at >= since, snapshots.c.reason == OPTED)
        .group_by(snapshots.c.feature, snapshots.c.item)
        .order_by(snapshots.c.feature, snapshots.c.item)
    )
    after: tuple[str, str] | None = None
    while True:
        page = newest.limit(PAGE)
        if after is not None:
            last = (snapshots.c.feature == after[0]) & (snapshots.c.item > after[1])
            page = page.where((snapshots.c.feature > after[0]) | last)
        with store.read() as connection:
            rows = connection.execute(page).all()
            found = [
                (feature, open_snapshot(store, connection, feature, item, last))
                for feature, item, last in rows
            ]
        if not rows:
            return
        after = rows[-1][0], rows[-1][1]
        for feature, opened in found:
            if opened is not None:
                yield feature, opened
