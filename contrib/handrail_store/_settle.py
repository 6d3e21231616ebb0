"""What follows for those who reported once their case is decided: an answer, and a reputation."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, RowMapping, and_, or_, select, update

from handrail import issue
from handrail.triage import SEVERITY
from handrail_store._keep import APPEAL_WINDOW
from handrail_store._replies import reply_row
from handrail_store._reporters import load, save
from handrail_store._rows import add_rows
from handrail_store._schema import cases, replies, reports

if TYPE_CHECKING:
    from handrail_store._store import Store

BATCH = 1_000
"""Reports that are answered in one transaction."""

REDRESS = ("complaint", "out_of_court", "court")
"""What is open to somebody who does not agree (DSA Art. 16(5), 20, 21)."""

_WAIT = ("open", "repeated")
_COLUMNS = ("id", "feature", "reporter", "source", "issue", "state")


def settle(store: Store, connection: Connection, case: RowMapping, most: int = BATCH) -> int:
    """Answer up to *most* reports of a case that is decided; return how many there were.

    What was set aside about the same item is answered with it. Only what was looked at by itself
    counts for or against who filed it; a trusted flagger, an authority and a notice have no
    reputation.
    """
    same = and_(
        reports.c.feature == case["feature"], reports.c.item == case["item"],
        reports.c.state == "set_aside",
    )  # fmt: skip
    ours = or_(and_(reports.c.case == case["id"], reports.c.state.in_(_WAIT)), same)
    wanted = select(*(reports.c[name] for name in _COLUMNS)).where(ours).order_by(reports.c.id)
    rows = list(connection.execute(wanted.limit(most)).mappings())
    if not rows:
        return 0
    acted = bool(case["body"]["acted"])
    done = {"state": "acted_on" if acted else "not_acted_on", "outcome": case["outcome"],
            "decided_at": case["closed_at"]}  # fmt: skip
    ids = [row["id"] for row in rows]
    connection.execute(update(reports).where(reports.c.id.in_(ids)).values(done))
    _judge(store, connection, case, rows)
    _answer(store, connection, case, rows)
    return len(rows)


def _judge(store: Store, connection: Connection, case: RowMapping, rows: list[Any]) -> None:
    body, misuse = case["body"], store.reports.misuse
    judged = [r for r in rows if r["state"] == "open" and r["source"] == "user" and r["reporter"]]
    people = load(connection, [row["reporter"] for row in judged], store.now(), misuse)
    for row in judged:
        gravity = SEVERITY[issue(row["issue"]).severity] if body.get("unfounded") else 0.0
        people[row["reporter"]] = people[row["reporter"]].judged(
            upheld=bool(body["acted"]), unfounded=gravity, bad_faith=bool(body.get("bad_faith"))
        )
    save(connection, people)


def _answer(store: Store, connection: Connection, case: RowMapping, rows: list[Any]) -> None:
    """Owe the decision to those who were given a receipt."""
    ids, now = [row["id"] for row in rows], store.now()
    given = select(replies.c.about).where(replies.c.kind == "receipt", replies.c.about.in_(ids))
    told = set(connection.execute(given).scalars())
    body = answer(acted=bool(case["body"]["acted"]), now=now)
    add_rows(connection, replies, [
        reply_row("decision", body, now, {**row, "about": row["id"]})
        for row in rows if row["id"] in told
    ])  # fmt: skip


def answer(*, acted: bool, now: datetime) -> dict[str, Any]:
    """What somebody is told of what a person decided of their report, and what they may do."""
    return {
        "acted_on": acted, "automated": False, "redress": list(REDRESS),
        "complain_until": (now + window()).isoformat(),
    }  # fmt: skip


def unsettled(connection: Connection) -> RowMapping | None:
    """A case that is decided and has reports without an answer: its worker was stopped."""
    left = reports.c.case == cases.c.id, reports.c.state.in_(_WAIT)
    wanted = select(cases).where(
        cases.c.state == "decided", select(reports.c.id).where(*left).exists()
    )
    return connection.execute(wanted.limit(1)).mappings().first()


def window() -> timedelta:
    """How long people may complain from when they are told: six months (DSA Art. 20(1))."""
    return APPEAL_WINDOW
