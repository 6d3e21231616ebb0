"""The worker: what was accepted is worked off, whatever stands in its way."""

from __future__ import annotations

import os
import random
import signal
import threading
from contextlib import closing
from datetime import timedelta

import attrs
import pytest
from contrib.store.conftest import KEY
from contrib.store.work.conftest import Grumpf, given
from servers.process import wait_until
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import IntegrityError, InternalError, OperationalError
from structlog.testing import capture_logs

from handrail import Actor, InvalidValueError, Item, Report, Safety, hookimpl
from handrail_store import Outbox, Pace, SchemaError, Store, Work, Worker
from handrail_store import _worker as _worker_module
from handrail_store._away import is_away
from handrail_store._backoff import Backoff
from handrail_store._queue import _free
from handrail_store._schema import dead, decisions, outbox, outcomes

PACE = Pace(backoff=Backoff(first=timedelta(seconds=8)))


@pytest.fixture(name="worker")
def _worker(safety, store):
    return Worker(safety, store, PACE)


def count(store, table):
    """How many rows a table has."""
    with store.read() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def publish(comments, *names, text="fine"):
    """Hand in items."""
    for name in names:
        comments.post_publish(Item(name, text))


def poison(store, item):
    """Have what waits for *item* be another's, which no key opens."""
    with store.write() as connection:
        spoilt = update(outbox).where(outbox.c.item == item)
        connection.execute(spoilt.values(sealed=store.seal(b"spoilt", "elsewhere")))


def test_what_was_claimed_and_not_told_is_worked_at_once(store, safety, comments, monkeypatch):
    """Where the answer to a claim was lost, nobody waits for the end of its lease."""
    publish(comments, "c1", "c2")
    claim, claimed = Outbox.claim, []

    def lost(outbox_, most):
        works = claim(outbox_, most)
        claimed.append(len(works))
        if len(claimed) == 1:
            raise OperationalError(None, None, Exception("lost"))
        return works

    monkeypatch.setattr(Outbox, "claim", lost)
    pace = Pace(backoff=Backoff(first=timedelta(milliseconds=1)))
    tally = Worker(safety, store, pace).run(once=True)

    assert (2, 2, 0) == (claimed[0], tally.settled, count(store, outbox))


def test_everything_is_worked(store, comments, worker):
    """Every accepted work has its outcome, and nothing waits."""
    publish(comments, *[f"c{number}" for number in range(250)])
    tally = worker.run(once=True)

    assert (250, 250, 0) == (tally.settled, count(store, outcomes), count(store, outbox))


def test_poison_is_buried_and_the_others_are_worked(store, comments, worker):
    """What cannot be opened becomes a dead letter with class and place; its batch is worked."""
    publish(comments, "c1", "c2", "c3")
    poison(store, "c2")
    worker.run(once=True)
    with store.read() as connection:
        (reason,) = connection.execute(select(dead.c.reason)).scalars()

    assert (3, 2) == (count(store, outcomes), count(store, decisions))
    assert reason.startswith("InvalidValueError at _seal.py:")


def test_work_for_an_unknown_feature_is_put_off(store, comments, worker, clock):
    """A feature that is not declared here may be declared at the next try."""
    store.outbox.accept("reviews", Item("r1"))
    publish(comments, "c1")
    worker.run(once=True)
    with store.read() as connection:
        row = connection.execute(select(outbox)).mappings().one()

    assert (1, "r1", 1) == (count(store, outcomes), row["item"], row["tries"])
    assert timedelta(seconds=4) <= row["due_at"] - clock.at <= timedelta(seconds=8)


def test_work_dies_after_its_tries(store, worker, clock):
    """What fails again and again becomes a dead letter, with the class of error and no text."""
    store.outbox.accept("canary", Item("r1", "canary"))
    for _ in range(20):
        worker.run(once=True)
        clock.forward(minutes=10)
    with store.read() as connection:
        row = connection.execute(select(dead)).mappings().one()

    assert (8, True, False) == (
        row["tries"], row["reason"].startswith("FeatureError at "), "canary" in row["reason"],
    )  # fmt: skip


