"""One account that reports without end: refused at the door, told so, and nothing grows with it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Event

import attrs
import pytest
from contrib.store.work.test_intake import raw
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from handrail import Actor, Item, Report
from handrail_store import Store, Worker
from handrail_store import _floods as floods
from handrail_store._schema import outbox

SPAM, THREAT = "integrity.spam", "violence.threat"


@pytest.fixture(autouse=True)
def _few(store, monkeypatch):
    """From the fourth report on one account's are set aside, from the sixth on refused."""
    monkeypatch.setattr(floods, "FEW", 0)
    store.reports.misuse = attrs.evolve(store.reports.misuse, flood=3, most=5)


@pytest.fixture(name="report")
def _report(comments):
    """Report another item each time; return the receipt's status."""
    numbers = iter(range(1_000))

    def report(who="flooder", issue=SPAM, **more):
        number = next(numbers)
        said = Report(
            id=f"r{number}", item=Item(f"c{number}"), reporter=who and Actor(who), issue=issue,
            **more,
        )  # fmt: skip
        return comments.report(said).status

    return report


def waiting(store):
    """How much waits."""
    with store.read() as connection:
        return connection.execute(select(func.count()).select_from(outbox)).scalar_one()


def test_the_rest_is_refused(store, report):
    """Beyond so many in a day nothing is kept, and the receipt says so."""
    statuses = [report() for _ in range(8)]

    assert (["accepted"] * 5 + ["refused"] * 3) == statuses
    assert (4, 1) == (waiting(store), len(store.reports.list(state="set_aside")))


def test_what_is_set_aside_at_the_door_is_as_any_other(store, safety, report):
    """No module looks at it, a receipt says once that it is too much, and it can be taken up."""
    for _ in range(5):
        report()
    before = waiting(store)
    Worker(safety, store).run(once=True)
    aside, opened = store.reports.list(state="set_aside"), len(store.reports.list())
    case = store.reports.take_up(aside[-1].id, by="rita")

    assert (4, 2, 3) == (before, len(aside), opened)
    assert case in {each.id for each in store.cases.list()}
    assert store.snapshot("video_comments", aside[-1].item, 1, by="rita").id == aside[-1].item


@pytest.mark.parametrize("host", ["session", "driver"])
def test_what_is_set_aside_joins_the_hosts_transaction(store, report, host):
    """It is there with its content when the host commits, and not where it is rolled back."""
    store.reports.misuse = attrs.evolve(store.reports.misuse, most=9)
    for _ in range(4):
        report()
    connection = Session(store.engine) if host == "session" else raw(store)
    with closing(connection), store.within(connection):
        report()
        connection.rollback()
        gone = store.reports.list(state="set_aside")
        report()
        connection.commit()
    (kept,) = store.reports.list(state="set_aside")

    assert (4, (), "c5") == (waiting(store), gone, kept.item)
    assert "c5" == store.snapshot("video_comments", "c5", 1, by="rita").id


def test_what_waits_is_not_set_aside_when_it_is_handed_in_again(store, comments, report):
    """A host that sends again what was accepted before the flood has it looked at."""
    said = Report(id="first", item=Item("c"), reporter=Actor("flooder"), issue=SPAM)
    comments.report(said)
    for _ in range(4):
        report()
    comments.report(said)

    assert "first" not in {each.host_id for each in store.reports.list(state="set_aside")}


def test_what_is_handed_in_again_counts_once(store, comments, report):
    """A host that sends the same again and again makes nobody one who floods."""
    said = Report(id="same", item=Item("c"), reporter=Actor("flooder"), issue=SPAM)
    for _ in range(4):
        comments.report(said)

    assert "accepted" == report()
    assert (2, 0) == (waiting(store), len(store.reports.list(state="set_aside")))


def test_refused_is_recorded_nowhere(comments, report):
    """A receipt that refuses promises nothing."""
    for _ in range(5):
        report()
    said = Report(id="last", item=Item("c"), reporter=Actor("flooder"), issue=SPAM)
    receipt = comments.report(said)

    assert ("refused", False) == (receipt.status, receipt.recorded)


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"issue": THREAT}, id="about-life"),
        pytest.param({"who": "somebody-else"}, id="another-account"),
        pytest.param({"who": None}, id="nobody-known"),
        pytest.param({"source": "trusted_flagger"}, id="trusted-flagger"),
        pytest.param({"source": "authority"}, id="authority"),
    ],
)
def test_some_are_always_taken(report, more):
    """What is about life, from others, or from those whom the law puts first, is taken in."""
    for _ in range(8):
        report()

    assert "accepted" == report(**more)


@pytest.fixture(name="suspended")
def _suspended(store, monkeypatch):
    """The flooder is suspended, and the door has every chance to see it."""
    monkeypatch.setattr(floods, "LOOK_S", -1)
    store.reports.warn("flooder", by="rita", feature="video_comments")
    store.reports.suspend("flooder", by="rita", feature="video_comments")


