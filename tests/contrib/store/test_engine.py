"""Connections of the store: asked whether they are there still, unless that is known."""

from __future__ import annotations

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from handrail_store import Store
from handrail_store._away import is_away

from .conftest import KEY

pytestmark = pytest.mark.server("postgres")


def _pid(store):
    with store.read() as connection:
        return connection.execute(text("SELECT pg_backend_pid()")).scalar_one()


@pytest.mark.parametrize("fresh", [0, 60])
def test_connection_that_is_gone_is_replaced(postgres_url, monkeypatch, fresh):
    """A server ends those that nobody uses, and may start anew: nobody is told.

    That it has ended one that was used just now is seen without asking it.
    """
    monkeypatch.setattr("handrail_store._engine.FRESH_S", fresh)
    store, other = (Store(postgres_url, key=KEY, upgrade=True) for _ in range(2))
    before = _pid(store)
    with other.read() as connection:
        ended = text("SELECT pg_terminate_backend(:pid, 10000)")
        assert connection.execute(ended, {"pid": before}).scalar_one()

    assert before != _pid(store)
    store.close()
    other.close()


def test_connection_that_was_used_just_now_is_not_asked(postgres_url, monkeypatch):
    """Asking costs as much as a small statement."""
    monkeypatch.setattr("handrail_store._engine.FRESH_S", 60)
    store, asked = Store(postgres_url, key=KEY, upgrade=True), []
    monkeypatch.setattr(store.engine.dialect, "do_ping", asked.append)
    _pid(store)
    _pid(store)

    assert [] == asked
    store.close()


def test_connection_that_was_just_made_is_not_asked(postgres_url, monkeypatch):
    """One that ends at once fails where it is used, and says that the database is away."""
    monkeypatch.setattr("handrail_store._engine.FRESH_S", 0)
    store = Store(postgres_url, key=KEY, upgrade=True)
    store.engine.dispose()
    event.listen(store.engine, "connect", lambda connection, _: connection.close())
    with pytest.raises(OperationalError) as raised:
        _pid(store)

    assert is_away(raised.value)
    store.close()
