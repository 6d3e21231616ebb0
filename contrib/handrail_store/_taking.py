"""Taking in what people report: kept, counted once, joined to one case, given a receipt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import attrs
from sqlalchemy import Connection, case, select, tuple_, update

from handrail import Decision, Item, Report, report_of
from handrail.triage import Claim
from handrail_store._cases import Asked, asked, open_case, open_cases, sooner
from handrail_store._deadlines import UNNAMED
from handrail_store._floods import EXEMPT
from handrail_store._priority import Around, Said, priority
from handrail_store._replies import reply_row
from handrail_store._reporters import Reporter, load, save
from handrail_store._rows import add_rows
from handrail_store._said import content, minor, revision, suspicion
from handrail_store._schema import cases, replies, reports
from handrail_store._settle import answer
from handrail_store._types import keepable, new_id
from handrail_store._weigh import weigh

if TYPE_CHECKING:
    from handrail_store._store import Store

OPEN, REPEATED, SET_ASIDE = "open", "repeated", "set_aside"
ACTED_ON, NOT_ACTED_ON = "acted_on", "not_acted_on"

QUEUE = "reports"
"""The queue of a report that no rule names another for."""

Key = tuple[str, ...]
"""Feature, item, reporter, issue and source: who says the same again counts once."""


@attrs.frozen(repr=False)
class Taken:
    """A report that was looked at: itself, the decision of that call, when it came in.

    Attributes:
        report: The report. decision: What was decided. at: When it came in.
        item: What is known of its item; None where that is its id.
    """

    report: Report
    decision: Decision
    at: datetime
    item: Item | None


def take(store: Store, connection: Connection, taken: Iterable[Taken]) -> None:
    """Keep reports in the caller's transaction; one that is known is left as it is.

    A later look at one that waits may ask for more cases, and gets them.
    """
    named = {(each.decision.feature, keepable(each.report.id)): each for each in taken}
    if not named:
        return
    mark = tuple_(reports.c.feature, reports.c.host_id)
    known = select(reports.c.feature, reports.c.host_id, reports.c.state)
    for row in connection.execute(known.where(mark.in_([*named]))):
        again = named.pop((row[0], row[1]))
        if row[2] == OPEN:
            open_cases(connection, again.decision, again.item, again.at)
    if named:
        _Intake(store, connection, [*named.values()]).take()


def reported(made: Iterable[object], now: datetime) -> list[Taken]:
    """The reports among what was decided in this process."""
    found = ((each, report_of(each)) for each in made if isinstance(each, Decision))
    return [
        Taken(said, each, said.created_at or now, said.item)
        for each, said in found
        if said is not None
    ]


class _Intake:
    """One batch of reports on its way in."""

    def __init__(self, store: Store, connection: Connection, fresh: Sequence[Taken]) -> None:
        self._store, self._connection, self._fresh = store, connection, fresh
        self._now, self._misuse = store.now(), store.reports.misuse
        named = [_who(each.report) for each in fresh]
        self._people = load(connection, filter(None, named), self._now, self._misuse)
        self._earlier = self._read_earlier()
        self._rows: list[dict[str, Any]] = []
        self._replies: list[dict[str, Any]] = []
        self._joined: dict[str, int] = {}

    def take(self) -> None:
        """Keep them all, then put the cases that they joined in their place."""
        for each in self._fresh:
            self._add(each)
        add_rows(self._connection, reports, self._rows)
        add_rows(self._connection, replies, self._replies)
        save(self._connection, self._people)
        weigh(self._connection, self._joined, self._now)

    def _add(self, taken: Taken) -> None:
        report, reporter = taken.report, self._count(taken.report)
        row = self._row(taken, reporter)
        key = _key(row)
        same = None if key is None else self._earlier.get(key)
        if same is not None and _says_the_same(same, row):
            row |= {"state": REPEATED, "same_as": same["id"], "case": same["case"]}
            if _edited(same, row):  # Counted once, and looked at as it is now.
                row["case"] = self._join(taken, row, counted=same["case"])
                if row["case"] != same["case"]:  # There it counts, and is answered.
                    row |= {"state": OPEN, "same_as": None}
        elif self._aside(reporter, row["issue"], report.source):
            row |= {"state": SET_ASIDE}
        else:
            row["case"] = self._join(taken, row)
        if key is not None and row["state"] != REPEATED:
            self._earlier[key] = row
        self._rows.append(row)
        flooded = reporter is not None and reporter.today > self._misuse.flood + 1
        if row["state"] == OPEN or not flooded:  # The first that is too much says so.
            self._answer(report, row, same)

    def _count(self, report: Report) -> Reporter | None:
        who = _who(report)
        if who is None:
            return None
        known = self._people[who]
        more = report.source not in EXEMPT  # What nobody counts at the door counts nowhere.
        counted = self._people[who] = attrs.evolve(known, today=known.today + more)
        return counted

    def _aside(self, reporter: Reporter | None, issue: str, source: str) -> bool:
        """Whether nobody need look: too many from one account, or from one that is suspended.

        What is about life, limb or a child is looked at whoever says so, however often; notices
        are, but for those of somebody who was warned and suspended (DSA Art. 16(6), 23(2)).
        """
        if reporter is None or Claim(issue).protected or source in EXEMPT:
            return False
        flooded = source == "user" and reporter.today > self._misuse.flood
        return flooded or reporter.suspended(self._now)

    def _row(self, taken: Taken, reporter: Reporter | None) -> dict[str, Any]:
        credible = 0.0 if reporter is None else reporter.credibility
        return report_row(self._store, taken, credible)

    def _join(self, taken: Taken, row: Mapping[str, Any], counted: str | None = None) -> str:
        """Open the cases that policy asks for, or join them; return the one that answers it.

        In the case *counted* its reporter counts already.
        """
        decision, item = taken.decision, taken.item
        wanted = sorted(asked(decision), key=_soonest) or [Asked(QUEUE)]
        opened = [open_case(self._connection, decision, item, each, taken.at) for each in wanted]
        answers, new = opened[0]
        body = {"minor": minor(item), "made_at": item and item.created_at}
        said = {"deadline": sooner(row["deadline"]), "suspicion": _more(suspicion(decision))}
        if new:
            said |= {"body": {k: v.isoformat() if isinstance(v, datetime) else v
                              for k, v in body.items()}, "issue": row["issue"]}  # fmt: skip
        changed = update(cases).where(cases.c.id == answers)
        self._connection.execute(changed.values(said))
        self._joined[answers] = self._joined.get(answers, 0) + (answers != counted)
        return answers

    def _answer(
        self, report: Report, row: Mapping[str, Any], same: Mapping[str, Any] | None
    ) -> None:
        """Owe a receipt, and the decision where there is one already."""
        if row["reporter"] is None and not report.email:
            return
        due = row["deadline"]
        body = {"missing": row["missing"], "deadline": due and due.isoformat()}
        to = {"about": row["id"], "feature": row["feature"], "reporter": row["reporter"]}
        self._replies.append(reply_row("receipt", body, self._now, to))
        if row["state"] == REPEATED and same is not None and same["outcome"] is not None:
            said = answer(acted=same["state"] == ACTED_ON, now=self._now)
            said["same_as"] = same["host_id"]
            self._replies.append(reply_row("decision", said, self._now, to))

    def _read_earlier(self) -> dict[Key, Mapping[str, Any]]:
        """The last report of the same people about the same items, by what it says."""
        named = {
            (each.decision.feature, keepable(str(each.report.item_id)), who)
            for each in self._fresh
            if (who := _who(each.report)) is not None
        }
        if not named:
            return {}
        columns = ("id", "host_id", "feature", "item", "reporter", "issue", "source", "revision",
                   "state", "case", "outcome")  # fmt: skip
        mark = tuple_(reports.c.feature, reports.c.item, reports.c.reporter)
        wanted = (
            select(*(reports.c[name] for name in columns))
            .where(mark.in_(sorted(named)), reports.c.state != REPEATED)
            .order_by(reports.c.id)
        )
        rows = self._connection.execute(wanted).mappings()
        return {key: row for each in rows if (key := _key(row := dict(each))) is not None}


def report_row(store: Store, taken: Taken, credibility: float) -> dict[str, Any]:
    """The row of a report that is open, in no case yet."""
    report, decision, id = taken.report, taken.decision, new_id()  # noqa: A001 - the word for it
    deadline = store.reports.deadlines.of(report, taken.at)
    said = Said(
        issue=report.issue or UNNAMED, source=report.source, credibility=credibility,
        reporter=_who(report),
    )  # fmt: skip
    left = None if deadline is None else deadline - store.now()
    return {
        "id": id, "host_id": keepable(report.id), "feature": decision.feature,
        "item": keepable(str(report.item_id)), "revision": revision(taken.item),
        "source": report.source, "order": report.order, "reporter": said.reporter,
        "issue": said.issue, "missing": list(report.missing),
        "sealed": store.seal(content(report), id), "received_at": taken.at,
        "deadline": deadline, "credibility": credibility,
        "priority": priority([said], Around(left=left)), "state": OPEN, "case": None,
        "same_as": None, "decision": decision.id, "outcome": None, "decided_at": None,
    }  # fmt: skip


def _who(report: Report) -> str | None:
    """The id of who reports, as the store keeps it."""
    return None if report.reporter is None else keepable(report.reporter.id)


def _key(row: Mapping[str, Any]) -> Key | None:
    """What a report says; None where it is like no other: unnamed, or an order of its own."""
    if row["reporter"] is None or row["source"] == "authority":
        return None
    return tuple(str(row[n]) for n in ("feature", "item", "reporter", "issue", "source"))


def _says_the_same(earlier: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """Whether an earlier report is open, or was decided about what is there still."""
    if earlier["outcome"] is None:
        return bool(earlier["state"] == OPEN)
    return None in (earlier["revision"], row["revision"]) or (
        earlier["revision"] == row["revision"]
    )


def _edited(earlier: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """Whether a later revision is reported than an open report is about."""
    old, new = earlier["revision"], row["revision"]
    return earlier["outcome"] is None and new is not None and (old is None or new > old)


def _more(suspicion: float) -> Any:
    """The larger of a case's suspicion and *suspicion*, as SQL."""
    return case((cases.c.suspicion < suspicion, suspicion), else_=cases.c.suspicion)


def _soonest(each: Asked) -> tuple[bool, Any]:
    return (each.within is None, each.within or 0)
