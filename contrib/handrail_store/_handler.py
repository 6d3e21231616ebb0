"""The handler: looks at accepted work and writes what came of it, all in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import Connection, Select, select

from handrail import Decision, GuardedFeature, Report, Safety, Stage
from handrail_store._book import Book
from handrail_store._follow import follow
from handrail_store._looked import LOOK_AGAIN, Looked
from handrail_store._recall import around, check_kept, recalled
from handrail_store._record import add_clean, add_known, plans_of
from handrail_store._rows import add_fresh
from handrail_store._said import revision
from handrail_store._schema import outbox, outcomes
from handrail_store._sql import among, insert_new, listed
from handrail_store._taking import Taken, take
from handrail_store._tracing import resumed
from handrail_store._work import CANCELLED, DECIDED, Outcome, Work, item_id

if TYPE_CHECKING:
    from handrail_store._store import Store

Then: TypeAlias = Callable[[Connection], None]
"""What else is done in the transaction that settles work."""


class Handler:
    """Looks at work and settles it, once each whoever delivers it how often.

    Args:
        safety: Has the features, the modules and the policies. store: Where it is written.
    """

    def __init__(self, safety: Safety, store: Store) -> None:
        self._safety, self._store = safety, store
        self._features: dict[str, GuardedFeature] = {}

    def handle(self, work: Work) -> Outcome:
        """Settle *work*; what is settled already is left alone, and its outcome returned.

        Raises FeatureError for a feature that is not declared, and what the database raises
        where it cannot be reached: then nothing was written, and it may be asked again.
        """
        (outcome,) = self.handle_all([work])
        return outcome

    def handle_all(self, works: Sequence[Work], then: Then | None = None) -> list[Outcome]:
        """Settle several in one transaction, in which *then* is called; return their outcomes."""
        known = self.settled(works)
        looked = {w.key: (w, None if w.key in known else self.look(w)) for w in works}
        settled = self.settle(list(looked.values()), then)
        return [settled[work.key] for work in works]

    def settled(self, works: Sequence[Work]) -> dict[str, Outcome]:
        """The outcomes that works have already, by key."""
        with self._store.read() as connection:
            return _known(connection, works)

    def look(self, work: Work) -> Decision:
        """Have the modules and policies look at *work*, in its trace; nothing is written."""
        feature = self._features.get(work.feature)
        if feature is None:
            feature = self._features[work.feature] = self._safety.feature(work.feature)
        asked = (work.stage, *recalled(self._store, work))
        with self._store.approvals.patience():
            if not work.carrier:
                return feature.work(*asked)
            named = {"handrail.feature": work.feature}
            with resumed(work.carrier, "handrail.handle", **named):
                return feature.work(*asked)

    def settle(
        self, looked: Sequence[tuple[Work, Decision | None]], then: Then | None = None
    ) -> dict[str, Outcome]:
        """Write what came of works, in one transaction; return their outcomes by key.

        Args:
            looked: Works and their decisions; None for one that has its outcome.
            then: What else is done in that transaction.
        """
        with self._store.write() as connection:
            new = self._enter(connection, looked)
            settled = {key: Outcome(**row) for key, row in new.items()}
            others = [work for work, _ in looked if work.key not in settled]
            if others:
                settled |= _known(connection, others)
            if then is not None:
                then(connection)
        return settled

    def enter(
        self, looked: Sequence[tuple[Work, Decision | None]], then: Then | None = None
    ) -> None:
        """Write as ``settle`` does, where nobody asks for the outcomes."""
        with self._store.write() as connection:
            self._enter(connection, looked)
            if then is not None:
                then(connection)

    def _enter(
        self, connection: Connection, looked: Sequence[tuple[Work, Decision | None]]
    ) -> dict[str, dict[str, Any]]:
        """Write what is new; return the rows of its outcomes, by key."""
        decided, now = Looked.of(looked), self._store.now()
        book = Book(self._store, connection, {(w.feature, w.item) for w, _ in decided.pairs})
        check_kept(connection, decided.acting)
        rows = {
            pair[0].key: _row(book, *pair, id_, now)
            for pair, id_ in zip(decided.pairs, decided.ids, strict=True)
        }
        fresh = add_fresh(connection, outcomes, [*rows.values()])
        new = {key: row for key, row in rows.items() if key in fresh}
        ids = [row["decision"] for row in new.values() if row["kind"] == DECIDED]
        decided = decided.only(ids)
        self._write(connection, book, decided.seen(), now)
        again = [pair for pair in decided.acting if not pair[1].final]
        if again:
            later = [self._again(work, made, now) for work, made in again]
            connection.execute(insert_new(connection.dialect.name, outbox), later)
        return new

    def _write(self, connection: Connection, book: Book, decided: Looked, now: datetime) -> None:
        acting = decided.acting
        add_clean(self._store, book.rows, decided.clean, plans_of(decided.shared))
        add_known(
            self._store, book.rows, [(each, work.known) for work, each in acting],
            revises={each.id: work.revises for work, each in acting if work.revises},
        )  # fmt: skip
        reported = [
            Taken(work.subject, each, work.accepted_at, around(work.subject, each))
            for work, each in acting if isinstance(work.subject, Report)
        ]  # fmt: skip
        if reported:
            book.rows.write()
            take(self._store, connection, reported)
        follow(book, decided, now)
        book.write()

    def _again(self, work: Work, made: Decision, now: datetime) -> dict[str, Any]:
        """The row of a later look at what something failed to look at."""
        return {**self._store.outbox.row(work.again(made.id)), "due_at": now + LOOK_AGAIN}


def _row(book: Book, work: Work, made: Decision, id_: str, now: datetime) -> dict[str, Any]:
    """The outcome of work; cancelled where its item was withdrawn meanwhile."""
    subject, stage = work.subject, work.stage
    known = around(subject, made) if isinstance(subject, Report) else subject
    item, number = item_id(subject), revision(known)
    gone = stage is Stage.POST_PUBLISH and book.gone((work.feature, item), number or 0)
    return {
        "key": work.key, "kind": CANCELLED if gone else DECIDED,
        "decision": None if gone else id_, "feature": work.feature,
        "stage": stage.value, "item": item, "revision": number,
        "accepted_at": work.accepted_at, "at": now,
    }  # fmt: skip


def _known(connection: Connection, works: Sequence[Work]) -> dict[str, Outcome]:
    """The outcomes that there are."""
    dialect = connection.dialect.name
    rows = connection.execute(_of(dialect), {"keys": listed([w.key for w in works], dialect)})
    return {row["key"]: Outcome(**row) for row in rows.mappings()}


@cache
def _of(dialect: str) -> Select[Any]:
    return select(outcomes).where(among(outcomes.c.key, dialect))
