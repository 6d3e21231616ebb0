"""The store: one engine, one clock, one key."""

from __future__ import annotations

from contextlib import closing

import pytest
from sqlalchemy import insert, select

from handrail import InvalidValueError, Report
from handrail_store import Database, SchemaError, Store
from handrail_store._schema import METADATA, tags
from handrail_store._seal import place_beside
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


@pytest.fixture(name="file")
def _file(tmp_path):
    """A SQLite file that holds a report, and its key beside it."""
    path = tmp_path / "handrail.db"
    with closing(Store(f"sqlite:///{path}")) as made:
        made.outbox.accept("f", Report(id="r1", item_id="c1", text="words"))
    return path


def test_file_that_is_restored_without_its_key_is_refused(file):
    """No new key is made in the place of one that is missing: all content would be lost to it."""
    key = place_beside(file).rename(file.with_name("elsewhere"))
    with pytest.raises(InvalidValueError, match=r"handrail\.db\.key is not there: put it back"):
        Store(f"sqlite:///{file}")
    assert not place_beside(file).exists()

    key.rename(place_beside(file))
    with closing(Store(f"sqlite:///{file}")) as store:
        assert "words" == store.outbox.claim(1)[0].subject.text


def test_file_without_content_is_given_a_key(tmp_path):
    """Where only the schema was made, nothing is missed."""
    with Database(url := f"sqlite:///{tmp_path}/handrail.db") as database:
        database.upgrade()

    Store(url).close()


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
