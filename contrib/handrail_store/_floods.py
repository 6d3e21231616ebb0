"""Who hands in more reports than are kept: told at the door, before anything costs much."""

from __future__ import annotations

import threading
from array import array
from collections import OrderedDict
from datetime import datetime
from time import monotonic
from typing import TYPE_CHECKING, Literal

import attrs
from opentelemetry.metrics import get_meter
from sqlalchemy import RowMapping, func, select
from sqlalchemy.exc import SQLAlchemyError

from handrail import Report
from handrail.events import log
from handrail.triage import Claim
from handrail_store._deadlines import UNNAMED
from handrail_store._reporters import DAY
from handrail_store._schema import reporters, reports
from handrail_store._types import keepable

if TYPE_CHECKING:
    from handrail_store._store import Store

LOOK_S = 5.0
"""How often the table is asked about the same account."""

FEW = 20
"""Reports of an account in this process from which on the table is asked: most hand in fewer."""

MOST = 10_000
"""Accounts that are remembered between two looks: the latest."""

EXEMPT = ("authority", "trusted_flagger")
"""Sources of which everything is taken in and looked at: they come first, or it is an order
(DSA Art. 9, 10, 22).
"""

refused = get_meter("handrail").create_counter(
    "handrail.reports.refused", unit="{report}",
    description="Reports of accounts that handed in more than are kept",
)  # fmt: skip


@attrs.define
class _Account:
    """What is known of one account: reports of its day, and what the table said last.

    ``different`` leaves out of the ``count`` what was handed in again, as far as ``marks`` tell.
    """

    begun: datetime
    count: int = 0
    different: int = 0
    marks: array[int] = attrs.field(factory=lambda: array("q"))
    suspended_until: datetime | None = None
    looked: float = 0.0
    told: bool = False


class Floods:
    """Counts what accounts hand in, in this process and, as far as it was worked, in others."""

    def __init__(self, store: Store) -> None:
        self._store, self._lock = store, threading.Lock()
        self._known: OrderedDict[str, _Account] = OrderedDict()

    def judge(self, feature: str, report: Report) -> Literal["refused", "aside"] | None:
        """Count a report; say whether its account has handed in more than are kept or looked at.

        What is about life, limb or a child, or from an authority or a trusted flagger, never is
        too much. Where one is the first that is too much to be looked at, nothing is said: its
        receipt says so.
        """
        who = report.reporter
        if who is None or report.source in EXEMPT or Claim(report.issue or UNNAMED).protected:
            return None
        key = keepable(who.id)
        said = self._ask(key) if self._due(key) else None
        with self._lock:
            account = self._account(key)
            if said is not None:
                self._hear(account, said)
            if account.count < self._limit(account):
                over = self._count(account, hash((feature, report.id)))
                return "aside" if over and report.source == "user" else None
            first, account.told = not account.told, True
        refused.add(1, {"handrail.feature": feature})
        if first:
            log("handrail.reports_refused", "warning", feature=feature)
        return "refused"

    def _count(self, account: _Account, mark: int) -> bool:
        """Count a report; whether so many different ones are too much to be looked at."""
        looked = self._store.reports.misuse.flood + 1
        account.count += 1
        if mark not in account.marks:
            account.different += 1
            if len(account.marks) < looked:
                account.marks.append(mark)
        return account.different > looked

    def _limit(self, account: _Account) -> int:
        misuse, until = self._store.reports.misuse, account.suspended_until
        suspended = until is not None and self._store.now() < until
        return misuse.flood if suspended else max(misuse.most, misuse.flood)

    def _account(self, who: str) -> _Account:
        known, now = self._known.get(who), self._store.now()
        if known is None or now - known.begun >= DAY:
            known = self._known[who] = _Account(now)
        self._known.move_to_end(who)
        while len(self._known) > MOST:
            self._known.popitem(last=False)
        return known

    def _due(self, who: str) -> bool:
        """Whether the caller has to ask the table; nobody else does so meanwhile."""
        with self._lock:
            known, now = self._account(who), monotonic()
            if known.count < FEW or (known.looked and now <= known.looked + LOOK_S):
                return False
            known.looked = now
            return True

    def _ask(self, who: str) -> RowMapping | None:
        """Ask the table, without the lock; one that cannot be asked refuses nobody."""
        kept = select(func.count()).where(
            reports.c.reporter == who, reports.c.received_at >= reporters.c.day,
            reports.c.source.not_in(EXEMPT),
        )  # fmt: skip
        asked = select(
            reporters.c.day, reporters.c.today, reporters.c.suspended_until,
            kept.scalar_subquery().label("kept"),
        )  # fmt: skip
        try:
            with self._store.read() as connection:
                found = connection.execute(asked.where(reporters.c.id == who))
                return found.mappings().first()
        except SQLAlchemyError:
            return None

    def _hear(self, known: _Account, row: RowMapping) -> None:
        known.suspended_until = row["suspended_until"]
        if self._store.now() - row["day"] < DAY:
            there = max(row["today"], row["kept"])
            known.begun, known.count = row["day"], max(known.count, there)
            known.different = max(known.different, there)
