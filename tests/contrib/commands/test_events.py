"""Events of the store and the stream go where the SDK's own go."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.once
def test_events_stay_off_standard_output():
    """In a host that has configured nothing, a warning is Python's to show, and not printed."""
    away = "from handrail_stream._run import _away; _away('no answer')"
    done = subprocess.run(
        [sys.executable, "-c", away], check=True, capture_output=True, text=True, timeout=60
    )

    assert "" == done.stdout
    assert "event='handrail.broker_away' error='no answer'" in done.stderr
