"""The way in: what is accepted cannot be lost, in an own transaction or the host's."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import suppress

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from handrail import AsyncSafety, InvalidValueError, Item, Report
from handrail_store import Work
from handrail_store._schema import dead, outbox, outcomes
from handrail_store._types import REVISION_MOST

ITEM = Item("c1", "secret words")


def waiting(store):
    """How much waits."""
    with store.read() as connection:
        return connection.execute(select(func.count()).select_from(outbox)).scalar_one()


def test_what_is_published_waits(store, comments):
    """A published item is accepted, and waits to be worked."""
    assert ("accepted", 1) == (comments.post_publish(ITEM).status, waiting(store))


def test_second_hand_in_does_nothing(store, comments):
    """The same revision is accepted again, and waits once."""
    receipts = [comments.post_publish(ITEM).status for _ in range(2)]

    assert (["accepted", "accepted"], 1) == (receipts, waiting(store))


def test_another_revision_is_other_work(store, comments):
    """An edit is looked at by itself."""
    for revision in (1, 2):
        comments.post_publish(Item("c1", revision=revision))

    assert 2 == waiting(store)


def test_content_is_sealed(store, comments):
    """What waits holds no text in clear."""
    comments.post_publish(ITEM)
    with store.read() as connection:
        row = connection.execute(select(outbox)).mappings().one()

    assert not any("secret" in str(value) for value in row.values())


def test_what_waits_comes_back_whole(store, comments):
    """A claimed item is the one handed in."""
    comments.post_publish(ITEM)
    (work,) = store.outbox.claim(10)

    assert (ITEM, "c1", 1) == (work.subject, work.item, work.revision)


def test_report_waits_in_the_lane_of_its_item(store, comments):
    """A report and the item it is about are worked in order."""
    comments.post_publish(ITEM)
    comments.report(Report(id="r1", item_id="c1"))
    works = store.outbox.claim(10)

    assert 1 == len({work.order for work in works})


def test_work_travels_sealed(store, clock):
    """A broker carries what it cannot read, and what comes back is the same."""
    work = Work.of("video_comments", ITEM, at=clock.at, carrier={"traceparent": "00-1-2-01"})
    sealed = store.outbox.seal(work)

    assert (False, work) == (b"secret" in sealed, store.outbox.unseal(sealed))


def test_work_has_a_json_form(clock):
    """What is written is read without loss, for items and reports."""
    for subject in (ITEM, Report(id="r1", item=ITEM)):
        work = Work.of("video_comments", subject, at=clock.at)
        assert work == Work.from_json(work.to_json())


@pytest.mark.parametrize("said", [{}, {"stage": "report"}, {"stage": "noon"}])
def test_what_is_no_work_is_refused(said):
    """Another JSON form is an error of ours, whatever is wrong with it."""
    with pytest.raises(InvalidValueError):
        Work.from_json(said)


def test_session_joins(store, comments):
    """What is accepted within a session is there when the host commits, and not before."""
    with Session(store.engine) as session, store.within(session):
        comments.post_publish(ITEM)
        session.rollback()
        gone = waiting(store)
        comments.post_publish(ITEM)
        session.commit()

    assert (0, 1) == (gone, waiting(store))


def test_connection_joins(store, comments):
    """What is accepted within a connection is rolled back with it."""
    with store.engine.connect() as connection, store.within(connection):
        comments.post_publish(ITEM)
        connection.rollback()

    assert 0 == waiting(store)


def test_host_goes_on_after_a_failed_hand_in(store, comments):
    """Where the outbox cannot be written, the host's transaction lives, and it is a fault."""
    with store.write() as connection:
        connection.execute(text("ALTER TABLE outbox RENAME TO elsewhere"))
    with store.engine.connect() as connection, store.within(connection):
        receipt = comments.post_publish(ITEM)
        assert 1 == connection.execute(text("SELECT 1")).scalar_one()

    assert ("pending", True) == (receipt.status, receipt.degraded)


def raw(store):
    """The driver's own connection to the store's database."""
    if store.engine.dialect.name == "sqlite":
        return sqlite3.connect(store.engine.url.database)
    import psycopg

    plain = store.engine.url.set(drivername="postgresql")
    return psycopg.connect(plain.render_as_string(hide_password=False))


def test_raw_connection_joins(store, comments):
    """A connection of the driver's own commits, or rolls back, what was accepted."""
    connection = raw(store)
    with store.within(connection):
        comments.post_publish(ITEM)
        connection.rollback()
        gone = waiting(store)
        comments.post_publish(ITEM)
        connection.commit()
    connection.close()

    assert (0, ITEM) == (gone, store.outbox.claim(1)[0].subject)


@pytest.fixture(name="django")
def _django(store, monkeypatch):
    """A connection of Django to the store's database, the one that ``atomic`` finds."""
    pytest.importorskip("django").setup()
    from django.db.utils import ConnectionHandler

    url = store.engine.url
    kind = "sqlite3" if url.get_backend_name() == "sqlite" else "postgresql"
    named = {"NAME": url.database, "ENGINE": f"django.db.backends.{kind}"}
    where = {"HOST": url.host or "", "PORT": url.port or "", "USER": url.username or ""}
    handler = ConnectionHandler({"default": {**named, **where}})
    monkeypatch.setattr("django.db.transaction.connections", handler)
    yield handler["default"]
    handler["default"].close()


