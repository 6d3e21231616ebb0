"""The store: one engine, one clock, one key."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, select

from handrail import InvalidValueError
from handrail_store import SchemaError, Store
from handrail_store._schema import METADATA, tags
from handrail_store._types import new_id

KEY = bytes(range(32))


def test_every_table_is_there(store):
    """Migrations make what the tables say."""
    with store.read() as connection:
        for table in METADATA.sorted_tables:
            assert [] == list(connection.execute(select(table)))


def test_moments_come_back_in_utc(store, clock):
    """A time is the same, and aware, on every engine."""
    row = {"kind": "actor", "id": "a", "tag": "t", "set_at": clock.at}
    with store.write() as connection:
        connection.execute(insert(tags).values(row))
    with store.read() as connection:
        assert clock.at == connection.execute(select(tags.c.set_at)).scalar_one()


def test_what_raises_is_rolled_back(store, clock):
    """A transaction is whole or nothing."""
    row = {"kind": "actor", "id": "a", "tag": "t", "set_at": clock.at}

    def write():
        with store.write() as connection:
            connection.execute(insert(tags).values(row))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write()
    with store.read() as connection:
        assert [] == list(connection.execute(select(tags)))


def test_sealed_content_is_opened(store):
    """What was sealed can be read again."""
    assert b"text" == store.unseal(store.seal(b"text", "here"), "here")


def test_sealed_content_is_bound(store):
    """What was sealed for one place opens in no other."""
    with pytest.raises(InvalidValueError, match="changed, or is another's"):
        store.unseal(store.seal(b"text", "here"), "there")


def test_schema_of_another_version_is_refused(url):
    """A database that was not upgraded says what to do."""
    with pytest.raises(SchemaError, match="run handrail db upgrade"):
        Store(url, key=KEY, upgrade=False)


def test_password_is_in_no_repr(store):
    """What a URL holds is shown nowhere."""
    assert "://" not in repr(store)


def test_url_is_not_repeated():
    """A wrong URL may hold a password."""
    with pytest.raises(InvalidValueError) as caught:
        Store("mysql://canary@x/y")
    assert "canary" not in str(caught.value)


def test_ids_are_in_order_of_time():
    """Rows that are made later stand later."""
    made = [new_id() for _ in range(1000)]

    assert made == sorted(set(made))


def test_audit_is_chained(store):
    """What was done is linked in order, once."""
    with store.write() as connection:
        for number in range(3):
            store.audit(connection, "decided", subject=f"item {number}")

    assert (3, 0) == (store.chain(), store.chain())