def test_lane_waits_for_what_was_put_off(store, comments, worker):
    """What shares an item with work that was put off is not worked before it."""
    publish(comments, "c1")
    with store.write() as connection:
        connection.execute(update(outbox).values(due_at=store.now() + timedelta(hours=1)))
    comments.report(Report(id="r1", item_id="c1"))
    publish(comments, "c2")
    worker.run(once=True)
    with store.read() as connection:
        assert ["c2"] == connection.execute(select(outcomes.c.item)).scalars().all()


def test_lane_is_worked_by_one(store, comments):
    """While somebody has an item's work, nobody else gets the next of the same item."""
    comments.post_publish(Item("c1"))
    comments.post_publish(Item("c1", revision=2))
    one, other = Outbox(store), Outbox(store)

    assert (1, 0) == (len(one.claim(1)), len(other.claim(10)))


def test_two_claim_apart(store, comments):
    """Two that claim get different work."""
    publish(comments, *"abcdefgh")
    one, other = Outbox(store).claim(4), Outbox(store).claim(10)

    assert (4, 4, 8) == (len(one), len(other), len({w.key for w in [*one, *other]}))


def test_lease_runs_out(store, comments, clock):
    """Work of a worker that died is claimed by another, once its lease is over."""
    publish(comments, "c1")
    Outbox(store).claim(1)
    early = Outbox(store).claim(1)
    clock.forward(seconds=61)

    assert (0, 1) == (len(early), len(Outbox(store).claim(1)))


def test_lease_is_renewed(store, comments, clock):
    """Who still works holds on to it."""
    publish(comments, "c1")
    holder = Outbox(store)
    works = holder.claim(1)
    clock.forward(seconds=50)
    holder.renew(works)
    clock.forward(seconds=50)

    assert 0 == len(Outbox(store).claim(1))


def test_lease_is_renewed_while_it_is_looked_at(store, clock):
    """A module that takes longer than the lease does not lose its work to another."""
    renewed = threading.Event()

    class Slow(Grumpf):
        """Waits until the lease was renewed."""

        @hookimpl
        def post_publish(self, item):
            """Wait."""
            assert renewed.wait(20)

    with Safety(**given(store=store, modules=[Slow()], budget_ms=30_000)) as safety:
        publish(safety.feature("video_comments"), "c1")
        worker = Worker(safety, store, Pace(lease=timedelta(milliseconds=30)))
        renew = worker._outbox.renew

        def watch(works):
            renew(works)
            renewed.set()

        worker._outbox.renew = watch
        worker.run(once=True)

    assert 1 == count(store, outcomes)


def test_lease_is_renewed_after_a_fault(store):
    """Whatever goes wrong while a lease is renewed, it is said, and tried again."""
    renewed, tries = threading.Event(), []

    class Slow(Grumpf):
        """Waits until the lease was renewed."""

        @hookimpl
        def post_publish(self, item):
            """Wait."""
            assert renewed.wait(20)

    slow = Safety(**given(store=store, modules=[Slow()], budget_ms=30_000))
    with slow as safety, capture_logs() as events:
        publish(safety.feature("video_comments"), "c1")
        worker = Worker(safety, store, Pace(lease=timedelta(milliseconds=30)))

        def fail_once(works):
            tries.append(works)
            if len(tries) == 1:
                raise ZeroDivisionError
            renewed.set()

        worker._outbox.renew = fail_once
        worker.run(once=True)

    assert renewed.is_set()
    assert ["ZeroDivisionError"] == [
        each["error"] for each in events if each["event"] == "handrail.store_away"
    ]


def test_what_came_back_is_claimed_alone(store, comments, clock):
    """Work that a worker died with is tried by itself: it may be why."""
    publish(comments, "c1", "c2")
    Outbox(store).claim(2)
    clock.forward(minutes=2)

    assert 1 == len(Outbox(store).claim(2))


