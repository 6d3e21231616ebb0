"""What people say against a decision: within six months, to somebody else (DSA Art. 20)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import attrs
from sqlalchemy import Connection, RowMapping, select, update

from handrail import InvalidValueError
from handrail_store._cases import OPEN
from handrail_store._keep import APPEAL_WINDOW
from handrail_store._replies import reply_row
from handrail_store._rows import add_rows
from handrail_store._schema import appeals, cases, decisions, items, replies, reports
from handrail_store._sql import insert_new
from handrail_store._types import new_id

if TYPE_CHECKING:
    from handrail_store._store import Store

QUEUE = "appeals"
"""The queue of what is appealed."""

WITHIN = timedelta(days=7)
"""How soon an appeal is decided where nothing else says; the law wants it timely (Art. 20(4))."""

TEXT_MOST = 50_000

TWICE = "this was appealed before, and is decided once"


@attrs.frozen(kw_only=True, repr=False)
class Appeal:
    """What somebody says against a decision.

    Attributes:
        id: Ours. kind: ``author``, or ``reporter`` where nothing was done about a report.
        actor: The host's id of who. report: Our id of the report. case: The case it opened.
        decision: What it is against. not_by: Who decided that, and may not decide again.
        state: ``open``, ``won`` or ``lost``. made_at, decided_at: When.
    """

    id: str
    kind: str
    actor: str | None
    report: str | None
    case: str
    decision: str
    not_by: str | None
    state: str
    made_at: datetime
    decided_at: datetime | None

    def __repr__(self) -> str:
        return f"Appeal({self.kind}, {self.state})"


def read_appeal(connection: Connection, id: str | None) -> Appeal | None:  # noqa: A002 - the word for it
    """The appeal with that id, or None."""
    if id is None:
        return None
    row = connection.execute(select(appeals).where(appeals.c.id == id)).mappings().one()
    return Appeal(**{name: row[name] for name in attrs.fields_dict(Appeal)})


def appeal(
    store: Store, connection: Connection, decision: str, *, by: str, text: str = ""
) -> Appeal:
    """Take in what an author says against a decision about what they made.

    Where a person has looked at it since and decided anew, it is against that.

    Raises InvalidValueError where there is no such decision, it was not about what they made, it
    is more than six months old, or they appealed before.
    """
    decision = _standing(connection, decision)
    wanted = select(decisions, items.c.author.label("made_by")).join_from(
        decisions, items, (decisions.c.feature == items.c.feature)
        & (decisions.c.item == items.c.item) & (decisions.c.revision == items.c.revision),
        isouter=True,
    )  # fmt: skip
    row = connection.execute(wanted.where(decisions.c.id == decision)).mappings().first()
    if row is None:
        raise InvalidValueError("appeal: no decision has that id")
    if by not in (row["author"], row["made_by"]):
        raise InvalidValueError("appeal: the decision is not about what this person made")
    _in_time(row["at"], store.now())
    return _open(store, connection, row, {"kind": "author", "actor": by, "report": None}, text)


def _standing(connection: Connection, decision: str) -> str:
    """The decision of a person that stands in the place of another: authors may know the first."""
    by_person = (
        select(cases.c.outcome)
        .where(cases.c.decision == decision, cases.c.outcome.is_not(None), cases.c.appeal.is_(None))
        .order_by(cases.c.closed_at.desc()).limit(1)
    )  # fmt: skip
    return connection.execute(by_person).scalar() or decision


def complain(store: Store, connection: Connection, report: str, *, text: str = "") -> Appeal:
    """Take in what somebody says because nothing was done about their report (our id).

    Raises InvalidValueError where there is no such report, it is not decided, something was done,
    it was decided more than six months ago, or they complained before.
    """
    row = connection.execute(select(reports).where(reports.c.id == report)).mappings().first()
    if row is None:
        raise InvalidValueError("complain: no report has that id")
    if row["state"] != "not_acted_on":
        raise InvalidValueError(f"complain: the report is {row['state']}, not not_acted_on")
    _in_time(row["decided_at"], store.now())
    wanted = select(decisions).where(decisions.c.id == row["outcome"])
    decided = connection.execute(wanted).mappings().one()
    who = {"kind": "reporter", "actor": row["reporter"], "report": report}
    return _open(store, connection, decided, who, text)


def _in_time(since: datetime, now: datetime) -> None:
    if now > since + APPEAL_WINDOW:
        raise InvalidValueError("the six months in which to complain are over (DSA Art. 20(1))")


def _open(
    store: Store, connection: Connection, decision: RowMapping, who: Mapping[str, Any],
    text: str,
) -> Appeal:  # fmt: skip
    """Open a case that somebody else decides."""
    now, id, case = store.now(), new_id(), new_id()  # noqa: A001 - the word for it
    _once(connection, decision["id"], who)
    made = Appeal(
        id=id, **who, case=case, decision=decision["id"], not_by=decision["by"], state=OPEN,
        made_at=now, decided_at=None,
    )  # fmt: skip
    sealed = store.seal(json.dumps(text[:TEXT_MOST]).encode(), id)
    adding = insert_new(connection.dialect.name, appeals).returning(appeals.c.id)
    if connection.execute(adding.values(**attrs.asdict(made), sealed=sealed)).first() is None:
        raise InvalidValueError(TWICE)
    before = _before(connection, decision)
    row = {
        "id": case, "feature": decision["feature"], "item": decision["item"],
        "revision": decision["revision"], "queue": QUEUE, "target": f"appeal {id}"[:64],
        "author": before.get("author") or decision["author"], "decision": decision["id"],
        "issue": before.get("issue") or decision["issue"], "state": OPEN, "opened_at": now,
        "deadline": now + WITHIN, "priority": before.get("priority", 0.0), "appeal": id,
        "body": {"target": before.get("target", "item")},
    }  # fmt: skip
    connection.execute(insert_new(connection.dialect.name, cases).values(row))
    whom = None if made.actor is None else store.masked(made.actor)
    store.audit(
        connection, "appealed", subject=made.decision, kind=made.kind, case=case, actor=whom
    )
    return made


def _once(connection: Connection, decision: str, who: Mapping[str, Any]) -> None:
    same = [appeals.c.decision == decision, appeals.c.kind == who["kind"]]
    same += [appeals.c[name].is_not_distinct_from(who[name]) for name in ("actor", "report")]
    if connection.execute(select(appeals.c.id).where(*same)).first():
        raise InvalidValueError(TWICE)


def _before(connection: Connection, decision: RowMapping) -> dict[str, Any]:
    """The case that was closed by the decision, if it was one: it revises what the case is of."""
    closed = cases.c.decision == decision["revises"], cases.c.outcome == decision["id"]
    found = connection.execute(select(cases).where(*closed)).mappings().first()
    return {} if found is None else dict(found)


def close_appeal(store: Store, connection: Connection, made: Appeal, *, acted: bool) -> None:
    """Say that an appeal was decided; who complained is told, and the report has its new end."""
    now = store.now()
    won = acted if made.kind == "reporter" else not acted
    said = {"state": "won" if won else "lost", "decided_at": now}
    connection.execute(update(appeals).where(appeals.c.id == made.id).values(said))
    row = connection.execute(select(cases).where(cases.c.id == made.case)).mappings().one()
    if made.report is not None and won:
        mine = update(reports).where(reports.c.id == made.report)
        done = {"state": "acted_on", "outcome": row["outcome"], "decided_at": now}
        connection.execute(mine.values(done))
    body = {
        "won": won, "automated": False, "decision": row["outcome"], "revises": made.decision,
        "redress": ["out_of_court", "court"],
    }  # fmt: skip
    to = {
        "about": made.report or made.id, "feature": row["feature"], "reporter": made.actor,
        "outcome": row["outcome"],
    }  # fmt: skip
    add_rows(connection, replies, [reply_row("appeal", body, now, to)])
