"""Which errors say that the database is away, and not that a row is wrong."""

from __future__ import annotations

from sqlalchemy.exc import InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as LentError

AWAY = (OperationalError, InterfaceError, InternalError, LentError)
"""It cannot be reached, is locked or full, or all connections are lent: it may get better."""

PASSING = frozenset({"XX000", "25P03", "25006"})
"""States that PostgreSQL's driver calls internal, and that are nobody's fault.

A quota is used up, where that is not the disk's; the server ended a transaction that was idle; or
it takes no writes, as while another server takes over. The rest is about rows, such as damage.
"""


def is_away(error: Exception) -> bool:
    """Whether what failed with *error* fails whatever is written, and may go well later."""
    if isinstance(error, InternalError):
        return getattr(error.orig, "sqlstate", None) in PASSING
    return isinstance(error, AWAY)