def test_what_came_back_is_claimed_in_smaller_batches(store, comments, clock):
    """After a crash a tenth is claimed at once, after another one a single work."""
    publish(comments, *[f"c{number}" for number in range(30)])
    sizes = []
    for _ in range(3):
        sizes.append(len(Outbox(store).claim(20)))
        clock.forward(minutes=2)

    assert [20, 2, 1] == sizes


def test_released_work_counts_no_try(store, comments):
    """What is given back is as new."""
    publish(comments, "c1", "c2")
    holder = Outbox(store)
    holder.release(holder.claim(2))

    assert 2 == len(Outbox(store).claim(2))


def test_what_the_database_refuses_is_isolated(store, comments, worker):
    """One row that cannot be written costs the others nothing."""
    publish(comments, "c1", "c2", "c3")
    with store.write() as connection:
        refuse(connection)
    worker.run(once=True)

    assert (2, 1) == (count(store, outcomes), count(store, outbox))


def refuse(connection):
    """Have the database refuse an outcome of c2."""
    if connection.dialect.name == "sqlite":
        connection.execute(text(
            "CREATE TRIGGER no BEFORE INSERT ON outcomes WHEN NEW.item = 'c2' "
            "BEGIN SELECT RAISE(ABORT, 'no'); END"
        ))  # fmt: skip
        return
    connection.execute(text("ALTER TABLE outcomes ADD CONSTRAINT no CHECK (item <> 'c2')"))


@pytest.mark.server("postgres")
@pytest.mark.parametrize("state", ["XX001", "XX000"])
def test_row_that_damages_is_isolated(postgres_url, clock, state):
    """What PostgreSQL calls an internal error may be about one row: the others are worked."""
    store = Store(postgres_url, key=KEY, clock=clock, upgrade=True)
    with Safety(**given(store=store)) as safety:
        publish(safety.feature("video_comments"), "c1", "c2", "c3")
        with store.write() as connection:
            damage(connection, state)
        tally = Worker(safety, store, PACE).run(once=True)
    left = store.outbox.waiting().count
    store.close()

    assert (2, 1, 1) == (tally.settled, tally.retried, left)


@pytest.mark.server("postgres")
def test_row_that_is_damaged_for_long_is_a_dead_letter(postgres_url, clock):
    """It is tried as often as any other work, for a day at least; then people look at it."""
    store = Store(postgres_url, key=KEY, clock=clock, upgrade=True)
    with Safety(**given(store=store)) as safety:
        publish(safety.feature("video_comments"), "c1", "c2", "c3")
        with store.write() as connection:
            damage(connection, "XX000", when="NEW.item = 'c2' AND NEW.kind <> 'dead'")
        worker = Worker(safety, store, PACE)
        for _ in range(PACE.tries):
            tally = worker.run(once=True)
            clock.forward(hours=4)
    left = store.outbox.waiting().count
    store.close()

    assert (2, PACE.tries - 1, 1, 0) == (tally.settled, tally.retried, tally.buried, left)


@pytest.mark.server("postgres")
def test_quota_that_lets_small_writes_through_buries_nothing(postgres_url, clock):
    """What is over a host's quota for hours waits, and is worked once there is room."""
    store = Store(postgres_url, key=KEY, clock=clock, upgrade=True)
    with Safety(**given(store=store)) as safety:
        publish(safety.feature("video_comments"), "c1", "c2")
        with store.write() as connection:
            damage(connection, "XX000", about="decisions", when="true")
        worker = Worker(safety, store, PACE)
        for _ in range(PACE.tries + 3):
            tally = worker.run(once=True)
            clock.forward(hours=1)
        buried = tally.buried
        with store.write() as connection:
            connection.execute(text("DROP TRIGGER damage ON decisions"))
        tally = worker.run(once=True)
    store.close()

    assert (0, 2) == (buried, tally.settled)


