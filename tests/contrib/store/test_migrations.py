"""Migrations: they make what the tables say, and a schema of another version is refused."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from contrib.store.conftest import FEATURES, POLICY, READER
from sqlalchemy import insert, inspect, make_url, select, text
from sqlalchemy.exc import IntegrityError

from handrail import Enforcement, Item, Safety
from handrail_store import Database, Outbox, SchemaError, Store, Worker, _migrate, _purge
from handrail_store._engine import open_engine, transaction
from handrail_store._schema import METADATA, appeals, cases, enforcements, replies

SEEN = {"compare_type": True, "version_table": _migrate.VERSION_TABLE}
"""How alembic compares."""

KEY = bytes(range(32))
AT = datetime(2026, 3, 1, tzinfo=UTC)

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
        context = MigrationContext.configure(connection, opts=SEEN)
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


@pytest.fixture(name="hosts")
def _hosts(url):
    """A database in which a host has tables of its own, with names of ours."""
    engine = open_engine(url)
    with engine.begin() as connection:
        for name in ("reports", "items", "songs"):
            connection.exec_driver_sql(f"CREATE TABLE {name} (id INTEGER PRIMARY KEY, ours TEXT)")
    yield engine
    engine.dispose()


def test_tables_of_a_host_are_named(hosts, url):
    """Where names are taken nothing is made, and the error says which, and the way out."""
    before = shape(hosts)
    with Database(url) as database, pytest.raises(SchemaError, match="items, reports") as caught:
        database.upgrade()

    assert before == shape(hosts)
    assert "schema of its own on PostgreSQL" in str(caught.value)
    assert ("items", "reports") == _migrate.standing(hosts).taken


IN_THE_WAY = {
    "sqlite": [
        'TABLE "Reports" (id INTEGER)', "VIEW cases AS SELECT 1", "INDEX items ON songs (id)",
    ],
    "postgresql": [
        "MATERIALIZED VIEW reports AS SELECT 1", "SEQUENCE cases", "INDEX items ON songs (id)",
        "TYPE tags AS (id INTEGER)", "TYPE views AS ENUM ('a')",
    ],
}  # fmt: skip
"""What else has names that no table of ours can have beside it."""

NAMES = {
    "sqlite": "have their names: Reports, cases, items.",
    "postgresql": "have their names: cases, items, reports, tags, views.",
}


def test_whatever_is_in_the_way_is_named(url):
    """Names are taken by more than tables, and on SQLite however they are written."""
    engine = open_engine(url)
    things = ["TABLE songs (id INTEGER)", *IN_THE_WAY[engine.dialect.name]]
    with engine.begin() as connection:
        for each in things:
            connection.exec_driver_sql(f"CREATE {each}")
    with pytest.raises(SchemaError, match="cases") as caught:
        _migrate.upgrade(engine)
    engine.dispose()

    assert NAMES[engine.dialect.name] in str(caught.value)


def test_upgraded_by_another_meanwhile(url, monkeypatch):
    """Who asks while another makes the tables does not take them for somebody else's."""
    other, mine = open_engine(url), open_engine(url)
    with mine.connect():
        read, done = _migrate._revision, []

    def slow(connection, table):
        found = read(connection, table)
        if not done:
            done.append(table)
            _migrate.upgrade(other)
        return found

    monkeypatch.setattr(_migrate, "_revision", slow)
    _migrate.upgrade(mine)

    assert done
    assert _migrate.standing(mine).current
    other.dispose()
    mine.dispose()


def test_start_beside_tables_of_a_host_is_refused(hosts, url):
    """A store says so when it is opened, whether or not it would make its schema."""
    for upgrade in (True, False):
        with pytest.raises(SchemaError, match="items, reports"):
            Store(url, key=KEY, upgrade=upgrade)


def test_schema_of_its_own_is_the_way_out(hosts, url):
    """On PostgreSQL a schema of its own is made beside the host's tables."""
    if hosts.dialect.name == "sqlite":
        pytest.skip("SQLite has no schemas")
    with hosts.begin() as connection:
        connection.exec_driver_sql("CREATE SCHEMA handrail")
    apart = make_url(url).update_query_dict({"options": "-csearch_path=handrail"})
    with Database(apart) as database:
        database.upgrade()
        assert database.standing().current


