"""Log events: the only file that knows structlog.

No text, id, settings or exception text goes into any of them; every name is in ``NAMES``.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from functools import cache
from typing import Any

from handrail._names import SCOPE


def prepare_log() -> None:
    """Import structlog now: with the first event it would cost a call its budget."""
    import structlog  # noqa: F401 - kept by Python, not by us


def log(event: str, level: str = "info", **fields: Any) -> None:
    """Write one log event.

    A host that has not configured structlog gets it through its ``logging``, under our name,
    rather than on standard output. Logging that fails costs the event, never the call.
    """
    import structlog

    with suppress(Exception):
        configured = structlog.is_configured()
        logger = structlog.get_logger(SCOPE) if configured else _plain()
        getattr(logger, level)(event, **fields)


@cache
def _plain() -> Any:
    """A logger over the standard library's, which the host alone configures."""
    import structlog

    return structlog.wrap_logger(
        logging.getLogger(SCOPE),
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.processors.KeyValueRenderer(key_order=["event"]),
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
    )
