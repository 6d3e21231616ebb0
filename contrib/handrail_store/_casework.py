"""Cases as people work on them: listed, shown, decided, appealed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import attrs
from sqlalchemy import RowMapping, Select, select
from sqlalchemy import case as when

from handrail import Decision, FrozenMap, InvalidValueError
from handrail_store import _appeals
from handrail_store._appeals import Appeal
from handrail_store._decide import decide
from handrail_store._schema import cases
from handrail_store._settle import BATCH, settle, unsettled
from handrail_store._verdict import Verdict, checked_state

if TYPE_CHECKING:
    from handrail_store._store import Store

STATES = ("open", "decided", "lapsed", "cancelled")


@attrs.frozen(kw_only=True, repr=False)
class Case:
    """What a person has to look at.

    Attributes:
        id: Ours. feature, item, revision, author: What it is about. target: What of it.
        decision: The id of what asked for it. queue, issue: Where it waits, and what for.
        state: ``open``, ``decided``, ``lapsed`` or ``cancelled``.
        opened_at, deadline, closed_at: When. closed_by: Who decided.
        priority: 0 to 1. reports: How many it answers. suspicion: How much they look like a wave.
        appeal: The id of the appeal it is about. outcome: The id of the decision that closed it.
        body: What else there is to know of it, in words and numbers; ``lapsed`` is why it is:
            ``hold_ended``, or ``superseded`` by a later answer.
        reason: Why it was decided so, where it was asked for.
    """

    id: str
    feature: str
    item: str
    revision: int | None
    author: str | None
    target: str
    decision: str
    queue: str
    issue: str | None
    state: str
    opened_at: datetime
    deadline: datetime | None
    closed_at: datetime | None
    closed_by: str | None
    priority: float
    reports: int
    suspicion: float
    appeal: str | None
    outcome: str | None
    body: FrozenMap = attrs.field(converter=FrozenMap)
    reason: str | None = None

    def __repr__(self) -> str:
        return f"Case({self.queue}, {self.state}, reports={self.reports})"


class Cases:
    """What people have to look at; made by ``Store.cases``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def list(
        self, *, state: str | None = "open", queue: str | None = None, most: int = 100
    ) -> tuple[Case, ...]:
        """Return cases: those that are late first, then by priority, then those due sooner.

        Args:
            state: Of which state; None is any. Raises UnknownNameError for one there is not.
            queue: Of which queue.
            most: How many at most.
        """
        checked_state(state, STATES)
        wanted = select(cases)
        if state is not None:
            wanted = wanted.where(cases.c.state == state)
        if queue is not None:
            wanted = wanted.where(cases.c.queue == queue)
        late = when((cases.c.deadline <= self._store.now(), 0), else_=1)
        order = late, cases.c.priority.desc(), cases.c.deadline, cases.c.id
        with self._store.read() as connection:
            rows = connection.execute(wanted.order_by(*order).limit(most)).mappings()
            return tuple(_case(row) for row in rows)

    def show(self, id: str, *, by: str | None = None) -> Case:  # noqa: A002 - the word for it
        """Return a case; with *by*, why it was decided so, and the audit log says who looked.

        Raises InvalidValueError where there is none with that id.
        """
        with self._store.write() as connection:
            row = connection.execute(select(cases).where(cases.c.id == id)).mappings().first()
            if row is None:
                raise InvalidValueError("cases: no case has that id")
            if by is None or row["sealed"] is None:
                return _case(row)
            self._store.audit(connection, "case_opened", subject=id, by=by)
        reason = self._store.unseal(row["sealed"], id).decode("utf-8", "surrogatepass")
        return _case(row, reason)

    def decide(self, id: str, verdict: Verdict) -> Decision:  # noqa: A002 - the word for it
        """Decide a case: the feature is told, strikes are confirmed, who reported is answered.

        What is let pass is not asked about again under the same rules. Raises InvalidValueError
        where there is no such case, it is closed, the same person decided what is appealed now,
        or its issue is one that nobody is punished for.
        """
        with self._store.write() as connection:
            made = decide(self._store, connection, id, verdict)
        self._store.read_approvals()
        while self._settle(select(cases).where(cases.c.id == id)) == BATCH:
            pass  # A case may answer a million reports: each thousand is a transaction.
        return made

    def _settle(self, wanted: Select[Any]) -> int:
        with self._store.write() as connection:
            row = connection.execute(wanted).mappings().one()
            return settle(self._store, connection, row, BATCH)

    def catch_up(self) -> int:
        """Answer reports of decided cases that wait for it still; return how many."""
        done = 0
        while True:
            with self._store.write() as connection:
                left = unsettled(connection)
                if left is None:
                    return done
                done += settle(self._store, connection, left, BATCH)

    def appeal(self, decision: str, *, by: str, text: str = "") -> Appeal:
        """Take in what an author says against a decision about what they made (DSA Art. 20).

        Raises InvalidValueError where it is not theirs, too late, or was appealed before.
        """
        with self._store.write() as connection:
            return _appeals.appeal(self._store, connection, decision, by=by, text=text)


def _case(row: RowMapping, reason: str | None = None) -> Case:
    names = {field.name for field in attrs.fields(Case)} - {"reason"}
    return Case(**{name: row[name] for name in names}, reason=reason)