@pytest.mark.parametrize(("begun", "name"), [("0003", "leases"), ("0005", "erasures")])
def test_table_of_a_host_that_a_later_step_makes(url, begun, name):
    """A step that finds a host's table in its way changes nothing either."""
    from alembic import command

    engine = open_engine(url)
    with transaction(engine, write=True) as connection:
        command.upgrade(_migrate._config(connection), begun)
        connection.exec_driver_sql(f"CREATE TABLE {name} (id INTEGER PRIMARY KEY, flat TEXT)")
    with pytest.raises(SchemaError, match=f"names: {name}"):
        _migrate.upgrade(engine)
    assert begun == _migrate.standing(engine).has
    engine.dispose()


@pytest.fixture(name="first")
def _first(url):
    """A database with the first schema."""
    from alembic import command

    from handrail_store._engine import open_engine, transaction

    engine = open_engine(url)
    with transaction(engine, write=True) as connection:
        command.upgrade(_migrate._config(connection), "0001")
    yield engine
    engine.dispose()


def appeal(number, **fields):
    """The row of an appeal of the first schema."""
    return {
        "id": f"a{number}", "kind": "author", "actor": "ann", "report": None, "case": f"c{number}",
        "decision": "d", "state": "open", "sealed": b"", "made_at": AT, "decided_at": None,
        "not_by": None, **fields,
    }  # fmt: skip


def case(number, **fields):
    """The row of the case of an appeal."""
    return {
        "id": f"c{number}", "feature": "f", "item": "i", "target": f"appeal {number}",
        "decision": "d", "queue": "appeals", "state": "open", "opened_at": AT, "body": {},
        "appeal": f"a{number}", **fields,
    }  # fmt: skip


def add(engine, *pairs):
    """Add rows as the first schema has them."""
    with engine.begin() as connection:
        for table, row in pairs:
            connection.execute(insert(table).values(**row))


class TestFirstSchema:
    """From the first schema to this one."""

    def test_the_command_line_brings_it_up(self, first, url, run):
        """``db check`` says what is to be done, and ``db upgrade`` does it."""
        before = run("db", "check", "--url", url)
        made = run("db", "upgrade", "--url", url)
        after = run("db", "check", "--url", url)

        assert [1, 0, 0] == [before.exit_code, made.exit_code, after.exit_code]
        assert "schema 0001" in before.output

    def test_becomes_what_the_tables_say(self, first):
        """The step makes the same as beginning anew."""
        _migrate.upgrade(first)
        with first.connect() as connection:
            context = MigrationContext.configure(connection, opts=SEEN)
            assert [] == compare_metadata(context, METADATA)

    def test_rows_stay(self, first):
        """What different people appealed is untouched."""
        add(first, (appeals, appeal(1)), (appeals, appeal(2, actor="bo")), (cases, case(1)))
        _migrate.upgrade(first)
        with first.connect() as connection:
            kept = connection.execute(select(appeals.c.id).order_by(appeals.c.id)).scalars().all()
            state = connection.execute(select(cases.c.state)).scalar_one()

        assert (["a1", "a2"], "open") == (kept, state)

    def test_doubles_are_joined(self, first):
        """What came twice at once is one appeal: the decided one; the other's case is over."""
        won = appeal(2, state="won", decided_at=AT)
        add(first, (appeals, appeal(1)), (appeals, won), (cases, case(1)), (cases, case(2)))
        _migrate.upgrade(first)
        with first.connect() as connection:
            kept = connection.execute(select(appeals.c.id)).scalars().all()
            found = select(cases.c.state, cases.c.appeal).order_by(cases.c.id)
            states = [tuple(row) for row in connection.execute(found)]

        assert (["a2"], [("cancelled", "a2"), ("open", "a2")]) == (kept, states)


STEPS = [step.revision for step in _migrate.ScriptDirectory.from_config(
    _migrate._config()
).walk_revisions()][1:]  # fmt: skip
"""All steps but the last, as a database may have been made by an earlier version."""


def shape(engine):
    """All that a database says of its tables, in no order."""
    found = inspect(engine)
    made = {}
    for name in set(found.get_table_names()) - {"handrail_version"}:
        columns = {
            each["name"]: (str(each["type"]), each["nullable"], each["default"])
            for each in found.get_columns(name)
        }
        unique = {(u["name"], *u["column_names"]) for u in found.get_unique_constraints(name)}
        indexes = {
            (i["name"], *i["column_names"], bool(i["unique"]), *_where(i))
            for i in found.get_indexes(name) if "duplicates_constraint" not in i
        }  # fmt: skip
        made[name] = columns, found.get_pk_constraint(name)["constrained_columns"], unique, indexes
    return made


