"""What a command logs: a line each on standard error, for whoever is on call."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

LEVELS = ("error", "warning", "info")
"""What ``--log-level`` takes."""


@contextmanager
def logged(level: str) -> Iterator[None]:
    """Have events of *level* and above on standard error, and all as it was afterwards."""
    was_configured, before = structlog.is_configured(), structlog.get_config()
    root, handler = logging.getLogger(), logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    handler.setLevel(level.upper())
    root_level = root.level
    root.addHandler(handler)
    root.setLevel(level.upper())
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.processors.KeyValueRenderer(key_order=["event"]),
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    try:
        yield
    finally:
        structlog.configure(**before) if was_configured else structlog.reset_defaults()
        root.setLevel(root_level)
        root.removeHandler(handler)
