"""A case is decided: decision, enforcement, strikes, approvals and answers, in one transaction."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import attrs
from sqlalchemy import Connection, RowMapping, false, or_, select, true, update

from handrail import Decision, Effect, Enforcement, InvalidValueError
from handrail_store._appeals import Appeal, close_appeal, read_appeal
from handrail_store._approvals import Approval, approve
from handrail_store._book import Book, Occasion
from handrail_store._cases import DECIDED, GENERAL, LAPSED, OPEN
from handrail_store._read import Wanted, read_decisions
from handrail_store._record import record
from handrail_store._reverse import reverse
from handrail_store._schema import cases, decisions, reports
from handrail_store._settle import settle
from handrail_store._standing import REPLACED, STANDS, Demand
from handrail_store._strikes import Offence
from handrail_store._verdict import Verdict

if TYPE_CHECKING:
    from handrail_store._store import Store

_LEGAL = ("law", "mandatory_report")
"""Levels whose rules nobody lets pass."""


def decide(store: Store, connection: Connection, id: str, verdict: Verdict) -> Decision:  # noqa: A002 - the word for it
    """Decide the open case *id*, in the caller's transaction; return the decision.

    Raises InvalidValueError where there is no such case, it is closed, the same person decided
    what is now appealed, or its issue is one that nobody is punished for.
    """
    found = connection.execute(select(cases).where(cases.c.id == id)).mappings().first()
    if found is None:
        raise InvalidValueError("cases: no case has that id")
    book = Book(store, connection, [(found["feature"], found["item"])])
    locked = select(cases).where(cases.c.id == id).with_for_update()
    case: RowMapping = connection.execute(locked).mappings().one()
    if case["state"] != OPEN:
        raise InvalidValueError(f"cases: this case is {case['state']} already")
    verdict.check(case["issue"])
    appeal = read_appeal(connection, case["appeal"])
    if appeal is not None and appeal.not_by == verdict.by:
        raise InvalidValueError("cases: an appeal is decided by somebody else (DSA Art. 20)")
    return _Deciding(store, connection, book, case, verdict, appeal).decide()


class _Deciding:
    """One case on its way out."""

    def __init__(  # noqa: PLR0913, PLR0917 - what a decision rests on
        self, store: Store, connection: Connection, book: Book, case: RowMapping, verdict: Verdict,
        appeal: Appeal | None,
    ) -> None:  # fmt: skip
        self._store, self._connection, self._book = store, connection, book
        self._case, self._verdict, self._appeal = case, verdict, appeal
        self._now: datetime = store.now()
        wanted = Wanted(id=case["decision"])
        original = next(read_decisions(connection, wanted), None)
        self._original = original or Decision(
            action="allow", feature=case["feature"], item=case["item"], stage="report"
        )

    def decide(self) -> Decision:
        """Decide it."""
        verdict, case = self._verdict, self._case
        made = verdict.decision(
            self._original, more=(), revision=case["revision"] or 0, at=self._now
        )
        upheld = self._appeal is not None and self._appeal.kind == "author" and verdict.acts
        follows = () if upheld else self._strike(made.id)
        if follows:
            made = attrs.evolve(
                made, effects=verdict.decision(
                    self._original, more=follows, revision=made.revision, at=self._now
                ).effects,
            )  # fmt: skip
        told: Enforcement | None = None
        if self._appeal is not None and self._appeal.kind == "author" and not verdict.acts:
            told = self._reverse(made)
        elif not upheld or self._milder():
            told = self._enforce(made)
        if told is not None and made.notice is None:
            made = attrs.evolve(made, notice=told.notice)
        self._record(made)
        if not verdict.acts:
            self._approve()
        closed = self._close(made)
        self._spare_general()
        settle(self._store, self._connection, closed)
        return made

    def _strike(self, decision: str) -> tuple[Effect, ...]:
        """Confirm the violation; return what follows, with the strike itself."""
        verdict, case = self._verdict, self._case
        name = self._issue
        if not (verdict.acts and verdict.strike and case["author"] and name):
            return ()
        asked = self._original.effect("strike")
        weight = None if asked is None else asked.value.get(name)
        offence = Offence(
            actor=case["author"], issue=name, feature=case["feature"], item=case["item"],
            decision=decision, weight=weight,
        )  # fmt: skip
        follows = self._store.strikes.confirm(self._connection, offence, by=verdict.by)
        return (*follows, Effect("strike", {name: weight or 1.0})) if follows else ()

    def _milder(self) -> bool:
        return self._verdict.action < self._original.action

    def _record(self, made: Decision) -> None:
        case, by = self._case, self._verdict.by
        how = {"by": by, "batch": None, "issue": self._issue, "author": case["author"]}
        revises = {made.id: case["decision"]}
        record(self._store, self._connection, [made], revises=revises, how=how)

    @property
    def _issue(self) -> str | None:
        issue: str | None = self._verdict.issue or self._case["issue"]
        return issue

    def _reverse(self, made: Decision) -> Enforcement | None:
        """Undo what was appealed: what it asked for, its strikes."""
        appealed = self._case["decision"]
        return reverse(self._store, self._connection, appealed, by=self._verdict.by, made=made)

    def _enforce(self, made: Decision) -> Enforcement | None:
        """Have the feature told, in place of what the decisions before asked for."""
        case, book = self._case, self._book
        key = case["feature"], case["item"]
        page, was = book.page(key), book.last(key, made.revision)
        for id in self._before():  # noqa: A001 - the word for it
            demand = page.demands.get(id)
            if demand is not None and demand.state == STANDS:
                book.change(attrs.evolve(demand, state=REPLACED))
        demand = attrs.evolve(Demand.of(made, None, self._now), author=case["author"])
        book.add(demand)
        told = book.tell(demand, was, Occasion(
            revises=case["decision"], issue=self._issue, automated=False
        ))  # fmt: skip
        book.write()
        return told

    def _before(self) -> set[str]:
        """The decisions that this one takes the place of: the case's, and those of its reports."""
        said = select(reports.c.decision).where(reports.c.case == self._case["id"]).limit(1000)
        return {self._case["decision"], *self._connection.execute(said).scalars()}

    def _approve(self) -> None:
        """Let the revision pass under the rules that had stopped it; law and duty stay."""
        matched = self._ruled()
        case = self._case
        for rule in matched.rules:
            if rule.hash and rule.issue and rule.level not in _LEGAL:
                key = Approval(
                    case["feature"], case["item"], case["revision"] or 0, rule.issue, rule.hash
                )
                approve(self._store, self._connection, key, self._verdict.by)

    def _ruled(self) -> Decision:
        """The decision whose rules are let pass: of a person's, the one that it replaced."""
        made = self._original
        if made.rules:
            return made
        before = select(decisions.c.revises).where(decisions.c.id == made.id)
        wanted = Wanted(id=self._connection.execute(before).scalar() or made.id)
        return next(read_decisions(self._connection, wanted), made)

    def _spare_general(self) -> None:
        """Close what waits in the general queue for the same: a special one has looked at it."""
        case, issue = self._case, self._issue
        if case["queue"] == GENERAL:
            return
        same = [cases.c[name] == case[name] for name in ("feature", "item", "target", "decision")]
        about = or_(
            cases.c.issue.is_(None),
            cases.c.issue == issue,
            true() if self._verdict.acts else false(),
        )
        waits = cases.c.queue == GENERAL, cases.c.state == OPEN, cases.c.reports == 0, about
        over = {"state": LAPSED, "closed_at": self._now, "closed_by": self._verdict.by}
        self._connection.execute(update(cases).where(*same, *waits).values(over))

    def _close(self, made: Decision) -> RowMapping:
        verdict, case = self._verdict, self._case
        body = {
            **case["body"], "acted": verdict.acts, "action": made.action.name.lower(),
            "unfounded": verdict.unfounded, "bad_faith": verdict.bad_faith,
        }  # fmt: skip
        sealed = self._store.seal(verdict.reason.encode("utf-8", "surrogatepass"), case["id"])
        said = {
            "state": DECIDED, "outcome": made.id, "closed_at": self._now,
            "closed_by": verdict.by, "sealed": sealed, "body": body,
            "issue": self._issue,
        }  # fmt: skip
        closing = update(cases).where(cases.c.id == case["id"]).values(said).returning(cases)
        closed: RowMapping = self._connection.execute(closing).mappings().one()
        if self._appeal is not None:
            close_appeal(self._store, self._connection, self._appeal, acted=verdict.acts)
        self._store.audit(
            self._connection, "case_decided", subject=case["id"], by=verdict.by,
            decision=made.id, action=made.action.name.lower(), acted=verdict.acts,
            unfounded=verdict.unfounded,
        )  # fmt: skip
        return closed