def _where(index):
    """Which rows an index is of; PostgreSQL writes it in its own words."""
    said = [each for name, each in index.get("dialect_options", {}).items() if "where" in name]
    return [str(each).replace("(", "").replace(")", "").split("::")[0] for each in said]


class TestEveryStep:
    """A database of any version becomes the one that is made anew."""

    @pytest.fixture(name="fresh")
    def _fresh(self, url):
        """What the tables say, without any step."""
        from handrail_store._engine import open_engine

        engine = open_engine(url)
        METADATA.create_all(engine)
        made = shape(engine)
        METADATA.drop_all(engine)
        engine.dispose()
        return made

    @pytest.fixture(name="at")
    def _at(self, url, fresh):
        """Bring the empty database to a step: ``at(step)``."""
        from alembic import command

        from handrail_store._engine import open_engine, transaction

        made = open_engine(url)

        def at(step):
            with transaction(made, write=True) as connection:
                command.upgrade(_migrate._config(connection), step)
            return made

        yield at
        made.dispose()

    @pytest.mark.parametrize("step", STEPS)
    def test_becomes_the_same(self, at, fresh, step):
        """Columns, keys, constraints, indexes and defaults are those of the tables."""
        engine = at(step)
        _migrate.upgrade(engine)

        assert fresh == shape(engine)

    def test_what_the_first_once_had_is_left_alone(self, at, fresh):
        """For a while the first step made what is the fourth's: such databases go on as well."""
        engine = at("0003")
        with engine.begin() as connection:
            for name in ("http_rates", "http_answers"):
                METADATA.tables[name].create(connection)
            for index in METADATA.tables["approvals"].indexes:
                index.create(connection)
        _migrate.upgrade(engine)

        assert fresh == shape(engine)

    @pytest.mark.parametrize("step", STEPS)
    def test_that_said_so_in_alembics_name_goes_on(self, at, fresh, step):
        """Before the version had a name of our own it stood in alembic's, and counts."""
        engine = at(step)
        with engine.begin() as connection:
            connection.execute(
                text("CREATE TABLE alembic_version AS SELECT version_num FROM handrail_version")
            )
            connection.execute(text("DROP TABLE handrail_version"))
        before = _migrate.upgrade(engine)
        made = shape(engine)
        del made["alembic_version"]

        assert (step, True, fresh) == (before.has, _migrate.standing(engine).current, made)

    def test_replies_stay(self, at):
        """What people are owed is owed all the same."""
        engine = at("0003")
        said = "INSERT INTO replies (about, kind, feature, state, body, made_at, due_at) VALUES "
        with engine.begin() as connection:
            connection.exec_driver_sql(
                f"{said} ('r', 'reversal', 'f', 'waiting', '{{}}', '{AT}', '{AT}')"
            )
        _migrate.upgrade(engine)
        with engine.connect() as connection:
            kept = connection.execute(select(replies.c.about, replies.c.outcome)).all()

        assert [("r", "")] == kept

    def test_what_was_delivered_is_not_delivered_again(self, at, url):
        """Nobody was asked to acknowledge it before: it is over, and may be acknowledged still."""
        engine = at("0003")
        told = [("c1", 1, "delivered"), ("c2", 1, "carried_out"), ("c3", 1, "waiting")]
        add(engine, *[(enforcements, enforcement(*each)) for each in told])
        _migrate.upgrade(engine)
        store, got = Store(url, key=KEY, upgrade=False), []
        with Safety(features=FEATURES, modules=[READER], policy=POLICY, store=store) as safety:
            safety.feature("reviews").on_enforcement(lambda each: got.append(each.item))
            Worker(safety, store).run(once=True)
        acknowledged = store.carried_out("c1 1")
        store.close()

        assert (["c3"], True) == (got, acknowledged)

    def test_what_failed_and_is_moot_is_over(self, at):
        """Of what failed, only what nothing later was delivered for is a dead letter."""
        engine = at("0003")
        told = [
            ("c1", 1, "failed"), ("c1", 2, "delivered"), ("c2", 1, "failed"), ("c2", 2, "waiting"),
            ("c3", 1, "delivered"), ("c3", 2, "failed"), ("c4", 1, "failed"),
            ("c4", 2, "carried_out"),
        ]  # fmt: skip
        add(engine, *[(enforcements, enforcement(*each)) for each in told])
        _migrate.upgrade(engine)
        found = select(enforcements.c.state).order_by(enforcements.c.id)
        with engine.connect() as connection:
            states = connection.execute(found).scalars().all()

        assert states == [
            "overtaken", "overtaken", "failed", "waiting", "overtaken", "failed", "overtaken",
            "carried_out",
        ]  # fmt: skip


