"""Which errors say that the database is away, and not that a row is wrong."""

from __future__ import annotations

from datetime import timedelta

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


LIMITS = "54"
"""The class of what is too much for PostgreSQL, such as ids that no index has room for.

Its driver calls that operational, like a server that is away; it is about the row.
"""

UNSAID = "XX000"
"""PostgreSQL's state for what it has no other for: a row that is damaged, or a host's quota."""


UNSAID_FOR = timedelta(days=1)
"""How old work is at least before it is buried for what may be the database's."""


def patience(error: BaseException) -> timedelta:
    """How old work has to be before it is buried for *error*, however often it was tried."""
    state = getattr(getattr(error, "orig", None), "sqlstate", None)
    unsaid = isinstance(error, InternalError) and state == UNSAID
    return UNSAID_FOR if unsaid else timedelta(0)


def is_away(error: Exception) -> bool:
    """Whether what failed with *error* fails whatever is written, and may go well later."""
    state = getattr(getattr(error, "orig", None), "sqlstate", None)
    if isinstance(error, InternalError):
        return state in PASSING
    return isinstance(error, AWAY) and not str(state).startswith(LIMITS)
