"""The clock of a machine that deletes what is over, held against that of the database."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from handrail import HandrailError

if TYPE_CHECKING:
    from handrail_store._store import Store

APART_MOST = timedelta(days=1)
"""How far apart both may be: what is kept is kept for weeks at least."""


class ClockError(HandrailError):
    """A machine's clock and that of the database are so far apart that nothing may be deleted."""


def check_clock(store: Store) -> None:
    """Raise ClockError where this machine's clock is a day or more from PostgreSQL's.

    A machine that is years ahead would find everything old. A clock of the host's own is taken as
    it is, and SQLite has none that is not this machine's.
    """
    if store.engine.dialect.name != "postgresql" or not store.own_clock:
        return
    with store.read() as connection:
        there: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    if abs(store.now() - there) >= APART_MOST:
        raise ClockError(
            "This machine's clock and the database's are a day or more apart: nothing was "
            "deleted. Set the clock that is wrong"
        )
