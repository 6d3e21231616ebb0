"""What people who report are owed: a receipt, a decision, a warning; the host sends it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeAlias

import attrs
from sqlalchemy import RowMapping, and_, func, or_, select, tuple_, update

from handrail import FrozenMap, InvalidValueError, Json
from handrail.events import log
from handrail_store._schema import replies, reports
from handrail_store._types import new_id
from handrail_store._wording import words_of

if TYPE_CHECKING:
    from handrail_store._store import Store

KINDS = ("receipt", "decision", "appeal", "reversal", "warning", "suspension")
"""What a reply is: it came in, it was decided, a complaint was, what was done is undone, misuse
has consequences.
"""

LEASE = timedelta(minutes=2)
LONGEST_S = LEASE.total_seconds() / 4
TRIES_MOST = 12
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=6)


@attrs.frozen(kw_only=True, repr=False)
class Reply:
    """Something to tell somebody who reported; it may come more than once with the same ``id``.

    Attributes:
        id: Unique. kind: One of ``KINDS``. feature: Where.
        report: The host's id of the report; None where it is about the person.
        item: The host's id of what was reported. reporter: The host's id of who is told.
        name, email: What they gave of themselves, if anything.
        body: What there is to say, as words and numbers: ``acted_on``, ``automated``, ``redress``,
            ``missing``, ``deadline``, …
        at: When it was due. notice: The same as a text in their language, where the notices have
            words for it; else the host finds the sentences.
    """

    id: str
    kind: str
    feature: str
    report: str | None
    item: str | None
    reporter: str | None
    name: str | None
    email: str | None
    body: FrozenMap = attrs.field(converter=FrozenMap)
    at: datetime
    notice: str | None = None

    def to_json(self) -> dict[str, Json]:
        """Return the JSON form, with name and address; ``Reply.from_json`` reads it back."""
        said = {name: getattr(self, name) for name in attrs.fields_dict(Reply)}
        body = {k: list(v) if isinstance(v, tuple) else v for k, v in self.body.items()}
        return {**said, "body": body, "at": self.at.isoformat()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Reply:
        """Read the JSON form; raises InvalidValueError for what is none."""
        try:
            return cls(**{**data, "at": datetime.fromisoformat(data["at"])})
        except (KeyError, TypeError, ValueError) as error:
            raise InvalidValueError(f"Reply: not its JSON form ({type(error).__name__})") from None

    def __repr__(self) -> str:
        return f"Reply({self.kind}, feature={self.feature!r})"


Sender: TypeAlias = Callable[[Reply], object]
"""What sends a reply: the host's own function; it raises or returns False where it could not."""


