"""Who reports: how far they can be relied on, how much they send, and whether they misuse it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import attrs
from sqlalchemy import Connection, select

from handrail.settings import number, span, whole
from handrail.triage import LARGEST, Reputation
from handrail_store._rows import merge_rows
from handrail_store._schema import reporters
from handrail_store._sql import insert_new

DAY = timedelta(days=1)

COUNTS = ("upheld", "dismissed", "unfounded", "gravity", "bad_faith")
"""What is remembered of a reporter and fades."""

_SAVED = (*COUNTS, "as_of", "day", "today")


@attrs.frozen(kw_only=True)
class Misuse:
    """When reports are too many, and when they are misuse (DSA Art. 23).

    Attributes:
        flood: Reports of one account within a day from which further ones of a ``user`` are kept
            and set aside, but for those about life, limb or a child.
        most: Reports of one account within a day from which further ones are refused, but for
            those, and for authorities and trusted flaggers; of one that is suspended, ``flood``.
        half_life: After how long what became of a report counts half for who filed it.
        unfounded: Manifestly unfounded reports from which a warning is due.
        share: The share of the decided that must be manifestly unfounded for it, 0 to 1.
        suspend_for: How long a suspension lasts where nobody says otherwise.
    """

    flood: int = attrs.field(default=200, validator=whole(1))
    most: int = attrs.field(default=10_000, validator=whole(1))
    half_life: timedelta = attrs.field(default=timedelta(days=90), converter=span)
    unfounded: float = attrs.field(default=5.0, validator=number(1))
    share: float = attrs.field(default=0.5, validator=number(0, 1))
    suspend_for: timedelta = attrs.field(default=timedelta(days=30), converter=span)


MISUSE = Misuse()
"""What holds where nothing else is said."""


@attrs.frozen(kw_only=True, repr=False)
class Reporter:
    """What is remembered of a reporter, as it counts at one moment.

    Attributes:
        id: The host's id. upheld, dismissed: Reports that were right and that were not; the
            counts fade with ``Misuse.half_life``.
        unfounded: Those that were manifestly unfounded. gravity: What those weighed, by the
            severity of what they accused of. bad_faith: Those that a person saw as meant so.
        as_of: When that was. day, today: The 24 hours being counted, and reports in them, but for
            those of authorities and trusted flaggers.
        warned_at: When they were last warned. suspended_until: Until when they are suspended.
    """

    id: str
    upheld: float = 0.0
    dismissed: float = 0.0
    unfounded: float = 0.0
    gravity: float = 0.0
    bad_faith: float = 0.0
    as_of: datetime
    day: datetime
    today: int = 0
    warned_at: datetime | None = None
    suspended_until: datetime | None = None

    @property
    def credibility(self) -> float:
        """What their share of right reports is above with 95 % probability, 0 to 1."""
        # Rounded, so that the many who have no record share one look into the distribution.
        right, wrong = round(min(self.upheld, LARGEST), 2), round(min(self.dismissed, LARGEST), 2)
        return Reputation(right, wrong).lower

    @property
    def share(self) -> float:
        """The share of their decided reports that was manifestly unfounded, 0 to 1."""
        decided = self.upheld + self.dismissed
        return min(1.0, self.unfounded / decided) if decided else 0.0

    def suspended(self, now: datetime) -> bool:
        """Whether they are suspended *now*."""
        return self.suspended_until is not None and now < self.suspended_until

    def at(self, now: datetime, half_life: timedelta) -> Reporter:
        """The same as it counts *now*; a clock that was set back changes nothing."""
        left = 0.5 ** (max(now - self.as_of, timedelta(0)) / half_life)
        faded = {name: getattr(self, name) * left for name in COUNTS}
        begun = now - self.day >= DAY
        return attrs.evolve(
            self, **faded, as_of=max(now, self.as_of), day=now if begun else self.day,
            today=0 if begun else self.today,
        )  # fmt: skip

    def judged(self, *, upheld: bool, unfounded: float = 0.0, bad_faith: bool = False) -> Reporter:
        """The same with one more report decided; *unfounded* is the severity it accused of."""
        return attrs.evolve(
            self, upheld=self.upheld + upheld, dismissed=self.dismissed + (not upheld),
            unfounded=self.unfounded + (unfounded > 0), gravity=self.gravity + unfounded,
            bad_faith=self.bad_faith + bad_faith,
        )  # fmt: skip

    def __repr__(self) -> str:
        return f"Reporter(upheld={self.upheld:.1f}, dismissed={self.dismissed:.1f})"


def load(
    connection: Connection, ids: Iterable[str], now: datetime, misuse: Misuse
) -> dict[str, Reporter]:
    """Read reporters as they stand *now*, and keep others from changing them meanwhile."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    fresh = [{"id": each, "as_of": now, "day": now} for each in wanted]
    connection.execute(insert_new(connection.dialect.name, reporters), fresh)
    rows = connection.execute(
        select(reporters).where(reporters.c.id.in_(wanted)).order_by(reporters.c.id)
        .with_for_update()
    )  # fmt: skip
    return {row["id"]: Reporter(**row).at(now, misuse.half_life) for row in rows.mappings()}


def remembered(connection: Connection, id: str) -> Reporter | None:  # noqa: A002 - the word for it
    """Read a reporter as they were kept last; None where nothing is remembered of them."""
    row = connection.execute(select(reporters).where(reporters.c.id == id)).mappings().first()
    return None if row is None else Reporter(**row)


def save(connection: Connection, people: Mapping[str, Reporter]) -> None:
    """Write what was read by ``load`` and changed."""
    rows: list[dict[str, Any]] = [
        {"id": each.id, **{name: getattr(each, name) for name in _SAVED}}
        for each in people.values()
    ]
    merge_rows(connection, reporters, rows, dict.fromkeys(_SAVED, "new"))