@pytest.mark.server("postgres")
def test_ids_that_no_index_has_room_for_stop_nobody(postgres_url, clock):
    """A report that PostgreSQL can never keep is a dead letter, and the others are worked."""
    some = random.Random(7)

    def long():
        return "".join(chr(some.randrange(0x10000, 0x2FFFF)) for _ in range(512))

    store = Store(postgres_url, key=KEY, clock=clock, upgrade=True)
    with Safety(**given(store=store)) as safety:
        comments = safety.feature("video_comments")
        comments.report(Report(id="r1", item_id=long(), reporter=Actor(long())))
        publish(comments, "c1")
        worker = Worker(safety, store, attrs.evolve(PACE, tries=1))
        tally = worker.run(once=True)
    store.close()

    assert (1, 1) == (tally.settled, tally.buried)


@pytest.mark.server("postgres")
def test_database_that_takes_nothing_is_away(postgres_url, clock, monkeypatch):
    """Where not even that it is put off can be written, the worker waits, and counts no try."""
    store, said = Store(postgres_url, key=KEY, clock=clock, upgrade=True), []
    with Safety(**given(store=store)) as safety:
        publish(safety.feature("video_comments"), "c1", "c2", "c3")
        with store.write() as connection:
            damage(connection, "XX000", when="true")
            damage(connection, "XX000", about="outbox", when="NEW.error IS NOT NULL")
        worker = Worker(safety, store, PACE)

        def note(event, **facts):
            said.append(event)
            worker.stop()

        monkeypatch.setattr("handrail_store._worker._log", note)
        tally = worker.run(once=True)
    left = store.outbox.waiting().count
    store.close()

    assert (["handrail.store_away"], 0, 3) == (said, tally.retried, left)


def damage(connection, state, about="outcomes", when="NEW.item = 'c2'"):
    """Have PostgreSQL say that the outcome of c2, or of another row, meets damaged data."""
    connection.execute(text(
        f"CREATE FUNCTION damage_{about}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION 'damaged' USING errcode = '{state}'; END $$"
    ))  # fmt: skip
    connection.execute(text(
        f"CREATE TRIGGER damage BEFORE INSERT OR UPDATE ON {about} FOR EACH ROW "
        f"WHEN ({when}) EXECUTE FUNCTION damage_{about}()"
    ))  # fmt: skip


@pytest.mark.parametrize("batch", [1, 2])
def test_lost_answer_of_a_commit_keeps_nothing_waiting(store, comments, safety, batch, monkeypatch):
    """What was claimed ahead in a transaction whose answer was lost is worked at once."""
    publish(comments, *(f"c{n}" for n in range(8)))
    worker = Worker(safety, store, Pace(batch=batch, backoff=Backoff(first=timedelta(0))))
    monkeypatch.setattr("handrail_store._worker.CHORES_S", 3600)
    enter, answers = worker._handler.enter, iter([True, True, False])

    def lose(looked, then):
        enter(looked, then)
        if not next(answers, True):
            raise OperationalError(None, None, Exception("the connection is gone"))

    monkeypatch.setattr(worker._handler, "enter", lose)
    tally = worker.run(once=True)

    assert (8, 0) == (count(store, outcomes), count(store, outbox))
    assert (8 - batch, 0) == (tally.settled, tally.retried)


@pytest.mark.parametrize(
    ("state", "passes"),
    [("25P03", True), ("25006", True), ("XX000", False), ("XX001", False), ("XX002", False),
     ("25P02", False), (None, False)],
)  # fmt: skip
def test_internal_errors_that_pass(state, passes):
    """By its state it is told whether the database is away or a row is wrong."""
    orig = Exception()
    orig.sqlstate = state

    assert passes == is_away(InternalError(None, None, orig))


def test_connections_that_are_all_lent_are_waited_for(store, comments, safety, monkeypatch):
    """A worker that gets no connection of the pool tries again, and counts no try."""
    from sqlalchemy.exc import TimeoutError as LentError

    worker = Worker(safety, store, Pace(backoff=Backoff(first=timedelta(milliseconds=1))))
    publish(comments, "c1")
    claim, calls = worker._outbox.claim, []

    def lent(most):
        calls.append(most)
        if len(calls) == 1:
            raise LentError
        return claim(most)

    monkeypatch.setattr(worker._outbox, "claim", lent)
    tally = worker.run(once=True)

    assert (1, 0) == (tally.settled, tally.retried)


