"""Cases: what a person has to look at."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from handrail import Action, Decision, Effect, Item
from handrail.settings import span
from handrail_store._schema import cases
from handrail_store._types import REVISION_MOST, new_id

QUEUE = "default"
"""The queue of a hold that no rule names another for."""


def open_cases(
    connection: Connection, decision: Decision, item: Item | None, at: datetime
) -> tuple[str, ...]:
    """Open the cases that a decision asks for; return their ids.

    One for each queue that its ``review`` effects name, one for a HOLD that waits for staff where
    none does. Where a case of this decision, or of the same revision, queue and target is open,
    there is no second.
    """
    made = []
    for queue, target, within in _wanted(decision):
        row = _row(decision, item, at) | {"queue": queue, "target": target}
        row["deadline"] = None if within is None else at + within
        if not _open(connection, row):
            row["id"] = new_id()
            connection.execute(insert(cases).values(row))
            made.append(str(row["id"]))
    return tuple(made)


def _wanted(decision: Decision) -> Iterator[tuple[str, str, timedelta | None]]:
    """Queue, target and time of each case that a decision asks for."""
    reviews = [effect for effect in decision.effects if effect.name == "review"]
    for effect in reviews:
        for queue, within in effect.value.items():
            yield queue, _target(effect), span(within)
    reports = [effect for effect in decision.effects if effect.name == "report_to"]
    for effect in reports:
        yield "report_to", _target(effect), None
    held = decision.action is Action.HOLD and decision.hold is not None
    waits = held and decision.hold is not None and decision.hold.waits_for == "staff"
    if waits and not reviews and decision.hold is not None:
        start = decision.at or decision.hold.until
        yield QUEUE, "item", decision.hold.until - start


def _target(effect: Effect) -> str:
    return effect.target.value


def _row(decision: Decision, item: Item | None, at: datetime) -> dict[str, Any]:
    decider = next((m for m in decision.rules if m.rule == decision.decided_by), None)
    return {
        "feature": decision.feature, "item": decision.item,
        "revision": min(decision.revision, REVISION_MOST),
        "author": None if item is None or item.author is None else item.author.id,
        "decision": decision.id, "issue": decider and decider.issue, "state": "open",
        "opened_at": at, "body": {},
    }  # fmt: skip


def _open(connection: Connection, row: dict[str, Any]) -> bool:
    """Whether there is such a case; its deadline becomes the earlier of both."""
    same = [cases.c[name] == row[name] for name in ("feature", "item", "queue", "target")]
    same += [cases.c.revision == row["revision"], cases.c.state == "open"]
    found = connection.execute(select(cases.c.id, cases.c.deadline).where(*same)).first()
    if found is None:
        again = cases.c.decision == row["decision"], cases.c.queue == row["queue"]
        counted = select(func.count()).select_from(cases).where(*again)
        return bool(connection.execute(counted).scalar_one())
    if row["deadline"] is not None and (
        found.deadline is None or row["deadline"] < found.deadline
    ):  # fmt: skip
        soon = update(cases).where(cases.c.id == found.id)
        connection.execute(soon.values(deadline=row["deadline"]))
    return True
