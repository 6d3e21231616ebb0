"""The one order in which transactions take hold of what they share, so that none wait in a circle.

First the items that a transaction is about, all at once; then reporters, by their ids; then all
else, of which only what belongs to those items: cases, enforcements, strikes.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, text

from handrail_store._page import Key
from handrail_store._sql import array
from handrail_store._types import keepable

_LOCK = text(
    "SELECT pg_advisory_xact_lock(lane) FROM (SELECT DISTINCT hashtextextended(name, 7) AS lane "
    "FROM unnest(CAST(:names AS text[])) AS name ORDER BY 1) AS lanes"
)


def lock_items(connection: Connection, keys: Iterable[Key]) -> None:
    """Have nobody else write about these items until the transaction ends.

    Name all of them at once, before anything else is locked. On SQLite there is one writer anyway.
    """
    if connection.dialect.name != "postgresql":
        return
    if names := sorted({keepable("\n".join(key)) for key in keys}):
        connection.execute(_LOCK, {"names": array(names)})