def test_sigterm_drains(store, comments, safety):
    """On SIGTERM what is in hand is settled, the rest is given back, and the run ends."""

    class Asking:
        """Sends the signal while the first item is looked at."""

        sent = 0
        features = ()

        def feature(self, name):
            """Is the feature as well."""
            return self

        def work(self, stage, subject):
            """Have the process told to end."""
            self.sent += 1
            os.kill(os.getpid(), signal.SIGTERM)
            return comments.work(stage, subject)

    publish(comments, "c1", "c2", "c3")
    tally = Worker(Asking(), store).run()

    assert (1, 2) == (tally.settled, count(store, outbox))
    assert 2 == len(Outbox(store).claim(5))
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_what_was_taken_ahead_is_given_back(store, comments, safety, monkeypatch):
    """A worker that is stopped holds nothing, also of the batch that it had claimed next."""
    monkeypatch.setattr(_worker_module, "CHORES_S", 60)
    publish(comments, *[f"c{number}" for number in range(9)])
    worker = Worker(safety, store, Pace(batch=2))
    ahead = []

    def stop(tally):
        with store.read() as connection:
            held = select(outbox.c.item).where(outbox.c.claimed_by.is_not(None))
            ahead.append(connection.execute(held).all())
        if tally.settled >= 4:
            worker.stop()

    worker.run(progress=stop)
    with store.read() as connection:
        waiting = connection.execute(select(outbox.c.claimed_by, outbox.c.tries)).all()
    assert (2, {(None, 0)}) == (max(map(len, ahead)), set(waiting))


def test_stopped_from_elsewhere(store, safety):
    """A worker of another thread is told to stop."""
    worker = Worker(safety, store)
    thread = threading.Thread(target=worker.run)
    thread.start()
    worker.stop()
    thread.join(20)

    assert not thread.is_alive()


def test_goes_on_when_the_database_is_back(store, comments, safety, monkeypatch):
    """A database that is away is waited for, and no try is counted."""
    from sqlalchemy.exc import OperationalError

    worker = Worker(safety, store, Pace(backoff=Backoff(first=timedelta(milliseconds=1))))
    publish(comments, "c1")
    enter, calls = worker._handler.enter, []

    def away(looked, then):
        calls.append(1)
        if len(calls) < 3:
            raise OperationalError("SELECT", {}, Exception())
        return enter(looked, then)

    monkeypatch.setattr(worker._handler, "enter", away)
    worker.run(once=True)

    assert (3, 1, 0) == (len(calls), count(store, outcomes), count(store, dead))


def test_second_delivery_is_forgotten(store, comments, worker, handler):
    """What a broker settled already leaves the outbox, and has one outcome."""
    publish(comments, "c1")
    handler.handle(Work.of("video_comments", Item("c1", "fine"), at=store.now()))
    worker.run(once=True)

    assert (1, 1, 0) == (count(store, outcomes), count(store, decisions), count(store, outbox))


def test_dead_letter_that_is_retried_under_a_claim_is_worked(store, comments, worker, monkeypatch):
    """Handed in again, claimed as settled, and retried at that moment: it waits anew."""
    publish(comments, "c1")
    (work,) = store.outbox.claim(10)
    store.outbox.fail(work, "X at y.py:1", most=1, backoff=Backoff())
    publish(comments, "c1")
    claim = worker._outbox.claim
    retried = []

    def late(most):
        got = claim(most)
        if got and not retried:
            retried.append(store.letters.retry([work.key], by="ann"))
        return got

    monkeypatch.setattr(worker._outbox, "claim", late)
    worker.run(once=True)

    assert (1, 0, 0) == (count(store, outcomes), count(store, dead), count(store, outbox))
    assert 1 == count(store, decisions)