def enforcement(item, number, state):
    """The row of an enforcement of an earlier schema, as that version left it."""
    id = f"{item} {number}"  # noqa: A001 - the word for it
    made = Enforcement(
        id=id, feature="reviews", item=item, revision=1, kind="apply", action="block",
        reason="decided", decision="d", at=AT,
    )  # fmt: skip
    return {
        "id": id, "number": number, "feature": "reviews", "item": item, "revision": 1,
        "decision": "d", "kind": "apply", "reason": "decided", "state": state,
        "body": made.to_json(), "made_at": AT, "due_at": AT, "tries": 1,
    }  # fmt: skip


@pytest.mark.parametrize("report", [None, "r1"])
def test_no_second_appeal_fits(store, report):
    """The database itself keeps out a second appeal of the same, with or without a report."""
    kind = "author" if report is None else "reporter"
    rows = [appeal(number, report=report, kind=kind) for number in (1, 2)]
    with pytest.raises(IntegrityError), store.write() as connection:
        connection.execute(insert(appeals), rows)


def test_each_report_has_its_complaint(store):
    """Unnamed people may each complain about what became of their report."""
    with store.write() as connection:
        for number in (1, 2):
            row = appeal(number, kind="reporter", actor=None, report=f"r{number}")
            connection.execute(insert(appeals).values(**row))


def test_what_grows_old_is_found_by_an_index(store):
    """Purging walks an index of each table from its oldest row, or its oldest of a state."""
    with store.read() as connection:
        found = inspect(connection)
        first = {
            (name, next(column for column in index["column_names"] if column != "state"))
            for name in found.get_table_names() for index in found.get_indexes(name)
        }  # fmt: skip
    ages = {(aged.table.name, aged.column.name) for aged in _purge._aged(store)}

    assert set() == ages - first


def test_work_that_waits_outlives_a_step(url, later):
    """What was accepted before is refused by nobody but a version that does not know the schema."""
    before = Store(url, key=KEY, upgrade=True)
    before.outbox.accept("video_comments", Item("c1", "fine"))
    running = Outbox(before)
    later(True)
    with pytest.raises(SchemaError, match="run handrail db upgrade"):
        Store(url, key=KEY, upgrade=False)
    with Database(url) as database:
        database.upgrade()
    (work,) = running.claim(5)  # A worker that began before goes on.
    running.release([work])
    before.close()
    later(False)
    with pytest.raises(SchemaError, match="a later version"):
        Store(url, key=KEY, upgrade=False)
    later(True)
    after = Store(url, key=KEY, upgrade=False)
    kept = [each.item for each in after.outbox.claim(5)]
    after.close()

    assert ["c1"] == kept


def test_a_host_that_uses_alembic_keeps_its_own_version(url):
    """In the database of a host with migrations of its own, neither takes the other's for its."""
    engine = open_engine(url)
    with transaction(engine, write=True) as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('theirs')"))
    before = _migrate.upgrade(engine)
    with transaction(engine, write=False) as connection:
        theirs = connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
    current = _migrate.standing(engine).current
    engine.dispose()

    assert (None, ["theirs"], True) == (before.has, theirs, current)


@pytest.mark.server("postgres")
def test_a_schema_of_its_own_leaves_the_hosts_names_alone(postgres_url):
    """With a search_path in the URL the tables stand in that schema, and the host has its items."""
    host = open_engine(postgres_url)
    with transaction(host, write=True) as connection:
        connection.execute(text("CREATE SCHEMA handrail"))
        connection.execute(text("CREATE TABLE items (id INT)"))
    own = open_engine(f"{postgres_url}?options=-csearch_path%3Dhandrail")
    _migrate.upgrade(own)
    theirs, ours = inspect(host).get_table_names(), inspect(own).get_table_names()
    host.dispose()
    own.dispose()

    assert (["items"], True) == (theirs, {"items", "outbox", "handrail_version"} <= set(ours))
