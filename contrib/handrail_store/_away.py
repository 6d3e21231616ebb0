"""Which errors say that the database is away, and not that a row is wrong."""

from __future__ import annotations

from sqlalchemy.exc import InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as LentError

AWAY = (OperationalError, InterfaceError, InternalError, LentError)
"""It cannot be reached, is locked or full, or all connections are lent: it may get better."""

PASSING = frozenset({"25P03", "25006"})
"""States that PostgreSQL's driver calls internal, and that say that it may get better.

The server ended a transaction that was idle; or it takes no writes, as while another server takes
over. The rest may be about a row, such as damage, or XX000, which says nothing: that work is put
off, a little longer each time, and where not even that can be written, the database is away.
"""


def is_away(error: Exception) -> bool:
    """Whether what failed with *error* fails whatever is written, and may go well later."""
    if isinstance(error, InternalError):
        return getattr(error.orig, "sqlstate", None) in PASSING
    return isinstance(error, AWAY)