def test_what_goes_wrong_after_a_commit_has_nothing_looked_at_twice(
    store, comments, safety, monkeypatch
):
    """A batch that is written is not asked about again, whatever fails behind it."""
    looked = []
    worker = Worker(safety, store, Pace(batch=2))
    look, opened, batches = worker._handler.look, worker._outbox.opened, []

    def counted(work):
        looked.append(work.item)
        return look(work)

    def bad(rows):
        batches.append(rows)
        if len(batches) == 2:
            raise IntegrityError("x", {}, Exception())
        return opened(rows)

    monkeypatch.setattr(worker._handler, "look", counted)
    monkeypatch.setattr(worker._outbox, "opened", bad)
    monkeypatch.setattr(worker, "_goes_on", lambda: True)
    publish(comments, "c1", "c2", "c3", "c4")
    worker.run(once=True)

    assert 1 < len(batches)
    assert looked == list(dict.fromkeys(looked))


FILLED = {
    "outcomes (key, kind, feature, stage, item, accepted_at, at)"
    " select md5(g::text), 'decided', 'f', 'post_publish', g::text, %(at)s, %(at)s": 20_000,
    "outbox (key, feature, stage, item, lane, sealed, carrier, accepted_at, due_at, tries)"
    " select md5('b' || g), 'f', 'post_publish', g::text, md5('b' || g), ''::bytea, '{}',"
    " %(at)s, %(at)s, 0": 5_000,
}
"""Tables that are filled at once, and with how many rows."""


def test_claim_reads_no_table_of_outcomes_through(store):
    """However many outcomes there are, each work that is claimed has its own looked up by key."""
    if store.engine.dialect.name != "postgresql":
        pytest.skip("it is PostgreSQL whose plan depends on how many rows there are")
    told = _free().compile(dialect=store.engine.dialect)
    with store.write() as connection:
        for table, number in FILLED.items():
            connection.exec_driver_sql(
                f"insert into {table} from generate_series(1, {number}) g", {"at": store.now()}
            )
        connection.exec_driver_sql("analyze outcomes, outbox")
        values = {**told.params, "now": store.now(), "most": 100}
        plan = connection.exec_driver_sql(f"explain {told}", values).scalars().all()

    assert [] == [line for line in plan if "Seq Scan on outcomes" in line]


def test_second_hand_in_is_not_looked_at(store):
    """What has its outcome is not looked at again, however often it is handed in."""
    looks = []

    class Counting(Grumpf):
        """Notes each look."""

        @hookimpl
        def post_publish(self, item):
            """Note it."""
            looks.append(item.id)
            return self._find(item)

    with Safety(**given(store=store, modules=[Counting()])) as safety:
        worker = Worker(safety, store)
        for _ in range(3):
            publish(safety.feature("video_comments"), "c1", text="GRUMPF")
            worker.run(once=True)

    assert (["c1"], 1, 0) == (looks, count(store, outcomes), count(store, outbox))


def test_back_off_doubles_up_to_a_limit():
    """Half of each wait is left to chance."""
    wait = Backoff(first=timedelta(seconds=1), most=timedelta(seconds=60))
    for tries, whole in ((1, 1), (2, 2), (5, 16), (9, 60), (10_000, 60)):
        assert whole / 2 <= wait.after(tries).total_seconds() <= whole


@pytest.mark.parametrize("wrong", [{"batch": 0}, {"batch": 1_001}, {"tries": 0}])
def test_pace_is_checked(wrong):
    """A pace that cannot work is refused."""
    with pytest.raises(InvalidValueError):
        Pace(**wrong)


def test_lag_and_age_are_metrics(store, comments, clock):
    """How much waits, and since when, can be read through OpenTelemetry."""
    from handrail_store._gauges import GAUGES

    publish(comments, "c1", "c2")
    clock.forward(seconds=30)

    assert [2, 30, 0, 0, 0, 0] == [read(store) for _, _, read in GAUGES.values()]


def outgrow(store, *statements):
    """Have a later version bring the database to its schema."""
    with store.write() as connection:
        for each in (*statements, "UPDATE handrail_version SET version_num = 'later'"):
            connection.exec_driver_sql(each)


