"""Cases: what a person has to look at, one for each item and queue at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import attrs
from sqlalchemy import Connection, case, func, select, update

from handrail import Action, Decision, Item, issues
from handrail.settings import span
from handrail.triage import Claim
from handrail_store._priority import Around, found, priority
from handrail_store._said import minor
from handrail_store._schema import cases
from handrail_store._sql import insert_new
from handrail_store._types import REVISION_MOST, keepable_or_none, new_id

QUEUE = "default"
"""The queue of a hold that no rule names another for."""

GENERAL = "general"
"""The queue of whatever needs no special one."""

OPEN, DECIDED, LAPSED, CANCELLED = "open", "decided", "lapsed", "cancelled"
"""What a case is: waiting; decided by a person; needless, for its hold is over or a special queue
has decided; or its item is gone.
"""


@attrs.frozen
class Asked:
    """A case that a decision asks for: its queue, what it is about, how soon."""

    queue: str
    target: str = "item"
    within: timedelta | None = None


def open_cases(
    connection: Connection, decision: Decision, item: Item | None, at: datetime
) -> tuple[str, ...]:
    """Open the cases that a decision asks for; return the ids of those that are new."""
    opened = [open_case(connection, decision, item, each, at) for each in asked(decision)]
    return tuple(id for id, new in opened if new)  # noqa: A001 - the word for it


def asked(decision: Decision) -> Iterator[Asked]:
    """The cases that a decision asks for.

    One for each queue that its ``review`` effects name, one for each report to an authority, and
    one for a HOLD that waits for staff where no queue is named.
    """
    reviews = [effect for effect in decision.effects if effect.name == "review"]
    for effect in reviews:
        for queue, within in effect.value.items():
            yield Asked(queue, effect.target.value, span(within))
    for effect in decision.effects:
        if effect.name == "report_to":
            yield Asked("report_to", effect.target.value)
    hold = decision.hold if decision.action is Action.HOLD else None
    if hold is not None and hold.waits_for == "staff" and not reviews:
        yield Asked(QUEUE, "item", hold.until - (decision.at or hold.until))


def open_case(
    connection: Connection, decision: Decision, item: Item | None, wanted: Asked, at: datetime
) -> tuple[str, bool]:
    """Open a case, or join the open one of its item and queue; return its id, and if it is new.

    Of two deadlines the sooner counts; the later revision is what is looked at. A decision that
    comes a second time joins the case that it had, closed or not.
    """
    row = _row(decision, item, wanted, at)
    again = select(cases.c.id).where(
        cases.c.decision == decision.id, cases.c.queue == wanted.queue,
        cases.c.target == wanted.target,
    )  # fmt: skip
    if known := connection.execute(again).scalar():
        return str(known), False
    adding = insert_new(connection.dialect.name, cases).returning(cases.c.id)
    while True:
        if made := connection.execute(adding.values(row)).scalar():
            return str(made), True
        if joined := _join(connection, row):
            return joined, False


def _join(connection: Connection, row: dict[str, Any]) -> str | None:
    same = [cases.c[name] == row[name] for name in ("feature", "item", "queue", "target")]
    joining = update(cases).where(*same, cases.c.state == OPEN).returning(cases.c.id)
    newer = cases.c.revision <= row["revision"]
    below = cases.c.priority < row["priority"]
    return connection.execute(
        joining.values(
            deadline=sooner(row["deadline"]),
            priority=case((below, row["priority"]), else_=cases.c.priority),
            decision=case((newer, row["decision"]), else_=cases.c.decision),
            issue=case((newer, func.coalesce(row["issue"], cases.c.issue)), else_=cases.c.issue),
            author=func.coalesce(cases.c.author, keepable_or_none(row["author"])),
            revision=case((newer, row["revision"]), else_=cases.c.revision),
        )
    ).scalar()


def cancel_cases(connection: Connection, feature: str, item: str, at: datetime) -> int:
    """Cancel the cases of an item that is gone; return how many.

    What somebody reported or appealed is looked at all the same, and what is about life, limb or
    a child: that it is gone does not undo what it was.
    """
    grave = [name for name in issues() if Claim(name).protected]
    idle = cases.c.reports == 0, cases.c.appeal.is_(None), cases.c.target == "item"
    mild = cases.c.issue.is_(None) | cases.c.issue.not_in(grave)
    over = update(cases).where(
        cases.c.feature == feature, cases.c.item == item, cases.c.state == OPEN, *idle, mild
    )
    return int(connection.execute(over.values(state=CANCELLED, closed_at=at)).rowcount)


def lapse_cases(connection: Connection, held: Sequence[str], why: str, at: datetime) -> None:
    """Close the cases that only a HOLD had asked for, by the ids of its decisions; it is over.

    What somebody reported or appealed is looked at all the same, and so is what waits in a special
    queue, which a rule or an issue asked for. *why* stands in the case as ``lapsed``.
    """
    if not held:
        return
    idle = cases.c.reports == 0, cases.c.appeal.is_(None), cases.c.state == OPEN
    ours = cases.c.decision.in_(held), cases.c.queue.in_((QUEUE, GENERAL))
    wanted = select(cases.c.id, cases.c.body).where(*ours, *idle).with_for_update()
    for row in connection.execute(wanted).all():
        over = {"state": LAPSED, "closed_at": at, "body": {**row.body, "lapsed": why}}
        connection.execute(update(cases).where(cases.c.id == row.id).values(over))


def sooner(deadline: datetime | None) -> Any:
    """The sooner of a case's deadline and *deadline*, as SQL."""
    if deadline is None:
        return cases.c.deadline
    later = cases.c.deadline.is_(None) | (cases.c.deadline > deadline)
    return case((later, deadline), else_=cases.c.deadline)


def _row(decision: Decision, item: Item | None, wanted: Asked, at: datetime) -> dict[str, Any]:
    decider = next((m for m in decision.rules if m.rule == decision.decided_by), None)
    issue, young = decider.issue if decider else None, minor(item)
    return {
        "id": new_id(), "feature": decision.feature, "item": decision.item,
        "revision": min(decision.revision, REVISION_MOST), "queue": wanted.queue,
        "target": wanted.target,
        "author": None if item is None or item.author is None else item.author.id,
        "decision": decision.id, "issue": issue, "state": OPEN,
        "priority": priority(found(issue), Around(left=wanted.within, minor=young)),
        "opened_at": at, "deadline": None if wanted.within is None else at + wanted.within,
        "body": {"minor": True} if young else {},
    }  # fmt: skip
