"""Delivering enforcements: in order for each item, at least once, until they are carried out.

What was delivered and is not acknowledged in time is delivered again, unless a later one of its
item came meanwhile: each says all that becomes of the item, and the older must not undo the newer.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING

import attrs
from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Update,
    and_,
    exists,
    or_,
    select,
    text,
    update,
)

from handrail import Enforcement
from handrail.events import log
from handrail_store._acknowledge import carried_out, overtaking
from handrail_store._backoff import Backoff
from handrail_store._channels import Channel, Channels
from handrail_store._page import CARRIED_OUT, DELIVERED, FAILED, WAITING
from handrail_store._reason import reason_of
from handrail_store._schema import enforcements
from handrail_store._tracing import resumed

if TYPE_CHECKING:
    from handrail_store._store import Store

MOST = 50
"""How many are claimed at once."""

LONGEST_S = 1.0
"""None is begun later in a round, in seconds: a feature that answers slowly is not all there is."""

UNACKNOWLEDGED = "not acknowledged"
"""Why one has failed that was delivered often enough."""

_LATER = (WAITING, DELIVERED, CARRIED_OUT)
"""States of a later enforcement that makes an earlier one moot."""

_LOCK = 0x4861446C  # 'HaDl': the advisory lock of whoever claims.


@attrs.frozen
class Delivery:
    """Delivers what waits.

    Attributes:
        store: Where it waits. channels: How features are reached.
        lease: How long one that is being delivered is left alone: longer than a channel takes.
        tries: How often one is tried before it has failed. backoff: How long between tries.
    """

    store: Store
    channels: Channels
    lease: timedelta
    tries: int = 20
    backoff: Backoff = attrs.field(factory=Backoff)

    def step(self) -> int:
        """Deliver what is due, up to a number; return how many were tried."""
        features = self.channels.reachable()
        if features is not None and not features:
            return 0
        now = self.store.now()
        if not self._due(now):
            return 0
        with self.store.write() as connection:
            rows = _claim(connection, features, now, now + self.lease)
        # What is begun late in a lease could be taken by another meanwhile; and work waits.
        end = monotonic() + min(self.lease.total_seconds() / 4, LONGEST_S)
        tried: list[tuple[RowMapping, bool | str]] = []
        try:
            for row in rows:
                channel = self.channels.of(row["feature"])
                if channel is None or (tried and monotonic() > end):
                    break
                tried.append((row, UNACKNOWLEDGED if self._over(row) else _deliver(channel, row)))
        finally:
            # Also what was delivered before something that no channel may raise, such as an exit.
            self._note(tried, rows[len(tried) :])
        return len(tried)

    def _due(self, now: datetime) -> bool:
        """Whether anything waits: a look is cheaper than a transaction that writes."""
        waits = select(enforcements.c.id).where(_due(now))
        with self.store.read() as connection:
            return connection.execute(waits.limit(1)).first() is not None

    def _note(
        self, tried: Sequence[tuple[RowMapping, bool | str]], untried: Sequence[RowMapping]
    ) -> None:
        """Write what came of it, in one transaction: killed before, they are delivered again."""
        now = self.store.now()
        with self.store.write() as connection:
            for row, came in tried:
                if isinstance(came, str):
                    self._failed(connection, row, came)
                    continue
                # It may have been acknowledged already, before the channel had returned.
                connection.execute(_still(row).values(self._delivered(row, now)))
                connection.execute(overtaking(row))
                if came:
                    carried_out(self.store, connection, row["id"])
            if untried:
                free = update(enforcements).where(
                    enforcements.c.id.in_([row["id"] for row in untried])
                )
                connection.execute(free.values(claimed_until=None))

    def _over(self, row: RowMapping) -> bool:
        """Whether it was delivered as often as it may be."""
        delivered: bool = row["state"] == DELIVERED
        return delivered and bool(row["tries"] >= self.store.acknowledgement.times)

    def _delivered(self, row: RowMapping, now: datetime) -> dict[str, object]:
        """What is written of one that was delivered: its tries count from the first that was."""
        again = row["state"] == DELIVERED
        tries = row["tries"] + 1 if again else 1
        return {
            "state": DELIVERED, "tries": tries, "claimed_until": None, "error": None,
            "delivered_at": row["delivered_at"] if again else now,
            "due_at": now + self.store.acknowledgement.after(tries),
        }  # fmt: skip

    def _failed(self, connection: Connection, row: RowMapping, reason: str) -> None:
        again, tries = row["state"] == DELIVERED, row["tries"] + (reason != UNACKNOWLEDGED)
        over = reason == UNACKNOWLEDGED or (not again and tries >= self.tries)
        wait = self.store.acknowledgement.after(tries) if again else self.backoff.after(tries)
        said = {
            "state": FAILED if over else row["state"], "tries": tries, "error": reason,
            "due_at": self.store.now() + (timedelta(0) if over else wait), "claimed_until": None,
        }  # fmt: skip
        if connection.execute(_still(row).values(said)).rowcount == 0:
            return
        if over:
            self.store.audit(connection, "enforcement_failed", subject=row["id"], reason=reason)
        event = "handrail.enforcement_failed" if over else "handrail.enforcement_retried"
        log(event, "warning", feature=row["feature"], reason=reason)


def _deliver(channel: Channel, row: RowMapping) -> bool | str:
    """Deliver one; True carried out, False delivered, or the reason why not."""
    enforcement = Enforcement.from_json(row["body"])
    try:
        with resumed(enforcement.carrier, "handrail.enforce"):
            return channel.deliver(enforcement)
    except Exception as error:  # noqa: BLE001 - whatever a channel raises, it is tried again
        return reason_of(error)


def _still(row: RowMapping) -> Update:
    return update(enforcements).where(
        enforcements.c.id == row["id"], enforcements.c.state == row["state"]
    )


def _due(now: datetime) -> ColumnElement[bool]:
    """That its time has come; what is new is due at once, also where the clock was set back."""
    fresh = and_(enforcements.c.tries == 0, enforcements.c.due_at <= enforcements.c.made_at)
    waits = and_(enforcements.c.state == WAITING, or_(enforcements.c.due_at <= now, fresh))
    again = and_(enforcements.c.state == DELIVERED, enforcements.c.due_at <= now)
    return or_(waits, again)


def _claim(
    connection: Connection, features: Sequence[str] | None, now: datetime, until: datetime
) -> Sequence[RowMapping]:
    """Claim what is due, in order; of an item never one whose forerunner still waits."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    free = or_(enforcements.c.claimed_until.is_(None), enforcements.c.claimed_until <= now)
    wanted = select(enforcements).where(_due(now), free, ~_behind(now), ~overtaken())
    if features is not None:
        wanted = wanted.where(enforcements.c.feature.in_(features))
    wanted = wanted.order_by(enforcements.c.due_at, enforcements.c.id).limit(MOST)
    rows = connection.execute(wanted.with_for_update(skip_locked=True)).mappings().all()
    if rows:
        taken = update(enforcements).where(enforcements.c.id.in_([row["id"] for row in rows]))
        connection.execute(taken.values(claimed_until=until))
    return rows


def _behind(now: datetime) -> ColumnElement[bool]:
    """That an earlier one of the item waits, or is being delivered again."""
    earlier = enforcements.alias("earlier")
    busy = and_(earlier.c.state == DELIVERED, earlier.c.claimed_until > now)
    return exists().where(
        earlier.c.feature == enforcements.c.feature, earlier.c.item == enforcements.c.item,
        earlier.c.number < enforcements.c.number, or_(earlier.c.state == WAITING, busy),
    )  # fmt: skip


def overtaken() -> ColumnElement[bool]:
    """That it is not the first to be delivered, and a later one of its item is there."""
    later = enforcements.alias("later")
    return and_(
        enforcements.c.state != WAITING,
        exists().where(
            later.c.feature == enforcements.c.feature, later.c.item == enforcements.c.item,
            later.c.number > enforcements.c.number, later.c.state.in_(_LATER),
        ),
    )  # fmt: skip
