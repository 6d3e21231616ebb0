"""What the host says of enforcements: that they were carried out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

import attrs
from sqlalchemy import Connection, RowMapping, Update, or_, select, update

from handrail import HostEvent
from handrail.settings import span, whole
from handrail_store._page import CARRIED_OUT, DELIVERED, FAILED, OVERTAKEN, WAITING
from handrail_store._schema import enforcements

if TYPE_CHECKING:
    from handrail_store._store import Store

OPEN = (WAITING, DELIVERED, FAILED, OVERTAKEN)
"""States from which an enforcement may still be carried out."""

_MOOT = (WAITING, DELIVERED, FAILED)
"""States of an earlier enforcement that is over once a later one has reached the feature."""


@attrs.frozen(kw_only=True)
class Acknowledgement:
    """How long the host has to say that an enforcement was carried out.

    Attributes:
        within: After how long one that was delivered is delivered again; twice as long each time.
        times: How often it is delivered before it has failed.
    """

    within: timedelta = attrs.field(default=timedelta(minutes=10), converter=span)
    times: int = attrs.field(default=5, validator=whole(1, 20))

    def after(self, times: int) -> timedelta:
        """How long is waited after it was delivered so many times."""
        return self.within * float(2 ** (times - 1))


ACKNOWLEDGEMENT = Acknowledgement()
"""What holds where nothing else is said."""


def acknowledge(store: Store, connection: Connection, told: Sequence[HostEvent]) -> None:
    """Mark what the decisions named by ``carried_out`` asked for; a second time does nothing."""
    decisions = sorted({event.decision for event in told if event.decision is not None})
    if not decisions:
        return
    # One that was never tried can not have been carried out: the same decision may have several.
    wanted = select(enforcements.c.id).where(
        enforcements.c.decision.in_(decisions), enforcements.c.state.in_(OPEN),
        or_(enforcements.c.tries > 0, enforcements.c.state == DELIVERED),
    )  # fmt: skip
    for each in connection.execute(wanted).scalars().all():
        carried_out(store, connection, each)


def carried_out(store: Store, connection: Connection, enforcement: str) -> bool:
    """Mark an enforcement, and have earlier ones of its item be over.

    Returns False where there is no such, or it was marked already.
    """
    now = store.now()
    marking = (
        update(enforcements)
        .where(enforcements.c.id == enforcement, enforcements.c.state.in_(OPEN))
        .values(state=CARRIED_OUT, carried_out_at=now, claimed_until=None)
        .returning(enforcements.c.feature, enforcements.c.item, enforcements.c.number)
    )
    row = connection.execute(marking).mappings().first()
    if row is None:
        return False
    connection.execute(overtaking(row))
    store.audit(connection, "enforcement_carried_out", subject=enforcement)
    return True


def overtaking(row: RowMapping) -> Update:
    """Having earlier ones of an item never come again: *row* has reached the feature."""
    before = (
        enforcements.c.feature == row["feature"], enforcements.c.item == row["item"],
        enforcements.c.number < row["number"], enforcements.c.state.in_(_MOOT),
    )  # fmt: skip
    return update(enforcements).where(*before).values(state=OVERTAKEN)
