"""The audit log: whoever changes what was done breaks a chain of hashes."""

from __future__ import annotations

import subprocess
import sys

import pytest
from sqlalchemy import delete, event, insert, select, update

from handrail_store import Database, Store
from handrail_store import _audit as log
from handrail_store._schema import audit, chain
from handrail_store._types import new_id


@pytest.fixture(name="filled")
def _filled(store, clock):
    """A log of five rows, linked."""
    for number in range(5):
        with store.write() as connection:
            store.audit(connection, "decided", subject=f"c{number}", by="rev", score=number / 3)
        clock.forward(seconds=1)
    store.chain()
    return store


def broken(store, head=None, last=None):
    """The links that do not hold."""
    with store.read() as connection:
        return [each.link for each in log.verify(connection, head, last)]


def head(store):
    """What to note elsewhere."""
    with store.read() as connection:
        return log.head_of(connection)[1]


def tamper(store, *statements):
    """What somebody does who can write into the database."""
    with store.write() as connection:
        for statement in statements:
            connection.execute(statement)


def entry(store, link):
    """The id of the row of a link."""
    with store.read() as connection:
        return connection.execute(select(chain.c.entry).where(chain.c.link == link)).scalar_one()


def test_whole_chain_holds(filled):
    """What nobody touched is in order."""
    assert [] == broken(filled, head(filled))


@pytest.mark.parametrize(
    "change",
    [{"what": "approved"}, {"by": "me"}, {"subject": "c9"}, {"body": {"score": 1}}, {"by": None}],
)
def test_changed_row_is_found(filled, change):
    """Whatever of a row was changed."""
    tamper(filled, update(audit).where(audit.c.id == entry(filled, 3)).values(**change))

    assert [3] == broken(filled)


def test_changed_time_is_found(filled, clock):
    """When it was done is part of it."""
    tamper(filled, update(audit).where(audit.c.id == entry(filled, 3)).values(at=clock.at))

    assert [3] == broken(filled)


def test_removed_row_is_found(filled):
    """A row that is gone is missed."""
    tamper(filled, delete(audit).where(audit.c.id == entry(filled, 3)))

    assert [3] == broken(filled)


def test_row_removed_with_its_link_is_found(filled):
    """So is one that is gone with its link."""
    tamper(
        filled,
        delete(audit).where(audit.c.id == entry(filled, 3)),
        delete(chain).where(chain.c.link == 3),
    )

    assert [3, 4] == broken(filled)


def test_links_moved_up_are_found(filled):
    """Numbers that close the gap do not mend the hashes."""
    tamper(
        filled,
        delete(chain).where(chain.c.link == 3),
        update(chain).where(chain.c.link == 4).values(link=3),
        update(chain).where(chain.c.link == 5).values(link=4),
    )

    assert 3 in broken(filled)


def test_reordered_rows_are_found(filled):
    """Two rows that change places."""
    two, four = entry(filled, 2), entry(filled, 4)
    tamper(
        filled,
        update(chain).where(chain.c.link == 2).values(entry="x"),
        update(chain).where(chain.c.link == 4).values(entry=two),
        update(chain).where(chain.c.link == 2).values(entry=four),
    )

    assert [2, 4] == broken(filled)


def test_inserted_row_is_found(filled, clock):
    """A row put in between, with a link that is made up."""
    made = {"id": new_id(), "at": clock.at, "what": "approved", "subject": "c1", "body": {}}
    tamper(
        filled,
        insert(audit).values(made),
        update(chain).where(chain.c.link == 5).values(link=6),
        update(chain).where(chain.c.link == 4).values(link=5),
        insert(chain).values(link=4, entry=made["id"], hash="f" * 64),
    )

    assert 4 in broken(filled)


def test_rows_gone_from_the_end_are_found_by_the_head(filled):
    """The chain holds by itself; who has noted its head knows better."""
    noted = head(filled)
    tamper(
        filled,
        delete(audit).where(audit.c.id == entry(filled, 5)),
        delete(chain).where(chain.c.link == 5),
    )

    assert ([], [5]) == (broken(filled), broken(filled, noted))


def test_a_log_written_anew_is_found_by_the_head(filled, clock):
    """Whoever can compute hashes can make another chain, and not the same one."""
    noted = head(filled)
    tamper(filled, update(audit).where(audit.c.id == entry(filled, 1)).values(by="me"))
    tamper(filled, delete(chain))
    filled.chain()

    assert ([], [6]) == (broken(filled), broken(filled, noted))


