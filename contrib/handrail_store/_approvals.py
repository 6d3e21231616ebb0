"""What people let pass, as policies ask for it, and the doing and undoing of it.

A call waits for no database: it looks into a set in memory, which a thread of its own brings up to
date every second. An approval that another process makes or undoes counts here after about that
long; where the database has not been read for longer than ``STALE_S``, every call that asks has a
fault, and nothing is let pass.
"""

from __future__ import annotations

import os
import secrets
import threading
import weakref
from contextlib import AbstractContextManager, suppress
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, or_, select, update

from handrail import Item
from handrail_store._rows import merge_rows
from handrail_store._schema import approvals
from handrail_store._types import REVISION_MOST, keepable

if TYPE_CHECKING:
    from handrail_store._store import Store

EVERY_S = 1.0
"""How often what is new is read."""

STALE_S = 5.0
"""How old the set may be: then what it says is no answer, and calls have a fault."""

WHOLE_S = 3600.0
"""How often the whole is read, for what is gone from the table."""

OVERLAP = timedelta(minutes=1)
"""How far the clocks of those who write may be apart, and a transaction last, and be seen at once;
what is further is seen when the whole is read."""

CHUNK = 1000
"""Rows of the whole that are read at a time; what is new is read in between."""

KNOWN_MOST = 1_000_000
"""Approvals that are known, the latest; each takes about 100 bytes."""


class Approval(NamedTuple):
    """What a person lets pass: this revision of an item, for this issue, under this very rule.

    Attributes:
        feature, item, revision, issue: As on the decision. rule: The hash of the rule, as on Match.
    """

    feature: str
    item: str
    revision: int
    issue: str
    rule: str


class LateError(Exception):
    """The database was not read for too long; Safety makes a fault of it."""


class _Patience(threading.local):
    on = False

    def __enter__(self) -> None:
        self.on = True

    def __exit__(self, *_: object) -> None:
        self.on = False


