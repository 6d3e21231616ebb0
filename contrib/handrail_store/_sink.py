"""The record, kept in tables: a batch is a transaction, and what is there already stays."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from sqlalchemy import Connection
from sqlalchemy.exc import DataError, IntegrityError, OperationalError, ProgrammingError

from handrail import (
    Actor,
    Decision,
    Effect,
    Entry,
    Finding,
    HostEvent,
    Item,
    Receipt,
    report_of,
    split_clean,
)
from handrail.events import log
from handrail_store._cases import asked
from handrail_store._follow import returned
from handrail_store._lock import lock_items
from handrail_store._record import add_clean, add_known, plans_of, with_items
from handrail_store._rows import Rows
from handrail_store._supersede import Answers, answers, stale, supersede
from handrail_store._taking import reported, take
from handrail_store._told import add_receipts, add_told

if TYPE_CHECKING:
    from handrail_store._store import Store

BAD = (
    DataError, IntegrityError, ProgrammingError,
    ArithmeticError, LookupError, TypeError, ValueError,
)  # fmt: skip
"""What is wrong with an entry, and will be as often as it is tried; all else may get better."""


class _UndoneError(Exception):
    """Rolls a transaction back."""


_EXAMPLE = Decision(
    action="hold", id="0" * 24, item="example", effects=[Effect("review", {"example": "1h"})],
    findings=[Finding("integrity.spam", 1.0, "example")],
)  # fmt: skip


class StoreSink:
    """Keeps the record in the store; made by ``Store.sink``.

    Attributes:
        full: What happens when more waits than is kept in memory: ``drop`` the oldest, or
            ``wait``: then the newest are dropped once the buffer behind is full as well.
    """

    durable = True

    def __init__(self, store: Store, full: str = "drop") -> None:
        self._store, self.full = store, full
        self._committed: deque[str] = deque(maxlen=10_000)

    def write(self, batch: Sequence[Entry]) -> None:
        """Write a batch in one transaction; raises where the database is away, locked or full."""
        if self._committed:
            committed = set(self._committed)
            batch = [e for e in batch if not (type(e) is Decision and e.id in committed)]
        try:
            self._write(batch)
        except BAD:
            for entry in batch:
                self._write_alone(entry)

    def _write_alone(self, entry: Entry) -> None:
        """Write what may be one that no database takes: it must not hold up the others."""
        try:
            self._write([entry])
        except BAD as error:
            kind = type(error).__name__
            log("handrail.entry_refused", "error", error=kind)

    def _write(self, batch: Sequence[Entry]) -> None:
        clean, said, rest = split_clean(batch)
        plans = plans_of(said)
        decisions = [entry for entry in rest if isinstance(entry, Decision)]
        told = [entry for entry in rest if isinstance(entry, HostEvent)]
        given = answers(clean, plans, decisions)
        with self._store.write() as connection:
            self._hold(connection, decisions, told, given)
            rows = Rows(connection)
            add_clean(self._store, rows, clean, plans)
            self._decided(rows, decisions)
            take(self._store, connection, reported(batch, self._store.now()))
            add_receipts(self._store, connection, [e for e in rest if isinstance(e, Receipt)])
            add_told(self._store, connection, told)

    def commit(self, decisions: Sequence[Decision]) -> bool:
        """Write decisions that open a case, and the cases, in one transaction; True once done."""
        given = answers((), {}, decisions)
        with self._store.write() as connection:
            self._hold(connection, decisions, (), given)
            self._decided(Rows(connection), decisions)
            take(self._store, connection, reported(decisions, self._store.now()))
        self._committed.extend(decision.id for decision in decisions)
        return True

    def _hold(
        self, connection: Connection, decisions: Sequence[Decision],
        told: Sequence[HostEvent], given: Answers,
    ) -> None:  # fmt: skip
        """Take hold of the items of a batch, before all else; what stood on them may be over."""
        old = stale(connection, given)
        keys = {(each.feature, each.item) for each in decisions if _opens(each)}
        keys |= {(e.feature, e.item) for e in told if e.name != "viewed"}
        lock_items(connection, keys | old)
        supersede(self._store, connection, given, old)

    def _decided(self, rows: Rows, decisions: Sequence[Decision]) -> None:
        known = with_items(decisions)
        add_known(self._store, rows, known)
        returned(self._store, rows, known)
        rows.write()

    def warm(self) -> None:
        """Write what a HOLD takes, and take it back: the first one has no time to get ready."""
        # A database that is busy just now is no reason not to start.
        with suppress(_UndoneError, OperationalError), self._store.write() as connection:
            known = [(_EXAMPLE, Item("example", author=Actor(id="example")))]
            rows = Rows(connection)
            add_known(self._store, rows, known)
            returned(self._store, rows, known)
            rows.write()
            raise _UndoneError

    def close(self) -> None:
        """Do nothing: the store is closed by itself."""

    def __repr__(self) -> str:
        return f"StoreSink({self.full})"


def _opens(decision: Decision) -> bool:
    """Whether a decision opens a case, or joins one."""
    return report_of(decision) is not None or next(asked(decision), None) is not None