def test_a_head_of_before_still_counts(filled, store):
    """What was noted earlier is in the chain for good."""
    noted = head(filled)
    with store.write() as connection:
        store.audit(connection, "decided", subject="c9")
    store.chain()

    assert [] == broken(store, noted)


@pytest.mark.parametrize(("last", "found"), [(1, []), (3, []), (4, [2]), (5, [2]), (99, [2])])
def test_only_the_last_links_are_walked(filled, last, found):
    """What was changed before them is not looked at."""
    change = update(audit).where(audit.c.id == entry(filled, 2)).values(what="approved")
    tamper(filled, change)

    assert found == broken(filled, last=last)


@pytest.mark.parametrize(("last", "found"), [(1, [6]), (2, []), (3, [])])
def test_a_noted_head_is_among_the_last_links_or_just_before(filled, last, found):
    """Else nothing says that it leads to them."""
    with filled.read() as connection:
        noted = connection.execute(select(chain.c.hash).where(chain.c.link == 3)).scalar()

    assert found == broken(filled, noted, last)


@pytest.mark.server("postgres")
def test_of_the_chain_the_head_alone_is_read(postgres_url, clock):
    """However long it is: a worker links every few seconds."""
    store, read = Store(postgres_url, key=bytes(32), clock=clock, upgrade=True), []
    event.listen(store.engine, "after_cursor_execute", lambda *a: read.append(a[1].rowcount))
    for _ in range(2):
        with store.write() as connection:
            for _ in range(50):
                store.audit(connection, "decided", subject="c1")
        read.clear()
        store.chain()
    store.close()

    assert [1, 1, 50, 50] == read


def test_rows_not_linked_yet_are_taken_in(filled, url):
    """Verifying begins with linking what is new."""
    with filled.write() as connection:
        filled.audit(connection, "decided", subject="c9")
    with Database(url) as database:
        found = database.verify()

    assert (6, ()) == (found.links, found.broken)


@pytest.mark.server("postgres")
def test_transactions_that_end_out_of_order_are_linked(postgres_url, clock):
    """Who began first and ends last is linked last; nothing is left out."""
    from handrail_store import Store

    store = Store(postgres_url, key=bytes(32), clock=clock, upgrade=True)
    with store.write() as first:
        store.audit(first, "decided", subject="first")
        with store.write() as second:
            store.audit(second, "decided", subject="second")
        linked = store.chain()
    with store.read() as connection:
        before = [row["subject"] for row in log.shown(connection, 9) if row["link"]]
    again, holds = store.chain(), broken(store)
    store.close()

    assert (1, ["second"], 1, []) == (linked, before, again, holds)


def test_one_that_comes_very_late_is_found_by_verifying(filled, url, monkeypatch):
    """Linking looks at what is near the end; verifying looks at all."""
    monkeypatch.setattr(log, "LATE", 0)
    with filled.write() as connection:
        connection.execute(
            insert(audit).values(
                number=-5, id=new_id(), at=filled.now(), what="late", subject="x", body={}
            )
        )
    missed = filled.chain()
    with Database(url) as database:
        assert (0, 6) == (missed, database.verify().links)


ADDING = """
import sys
from handrail_store import Store
store = Store(sys.argv[1], key=bytes(range(32)), upgrade=False)
for number in range(100):
    with store.write() as connection:
        store.audit(connection, "decided", subject=f"{sys.argv[2]}-{number}")
    if number % 10 == 0:
        store.chain()
store.close()
"""


def test_two_processes_make_one_chain(store, url):
    """Both add, both link, at once: each row is in the chain, once."""
    both = [subprocess.Popen([sys.executable, "-c", ADDING, url, name]) for name in "ab"]
    codes = [each.wait(120) for each in both]
    with Database(url) as database:
        found = database.verify()

    assert ([0, 0], 200, ()) == (codes, found.links, found.broken)


def test_showing_it_keeps_no_reader_open(store, url):
    """However slowly somebody reads it, SQLite's log does not grow meanwhile."""
    with store.write() as connection:
        for _ in range(2):
            store.audit(connection, "exported", subject="actor x")
    with Database(url) as database:
        shown = database.audit(2)
        next(shown)

        assert 0 == database._engine.pool.checkedout()
        assert 1 == len([*shown])
