"""Claiming what waits: in order, each piece by one worker at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from itertools import takewhile
from typing import TYPE_CHECKING, Any, TypeAlias

import attrs
from sqlalchemy import (
    ColumnElement,
    Connection,
    Delete,
    Executable,
    FromClause,
    Function,
    Integer,
    Select,
    Update,
    and_,
    bindparam,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
    update,
)

from handrail import HandrailError, Stage
from handrail_store._dead import KEPT
from handrail_store._reason import reason_of
from handrail_store._schema import outbox, outcomes
from handrail_store._seal import OtherKeyError
from handrail_store._sql import among, listed
from handrail_store._types import Moment
from handrail_store._work import Work, unpack

if TYPE_CHECKING:
    from handrail_store._store import Store

AGAIN = 10
"""With every return, a tenth as much is claimed at once: in the end one by one."""

Claimed: TypeAlias = Mapping[str, Any]
"""A row that is claimed, with whether its work is ``settled``."""

_READ = ("number", "tries", *KEPT, "settled")

_LOCK = 0x4861436C  # 'HaCl': the advisory lock of whoever claims.


def claim(
    connection: Connection, most: int, *, by: str, now: datetime, until: datetime
) -> Sequence[Claimed]:
    """Claim up to *most* rows until then, and return them in order.

    What was claimed before and came back comes in ever smaller batches, in the end alone: it may be
    what ended the worker.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(_turn()))
    return claim_free(connection, most, by=by, now=now, until=until)


def turning(before: Delete, dialect: str) -> Executable:
    """The statement, after which it is the transaction's turn to claim."""
    return before if dialect == "sqlite" else _turning(before)


@cache
def _turning(before: Delete) -> Executable:
    return select(_turn()).add_cte(before.cte("before"))


def _turn() -> Function[Any]:
    """Waits until nobody else claims: two at once would not see each other's lanes."""
    return func.pg_advisory_xact_lock(_LOCK)


def claim_free(
    connection: Connection, most: int, *, by: str, now: datetime, until: datetime
) -> Sequence[Claimed]:
    """Claim as ``claim`` does, where it is the transaction's turn; on SQLite it always is."""
    found = connection.execute(_free(), {"now": now, "most": most})
    rows = [dict(zip(_READ, row, strict=True)) for row in found.all()]
    if rows:
        tries = rows[0]["tries"]
        alike = list(takewhile(lambda row: row["tries"] == tries, rows))
        rows = alike[: max(most // AGAIN ** min(tries, 3), 1)]
        numbers = listed([row["number"] for row in rows], connection.dialect.name)
        taking = _taking(connection.dialect.name)
        connection.execute(taking, {"numbers": numbers, "by": by, "until": until})
    return rows


@cache
def _free() -> Select[Any]:
    """What is due, in order, and has no forerunner that is with somebody or put off."""
    now = bindparam("now", type_=Moment())
    earlier = outbox.alias("earlier")
    busy = exists().where(
        earlier.c.lane == outbox.c.lane,
        earlier.c.number < outbox.c.number,
        or_(earlier.c.claimed_until > now, not_(_due(earlier, now))),
    )
    free = or_(outbox.c.claimed_until.is_(None), outbox.c.claimed_until <= now)
    # No EXISTS: of that PostgreSQL makes a hash of all outcomes, for every claim.
    had = select(literal(True)).where(outcomes.c.key == outbox.c.key)
    settled = had.scalar_subquery().label("settled")
    wanted = select(*(outbox.c[name] for name in _READ[:-1]), settled)
    wanted = wanted.where(_due(outbox, now), free, ~busy).order_by(outbox.c.number)
    return wanted.limit(bindparam("most", type_=Integer())).with_for_update(skip_locked=True)


@cache
def _taking(dialect: str) -> Update:
    """Claiming by number; nobody else can have taken them."""
    return (
        update(outbox)
        .where(among(outbox.c.number, dialect, "numbers"))
        .values(
            claimed_by=bindparam("by"), claimed_until=bindparam("until"), tries=outbox.c.tries + 1
        )
    )


def _due(table: FromClause, now: ColumnElement[datetime]) -> ColumnElement[bool]:
    """That a row's time has come; new work is due at once, also where the clock was set back."""
    fresh = and_(table.c.tries == 0, table.c.due_at <= table.c.accepted_at)
    return or_(table.c.due_at <= now, fresh)


@attrs.frozen
class Closed:
    """A row that could not be opened: why, and whether another worker may have its key."""

    row: Claimed
    reason: str
    locked: bool


def work_of(store: Store, row: Claimed) -> Work | Closed:
    """Open a row, as far as it can be."""
    try:
        stage = Stage(row["stage"])
        return Work(
            key=row["key"], feature=row["feature"], stage=stage, order=row["lane"],
            carrier=row["carrier"], accepted_at=row["accepted_at"], tries=row["tries"],
            settled=bool(row["settled"]), **unpack(store.unseal(row["sealed"], row["key"]), stage),
        )  # fmt: skip
    except (HandrailError, ValueError, TypeError) as error:
        return Closed(row, reason_of(error), isinstance(error, OtherKeyError))
