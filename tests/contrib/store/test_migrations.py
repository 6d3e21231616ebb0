"""Migrations: they make what the tables say, and a schema of another version is refused."""

from __future__ import annotations

import shutil

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from handrail_store import Database, SchemaError, Store, _migrate
from handrail_store._schema import METADATA

KEY = bytes(range(32))

HEAD = _migrate.ScriptDirectory.from_config(_migrate._config()).get_current_head()
"""The last step there is."""

STEP = '''
"""A step of a later version."""
import sqlalchemy as sa
from alembic import op

revision = "later"
down_revision = "{head}"


def upgrade():
    """Add something."""
    op.create_table("later", sa.Column("id", sa.Integer(), primary_key=True))
'''


@pytest.fixture(name="later")
def _later(tmp_path, monkeypatch):
    """Become a version that has a step more, and stop being it."""
    there = tmp_path / "migrations"
    shutil.copytree(_migrate.HERE, there)
    (there / "versions/later.py").write_text(STEP.format(head=HEAD))
    ours = _migrate.HERE
    return lambda now: monkeypatch.setattr(_migrate, "HERE", there if now else ours)


def test_make_what_the_tables_say(store):
    """Whoever changes a table adds a step: what steps make is what the code works with."""
    with store.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert [] == compare_metadata(context, METADATA)


def test_make_the_same_keys(store):
    """Primary keys, which no comparison looks at, are the same too."""
    with store.read() as connection:
        found = inspect(connection)
        made = {
            table.name: found.get_pk_constraint(table.name)["constrained_columns"]
            for table in METADATA.sorted_tables
        }
    assert made == {t.name: [c.name for c in t.primary_key] for t in METADATA.sorted_tables}


def test_one_version_behind_is_refused(store, url, later):
    """A database that waits for a step says what to do."""
    assert _migrate.standing(store.engine).current
    later(True)

    with pytest.raises(SchemaError, match=rf"has schema {HEAD}, .* needs later: run handrail db"):
        Store(url, key=KEY, upgrade=False)


def test_one_version_behind_is_upgraded(store, url, later):
    """The step is made, once, and what was there stays."""
    with store.write() as connection:
        store.audit(connection, "decided", subject="c1")
    later(True)
    with Database(url) as database:
        before, after = database.upgrade(), database.upgrade()
        kept = list(database.audit(9))

    assert (HEAD, "later", 1) == (before.has, after.has, len(kept))


def test_one_version_ahead_is_refused(url, later):
    """What a later version made is neither worked with nor changed."""
    later(True)
    Store(url, key=KEY, upgrade=True).close()
    later(False)

    for upgrade in (True, False):
        with pytest.raises(SchemaError, match="schema later, which a later version"):
            Store(url, key=KEY, upgrade=upgrade)