@pytest.fixture(scope="session", autouse=True)
def _django_settings():
    """Django wants its settings once in a process; where it is missing, so are its tests."""
    try:
        from django.conf import settings
    except ModuleNotFoundError:
        return
    if not settings.configured:
        settings.configure()


def test_django_joins(store, comments, django):
    """Within ``atomic`` of Django, content and check are committed, or rolled back, together."""
    from django.db.transaction import atomic

    with suppress(ZeroDivisionError), atomic(), store.within(django):
        comments.post_publish(ITEM)
        raise ZeroDivisionError
    gone = waiting(store)
    with atomic(), store.within(django):
        comments.post_publish(ITEM)

    assert (0, ITEM) == (gone, store.outbox.claim(1)[0].subject)


def test_django_goes_on_after_a_failed_hand_in(store, comments, django):
    """Where the outbox cannot be written, what the host wrote in ``atomic`` lives."""
    from django.db.transaction import atomic

    with store.write() as connection:
        connection.execute(text("ALTER TABLE outbox RENAME TO elsewhere"))
    with atomic(), store.within(django):
        comments.post_publish(ITEM)
        with django.cursor() as cursor:
            cursor.execute("SELECT 1")
            assert (1,) == cursor.fetchone()


def test_django_without_a_transaction_is_written_at_once(store, comments, django):
    """With autocommit, as Django begins, what is accepted is there at once."""
    with store.within(django):
        comments.post_publish(ITEM)

    assert 1 == waiting(store)


def test_asynchronous_connection_joins(store, given_async):
    """With AsyncSafety, an asynchronous connection joins as well."""
    pytest.importorskip("greenlet")
    pytest.importorskip("aiosqlite")
    from sqlalchemy.ext.asyncio import create_async_engine

    url = store.engine.url
    if url.get_backend_name() == "sqlite":
        url = url.set(drivername="sqlite+aiosqlite")

    async def publish():
        engine = create_async_engine(url)
        async with AsyncSafety(**given_async) as safety, engine.connect() as connection:
            comments = safety.feature("video_comments")
            with store.within(connection):
                await comments.post_publish(ITEM)
                await connection.rollback()
                gone = waiting(store)
                await comments.post_publish(ITEM)
                await connection.commit()
            there = waiting(store)
        await engine.dispose()
        return gone, there

    assert (0, 1) == asyncio.run(publish())


def test_what_is_no_connection_is_refused(store):
    """A mistake of the host's raises at once."""
    with pytest.raises(InvalidValueError, match="got str"), store.within("sqlite:///x"):
        pass


def test_another_engine_is_refused(store):
    """A host's database on something else cannot hold the outbox."""

    class Connection:
        vendor = "mysql"

        def cursor(self):
            """As every connection has."""

    with pytest.raises(InvalidValueError, match="no store on mysql"), store.within(Connection()):
        pass


def test_trace_of_the_caller_is_carried(store, comments):
    """The W3C trace context of the call travels with the work."""
    from opentelemetry import trace
    from opentelemetry.sdk.trace import TracerProvider

    with TracerProvider().get_tracer("host").start_as_current_span("publish") as span:
        comments.post_publish(ITEM)
    (work,) = store.outbox.claim(1)

    assert trace.format_trace_id(span.get_span_context().trace_id) in work.carrier["traceparent"]


def test_dead_letters_are_kept_once(store, clock):
    """What is buried twice lies there once, and has its outcome."""
    work = Work.of("video_comments", ITEM, at=clock.at)
    for _ in range(2):
        store.outbox.bury(store.outbox.seal(work), work, "ValueError at x.py:1 in y")
    with store.read() as connection:
        lying = connection.execute(select(dead)).mappings().all()
        kinds = connection.execute(select(outcomes.c.kind)).scalars().all()

    assert (1, ["dead"]) == (len(lying), kinds)


def test_what_cannot_be_opened_is_kept_as_it_is(store):
    """A letter in another's hand is buried with its bytes."""
    store.outbox.bury(b"?", None, "InvalidValueError")
    with store.read() as connection:
        assert b"?" == connection.execute(select(dead.c.sealed)).scalar_one()


def test_a_revision_that_no_engine_keeps_is_worked(store, comments, handler):
    """Milliseconds since 1970 are a revision: the row has the highest, the work the true one."""
    given = [2**40, 2**40 + 1]
    for number in given:
        assert "accepted" == comments.post_publish(Item("c1", revision=number)).status
    works = store.outbox.claim(10)
    with store.read() as connection:
        kept = [*connection.execute(select(outbox.c.revision)).scalars()]
    ended = handler.handle_all(works)

    assert given == [work.revision for work in works]
    assert [REVISION_MOST] * 4 == [*kept, *(each.revision for each in ended)]


def test_a_revision_that_no_engine_keeps_is_buried(store, clock):
    """What cannot be done is kept, whatever its revision."""
    work = Work.of("video_comments", Item("c1", revision=2**40), at=clock.at)
    store.outbox.bury(store.outbox.seal(work), work, "why")
    with store.read() as connection:
        rows = [*connection.execute(select(dead.c.revision)).scalars()]
        rows += connection.execute(select(outcomes.c.revision)).scalars()

    assert [REVISION_MOST] * 2 == rows
