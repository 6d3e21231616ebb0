"""What the tests of the durable store stand on: a store on each engine, and a clock to turn."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from handrail_store import Store

KEY = bytes(range(32))


class Clock:
    """A clock that goes on when it is told to."""

    def __init__(self):
        self.at = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def __call__(self):
        return self.at

    def forward(self, **span):
        """Turn it forward, or back."""
        self.at += timedelta(**span)


@pytest.fixture(name="clock")
def _clock():
    return Clock()


@pytest.fixture(
    name="url",
    params=["sqlite", pytest.param("postgres", marks=pytest.mark.server("postgres"))],
)
def _url(request, tmp_path):
    """A database with nothing in it, on each engine."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/handrail.db"
    return request.getfixturevalue("postgres_url")


@pytest.fixture(name="store")
def _store(url, clock):
    """A store on each engine, with its schema."""
    made = Store(url, key=KEY, clock=clock, upgrade=True)
    yield made
    made.close()
