"""What commands log is on standard error, and only while they run."""

from __future__ import annotations

import logging
import subprocess
import sys

import structlog

from handrail_commands import logged


def test_what_is_logged_is_on_standard_error():
    """Standard output is for the command's own words, such as its JSON."""
    code = (
        "import structlog; from handrail_commands import logged\n"
        "with logged('warning'):\n"
        "    log = structlog.get_logger('handrail')\n"
        "    log.info('handrail.quiet'); log.warning('handrail.store_away', error='X')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )

    assert "" == done.stdout
    assert "WARNING event='handrail.store_away' error='X'" in done.stderr
    assert "quiet" not in done.stderr


def test_afterwards_all_is_as_it_was():
    """Whoever runs a command in a process of their own keeps their logging."""
    root = logging.getLogger()
    before = root.level, list(root.handlers), structlog.is_configured()
    with logged("info"):
        assert root.level == logging.INFO

    assert before == (root.level, root.handlers, structlog.is_configured())
