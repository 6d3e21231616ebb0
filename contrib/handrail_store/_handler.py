"""The handler: looks at accepted work and writes what came of it, all in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import Connection, select

from handrail import Decision, GuardedFeature, Safety
from handrail_store._record import record
from handrail_store._schema import outcomes
from handrail_store._sql import insert_new
from handrail_store._tracing import resumed
from handrail_store._work import DECIDED, Outcome, Work

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
        with resumed(work.carrier, "handrail.handle", **{"handrail.feature": work.feature}):
            return feature.work(work.stage, work.subject)

    def settle(
        self, looked: Sequence[tuple[Work, Decision | None]], then: Then | None = None
    ) -> dict[str, Outcome]:
        """Write what came of works, in one transaction; return their outcomes by key.

        Args:
            looked: Works and their decisions; None for one that has its outcome.
            then: What else is done in that transaction.
        """
        decided = [(work, made) for work, made in looked if made is not None]
        with self._store.write() as connection:
            outcomes_ = _settle(connection, [self._row(*each) for each in decided])
            self._write(connection, [made for work, made in decided if work.key in outcomes_])
            others = [work for work, _ in looked if work.key not in outcomes_]
            if others:
                outcomes_ |= _known(connection, others)
            if then is not None:
                then(connection)
        return outcomes_

    def _write(self, connection: Connection, made: Sequence[Decision]) -> None:
        record(self._store, connection, made)

    def _row(self, work: Work, decision: Decision) -> dict[str, Any]:
        return {
            "key": work.key, "kind": DECIDED, "decision": decision.id, "feature": work.feature,
            "stage": work.stage.value, "item": work.item, "revision": work.revision,
            "accepted_at": work.accepted_at, "at": self._store.now(),
        }  # fmt: skip


def _known(connection: Connection, works: Sequence[Work]) -> dict[str, Outcome]:
    """The outcomes that there are."""
    wanted = select(outcomes).where(outcomes.c.key.in_([work.key for work in works]))
    return {row["key"]: Outcome(**row) for row in connection.execute(wanted).mappings()}


def _settle(connection: Connection, rows: Sequence[dict[str, Any]]) -> dict[str, Outcome]:
    """Write outcomes; return those that nobody else has written first."""
    if not rows:
        return {}
    adding = insert_new(connection.dialect.name, outcomes).returning(outcomes.c.key)
    written = set(connection.execute(adding, rows).scalars())
    return {row["key"]: Outcome(**row) for row in rows if row["key"] in written}