@pytest.mark.parametrize("source", ["authority", "trusted_flagger"])
def test_orders_and_trusted_flaggers_are_never_refused(report, suspended, source):
    """However many, and even of an account that is suspended (DSA Art. 9, 10, 22)."""
    statuses = [report() for _ in range(5)]

    assert "refused" == statuses[-1]
    assert {"accepted"} == {report(source=source) for _ in range(8)}


def test_notice_is_refused_only_beyond_the_most(report):
    """A notice of somebody who is not suspended is taken beyond what a user may (Art. 16, 23)."""
    statuses = [report(source="notice") for _ in range(8)]

    assert ["accepted"] * 5 + ["refused"] * 3 == statuses


def test_next_day_counts_again(report, clock):
    """A day later the account is heard again."""
    for _ in range(8):
        report()
    clock.forward(hours=25)

    assert "accepted" == report()


def test_another_process_knows(store, safety, report, url, clock):
    """What was worked counts in every process: the door asks the table."""
    for _ in range(5):
        report()
    Worker(safety, store).run(once=True)
    other = Store(url, key=bytes(range(32)), clock=clock)
    other.reports.misuse = store.reports.misuse
    said = Report(id="there", item=Item("c"), reporter=Actor("flooder"), issue=SPAM)
    taken = other.outbox.accept("video_comments", said)
    other.close()

    assert "refused" == taken


def test_suspended_account_is_refused_sooner(report, suspended):
    """Of an account that is suspended, no more are kept than are looked at of others."""
    assert ["accepted"] * 3 + ["refused"] == [report() for _ in range(4)]


def test_lifted_account_is_heard(store, report, suspended):
    """Once the suspension is lifted the account has its day's share again."""
    for _ in range(4):
        report()
    store.reports.lift("flooder", by="rita")

    assert "accepted" == report()


def test_it_is_logged_once(report):
    """One line tells of a flood, without whose it is."""
    with capture_logs() as logs:
        for _ in range(9):
            report("canary")
    told = [each for each in logs if each["event"] == "handrail.reports_refused"]

    assert (1, False) == (len(told), "canary" in str(told))


def test_memory_is_bounded(store, monkeypatch):
    """However many accounts report, only the latest are remembered."""
    monkeypatch.setattr(floods, "MOST", 10)
    door = floods.Floods(store)
    for number in range(50):
        said = Report(id="r", item=Item("c"), reporter=Actor(f"user-{number}"))
        door.judge("video_comments", said)

    assert 10 == len(door._known)


def test_who_reports_little_costs_no_look(store, monkeypatch):
    """The table is not asked about an account that has handed in a few."""
    monkeypatch.setattr(floods, "FEW", 3)
    door, asked = floods.Floods(store), []
    monkeypatch.setattr(door, "_ask", asked.append)
    for number in range(3):
        door.judge("video_comments", Report(id=f"r{number}", item=Item("c"), reporter=Actor("a")))

    assert [] == asked


@pytest.mark.parametrize("who", ["flooder", "somebody-else"])
def test_slow_table_keeps_nobody_else_waiting(store, monkeypatch, who):
    """While one caller asks the table, the door is open to all others."""
    door, begun, answered, read = floods.Floods(store), Event(), Event(), store.read

    def slow():
        monkeypatch.setattr(store, "read", read)
        begun.set()
        assert answered.wait(120)
        return read()

    def comes(who):
        said = Report(id="r", item=Item("c"), reporter=Actor(who), issue=SPAM)
        return "refused" == door.judge("video_comments", said)

    monkeypatch.setattr(store, "read", slow)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(comes, "flooder")
        assert begun.wait(60)
        try:
            assert pool.submit(comes, who).result(60) is False
        finally:
            answered.set()
        assert first.result(60) is False


def test_many_at_once_are_counted(store):
    """Callers in many threads together hand in as many as one may."""
    door = floods.Floods(store)
    said = Report(id="r", item=Item("c"), reporter=Actor("flooder"), issue=SPAM)
    with ThreadPoolExecutor(8) as pool:
        refused = list(
            pool.map(lambda _: door.judge("video_comments", said) == "refused", range(40))
        )

    assert 5 == refused.count(False)


def test_database_that_is_away_refuses_nobody(store, monkeypatch):
    """Where nobody can tell how many there were, what this process counted stands alone."""
    away = OperationalError(None, None, OSError())

    def read():
        raise away

    monkeypatch.setattr(store, "read", read)
    said = Report(id="r", item=Item("c"), reporter=Actor("flooder"), issue=SPAM)

    assert not floods.Floods(store).judge("video_comments", said)


def test_what_another_process_set_aside_counts(store, safety, report):
    """An account is refused once so many are kept, whichever door they came through."""
    for _ in range(5):
        report()
    Worker(safety, store).run(once=True)
    door = floods.Floods(store)
    said = Report(id="r", item=Item("c"), reporter=Actor("flooder"), issue=SPAM)

    assert "refused" == door.judge("video_comments", said)