class StoredApprovals:
    """Knows what people let pass, without waiting for a database: ``Store.approvals``."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._secret = secrets.token_bytes(32)
        self._patient = _Patience()
        self._known: set[bytes] = set()
        self._since: datetime | None = None
        self._at = self._whole_at = 0.0
        self._renew()
        self.refresh()
        self._start()  # Now: the first call may come long after, and does not wait.
        _live.add(self)

    def _renew(self) -> None:
        self._reading, self._starting = threading.Lock(), threading.Lock()
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def patience(self) -> AbstractContextManager[None]:
        """Have this thread wait for the database where need be: a worker has nobody waiting."""
        return self._patient

    def approved(self, feature: str, item: Item, issue: str, rule: str) -> bool:
        """Return whether a person let this pass; raises LateError where nobody can say so now."""
        thread = self._thread
        if thread is None or not thread.is_alive():
            self._start()
        if monotonic() - self._at > STALE_S:
            if not self._patient.on:
                raise LateError
            self.refresh()
        if not self._known:
            return False
        key = Approval(feature, item.id, min(item.revision, REVISION_MOST), issue, rule)
        return self._mark(key) in self._known

    def refresh(self) -> None:
        """Read what is new now, and wait for it: after something was let pass here."""
        with self._reading:
            started = monotonic()
            if self._since is None or started - self._whole_at > WHOLE_S:
                self._read_whole()
                self._whole_at = started
            else:
                self._catch_up(self._known, self._since)

    def _read_whole(self) -> None:
        standing = _ROWS.where(approvals.c.undone_at.is_(None)).order_by(approvals.c.at.desc())
        known, since, began = set[bytes](), _EPOCH, self._store.now()
        with self._store.read() as connection:
            streamed = connection.execution_options(yield_per=CHUNK)
            for part in streamed.execute(standing.limit(KNOWN_MOST)).partitions():
                for row in part:
                    known.add(self._mark(Approval(*row[:5])))
                    since = max(since, row.at)
                if self._since is not None and monotonic() - self._at > EVERY_S:
                    self._catch_up(self._known, self._since)
        # The whole is of the moment it began at, which may be long ago.
        self._catch_up(known, min(since, began))

    def _catch_up(self, known: set[bytes], since: datetime) -> None:
        """Bring *known*, which is of *since*, up to date; from now on it is what is known."""
        started = monotonic()
        with self._store.read() as connection:
            since = self._read_new(connection, known, since)
        self._known, self._since, self._at = known, since, started

    def _read_new(self, connection: Connection, known: set[bytes], since: datetime) -> datetime:
        """Take what is new into *known*; return until when it is up to date."""
        after = since - OVERLAP if since > _EPOCH else since
        new = _ROWS.where(or_(approvals.c.at >= after, approvals.c.undone_at >= after))
        for row in connection.execute(new):
            mark = self._mark(Approval(*row[:5]))
            known.add(mark) if row.undone_at is None else known.discard(mark)
            since = max(since, row.at, row.undone_at or row.at)
        # A row from a clock that is ahead must not hide what others write now.
        return min(since, self._store.now())

    def _mark(self, key: Approval) -> bytes:
        """A keyed hash: small, and nobody makes an id that has another's."""
        text = f"{key.feature}\0{keepable(key.item)}\0{key.revision}\0{key.issue}\0{key.rule}"
        return blake2b(text.encode(), key=self._secret, digest_size=16).digest()

    def _start(self) -> None:
        with self._starting, suppress(RuntimeError):  # The system may give no thread just now.
            if self._over.is_set() or (self._thread is not None and self._thread.is_alive()):
                return
            thread = threading.Thread(
                target=_keep_up, args=(weakref.ref(self), self._over), name="handrail-approvals",
                daemon=True,
            )  # fmt: skip
            thread.start()
            self._thread = thread

    def close(self) -> None:
        """End the thread."""
        self._over.set()
        if self._thread is not None and self._thread.is_alive():
            self._thread.join(timeout=5)

    def after_fork(self) -> None:
        """Go on in a child, whose only thread is the one that forked."""
        running, over = self._thread is not None, self._over.is_set()
        self._renew()
        if running and not over:
            self._start()


def _keep_up(known: weakref.ref[StoredApprovals], over: threading.Event) -> None:
    """Read what is new, again and again, for as long as somebody has the approvals."""
    while not over.wait(EVERY_S) and (each := known()) is not None:
        with suppress(Exception):  # It gets old, which is a fault of every call that asks.
            each.refresh()
        del each


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ROWS: Select[str, str, int, str, str, datetime, datetime | None] = select(
    *approvals.primary_key.columns, approvals.c.at, approvals.c.undone_at
)
_live: weakref.WeakSet[StoredApprovals] = weakref.WeakSet()


def _after_fork() -> None:
    for each in list(_live):
        each.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def approve(store: Store, connection: Connection, key: Approval, by: str) -> None:
    """Let an item's revision pass under a rule, for good; said in the audit log."""
    row = {**key._asdict(), "by": by, "at": store.now(), "undone_at": None}
    merge_rows(connection, approvals, [row], dict.fromkeys(("by", "at", "undone_at"), "new"))
    _said(store, connection, "approved", key, by)


def undo(store: Store, connection: Connection, key: Approval, by: str) -> bool:
    """Take an approval back; False where there is none. Said in the audit log."""
    standing = update(approvals).where(*_where(key), approvals.c.undone_at.is_(None))
    done = connection.execute(standing.values(undone_at=store.now())).rowcount > 0
    if done:
        _said(store, connection, "approval_undone", key, by)
    return done


def _where(key: Approval) -> list[ColumnElement[bool]]:
    columns = approvals.primary_key.columns
    return [column == value for column, value in zip(columns, key, strict=True)]


def _said(store: Store, connection: Connection, what: str, key: Approval, by: str) -> None:
    about = f"{key.feature}/{key.item}"[:600]
    store.audit(
        connection, what, subject=about, by=by,
        revision=key.revision, issue=key.issue, rule=key.rule,
    )  # fmt: skip
