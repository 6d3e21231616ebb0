"""Rows in by the batch, on each engine: what is new, what is there, what is the same for all."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta, timezone
from types import MappingProxyType

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import IntegrityError

from handrail_store._record import add_clean
from handrail_store._rows import Rows, add_fresh, add_rows, put_rows
from handrail_store._schema import audit, bundles, counters, outcomes, plans
from handrail_store._sql import among, listed
from handrail_store._types import new_id

ODD = "nul\0, half \ud800, umlaut ä, 𝄞"


@pytest.fixture(name="connection")
def _connection(store):
    with store.write() as connection:
        yield connection


@pytest.fixture(name="row")
def _row(clock):
    """A function that makes a row of outcomes."""

    def row(key, **more):
        return {"key": key, "item": "c1", "revision": 1, "accepted_at": clock.at, **more}

    return row


@pytest.fixture(name="same")
def _same(clock):
    return {"kind": "decided", "feature": "f", "stage": "post_publish", "at": clock.at}


def test_only_what_is_new_is_fresh(connection, row, same):
    """What is there already is passed over, and not named."""
    add_fresh(connection, outcomes, [row("a"), row("b")], same)

    assert {"c"} == add_fresh(connection, outcomes, [row("b", item="other"), row("c")], same)
    kept = connection.execute(select(outcomes.c.item).where(outcomes.c.key == "b")).scalar_one()
    assert "c1" == kept


def test_of_many_rows_the_new_are_fresh(connection, row, same):
    """As of a few: however many there are, those that are there are not named."""
    add_fresh(connection, outcomes, [row("7"), row("a")], same)

    many = [row(str(number)) for number in range(40)]
    assert {str(number) for number in range(40)} - {"7"} == add_fresh(
        connection, outcomes, many, same
    )


def test_many_rows_say_what_a_few_would(connection, row, same):
    """A column that no row says anything in is empty, one that a single row does is not."""
    many = [row(str(number), revision=None, decision=None) for number in range(40)]
    add_rows(connection, outcomes, [*many, row("one", revision=None, decision="d")], same)

    kept = connection.execute(select(outcomes.c.revision, outcomes.c.decision)).all()
    assert {(None, "d"): 1, (None, None): 40} == Counter(map(tuple, kept))


def test_what_is_the_same_for_all_stands_in_each_row(connection, row, same, clock):
    """Columns given once complete every row, those that are None included."""
    add_rows(connection, outcomes, [row("a"), row("b")], {**same, "decision": None})

    rows = connection.execute(select(outcomes)).mappings().all()
    assert [("decided", None, clock.at)] * 2 == [(r["kind"], r["decision"], r["at"]) for r in rows]


def test_a_moment_is_kept_in_utc(connection, row, same, clock):
    """Whatever the zone it was given in."""
    there = clock.at.astimezone(timezone(timedelta(hours=9))) + timedelta(microseconds=7)
    add_rows(connection, outcomes, [row("a", accepted_at=there)], same)

    kept = connection.execute(select(outcomes.c.accepted_at)).scalar_one()
    assert (there, timedelta(0)) == (kept, kept.utcoffset())


def test_bytes_come_back_as_they_were(connection, clock):
    """Every byte."""
    row = {"revision": "r", "first_seen": clock.at, "packed": bytes(range(256))}
    add_rows(connection, bundles, [row])

    assert bytes(range(256)) == connection.execute(select(bundles.c.packed)).scalar_one()


def test_a_body_comes_back_as_it_was(connection, clock):
    """Lists, numbers, nothing, and quotes of every kind."""
    body = {"a": [1, 2.5, None, True], "b": {"c": "\"'\\ %s %(x)s ä 𝄞"}}
    row = {"id": new_id(), "subject": "s", "body": body}
    add_rows(connection, audit, [row], {"at": clock.at, "what": "tried", "by": None})

    assert body == connection.execute(select(audit.c.body)).scalar_one()


def test_a_row_put_twice_is_an_error(connection, row, same):
    """Who puts a row says that nobody else can have written it."""
    put_rows(connection, outcomes, [row("a", **same)])

    with pytest.raises(IntegrityError):
        put_rows(connection, outcomes, [row("a", **same)])


@pytest.mark.parametrize("item", [ODD, '"', "\\", 'a\\"}', "{a,b}", "a,b", "NULL", "ü"])
def test_an_odd_id_is_found_again(connection, row, same, item):
    """What no engine keeps is replaced alike on the way in and in questions."""
    add_rows(connection, outcomes, [row("a", item=item), row("b")], same)

    dialect = connection.dialect.name
    wanted = select(outcomes.c.key).where(among(outcomes.c.item, dialect))
    for asked in ([item], ["nobody", item, "b"]):
        said = {"keys": listed(asked, dialect)}
        assert ["a"] == list(connection.execute(wanted, said).scalars())
    assert [] == list(connection.execute(wanted, {"keys": listed([], dialect)}).scalars())


def test_rows_of_several_tables_are_written_together(connection, row, same, clock):
    """In one go, each with what is the same for its table; afterwards nothing waits."""
    rows = Rows(connection)
    rows.add(outcomes, [row("a")], same)
    rows.put(bundles, [{"revision": "r", "first_seen": clock.at, "packed": b"\0"}])
    said = {"at": clock.at, "what": "tried", "by": None}
    rows.add(audit, [{"id": new_id(), "subject": "s", "body": {}}], said)
    rows.write()
    rows.write()

    kept = (outcomes.c.key, bundles.c.revision, audit.c.subject)
    assert ["a", "r", "s"] == [connection.execute(select(column)).scalar_one() for column in kept]


def test_rows_that_are_alike_are_written_in_the_order_of_their_keys(connection, row, same):
    """So that two who write the same rows never wait for each other in a circle."""
    rows, seen = Rows(connection), []
    for key in "cab":
        rows.add(outcomes, [row(key, **same)])
    rows.add(outcomes, [row("a", **{**same, "feature": "another"})])
    event.listen(connection, "before_cursor_execute", lambda *said: seen.append(str(said[3])))
    rows.write()

    (said,) = seen
    assert "aabc" == "".join(re.findall(r"""['"]([abc])['"]""", said))
    kept = connection.execute(select(outcomes.c.feature).where(outcomes.c.key == "a"))
    assert "f" == kept.scalar_one()


