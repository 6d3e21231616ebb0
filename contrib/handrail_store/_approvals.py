"""What people let pass, as policies ask for it, and the doing and undoing of it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

import attrs
from sqlalchemy import ColumnElement, Connection, select, update

from handrail import Item
from handrail_store._rows import merge_rows
from handrail_store._schema import approvals
from handrail_store._types import REVISION_MOST

if TYPE_CHECKING:
    from handrail_store._store import Store

WAIT_S = 0.02
"""How long a call waits for the database; then it is a fault, and nothing was let pass."""

FRESH_S = 5.0
"""How long an answer holds: that long an approval undone elsewhere may count on here."""

REST_S = 1.0
"""How long a database that did not answer is left alone."""

KEPT_MOST = 10_000
"""Answers that are kept."""

ASKING_MOST = 4
"""Questions that wait for the database at a time."""


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
    """The database did not answer in time; Safety makes a fault of it."""


@attrs.define(eq=False)
class _Question:
    """A question on its way; ``answer`` is None until it is there."""

    done: threading.Event = attrs.field(factory=threading.Event)
    answer: bool | None = None


class StoredApprovals:
    """Looks up what a person let pass, without ever waiting long for a database.

    Answers are kept for ``FRESH_S``. What is not known is asked from another thread; where that
    takes longer than ``WAIT_S``, LateError is raised, as it is for ``REST_S`` from then on.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: OrderedDict[Approval, tuple[bool, float]] = OrderedDict()
        self._slots = threading.BoundedSemaphore(ASKING_MOST)
        self._rests_until = 0.0
        with store.read() as connection:  # The first question has no time to get ready.
            is_approved(connection, Approval("", "", 0, "", ""))
        self._patient = threading.local()
        self._none_until = 0.0

    @contextmanager
    def patience(self) -> Iterator[None]:
        """Have this thread wait for the database meanwhile: a worker has nobody waiting."""
        self._patient.on = True
        try:
            yield
        finally:
            self._patient.on = False

    def approved(self, feature: str, item: Item, issue: str, rule: str) -> bool:
        """Return whether a person let this pass; raises LateError where nobody can say so now."""
        key = Approval(feature, item.id, min(item.revision, REVISION_MOST), issue, rule)
        kept, now = self._kept.get(key), monotonic()
        if kept is not None and now - kept[1] < FRESH_S:
            return kept[0]
        if getattr(self._patient, "on", False):
            return self._wait_for(key)
        if now < self._rests_until or not self._slots.acquire(blocking=False):
            raise LateError
        question = _Question()
        asking = threading.Thread(
            target=self._ask, args=(key, question), name="handrail-approvals", daemon=True
        )
        try:
            asking.start()
        except RuntimeError:  # The system may give no thread just now.
            self._slots.release()
            raise LateError from None
        question.done.wait(WAIT_S)
        if question.answer is None:
            self._rests_until = monotonic() + REST_S
            raise LateError
        return question.answer

    def _wait_for(self, key: Approval) -> bool:
        """Ask in this thread, however long it takes."""
        if monotonic() < self._none_until:
            return False
        with self._store.read() as connection:
            if connection.execute(select(approvals.c.at).limit(1)).first() is None:
                self._none_until = monotonic() + FRESH_S
                return False
            answer = is_approved(connection, key)
        self._keep(key, answer=answer)
        return answer

    def _ask(self, key: Approval, question: _Question) -> None:
        try:
            with self._store.read() as connection:
                answer = is_approved(connection, key)
            self._keep(key, answer=answer)
            question.answer = answer
        except Exception:  # noqa: BLE001 - no answer is a fault of the call that waits for it
            return
        finally:
            self._slots.release()
            question.done.set()

    def _keep(self, key: Approval, *, answer: bool) -> None:
        self._kept[key] = (answer, monotonic())
        while len(self._kept) > KEPT_MOST:
            self._kept.popitem(last=False)

    def forget(self, key: Approval) -> None:
        """Ask anew next time."""
        self._kept.pop(key, None)
        self._none_until = 0.0


def is_approved(connection: Connection, key: Approval) -> bool:
    """Whether there is an approval that was not undone."""
    wanted = select(approvals.c.at).where(*_where(key), approvals.c.undone_at.is_(None))
    return connection.execute(wanted).first() is not None


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
