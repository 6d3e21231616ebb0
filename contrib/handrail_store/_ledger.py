"""What the processes of an HTTP face write down together: what keys asked for, what was answered.

An answer is kept sealed, and only for minutes: it is there for whoever sends the same again.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import ColumnElement, Connection, delete, select, update

from handrail_store._schema import http_answers, http_rates
from handrail_store._seal import OtherKeyError
from handrail_store._sql import insert_new

if TYPE_CHECKING:
    from handrail_store._store import Store

CLEARED = 20
"""Answers whose time is over that are deleted with each new one."""


class Kept(NamedTuple):
    """What stands under a name.

    Attributes:
        mark: What was asked. status: Of the answer; None while somebody works it out.
        body: The answer.
    """

    mark: str
    status: int | None
    body: bytes


class Ledger:
    """Rates and answers that several processes share: ``Store.ledger``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def draw(
        self, key: str, needed: float, more: float, *, rate: float, burst: int
    ) -> tuple[float, float]:
        """Take from what a key may ask for, as ``handrail_asgi.Ledger`` says."""
        with self._store.write() as connection:
            table, now = http_rates, self._store.now()
            first = {"key": key, "tokens": float(burst), "at": now}
            connection.execute(insert_new(connection.dialect.name, table).values(first))
            row = select(table.c.tokens, table.c.at).where(table.c.key == key).with_for_update()
            tokens, at = connection.execute(row).one()
            gained = max(0.0, (now - at).total_seconds()) * rate
            tokens = min(burst, tokens + gained)
            if (lacking := min(needed, burst) - tokens) > 0:
                return 0.0, lacking / rate
            taken = needed + max(0.0, min(more, tokens - needed))
            left = {"tokens": tokens - taken, "at": max(now, at)}
            connection.execute(update(table).where(table.c.key == key).values(left))
        return taken, 0.0

    def begin(self, name: str, mark: str, *, seconds: float) -> Kept | None:
        """Begin to work out an answer, for so many seconds at most; None says that it is yours.

        Else what stands there is returned: an answer, or that somebody is working it out.
        """
        now = self._store.now()
        until = now + timedelta(seconds=seconds)
        table = http_answers
        ours = {"name": name, "mark": mark, "until": until, "status": None, "body": None}
        with self._store.write() as connection:
            self._clear(connection)
            insert = insert_new(connection.dialect.name, table).values(ours).returning(table.c.name)
            if connection.execute(insert).first() is not None:
                return None
            over = table.c.name == name, table.c.until <= now
            if connection.execute(update(table).where(*over).values(ours)).rowcount == 1:
                return None
            found = select(table).where(table.c.name == name)
            row = connection.execute(found).mappings().one_or_none()
        if row is None:  # Let go of just now.
            return Kept(mark, None, b"")
        try:
            body = b"" if row["body"] is None else self._store.unseal(row["body"], name)
        except OtherKeyError:  # Who has its key has answered: nothing is to be done again.
            return Kept(row["mark"], None, b"")
        return Kept(row["mark"], row["status"], body)

    def renew(self, name: str, mark: str, *, seconds: float) -> None:
        """Go on working an answer out, for so many seconds more."""
        until = self._store.now() + timedelta(seconds=seconds)
        with self._store.write() as connection:
            awaited = update(http_answers).where(*_awaited(name, mark))
            connection.execute(awaited.values(until=until))

    def settle(self, name: str, mark: str, *, status: int, body: bytes, seconds: float) -> None:
        """Keep an answer for so many seconds, for whoever asks the same again.

        Nothing is kept where somebody else has answered since, or something else is asked: work
        may take longer than the name was its own.
        """
        told = {
            "status": status, "body": self._store.seal(body, name),
            "until": self._store.now() + timedelta(seconds=seconds),
        }  # fmt: skip
        with self._store.write() as connection:
            awaited = update(http_answers).where(*_awaited(name, mark))
            connection.execute(awaited.values(told))

    def release(self, name: str, mark: str) -> None:
        """Let go of what came to nothing, so that somebody may ask again."""
        with self._store.write() as connection:
            connection.execute(delete(http_answers).where(*_awaited(name, mark)))

    def _clear(self, connection: Connection) -> None:
        table = http_answers
        over = (
            select(table.c.name).where(table.c.until <= self._store.now()).limit(CLEARED)
            .with_for_update(skip_locked=True)
        )  # fmt: skip
        connection.execute(delete(table).where(table.c.name.in_(over)))


def _awaited(name: str, mark: str) -> tuple[ColumnElement[bool], ...]:
    table = http_answers
    return table.c.name == name, table.c.mark == mark, table.c.status.is_(None)
