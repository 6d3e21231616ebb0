"""Putting cases in their place in the order of work, when reports have joined them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, func, select, update

from handrail_store._priority import VOICES_MOST, Around, Said, found, priority
from handrail_store._schema import cases, reports, views

_NOTHING = timedelta(0)


def weigh(connection: Connection, joined: Mapping[str, int], now: datetime) -> None:
    """Reckon the priority of cases anew.

    Args:
        connection: The transaction.
        joined: By case, how many reports have joined it.
        now: The time.
    """
    for case, more in joined.items():
        changed = update(cases).where(cases.c.id == case).returning(cases)
        row = connection.execute(changed.values(reports=cases.c.reports + more)).mappings().one()
        said = [*_said(connection, case), *found(row["issue"])]
        place = priority(said, _around(connection, row, now))
        connection.execute(update(cases).where(cases.c.id == case).values(priority=place))


def _said(connection: Connection, case: str) -> list[Said]:
    names = ("issue", "source", "credibility", "reporter")
    wanted = (
        select(*(reports.c[name] for name in names))
        .where(reports.c.case == case, reports.c.state == "open")
        .order_by(reports.c.priority.desc())
        .limit(VOICES_MOST)
    )
    return [Said(**row) for row in connection.execute(wanted).mappings()]


def _around(connection: Connection, row: RowMapping, now: datetime) -> Around:
    seen = select(func.sum(views.c.count)).where(
        views.c.feature == row["feature"], views.c.item == row["item"]
    )
    views_ = connection.execute(seen).scalar()
    body: Mapping[str, Any] = row["body"]
    made = body.get("made_at")
    return Around(
        views=None if views_ is None else float(views_),
        minor=bool(body.get("minor")), suspicion=row["suspicion"],
        waiting=max(_NOTHING, now - row["opened_at"]),
        left=None if row["deadline"] is None else row["deadline"] - now,
        age=None if made is None else max(_NOTHING, now - datetime.fromisoformat(made)),
    )  # fmt: skip
