"""Taking up what was set aside: a person finds that it should be looked at after all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, select, update

from handrail import Decision, InvalidValueError
from handrail_store._cases import Asked, open_case
from handrail_store._lock import lock_items
from handrail_store._read import Wanted, read_decisions
from handrail_store._schema import reports
from handrail_store._weigh import weigh

if TYPE_CHECKING:
    from handrail_store._store import Store

QUEUE = "reports"
"""The queue of what is taken up."""


def take_up(store: Store, connection: Connection, report: str, *, by: str) -> str:
    """Open a case for a report that was set aside, or join one; return the case's id.

    Raises InvalidValueError where there is no such report, or it was not set aside.
    """
    wanted = select(reports).where(reports.c.id == report)
    found = connection.execute(wanted).mappings().first()
    if found is None:
        raise InvalidValueError("reports: no report has that id")
    lock_items(connection, [(found["feature"], found["item"])])
    row = connection.execute(wanted.with_for_update()).mappings().one()
    if row["state"] != "set_aside":
        raise InvalidValueError(f"reports: the report is {row['state']}, not set_aside")
    now, asked = store.now(), Wanted(id=row["decision"])
    made = next(read_decisions(connection, asked), None) or Decision(
        action="allow", id=row["decision"], feature=row["feature"], item=row["item"],
        stage="report",
    )  # fmt: skip
    case, _ = open_case(connection, made, None, Asked(QUEUE), now)
    joined = update(reports).where(reports.c.id == report)
    connection.execute(joined.values(state="open", case=case))
    weigh(connection, {case: 1}, now)
    store.audit(connection, "report_taken_up", subject=report, by=by, case=case)
    return case
