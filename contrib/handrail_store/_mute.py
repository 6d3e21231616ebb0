"""Muting: a report of an account that floods is kept and set aside, and no module looks at it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sqlalchemy import Table, bindparam, exists, or_, select

from handrail import Decision, Report
from handrail_store._join import Write
from handrail_store._lock import lock_items
from handrail_store._record import item_rows
from handrail_store._reporters import Reporter
from handrail_store._rows import Row, Rows
from handrail_store._schema import items, outbox, outcomes, reports, snapshots
from handrail_store._snapshots import Content, add_snapshots, snapshot_row
from handrail_store._taking import SET_ASIDE, Taken, report_row
from handrail_store._types import new_id
from handrail_store._work import Work

if TYPE_CHECKING:
    from handrail_store._store import Store


def set_aside(store: Store, work: Work, write: Write | None = None) -> bool:
    """Keep a report with its item, looked at by nobody; False where it was handed in before.

    Args:
        store: Where it is kept.
        work: The report.
        write: What writes in the host's transaction, if there is one.
    """
    report, now = work.subject, store.now()
    if not isinstance(report, Report) or report.reporter is None:
        return False
    made = Decision(
        action="allow", id=new_id(), feature=work.feature, item=work.item, stage="report"
    )
    # What is remembered of them is the workers': counted here, it would overtake what waits.
    credible = Reporter(id=report.reporter.id, as_of=now, day=now).credibility
    row = report_row(store, Taken(report, made, work.accepted_at, report.item), credible)
    row["state"] = SET_ASIDE
    seen = [] if report.item is None else [(work.feature, report.item)]
    contents = [Content(feature, item, made.id, "reported") for feature, item in seen]
    if write is not None:
        return _join(store, work, write, [
            (reports, row), *((items, each) for each in item_rows(store, seen)),
            *((snapshots, snapshot_row(store, each)) for each in contents),
        ])  # fmt: skip
    with store.write() as connection:
        if connection.execute(_SAME, {"key": work.key}).scalar():
            return False
        lock_items(connection, [(work.feature, work.item)])
        rows = Rows(connection)
        rows.add(reports, [row])
        rows.add(items, item_rows(store, seen))
        add_snapshots(store, rows, contents)
        rows.write()
    return True


def _join(store: Store, work: Work, write: Write, rows: Iterable[tuple[Table, Row]]) -> bool:
    """Keep it in the host's transaction, which may last: nobody else waits for the item."""
    with store.read() as connection:
        if connection.execute(_SAME, {"key": work.key}).scalar():
            return False
    for table, row in rows:
        write(table, row)
    return True


_SAME = select(
    or_(*(exists().where(table.c.key == bindparam("key")) for table in (outbox, outcomes)))
)
"""Whether the same report waits, or has its outcome."""
