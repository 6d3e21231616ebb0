"""Reports as people work on them: listed, shown, answered; and who misuses them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import attrs
from sqlalchemy import RowMapping, or_, select, update

from handrail import FrozenMap, InvalidValueError
from handrail_store._appeals import Appeal, complain
from handrail_store._aside import take_up
from handrail_store._deadlines import Deadlines, deadlines
from handrail_store._replies import opened, reply_row
from handrail_store._reporters import MISUSE, Misuse, Reporter, load, remembered
from handrail_store._rows import add_rows
from handrail_store._schema import replies, reporters, reports
from handrail_store._verdict import checked_state

if TYPE_CHECKING:
    from handrail_store._store import Store

STATES = ("open", "repeated", "set_aside", "acted_on", "not_acted_on")


@attrs.frozen(kw_only=True, repr=False)
class KeptReport:
    """A report as it is kept.

    Attributes:
        id: Ours. host_id: The host's. feature, item, revision: What it is about.
        source, order, issue: As on a Report. reporter: The host's id of who says so.
        missing: What the law asks for and is not there, by field.
        received_at, deadline: When it came, by when it is decided. priority: 0 to 1.
        state: ``open``; ``repeated``, counted once with ``same_as``; ``set_aside``, kept and not
            looked at; ``acted_on`` or ``not_acted_on``.
        case: The case that answers it. outcome: The id of the decision that did, at ``decided_at``.
        said: What its reporter gave, where it was asked for: ``text``, ``name``, ``email``,
            ``locations``, ``good_faith``, ``reference``, ``law``, ``territory``, ``language``,
            ``cut``.
    """

    id: str
    host_id: str
    feature: str
    item: str
    revision: int | None
    source: str
    order: str | None
    issue: str
    reporter: str | None
    missing: tuple[str, ...] = attrs.field(converter=tuple)
    received_at: datetime
    deadline: datetime | None
    priority: float
    state: str
    case: str | None
    same_as: str | None
    outcome: str | None
    decided_at: datetime | None
    said: FrozenMap | None = None

    def __repr__(self) -> str:
        return f"KeptReport({self.source}, {self.issue}, {self.state})"


@attrs.frozen(kw_only=True, repr=False)
class Factors:
    """The four factors of DSA Art. 23(3) for one person, and what they suggest.

    Attributes:
        number: Manifestly unfounded reports; it fades. share: Of all that were decided, 0 to 1.
        gravity: What they accused of, by severity, summed. intent: Those seen as meant so.
        suggests: ``warn``, ``suspend`` (after a warning) or None; a person decides.
    """

    number: float
    share: float
    gravity: float
    intent: float
    suggests: str | None


class Reports:
    """What people reported; made by ``Store.reports``.

    Attributes:
        deadlines: By when reports are decided. misuse: When they are too many, or misuse.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self.deadlines: Deadlines = deadlines()
        self.misuse: Misuse = MISUSE

    def list(
        self, *, state: str | None = "open", reporter: str | None = None,
        case: str | None = None, most: int = 100,
    ) -> tuple[KeptReport, ...]:  # fmt: skip
        """Return reports, those that are due and urgent first.

        Args:
            state: Of which state; None is any.
            reporter: By whom.
            case: The id of the case that answers them.
            most: How many at most.
        """
        checked_state(state, STATES)
        wanted = select(reports)
        if state is not None:
            wanted = wanted.where(reports.c.state == state)
        if reporter is not None:
            wanted = wanted.where(reports.c.reporter == reporter)
        if case is not None:
            wanted = wanted.where(reports.c.case == case)
        order = reports.c.priority.desc(), reports.c.received_at, reports.c.id
        with self._store.read() as connection:
            rows = connection.execute(wanted.order_by(*order).limit(most)).mappings()
            return tuple(_kept(row) for row in rows)

    def show(self, id: str, *, by: str | None = None) -> KeptReport:  # noqa: A002 - the word for it
        """Return a report; with *by*, what its reporter gave, and the audit log says who looked.

        Raises InvalidValueError where there is none with that id.
        """
        with self._store.write() as connection:
            row = connection.execute(select(reports).where(reports.c.id == id)).mappings().first()
            if row is None:
                raise InvalidValueError("reports: no report has that id")
            if by is None:
                return _kept(row)
            self._store.audit(connection, "report_opened", subject=id, by=by)
        return _kept(row, opened(self._store, row["sealed"], id))

    def complain(self, id: str, *, text: str = "") -> Appeal:  # noqa: A002 - the word for it
        """Take in a complaint because nothing was done about a report (DSA Art. 20).

        Somebody else decides it. Raises InvalidValueError where there is no such report, it is
        not decided or was acted on, six months are over, or it was complained about before.
        """
        with self._store.write() as connection:
            return complain(self._store, connection, id, text=text)

    def take_up(self, id: str, *, by: str) -> str:  # noqa: A002 - the word for it
        """Have a report looked at that was set aside; return the id of its case.

        Raises InvalidValueError where there is no such report, or it was not set aside.
        """
        with self._store.write() as connection:
            return take_up(self._store, connection, id, by=by)

    def factors(self, reporter: str) -> Factors:
        """Return what Art. 23(3) weighs for somebody who reports."""
        return self.weighed(self.reporter(reporter))

    def weighed(self, who: Reporter) -> Factors:
        """Return what Art. 23(3) weighs, of what is remembered of somebody."""
        often = who.unfounded >= self.misuse.unfounded and who.share >= self.misuse.share
        step = "suspend" if who.warned_at else "warn"
        return Factors(
            number=who.unfounded, share=who.share, gravity=who.gravity, intent=who.bad_faith,
            suggests=step if often and not who.suspended(self._store.now()) else None,
        )  # fmt: skip

    def reporter(self, id: str) -> Reporter:  # noqa: A002 - the word for it
        """Return what is remembered of somebody who reports; of others, that there is nothing."""
        now = self._store.now()
        with self._store.read() as connection:
            who = remembered(connection, id) or Reporter(id=id, as_of=now, day=now)
        return who.at(now, self.misuse.half_life)

    def knows(self, id: str) -> bool:  # noqa: A002 - the word for it
        """Return whether anything is remembered of somebody as a reporter."""
        with self._store.read() as connection:
            return remembered(connection, id) is not None

    def warn(self, reporter: str, *, by: str, feature: str) -> None:
        """Warn somebody who misuses reports; they are told, and the audit log says why."""
        now = self._store.now()
        self._mark(reporter, "warning", {"warned_at": now}, by=by, feature=feature)

    def suspend(
        self, reporter: str, *, by: str, feature: str, until: datetime | None = None
    ) -> datetime:
        """Set aside what somebody reports; life, limb and children excepted. Return until when.

        Raises InvalidValueError where they were not warned before (Art. 23(2)), or for an end that
        is over already.
        """
        now = self._store.now()
        if self.reporter(reporter).warned_at is None:
            raise InvalidValueError("suspend: a warning comes first (DSA Art. 23(2))")
        end = until or now + self.misuse.suspend_for
        if end <= now:
            raise InvalidValueError("suspend: until: expected a time to come")
        self._mark(reporter, "suspension", {"suspended_until": end}, by=by, feature=feature)
        return end

    def lift(self, reporter: str, *, by: str) -> bool:
        """End a suspension early; False where nobody with that id is suspended. Audited."""
        suspended = reporters.c.suspended_until > self._store.now()
        over = update(reporters).where(reporters.c.id == reporter, suspended)
        with self._store.write() as connection:
            done = connection.execute(over.values(suspended_until=None)).rowcount > 0
            if done:
                whom = self._store.masked(reporter)
                self._store.audit(connection, "reporter_lifted", subject=whom, by=by)
        return done

    def reporters(self, *, misused: bool = True, most: int = 100) -> tuple[Reporter, ...]:
        """Return who reports, the most unfounded first.

        Args:
            misused: Only those with unfounded reports, a warning or a suspension.
            most: How many at most.
        """
        marked = or_(
            reporters.c.unfounded > 0, reporters.c.warned_at.is_not(None),
            reporters.c.suspended_until.is_not(None),
        )  # fmt: skip
        wanted = select(reporters).order_by(reporters.c.unfounded.desc(), reporters.c.id)
        wanted = wanted.where(marked) if misused else wanted
        with self._store.read() as connection:
            rows = connection.execute(wanted.limit(most)).mappings().all()
        now, half_life = self._store.now(), self.misuse.half_life
        return tuple(Reporter(**row).at(now, half_life) for row in rows)

    def _mark(
        self, reporter: str, kind: str, said: Mapping[str, datetime], *, by: str, feature: str
    ) -> None:
        now = self._store.now()
        with self._store.write() as connection:
            factors = self.weighed(load(connection, [reporter], now, self.misuse)[reporter])
            who = reporters.c.id == reporter
            connection.execute(update(reporters).where(who).values(dict(said)))
            body = {name: end.isoformat() for name, end in said.items()}
            to = {"feature": feature, "reporter": reporter}
            add_rows(connection, replies, [reply_row(kind, body, now, to)])
            numbers = attrs.asdict(factors) | body
            self._store.audit(
                connection,
                f"reporter_{kind}",
                subject=self._store.masked(reporter),
                by=by,
                **numbers,
            )

    def each(self, *, state: str, reporter: str) -> Iterator[KeptReport]:
        """Go through all reports of a state by somebody, in the order of our ids."""
        after = ""
        while True:
            wanted = select(reports).where(
                reports.c.state == state, reports.c.reporter == reporter, reports.c.id > after
            )
            with self._store.read() as connection:
                rows = connection.execute(wanted.order_by(reports.c.id).limit(1000)).mappings()
                page = [_kept(row) for row in rows]
            yield from page
            if len(page) < 1000:
                return
            after = page[-1].id


def _kept(row: RowMapping, said: Mapping[str, Any] | None = None) -> KeptReport:
    names = {field.name for field in attrs.fields(KeptReport)} - {"said"}
    told = {name: row[name] for name in names}
    return KeptReport(**told, said=None if said is None else FrozenMap(said))
