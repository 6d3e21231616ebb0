"""What one process at a time may have, such as a name: held for a while, and renewed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, or_, update

from handrail_store._schema import leases
from handrail_store._sql import insert_new

if TYPE_CHECKING:
    from handrail_store._store import Store


def hold_lease(store: Store, name: str, holder: str, span: timedelta) -> bool:
    """Have *name* be the *holder*'s from now on for a *span*; False where it is another's."""
    now = store.now()
    ours = {"name": name, "holder": holder, "until": now + span}
    free = or_(leases.c.holder == holder, leases.c.until <= now)
    with store.write() as connection:
        new = insert_new(connection.dialect.name, leases).values(ours).returning(leases.c.name)
        if connection.execute(new).first() is not None:
            return True
        taking = update(leases).where(leases.c.name == name, free).values(ours)
        return connection.execute(taking).rowcount == 1


def drop_lease(store: Store, name: str, holder: str) -> None:
    """Let others have *name* at once, where it is the *holder*'s."""
    with store.write() as connection:
        ours = leases.c.name == name, leases.c.holder == holder
        connection.execute(delete(leases).where(*ours))
