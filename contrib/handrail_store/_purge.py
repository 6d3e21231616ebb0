"""Purging by age: in batches, so that nobody waits long, and never what is held."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any

import attrs
from sqlalchemy import (
    Column,
    ColumnElement,
    FromClause,
    Table,
    and_,
    delete,
    literal_column,
    not_,
    or_,
    select,
    tuple_,
)

from handrail import Json
from handrail_store import _schema as t
from handrail_store._clock import check_clock
from handrail_store._holds import unheld
from handrail_store._stride import Stride

if TYPE_CHECKING:
    from handrail_store._store import Store

BATCH = 1000
"""Rows that are found at a time, and deleted in one transaction at most."""


ENDED = timedelta(days=30)
"""How long a legal hold that ended by itself is still a row."""


@attrs.frozen
class Aged:
    """Rows that are over: in which table, older than when by which column, and what else."""

    table: Table
    column: Column[Any]
    before: datetime
    also: ColumnElement[bool] | None = None


def purge(store: Store, *, batch: int = BATCH, most: int | None = None) -> Mapping[str, int]:
    """Delete what is older than the settings keep it; return how many rows of each table.

    What is under a legal hold stays, so does what an open case is about, reports of its item that
    were set aside among it, and a snapshot that a ``preserve`` effect has kept. It may be
    interrupted and begun again at any time.

    Args:
        store: Its settings, and its clock.
        batch: Rows of one transaction at most; fewer where that takes longer than 0.2 s, or
            20 ms on SQLite, where nobody else writes meanwhile.
        most: Rows of each table, at most; all by default.

    Raises ClockError where PostgreSQL's clock is a day or more from this machine's.
    """
    check_clock(store)
    gone: dict[str, int] = {}
    for aged in _aged(store):
        done, found, stride = 0, Found(), Stride.on(store.engine, batch)
        while most is None or done < most:
            wanted = batch if most is None else min(batch, most - done)
            found = _find(store, aged, wanted, found.last)
            done += _delete_all(store, aged, found.keys, stride)
            if len(found.keys) < wanted:
                break
        gone[aged.table.name] = gone.get(aged.table.name, 0) + done
    if any(gone.values()):
        with store.write() as connection:
            store.audit(connection, "purged", subject="by age", rows=counted(gone))
    return gone


def counted(gone: Mapping[str, int]) -> dict[str, Json]:
    """The tables that something was done to, and how much."""
    return {name: count for name, count in gone.items() if count}


@attrs.frozen
class Found:
    """The keys of some rows that are over, and how far the rows before them have been seen."""

    keys: Sequence[tuple[Any, ...]] = ()
    last: datetime | None = None


def _find(store: Store, aged: Aged, most: int, after: datetime | None) -> Found:
    """Find the oldest rows that are over; reading, so that nobody waits.

    Rows that stay are passed over once: the next page begins where this one ends.
    """
    old = select(aged.column, *aged.table.primary_key.columns).where(*_over(store, aged))
    if after is not None:
        old = old.where(aged.column >= after)
    with store.read() as connection:
        rows = connection.execute(old.order_by(aged.column).limit(most)).all()
    return Found([tuple(row[1:]) for row in rows], rows[-1][0] if rows else after)


def _delete_all(store: Store, aged: Aged, keys: Sequence[tuple[Any, ...]], stride: Stride) -> int:
    done = gone = 0
    while done < len(keys):
        part = keys[done : done + stride.rows]
        gone += _delete(store, aged, part, stride)
        done += len(part)
    return gone


def _delete(store: Store, aged: Aged, keys: Sequence[tuple[Any, ...]], stride: Stride) -> int:
    """Delete those of the rows that are over still: one may have been held meanwhile."""
    same = tuple_(*aged.table.primary_key.columns).in_(keys)
    over = delete(aged.table).where(same, *_over(store, aged))
    with store.write() as connection:
        start = monotonic()
        gone = connection.execute(over).rowcount
    stride.took(monotonic() - start)
    return gone


def _over(store: Store, aged: Aged) -> list[ColumnElement[bool]]:
    over = [aged.column < aged.before, unheld(aged.table, store.now())]
    return over if aged.also is None else [*over, aged.also]


def _aged(store: Store) -> Iterator[Aged]:
    now, keep = store.now(), store.keep
    ages = attrs.asdict(keep, filter=lambda field, _: field.name != "opted")

    def before(name: str) -> datetime:
        age: timedelta = ages[name]
        return now - age

    yield Aged(t.findings, t.findings.c.at, before("findings"), _decided(now))
    yield Aged(t.decisions, t.decisions.c.at, before("decisions"), _settled(t.decisions))
    yield Aged(t.items, t.items.c.seen_at, before("items"), _settled(t.items))
    yield Aged(t.views, t.views.c.hour, before("views"))
    yield Aged(t.events, t.events.c.at, before("events"))
    yield Aged(t.snapshots, t.snapshots.c.keep_until, now, _unpreserved(now))
    yield from _aged_reports(now, before("reports"))
    yield Aged(t.cases, t.cases.c.closed_at, before("cases"))
    yield Aged(t.appeals, t.appeals.c.decided_at, before("cases"))
    done = t.enforcements.c.state.not_in(("waiting", "delivered"))
    yield Aged(t.enforcements, t.enforcements.c.made_at, before("enforcements"), done)
    over = t.standing.c.state != "stands"
    yield Aged(t.standing, t.standing.c.made_at, before("enforcements"), over)
    yield Aged(t.outcomes, t.outcomes.c.at, before("outcomes"))
    yield Aged(t.dead, t.dead.c.died_at, before("outcomes"))
    yield Aged(t.strikes, t.strikes.c.confirmed_at, before("strikes"))
    yield Aged(t.http_answers, t.http_answers.c.until, now)
    yield Aged(t.leases, t.leases.c.until, now)
    yield Aged(t.tags, t.tags.c.until, now)
    # Not at once: a clock that was set forward has to find them again once it is set back.
    yield Aged(t.legal_holds, t.legal_holds.c.until, now - ENDED)


def _aged_reports(now: datetime, before: datetime) -> Iterator[Aged]:
    """What people reported, who did, and what they were told."""
    yield Aged(t.reports, t.reports.c.decided_at, before)
    aside = t.reports.c.state == literal_column("'set_aside'")  # Word for word as in the index.
    unasked = and_(aside, ~_open_case(t.reports))
    yield Aged(t.reports, t.reports.c.received_at, before, unasked)
    yield Aged(t.reporters, t.reporters.c.as_of, before, _at_large(now))
    yield Aged(t.replies, t.replies.c.made_at, before, t.replies.c.state != "waiting")


def _settled(table: Table) -> ColumnElement[bool]:
    """That no case on the revision is open: who works it needs what it is about."""
    cases = t.cases.alias("waiting")
    revision = or_(cases.c.revision.is_(None), cases.c.revision == table.c.revision)
    return ~_open_case(table, revision, cases=cases)


def _open_case(
    table: Table, *more: ColumnElement[bool], cases: FromClause = t.cases
) -> ColumnElement[bool]:
    """That a case on the item of a row is open."""
    # Not by the index of states: SQLite would read all open cases for every row.
    is_open = cases.c.state.concat("") == "open"
    same = cases.c.feature == table.c.feature, cases.c.item == table.c.item
    return select(cases.c.id).where(*same, *more, is_open).exists()


def _at_large(now: datetime) -> ColumnElement[bool]:
    """That a reporter is not suspended."""
    ends = t.reporters.c.suspended_until
    return or_(ends.is_(None), ends <= now)


def _unpreserved(now: datetime) -> ColumnElement[bool]:
    ends = t.snapshots.c.preserve_until
    return and_(or_(ends.is_(None), ends <= now), _settled(t.snapshots))


def _decided(now: datetime) -> ColumnElement[bool]:
    """That the decision of a finding, which alone says whose it is, is not held."""
    made = t.decisions.alias("made")
    held = made.c.id == t.findings.c.decision, not_(unheld(made, now))
    return ~select(made.c.id).where(*held).exists()
