"""Strikes: violations that a person confirmed, which fade, and what follows from several."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import attrs
from sqlalchemy import Connection, RowMapping, bindparam, insert, select, update

from handrail import Effect, InvalidValueError, issue
from handrail_store._ladder import Step, Term, follows, ladder, left_of, term_of, terms
from handrail_store._lock import lock_items
from handrail_store._schema import strikes
from handrail_store._types import new_id

if TYPE_CHECKING:
    from handrail_store._store import Store

FORGOTTEN = 0.1
"""Once no more than this share of a strike is left, the next offence is a first one again."""

EXPLAINED_DAYS = 365
"""How long an offence that was explained is remembered as the first."""

SHOWN_MOST = 1000
"""Strikes of one person that are looked at, the latest."""


@attrs.frozen(kw_only=True, repr=False)
class Strike:
    """A confirmed violation, once for each issue and item.

    Attributes:
        id: Ours. actor: Who. issue: Of the taxonomy. feature, item: Where.
        weight: What it weighed at first. left: What it weighs now.
        education: Whether it was a first offence that was explained: it weighs nothing.
        decision: The id of the person's decision. confirmed_at, confirmed_by: When, who.
        undone_at, undone_by: Where it was taken back: it weighs nothing.
    """

    id: str
    actor: str
    issue: str
    feature: str
    item: str
    weight: float
    left: float
    education: bool
    decision: str | None
    confirmed_at: datetime
    confirmed_by: str
    undone_at: datetime | None = None
    undone_by: str | None = None

    def __repr__(self) -> str:
        return f"Strike({self.issue}, left={self.left:.2f})"


@attrs.frozen(kw_only=True, repr=False)
class Offence:
    """What a person confirms: whose, of which issue, by which item.

    ``weight`` is what the policy says that it weighs; None leaves that to the table.
    """

    actor: str
    issue: str
    feature: str
    item: str
    decision: str
    weight: float | None = None


class Strikes:
    """Confirmed violations; made by ``Store.strikes``.

    Attributes:
        terms: What a violation of each issue weighs. ladder: What follows from several.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self.terms: Sequence[Term] = terms()
        self.ladder: Sequence[Step] = ladder()

    def confirm(self, connection: Connection, offence: Offence, *, by: str) -> tuple[Effect, ...]:
        """Keep a violation that a person confirmed; return what follows, on the actor.

        Nothing follows from what was confirmed before, and from issues that nobody is punished
        for. It is part of the caller's transaction.

        Raises UnknownNameError for an issue that is not in the taxonomy.
        """
        if "non_punitive" in issue(offence.issue).flags:
            return ()
        lock_items(connection, [(offence.feature, offence.item)])
        now, term = self._store.now(), term_of(offence.issue, self.terms)
        same = connection.execute(_SAME, _place(offence)).first()
        if same is not None and same.undone_at is None:
            return ()
        said = {"actor": offence.actor, "most": SHOWN_MOST}
        known = any(_share(*row, now) > FORGOTTEN for row in connection.execute(_EARLIER, said))
        row = {
            **attrs.asdict(offence), "weight": offence.weight or term.weight, "confirmed_at": now,
            "confirmed_by": by, "half_life_s": int(term.half_life.total_seconds()),
            "education": term.education and not known, "undone_at": None, "undone_by": None,
        }  # fmt: skip
        if same is not None:
            connection.execute(update(strikes).where(strikes.c.id == same.id).values(row))
        else:
            connection.execute(insert(strikes).values(id=new_id(), **row))
        self._store.audit(
            connection, "strike_confirmed", subject=self._store.masked(offence.actor), by=by,
            issue=offence.issue,
            decision=offence.decision, education=bool(row["education"]),
        )  # fmt: skip
        return follows(self._weigh(connection, offence.actor), self.ladder, now)

    def undo(self, connection: Connection, *, by: str, id: str | None = None,  # noqa: A002 - the word for it
             decision: str | None = None) -> int:  # fmt: skip
        """Take back one strike, or those of a decision; return how many. They stay to be seen."""
        if (id is None) == (decision is None):
            raise InvalidValueError("undo: give the id of a strike, or of a decision")
        which = strikes.c.id == id if decision is None else strikes.c.decision == decision
        undone = (
            update(strikes)
            .where(which, strikes.c.undone_at.is_(None))
            .values(undone_at=self._store.now(), undone_by=by)
            .returning(strikes.c.actor, strikes.c.issue)
        )
        rows = connection.execute(undone).all()
        for actor, name in rows:
            self._store.audit(
                connection, "strike_undone", subject=self._store.masked(actor), by=by, issue=name
            )
        return len(rows)

    def of(self, actor: str) -> tuple[Strike, ...]:
        """Return somebody's strikes, the latest first, those that were undone included."""
        now = self._store.now()
        with self._store.read() as connection:
            rows = connection.execute(_ALL, {"actor": actor, "most": SHOWN_MOST}).mappings()
            return tuple(_strike(row, now) for row in rows)

    def weight(self, actor: str) -> float:
        """Return what somebody's strikes weigh now, as the ladder reads it."""
        with self._store.read() as connection:
            return self._weigh(connection, actor)

    def _weigh(self, connection: Connection, actor: str) -> float:
        now = self._store.now()
        rows = connection.execute(_FADING, {"actor": actor, "most": SHOWN_MOST}).all()
        return sum(left_of(*row, now) for row in rows)


_FADING = (
    select(strikes.c.weight, strikes.c.confirmed_at, strikes.c.half_life_s)
    .where(
        strikes.c.actor == bindparam("actor"), strikes.c.undone_at.is_(None),
        strikes.c.education.is_(False),
    )
    .order_by(strikes.c.confirmed_at.desc())
    .limit(bindparam("most"))
)  # fmt: skip
"""What counts of somebody's strikes; an index has all of it, so that no row is read."""


_EARLIER = (
    select(
        strikes.c.weight, strikes.c.confirmed_at, strikes.c.half_life_s, strikes.c.education
    )
    .where(strikes.c.actor == bindparam("actor"), strikes.c.undone_at.is_(None))
    .order_by(strikes.c.confirmed_at.desc())
    .limit(bindparam("most"))
)  # fmt: skip
"""What tells a first offence; the same index has all of it."""

_PLACE = ("actor", "issue", "feature", "item")

_SAME = select(strikes.c.id, strikes.c.undone_at).where(
    *(strikes.c[name] == bindparam(name) for name in _PLACE)
)
"""The strike for an issue and an item."""

_ALL = (
    select(strikes)
    .where(strikes.c.actor == bindparam("actor"))
    .order_by(strikes.c.confirmed_at.desc(), strikes.c.id.desc())
    .limit(bindparam("most"))
)


def _place(offence: Offence) -> dict[str, str]:
    return {name: getattr(offence, name) for name in _PLACE}


def _strike(row: RowMapping, now: datetime) -> Strike:
    told = {name: value for name, value in row.items() if name != "half_life_s"}
    counts = row["undone_at"] is None and not row["education"]
    fading = row["weight"], row["confirmed_at"], row["half_life_s"]
    left = left_of(*fading, now) if counts else 0.0
    return Strike(left=left, **told)


def _share(
    weight: float, confirmed_at: datetime, half_life_s: int, education: bool,  # noqa: FBT001 - a row
    now: datetime,
) -> float:  # fmt: skip
    """What is left of a strike; one that was explained is whole until it is forgotten."""
    if education:
        return float((now - confirmed_at).days < EXPLAINED_DAYS)
    return left_of(weight, confirmed_at, half_life_s, now) / weight
