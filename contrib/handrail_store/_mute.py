"""Muting: a report of an account that floods is kept and set aside, and no module looks at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, exists, or_, select

from handrail import Decision, Report
from handrail_store._lock import lock_items
from handrail_store._record import item_rows
from handrail_store._reporters import Reporter
from handrail_store._rows import Rows
from handrail_store._schema import items, outbox, outcomes, reports
from handrail_store._snapshots import Content, add_snapshots
from handrail_store._taking import SET_ASIDE, Taken, report_row
from handrail_store._types import new_id
from handrail_store._work import Work

if TYPE_CHECKING:
    from handrail_store._store import Store


def set_aside(store: Store, work: Work) -> bool:
    """Keep a report with its item, looked at by nobody; False where it was handed in before."""
    report, now = work.subject, store.now()
    if not isinstance(report, Report) or report.reporter is None:
        return False
    made = Decision(
        action="allow", id=new_id(), feature=work.feature, item=work.item, stage="report"
    )
    # What is remembered of them is the workers': counted here, it would overtake what waits.
    credible = Reporter(id=report.reporter.id, as_of=now, day=now).credibility
    row = report_row(store, Taken(report, made, work.accepted_at, report.item), credible)
    with store.write() as connection:
        if connection.execute(_SAME, {"key": work.key}).scalar():
            return False
        lock_items(connection, [(work.feature, work.item)])
        rows = Rows(connection)
        rows.add(reports, [row | {"state": SET_ASIDE}])
        if report.item is not None:
            rows.add(items, item_rows(store, [(work.feature, report.item)]))
            add_snapshots(store, rows, [Content(work.feature, report.item, made.id, "reported")])
        rows.write()
    return True


_SAME = select(
    or_(*(exists().where(table.c.key == bindparam("key")) for table in (outbox, outcomes)))
)
"""Whether the same report waits, or has its outcome."""