def test_schema_that_fits_no_more_ends_the_worker(store, comments, worker):
    """What was accepted is left to workers of the later version, and is no dead letter."""
    publish(comments, "c1", "c2")
    outgrow(store, "ALTER TABLE decisions RENAME COLUMN degraded TO less")
    with pytest.raises(SchemaError, match="schema later, which a later version of Handrail made"):
        worker.run(once=True)
    with store.read() as connection:
        claimed = connection.execute(select(outbox.c.claimed_by, outbox.c.tries)).all()

    assert ([(None, 0)] * 2, 0) == ([tuple(row) for row in claimed], count(store, dead))


def test_schema_that_has_only_grown_ends_no_worker(store, comments, worker):
    """While a new version is rolled out, workers of the one before go on as long as they can."""
    publish(comments, "c1")
    outgrow(store, "ALTER TABLE decisions ADD COLUMN more INTEGER")
    worker.run(once=True)

    assert 1 == count(store, outcomes)


@pytest.fixture(name="without_key")
def _without_key(url, clock, store):
    """A worker on the same database that was started without the key."""
    with (
        closing(Store(url, key=bytes(32), clock=clock, upgrade=False)) as other,
        Safety(**given(store=other)) as safety,
    ):
        yield Worker(safety, other, attrs.evolve(PACE, batch=2))


def test_what_another_key_sealed_is_left_to_who_has_it(store, comments, worker, without_key, clock):
    """While a key is changed, a worker that has not the new one puts off what it cannot open."""
    publish(comments, "c1", "c2")
    with capture_logs() as events:
        without_key.run(once=True)
    found = [e["count"] for e in events if e["event"] == "handrail.key_missing"]
    clock.forward(seconds=30)
    worker.run(once=True)

    assert ([2], 0, 2) == (found, count(store, dead), count(store, decisions))


def test_what_no_key_opens_is_in_nobodys_way(store, comments, without_key):
    """However much another key sealed, what a worker can open is worked in the same run."""
    publish(comments, *(f"c{number}" for number in range(7)))
    publish(without_key._safety.feature("video_comments"), "d1")
    without_key.run(once=True)
    with store.read() as connection:
        worked = connection.execute(select(outcomes.c.item)).scalars().all()

    assert ["d1"] == worked


def test_what_waits_for_a_key_is_tried_ever_later(store, comments, without_key, clock):
    """A lost key costs a worker little: what has waited for it longer is put off for longer."""
    publish(comments, "c1")
    for _ in range(3):
        without_key.run(once=True)
        clock.forward(seconds=40)
    with store.read() as connection:
        due = connection.execute(select(outbox.c.due_at)).scalar_one()

    assert due == clock.at + timedelta(seconds=40)


def test_what_nobody_has_the_key_of_dies_after_a_day(store, comments, worker, without_key, clock):
    """A key that is lost makes dead letters in the end, which its return makes work again."""
    publish(comments, "c1")
    for _ in range(3):
        without_key.run(once=True)
        clock.forward(hours=13)
    died = [each.key for each in store.letters.all()]
    store.letters.retry(died, by="ada")
    worker.run(once=True)

    assert (1, 0, 1) == (len(died), count(store, dead), count(store, decisions))


def test_locked_database_is_waited_for(url, clock, monkeypatch):
    """While somebody else holds the database, the worker says so, waits, and then goes on."""
    monkeypatch.setattr("handrail_store._engine.BUSY_MS", 50)
    store = Store(url, key=KEY, clock=clock, upgrade=True)
    with Safety(**given(store=store)) as safety, capture_logs() as events:
        publish(safety.feature("video_comments"), "c1")
        worker = Worker(safety, store, Pace(backoff=Backoff(first=timedelta(milliseconds=1))))
        thread = threading.Thread(target=worker.run, kwargs={"once": True})
        with store.write() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("LOCK TABLE outbox"))
            thread.start()
            wait_until(lambda: any(e["event"] == "handrail.store_away" for e in events), "a word")
            assert thread.is_alive()
        thread.join(60)

        assert (1, 0) == (count(store, outcomes), count(store, outbox))