def test_what_is_kept_twice_is_kept_for_the_longer_time(connection, clock):
    """Whoever asks first: a statement alone brings no row together with itself."""
    rows = Rows(connection)
    for days in (2, 3, 1):
        row = {"name": "n", "at": clock.at + timedelta(days=days), "packed": b""}
        rows.merge(counters, [row], {"at": "most"})
    rows.write()

    assert clock.at + timedelta(days=3) == connection.execute(select(counters.c.at)).scalar_one()


def test_what_was_added_first_is_written_first(connection, clock):
    """Whoever writes into the same tables takes hold of them in the same order."""
    rows = Rows(connection)
    for subject in "abcd":
        said = {"at": clock.at, "what": f"tried_{subject}", "by": None}
        rows.add(audit, [{"id": new_id(), "subject": subject, "body": {}}], said)
    rows.write()

    wanted = select(audit.c.subject).order_by(audit.c.number)
    assert "abcd" == "".join(connection.execute(wanted).scalars())


def test_plans_are_in_one_order(store, connection):
    """Two that write the same new plans do not wait for each other in a circle."""
    body = {"feature": "f", "stage": "pre_publish", "action": "allow", "policy": None,
            "final": True, "complete": True, "degraded": False}  # fmt: skip
    written = []

    class Noted(Rows):
        """Rows that note which plans are written."""

        def add(self, table, rows, same=MappingProxyType({})):
            """Note their marks."""
            written.extend(row["mark"] for row in rows if table is plans)
            super().add(table, rows, same)

    add_clean(store, Noted(connection), [], {"b": body, "c": body, "a": body})

    assert ["a", "b", "c"] == written