class Replies:
    """Replies that wait, and who sends them; made by ``Store.replies``."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._sender: Sender | None = None

    @property
    def sends(self) -> bool:
        """Whether this process has a function that sends them."""
        return self._sender is not None

    def on_reply(self, function: Sender) -> Sender:
        """Register what sends replies; a decorator."""
        if not callable(function):
            raise InvalidValueError("on_reply: expected a function")
        self._sender = function
        return function

    def deliver(self, most: int = 100, *, within: float = LONGEST_S) -> int:
        """Send up to *most* replies that are due; return how many were sent.

        None but the first is begun later than *within* so many seconds, up to 30: somebody else
        would take it for left. One that fails is tried again, later each time, and given up after
        12 tries. Without a function that sends them they wait, and fail after 7 days.
        """
        if self._sender is None:
            return 0
        sent, rows = 0, self._claim(most)
        end = monotonic() + min(within, LONGEST_S)
        for number, row in enumerate(rows):
            if number and monotonic() > end:
                self._free(rows[number:])
                break
            error = self._send(self._sender, row)
            self._settle(row, error)
            sent += error is None
        return sent

    def _free(self, rows: Sequence[RowMapping]) -> None:
        """Give back what was claimed and not begun."""
        mark = tuple_(*replies.primary_key.columns)
        mine = update(replies).where(mark.in_([key_of(row) for row in rows]))
        with self._store.write() as connection:
            connection.execute(mine.values(claimed_until=None))

    def waiting(self) -> int:
        """Return how many wait, with or without a time to be tried again at."""
        counted = select(func.count()).select_from(replies).where(replies.c.state == "waiting")
        with self._store.read() as connection:
            return int(connection.execute(counted).scalar_one())

    def late(self, than: timedelta) -> int:
        """Return how many are due since so long, and not sent."""
        due = replies.c.state == "waiting", replies.c.due_at <= self._store.now() - than
        with self._store.read() as connection:
            return int(connection.execute(select(func.count()).where(*due)).scalar_one())

    def _claim(self, most: int) -> list[RowMapping]:
        now, mark = self._store.now(), tuple_(*replies.primary_key.columns)
        free = or_(replies.c.claimed_until.is_(None), replies.c.claimed_until <= now)
        # What is new is due at once, also where the clock was set back.
        fresh = and_(replies.c.tries == 0, replies.c.due_at <= replies.c.made_at)
        due = (
            select(replies)
            .where(replies.c.state == "waiting", or_(replies.c.due_at <= now, fresh), free)
            .order_by(replies.c.due_at).limit(most).with_for_update(skip_locked=True)
        )  # fmt: skip
        with self._store.write() as connection:
            rows = list(connection.execute(due).mappings())
            if rows:
                mine = update(replies).where(mark.in_([key_of(row) for row in rows]))
                connection.execute(mine.values(claimed_until=now + LEASE))
        return rows

    def _send(self, sender: Sender, row: RowMapping) -> str | None:
        """Have one sent; return the type of the error where it was not."""
        try:
            done = sender(self._reply(row))
        except Exception as error:  # noqa: BLE001 - the host's function may raise anything
            kind = type(error).__name__
            log("handrail.call_failed", "warning", call="on_reply", error=kind)
            return kind
        return "refused" if done is False else None

    def _settle(self, row: RowMapping, error: str | None) -> None:
        now, tries = self._store.now(), row["tries"] + 1
        said: dict[str, Any] = {"tries": tries, "claimed_until": None, "error": error}
        if error is None:
            said |= {"state": "delivered", "delivered_at": now}
        elif tries >= TRIES_MOST:
            said |= {"state": "failed", "due_at": now}
        else:
            said |= {"due_at": now + min(FIRST_WAIT * 2 ** (tries - 1), LONGEST_WAIT)}
        mine = tuple_(*replies.primary_key.columns) == key_of(row)
        with self._store.write() as connection:
            connection.execute(update(replies).where(mine).values(said))

    def _reply(self, row: RowMapping) -> Reply:
        wanted = select(reports.c.host_id, reports.c.item, reports.c.sealed)
        with self._store.read() as connection:
            found = connection.execute(wanted.where(reports.c.id == row["about"])).first()
        said = {} if found is None else opened(self._store, found.sealed, row["about"])
        return Reply(
            id=reply_id(row), kind=row["kind"], feature=row["feature"],
            report=found and found.host_id, item=found and found.item, reporter=row["reporter"],
            name=said.get("name"), email=said.get("email"), body=row["body"], at=row["made_at"],
            notice=words_of(self._store, row, said),
        )  # fmt: skip


def reply_id(row: RowMapping) -> str:
    """The id of a reply, as whoever sends it is told."""
    return "-".join(filter(None, key_of(row)))


def key_of(row: RowMapping) -> tuple[str, ...]:
    """The primary key of a reply."""
    return tuple(str(row[column.name]) for column in replies.primary_key.columns)


def opened(store: Store, sealed: bytes, about: str) -> Mapping[str, Any]:
    """What was sealed as JSON; nothing where it was erased."""
    if not sealed:
        return {}
    said: Mapping[str, Any] = json.loads(store.unseal(sealed, about))
    return said


def reply_row(
    kind: str, body: Mapping[str, Any], now: datetime, to: Mapping[str, Any]
) -> dict[str, Any]:
    """The row of a reply that waits.

    Args:
        kind: One of ``KINDS``.
        body: What there is to say.
        now: The time.
        to: ``feature``, ``reporter`` and, where it is about a report, its id as ``about``; where
            there may be several of the kind, the decision that this one came to as ``outcome``.
    """
    return {
        "about": to.get("about") or new_id(), "kind": kind, "feature": to["feature"],
        "outcome": to.get("outcome") or "",
        "reporter": to["reporter"], "state": "waiting", "body": dict(body), "made_at": now,
        "due_at": now,
    }  # fmt: skip
