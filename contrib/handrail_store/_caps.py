"""The memory of the blast-radius cap, shared by all who have the database."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from datetime import datetime
from time import monotonic
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select, update
from sqlalchemy.exc import SQLAlchemyError

from handrail_store._rows import add_rows
from handrail_store._schema import caps

if TYPE_CHECKING:
    from handrail_store._store import Store

FRESH_S = 1.0
"""How long what was read holds before it is read again, from another thread."""


class StoredCaps:
    """Remembers when rules were first seen, demoted and confirmed.

    What is asked for in between is answered from memory, at most ``FRESH_S`` and one read old.
    Raises OSError where something could not be written; this process knows it all the same.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._tripped: dict[str, str] = {}
        self._confirmed: set[str] = set()
        self._lock, self._read_at, self._reading = threading.Lock(), 0.0, False
        self._read()

    def first_seen(self, marks: Iterable[str]) -> Mapping[str, datetime]:
        """Return when each rule was first seen; now, and remembered, where it is new."""
        wanted, now = sorted(set(marks)), self._store.now()
        known = select(caps.c.mark, caps.c.seen_at).where(caps.c.mark.in_(wanted))
        try:
            with self._store.write() as connection:
                rows = [{"mark": mark, "rule": "", "seen_at": now} for mark in wanted]
                add_rows(connection, caps, rows)
                return {row.mark: row.seen_at for row in connection.execute(known)}
        except SQLAlchemyError as error:
            raise _unwritten(error) from None

    def trip(self, mark: str, rule: str) -> None:
        """Remember that a rule was demoted, unless somebody has confirmed it."""
        with self._lock:
            if mark not in self._confirmed:
                self._tripped[mark] = rule
        self._note(mark, rule, {"tripped_at": self._store.now()}, still=True)

    def confirm(self, mark: str, rule: str, by: str) -> None:
        """Remember that *by* has confirmed a rule as it is; said in the audit log."""
        with self._lock:
            self._tripped.pop(mark, None)
            self._confirmed.add(mark)
        confirmed = {"confirmed_at": self._store.now(), "confirmed_by": by, "tripped_at": None}
        self._note(mark, rule, confirmed, still=False)

    def _note(self, mark: str, rule: str, what: Mapping[str, object], *, still: bool) -> None:
        row = update(caps).where(caps.c.mark == mark)
        if still:
            row = row.where(caps.c.confirmed_at.is_(None), caps.c.tripped_at.is_(None))
        try:
            with self._store.write() as connection:
                seen = {"mark": mark, "rule": rule, "seen_at": self._store.now()}
                add_rows(connection, caps, [seen])
                done = connection.execute(row.values(rule=rule, **what)).rowcount
                if done:
                    self._say(connection, mark, rule, what)
        except SQLAlchemyError as error:
            raise _unwritten(error) from None

    def _say(
        self, connection: Connection, mark: str, rule: str, what: Mapping[str, object]
    ) -> None:
        by = what.get("confirmed_by")
        word = "rule_tripped" if by is None else "rule_confirmed"
        who = None if by is None else str(by)
        self._store.audit(connection, word, subject=rule[:600], by=who, hash=mark)

    def tripped(self) -> Mapping[str, str]:
        """Return the rules that are demoted now: their ids by hash."""
        self._refresh()
        with self._lock:
            return dict(self._tripped)

    def confirmed(self) -> frozenset[str]:
        """Return the hashes of rules that somebody confirmed."""
        self._refresh()
        with self._lock:
            return frozenset(self._confirmed)

    def _refresh(self) -> None:
        with self._lock:
            if self._reading or monotonic() - self._read_at < FRESH_S:
                return
            self._reading = True
        try:
            threading.Thread(target=self._read, name="handrail-caps", daemon=True).start()
        except RuntimeError:  # The system may give no thread just now.
            self._reading = False

    def _read(self) -> None:
        wanted = select(caps.c.mark, caps.c.rule, caps.c.tripped_at, caps.c.confirmed_at)
        try:
            with self._store.read() as connection:
                rows = connection.execute(wanted).all()
            with self._lock:
                self._confirmed |= {row.mark for row in rows if row.confirmed_at is not None}
                found = {row.mark: row.rule for row in rows if row.tripped_at is not None}
                self._tripped = {m: r for m, r in found.items() if m not in self._confirmed}
        except SQLAlchemyError:
            # What is known counts on; a database that is away says so elsewhere.
            return
        finally:
            self._read_at, self._reading = monotonic(), False


def _unwritten(error: SQLAlchemyError) -> OSError:
    return OSError(f"the store could not be written: {type(error).__name__}")
