"""What is old goes, what is a person's goes when they ask, and what is held stays."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta

import attrs
import pytest
from contrib.store.conftest import ISSUE, KEY, POLICY, plans_of
from sqlalchemy import delete, func, insert, select

from handrail import Action, Actor, InvalidValueError, Item, Report, Rule
from handrail_store import ClockError, Store, Worker, _owed, _purge, _renaming
from handrail_store import _schema as t
from handrail_store._export import export
from handrail_store._holds import HeldError, LegalHold, hold, holds
from handrail_store._mute import set_aside
from handrail_store._owed import erase, finish, release
from handrail_store._purge import purge
from handrail_store._types import new_id
from handrail_store._verdict import Verdict
from handrail_store._work import Work

CANARY = "canary-person"


def count(store, table):
    """How many rows a table has."""
    with store.read() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


@pytest.fixture(autouse=True)
def _today(clock):
    """Calls are timed by the machine's clock: the store's begins there."""
    clock.at = datetime.now(UTC)


@pytest.fixture(name="ask")
def _ask(open_safety):
    """Ask about comments, each of somebody's."""
    safety = open_safety()

    def ask(number, text="block this", author="ana", **more):
        item = Item(f"c{number}", text, author=Actor(id=author), **more)
        made = safety.feature("video_comments").pre_publish(item)
        safety.flush()
        return made

    return ask


RECORD = (t.decisions, t.findings, t.items, t.snapshots)


class TestPurge:
    """What is older than the settings keep it is deleted."""

    @pytest.mark.parametrize(
        ("days", "left"), [(182, [2, 2, 2, 2]), (184, [2, 2, 2, 0]), (401, [0, 0, 0, 0])]
    )
    def test_by_age(self, store, ask, clock, days, left):
        """Each kind of row has its time."""
        ask(1)
        ask(2)
        clock.forward(days=days)
        purge(store)

        assert left == [count(store, table) for table in RECORD]

    def test_in_batches(self, store, ask, clock):
        """However small the batches, all of it goes; and no more than asked for."""
        ask(1)
        for number in range(2, 8):
            ask(number)
        clock.forward(days=500)
        first = purge(store, batch=2, most=3)["decisions"]
        then = purge(store, batch=2)["decisions"]

        assert (3, 4, 0) == (first, then, count(store, t.decisions))

    def test_looking_takes_no_lock(self, store, ask):
        """Where nothing is over, a purge does not even wait for somebody who writes."""
        ask(1)
        with store.write():
            gone = purge(store)

        assert not any(gone.values())

    def test_a_clock_that_jumps_back_deletes_nothing(self, store, ask, clock):
        """What is from the future is not old."""
        ask(1)
        clock.forward(days=-4000)

        assert not any(purge(store).values())

    def test_a_clock_that_jumps_back_meanwhile(self, store, ask, clock, monkeypatch):
        """A hold that was over by a clock that was a day ahead holds again at once."""
        ask(1)
        clock.forward(days=500)
        hold(store, LegalHold("actor", "ana", "case 7", "legal", clock.at + timedelta(hours=1)))
        clock.forward(days=1)
        find = _purge._find

        def found(*args):
            rows = find(*args)
            clock.at = min(clock.at, back)
            return rows

        back = clock.at - timedelta(days=1)
        monkeypatch.setattr(_purge, "_find", found)
        purge(store)

        assert 1 == count(store, t.decisions)

    @pytest.mark.server("postgres")
    def test_a_clock_that_is_years_ahead_deletes_nothing(self, postgres_url, monkeypatch):
        """Where a machine and its database do not agree on the day, neither is believed."""
        with closing(Store(postgres_url, key=KEY, upgrade=True)) as store:
            row = {"kind": "actor", "id": "a", "tag": "t", "set_at": store.now()}
            with store.write() as connection:
                connection.execute(insert(t.tags).values(**row, until=store.now()))
            later = datetime.now(UTC) + timedelta(days=999)
            monkeypatch.setattr(store, "_clock", lambda: later)
            for delete in (purge, finish):
                with pytest.raises(ClockError, match="nothing was deleted"):
                    delete(store)
            monkeypatch.undo()

            assert 1 == purge(store)["tags"]

    def test_two_at_once_delete_each_row_once(self, store, clock):
        """What both say they deleted is what there was."""
        rows = [
            {"kind": "actor", "id": f"a{n}", "tag": "t", "set_at": clock.at, "until": clock.at}
            for n in range(300)
        ]
        with store.write() as connection:
            connection.execute(insert(t.tags), rows)
        clock.forward(days=1)
        with ThreadPoolExecutor(2) as threads:
            done = [threads.submit(purge, store, batch=size) for size in (7, 50)]

        assert (300, 0) == (sum(each.result()["tags"] for each in done), count(store, t.tags))

    def test_preserved_content_stays(self, store, ask, clock):
        """A ``preserve`` effect is kept until its own end, and no longer."""
        ask(1, "preserve this")
        clock.forward(days=399)
        purge(store)
        kept = count(store, t.snapshots)
        clock.forward(days=2)
        purge(store)

        assert (1, 0) == (kept, count(store, t.snapshots))

    def test_what_an_open_case_is_about_stays(self, store, ask, clock):
        """Who works a case late still sees what it is about."""
        ask(1, "hold this")
        clock.forward(days=500)
        purge(store)

        assert (1, 1) == (count(store, t.decisions), count(store, t.snapshots))

    @pytest.mark.parametrize("held", [("actor", "ana"), ("item", "c1")])
    def test_what_is_held_stays(self, store, ask, clock, held):
        """A legal hold wins over age; once it is over, age wins."""
        ask(1)
        ask(2, author="ben")
        hold(store, LegalHold(*held, "case 7", "legal"))
        clock.forward(days=500)
        purge(store)
        kept = [count(store, table) for table in RECORD]
        release(store, *held, by="legal")
        purge(store)

        assert ([1, 1, 1, 1], [0, 0, 0, 0]) == (kept, [count(store, table) for table in RECORD])

    def test_a_hold_ends_by_itself(self, store, ask, clock):
        """One with an end is over then."""
        ask(1)
        until = clock.at.replace(year=clock.at.year + 2)
        hold(store, LegalHold("actor", "ana", "case 7", "legal", until))
        clock.forward(days=500)
        purge(store)
        kept = count(store, t.decisions)
        clock.forward(days=500)
        purge(store)

        assert (1, 0) == (kept, count(store, t.decisions))

    def test_an_end_that_is_over_is_refused_and_changes_no_hold(self, store, clock):
        """What held goes on holding: only ``release`` ends a hold early."""
        hold(store, LegalHold("actor", "ana", "case 7", "legal"))
        with pytest.raises(InvalidValueError, match="is over already"):
            hold(store, LegalHold("actor", "ana", "case 7", "legal", clock.at))

        assert [None] == [held.until for held in holds(store)]

    def test_views_of_held_people_stay(self, store, ask, clock):
        """Rows that do not say whose they are belong to the author of their item."""
        ask(1)
        row = {"feature": "video_comments", "item": "c1", "revision": 1, "segment": "",
               "hour": clock.at, "count": 3}  # fmt: skip
        with store.write() as connection:
            connection.execute(insert(t.views), [row, row | {"item": "c9"}])
        hold(store, LegalHold("actor", "ana", "case 7", "legal"))
        clock.forward(days=500)
        purge(store)

        assert 1 == count(store, t.views)

    def test_who_reported_long_ago_is_forgotten(self, store, clock):
        """What is remembered of a reporter goes by age, but for who is suspended or held."""
        later = clock.at + timedelta(days=999)
        rows = [{"id": name, "as_of": clock.at, "day": clock.at, "suspended_until": until}
                for name, until in (("ana", None), ("ben", later), ("cid", None))]  # fmt: skip
        with store.write() as connection:
            connection.execute(insert(t.reporters), rows)
        hold(store, LegalHold("actor", "cid", "case 7", "legal"))
        clock.forward(days=399)
        purge(store)
        before = count(store, t.reporters)
        clock.forward(days=2)
        purge(store)
        with store.read() as connection:
            left = {*connection.execute(select(t.reporters.c.id)).scalars()}

        assert (3, {"ben", "cid"}) == (before, left)

    @pytest.fixture(name="aside")
    def _aside(self, store, clock):
        """Two reports that were set aside, one about an item with an open case."""
        known = Report(id="r", item_id="c0", reporter=Actor(id="ana"))
        work = Work.of("video_comments", known, at=clock.at)
        for item in ("c1", "c2"):
            subject = attrs.evolve(known, id=f"r-{item}", item_id=item)
            set_aside(store, attrs.evolve(work, key=item, subject=subject))
        with store.write() as connection:
            connection.execute(insert(t.cases).values(
                id="case", feature="video_comments", item="c2", target="item", decision="d",
                queue="reports", state="open", opened_at=clock.at, body={},
            ))  # fmt: skip

    def test_what_was_set_aside_goes_by_age(self, store, aside, clock):
        """Nobody ever decides it, so it goes by when it came, but for what a case is to answer."""
        clock.forward(days=399)
        purge(store)
        before = count(store, t.reports)
        clock.forward(days=2)
        purge(store)
        with store.read() as connection:
            left = [*connection.execute(select(t.reports.c.item)).scalars()]

        assert (2, ["c2"]) == (before, left)

    def test_what_was_set_aside_is_found_by_an_index(self, store, aside):
        """However many other reports there are."""
        assert "ix_reports_set_aside" in " ".join(plans_of(store, lambda: purge(store)))

    def test_a_hold_that_ended_long_ago_goes(self, store, clock):
        """Whom it was about does not stand there for good, only for a month."""
        for name, days in (("ana", 1), ("ben", 99)):
            until = clock.at + timedelta(days=days)
            hold(store, LegalHold("actor", name, "case 7", "legal", until))
        clock.forward(days=30)
        purge(store)
        before = count(store, t.legal_holds)
        clock.forward(days=2)
        purge(store)

        assert (2, ["ben"]) == (before, [each.id for each in holds(store)])

    def test_is_in_the_audit_log(self, store, ask, clock):
        """How much went is known; a purge that found nothing says nothing."""
        ask(1)
        purge(store)
        clock.forward(days=500)
        purge(store)
        with store.read() as connection:
            said = connection.execute(select(t.audit.c.body).where(t.audit.c.what == "purged"))
            (body,) = said.scalars()
        assert 1 == body["rows"]["decisions"]


def everything(store):
    """All that stands in the database, as text; what is sealed is not opened."""
    with store.read() as connection:
        return [
            f"{table.name} {dict(row)}"
            for table in t.METADATA.sorted_tables
            for row in connection.execute(select(table)).mappings()
        ]


class TestErase:
    """A person is gone when they ask."""

    @pytest.fixture(name="filled")
    def _filled(self, store, ask, clock):
        """A store with what somebody wrote, reported, received and was tagged with."""
        ask(1, author=CANARY)
        ask(2, "fine", author=CANARY)
        ask(3, "fine", author="ben", recipients=[Actor(id="cid"), Actor(id=CANARY)])
        ask(4, "hold this", author=CANARY)
        with store.write() as connection:
            connection.execute(insert(t.tags).values(
                kind="actor", id=CANARY, tag="new", set_at=clock.at
            ))  # fmt: skip
            connection.execute(insert(t.strikes).values(
                id=new_id(), actor=CANARY, issue="integrity.spam", weight=1.0, feature="x",
                item="c1", half_life_s=1, confirmed_at=clock.at, confirmed_by="rev",
            ))  # fmt: skip
        return store

    def test_leaves_no_id(self, filled, monkeypatch):
        """Nowhere in the database stands who it was, whatever the size of batches."""
        monkeypatch.setattr(_renaming, "BATCH", 1)
        monkeypatch.setattr("handrail_store._erase.BATCH", 1)
        before = sum(CANARY in row for row in everything(filled))
        erase(filled, CANARY, by="dpo")

        assert before > 5
        assert [] == [row for row in everything(filled) if CANARY in row]

    def test_leaves_the_record(self, filled):
        """What was decided, and how often, can still be counted: of somebody, the same one."""
        decisions = count(filled, t.decisions)
        erase(filled, CANARY, by="dpo")
        with filled.read() as connection:
            authors = connection.execute(select(t.decisions.c.author).distinct()).scalars()
            assert 2 == len(set(authors))
        assert (decisions, 0) == (count(filled, t.decisions), count(filled, t.snapshots))

    def test_leaves_others_alone(self, filled):
        """Who else is named stays."""
        erase(filled, CANARY, by="dpo")
        with filled.read() as connection:
            wanted = select(t.items.c.author, t.items.c.recipients).where(t.items.c.item == "c3")
            author, received = connection.execute(wanted).one()
        assert ("ben", "cid", True) == (author, received[0], received[1].startswith("erased:"))

    def test_what_is_held_just_now_stays(self, filled, monkeypatch):
        """An item that is held once it was found, and before it is written, stays as it is."""
        rename = _renaming._rename

        def late(*args):
            hold(filled, LegalHold("item", "c3", reason="court", by="legal"))
            return rename(*args)

        monkeypatch.setattr(_renaming, "_rename", late)
        erase(filled, CANARY, by="dpo")
        with filled.read() as connection:
            wanted = select(t.items.c.recipients).where(t.items.c.item == "c3")
            assert CANARY in connection.execute(wanted).scalar_one()

    def test_decisions_can_still_be_read(self, filled):
        """What stands in the place of an id breaks nothing."""
        erase(filled, CANARY, by="dpo")

        assert {Action.ALLOW, Action.BLOCK, Action.HOLD} == {d.action for d in filled.decisions()}

    def test_of_one_who_is_held_is_refused(self, filled):
        """A legal hold wins, and nothing is half done."""
        hold(filled, LegalHold("actor", CANARY, "case 7", "legal"))
        before = everything(filled)
        with pytest.raises(HeldError, match="nothing was erased"):
            erase(filled, CANARY, by="dpo")

        assert before == everything(filled)

    def test_a_hold_on_them_that_is_over_goes_with_them(self, filled, clock):
        """Whom a court once asked about is no reason to keep the id."""
        until = clock.at + timedelta(days=1)
        hold(filled, LegalHold("actor", CANARY, "case 7", "legal", until))
        clock.forward(days=2)
        erase(filled, CANARY, by="dpo")

        assert 0 == count(filled, t.legal_holds)

    def test_what_is_preserved_or_held_stays(self, store, ask):
        """Evidence under an order is kept, as is an item under a hold."""
        ask(1, "preserve this", author=CANARY)
        ask(2, "block this", author=CANARY)
        ask(3, "block this", author=CANARY)
        hold(store, LegalHold("item", "c2", "case 7", "legal"))
        erase(store, CANARY, by="dpo")
        with store.read() as connection:
            kept = set(connection.execute(select(t.snapshots.c.item)).scalars())
        assert {"c1", "c2"} == kept

    @pytest.mark.parametrize("ends", ["released", "by itself"])
    def test_what_was_held_goes_once_the_hold_ends(self, filled, clock, ends):
        """Nobody has to ask twice: what erasing left for a hold is erased when that is over."""
        until = None if ends == "released" else clock.at + timedelta(days=30)
        for item in ("c1", "c3"):  # What they wrote, and what somebody else wrote to them.
            hold(filled, LegalHold("item", item, "case 7", "legal", until))
        erase(filled, CANARY, by="dpo")
        before = [finish(filled), sum(CANARY in row for row in everything(filled)) > 2]
        if ends == "released":
            for item in ("c1", "c3"):
                release(filled, "item", item, by="legal")
        else:
            clock.forward(days=31)
            finish(filled)

        assert [0, True] == before
        assert [] == [row for row in everything(filled) if CANARY in row]

    def test_however_many_items_were_held(self, store, ask, clock, monkeypatch):
        """All of them go at once, and what a hold on somebody else keeps stands in no one's way."""
        monkeypatch.setattr(_owed, "BATCH", 2)
        for number in range(3):
            ask(number, "fine", author="ben", recipients=[Actor(id="ana")])
            ask(3 + number, author=CANARY)
            end = clock.at + timedelta(days=1)
            hold(store, LegalHold("item", f"c{3 + number}", "case 7", "legal", end))
        hold(store, LegalHold("actor", "ben", "case 8", "legal"))
        for actor in ("ana", CANARY):
            erase(store, actor, by="dpo")
        clock.forward(days=2)
        done = [finish(store, most=2), finish(store)]
        left = count(store, t.erasures)
        release(store, "actor", "ben", by="legal")

        assert ([2, 1], 3, 0) == (done, left, count(store, t.erasures))

    def test_who_came_back_keeps_what_is_new(self, filled, ask, clock):
        """What somebody wrote after they were erased is not what they asked to erase."""
        hold(filled, LegalHold("item", "c1", "case 7", "legal"))
        erase(filled, CANARY, by="dpo")
        clock.forward(days=1)
        ask(9, "block this", author=CANARY)
        release(filled, "item", "c1", by="legal")
        with filled.read() as connection:
            kept = connection.execute(select(t.snapshots.c.item)).scalars().all()

        assert ["c9"] == [*kept]

    def test_what_an_order_preserved_goes_when_that_ends(self, store, ask, clock):
        """Evidence goes with the order that kept it, whatever else it was kept for."""
        ask(1, "preserve this", author=CANARY)
        erase(store, CANARY, by="dpo")
        clock.forward(days=399)
        finish(store)
        kept = count(store, t.snapshots)
        clock.forward(days=2)
        finish(store)

        assert (1, 0, 0) == (kept, count(store, t.snapshots), count(store, t.erasures))

    def test_a_hold_that_is_new_keeps_what_is_owed(self, filled, clock):
        """What is held by another case when the first is over stays until that is, too."""
        hold(filled, LegalHold("item", "c1", "case 7", "legal"))
        erase(filled, CANARY, by="dpo")
        hold(filled, LegalHold("actor", CANARY, "case 8", "legal"))
        release(filled, "item", "c1", by="legal")
        kept = count(filled, t.snapshots)
        release(filled, "actor", CANARY, by="legal")

        assert (1, 0) == (kept, count(filled, t.snapshots))

    @pytest.mark.parametrize(
        "subject",
        [
            Item("new", "block this", author=Actor(id=CANARY)),
            Report(id="r1", item_id="c9", text="their words", reporter=Actor(id=CANARY)),
            Report(id="r2", item=Item("new", "this", author=Actor(id=CANARY))),
        ],
        ids=["published", "reported by them", "reported of them"],
    )
    def test_dead_letters_of_theirs_go(self, store, subject):
        """What nobody could work is in no table but its own, and holds what they wrote."""
        others = Report(id="r9", item_id="c9", reporter=Actor(id="ben"))
        for each in (subject, others):
            work = Work.of("video_comments", each, at=store.now())
            store.outbox.bury(store.outbox.seal(work), work, "ValueError")
        gone = erase(store, CANARY, by="dpo")

        assert (1, 1) == (gone["dead"], count(store, t.dead))

    @pytest.mark.parametrize(
        "subject",
        [
            Item("new", "block this", author=Actor(id=CANARY)),
            Item("new", "block this", author=Actor(id="ben"), recipients=[Actor(id=CANARY)]),
            Report(id="r1", item_id="c9", text="their words", reporter=Actor(id=CANARY)),
        ],
        ids=["published", "received", "reported"],
    )
    def test_what_waits_goes_once_it_is_worked(self, store, open_safety, subject):
        """Work that was handed in before leaves no id, though it is done after they were erased."""
        safety = open_safety()
        store.outbox.accept("video_comments", subject)
        erase(store, CANARY, by="dpo")
        before = finish(store)
        Worker(safety, store).run(once=True)
        named = sum(CANARY in row for row in everything(store))
        finish(store)

        assert (0, True) == (before, named > 1)
        assert [] == [row for row in everything(store) if CANARY in row]

    def test_what_waits_and_cannot_be_opened_may_be_theirs(self, store, open_safety, url, clock):
        """While a key is changed, nobody is forgotten whose work another worker will do."""
        safety, work = open_safety(), Item("new", "block this", author=Actor(id=CANARY))
        store.outbox.accept("video_comments", work)
        with closing(Store(url, key=bytes(32), clock=clock, upgrade=False)) as other:
            erase(other, CANARY, by="dpo")
        Worker(safety, store).run(once=True)
        finish(store)

        assert [] == [row for row in everything(store) if CANARY in row]

    def test_is_in_the_audit_log_without_the_id(self, filled):
        """That it was done is known, by whom, and not of whom."""
        erase(filled, CANARY, by="dpo")
        with filled.read() as connection:
            row = connection.execute(select(t.audit).where(t.audit.c.what == "erased"))
            (said,) = row.mappings()
        assert ("dpo", f"actor {filled.masked(CANARY)}") == (said["by"], said["subject"])

    def test_again_does_nothing_more(self, filled):
        """One that was interrupted is done again from the start."""
        erase(filled, CANARY, by="dpo")

        assert 0 == sum(erase(filled, CANARY, by="dpo").values())

    @pytest.mark.parametrize("actor", ['a"b\\c', "ünï", "100%_", "\N{GRINNING FACE}"])
    def test_any_id_is_found_where_it_is_named(self, store, ask, actor):
        """Signs that JSON and LIKE write otherwise hide nobody."""
        ask(1, "fine", author="ben", recipients=[Actor(id="x"), Actor(id=actor)])

        assert 1 == erase(store, actor, by="dpo")["named"]

    def test_reads_no_table_of_the_work_through(self, filled):
        """What names somebody in an effect is found by an index, however much else there is."""
        plans = plans_of(filled, lambda: erase(filled, CANARY, by="dpo"))
        whole = {f"{how} {name}" for how in ("SCAN", "Seq Scan on")
                 for name in ("enforcements", "standing")}  # fmt: skip

        assert {"ix_enforcements_named", "ix_standing_named"} <= set(" ".join(plans).split())
        assert [] == [plan for plan in plans if plan.split("  (")[0].strip(" ->") in whole]


class TestExport:
    """A person gets what is known of them."""

    def test_is_theirs_and_whole(self, store, ask):
        """Their items, decisions and kept content; of nobody else."""
        made = ask(1, "block this", author=CANARY)
        ask(2, "block that", author="ben")
        rows = list(export(store, CANARY, by="dpo"))

        assert ["items", "decisions", "snapshots"] == [row["table"] for row in rows]
        assert made.id == rows[1]["id"]
        assert "block this" == json.loads(rows[2]["content"])["text"]
        json.dumps(rows)

    @pytest.fixture(name="owed")
    def _owed_work(self, store, open_safety, monkeypatch):
        """Five people who are to be erased once their work is done; what is opened is noted."""
        open_safety()
        for name in "abcde":
            store.outbox.accept("video_comments", Item(name, "fine", author=Actor(id=name)))
            erase(store, name, by="dpo")
        opened, unseal = [], store.unseal
        monkeypatch.setattr(store, "unseal", lambda *args: opened.append(args) or unseal(*args))
        return opened

    def test_what_waits_is_opened_once_for_all(self, store, owed):
        """However many are to be erased once more, work that waits is looked through once."""
        finish(store)

        assert 5 == len(owed)

    def test_who_waits_keeps_nobody_waiting(self, store, owed):
        """Of so many at a time, whoever's work is done is erased before those whose is not."""
        with store.write() as connection:
            connection.execute(delete(t.outbox).where(t.outbox.c.item == "e"))
        finish(store, most=1)
        with store.read() as connection:
            left = connection.execute(select(t.erasures.c.actor)).scalars().all()

        assert [*"abcd"] == sorted(left)

    def test_of_one_who_is_erased_meanwhile(self, store, ask):
        """What was read is theirs, what comes after the erasure is nothing, and nothing breaks."""
        for number in range(3):
            ask(number, "block this", author=CANARY)
        rows = export(store, CANARY, by="dpo")
        first = next(rows)
        erase(store, CANARY, by="dpo")
        rest = [*rows]

        assert CANARY == first["author"]
        assert {"items"} == {row["table"] for row in rest}

    def test_pages_lose_nothing(self, store, ask, monkeypatch):
        """However many are read at a time."""
        monkeypatch.setattr("handrail_store._export.PAGE", 2)
        for number in range(5):
            ask(number, "fine")

        assert 10 == len(list(export(store, "ana", by="dpo")))

    def test_staff_is_left_out(self, store, ask, clock):
        """Who decided on them is not theirs to know."""
        ask(1, "hold this")
        with store.write() as connection:
            connection.execute(t.cases.update().values(closed_by="rev-1", closed_at=clock.at))

        assert "rev-1" not in json.dumps(list(export(store, "ana", by="dpo")))

    @pytest.fixture(name="grave")
    def _grave(self, store, ask):
        """Somebody whose comment was blocked and preserved, and another of theirs."""
        for number, text in enumerate(("preserve this", "block this")):
            ask(number, text)
        with store.write() as connection:
            for issue in ("child_safety.grooming", "integrity.spam"):
                connection.execute(insert(t.strikes).values(
                    id=new_id(), actor="ana", issue=issue, weight=1.0, feature="f", item="c1",
                    half_life_s=1, confirmed_at=store.now(), confirmed_by="rev",
                ))  # fmt: skip

    def test_nobody_is_tipped_off(self, store, grave):
        """What is preserved or about a child is withheld, and the audit log says how much."""
        rows = list(export(store, "ana", by="dpo"))
        with store.read() as connection:
            said = select(t.audit.c.body).where(t.audit.c.what == "export_withheld")
            withheld = connection.execute(said).scalar_one()

        assert (["c1"], ["integrity.spam"], {"rows": 3}) == (
            [row["item"] for row in rows if row["table"] == "decisions"],
            [row["issue"] for row in rows if row["table"] == "strikes"],
            withheld,
        )
        assert not re.search("preserve this|preserve_until", json.dumps(rows))

    def test_what_they_said_is_theirs(self, store, grave):
        """Who appealed a decision knows of it: their words are handed out."""
        (withheld,) = (d.id for d in store.decisions() if d.item == "c0")
        store.cases.appeal(withheld, by="ana", text="Why?")
        rows = [row for row in export(store, "ana", by="dpo") if row["table"] == "appeals"]

        assert ['"Why?"'] == [row["content"] for row in rows]

    def test_a_later_decision_names_none_that_is_withheld(self, store, open_safety):
        """What a person decided of what must be reported does not say that it was."""
        rule = Rule(id="r", issue=ISSUE, at=0.6, then={"report_to": "police"})
        safety = open_safety(policy=attrs.evolve(POLICY, rules=[rule]))
        item = Item("c1", "hold this", author=Actor("ana"))
        withheld = safety.feature("video_comments").pre_publish(item).id
        (case,) = store.cases.list(queue="report_to")
        store.cases.decide(case.id, Verdict(by="rita", action="block"))
        rows, whole = (list(export(store, "ana", by="dpo", whole=whole)) for whole in (False, True))

        assert ["block"] == [r["body"]["action"] for r in rows if r["table"] == "enforcements"]
        assert (False, True) == (withheld in json.dumps(rows), withheld in json.dumps(whole))

    @pytest.mark.parametrize("undone", [False, True])
    def test_what_staff_decided_on_them_is_theirs(self, store, ask, undone):
        """Decisions of people about their item, and what takes one back, are handed out too."""
        ask(1, "hold this")
        (case,) = store.cases.list()
        made = store.cases.decide(case.id, Verdict(by="rita", action="block"))
        if undone:
            store.reverse(made.id, by="rita")
        decisions = [r for r in export(store, "ana", by="dpo") if r["table"] == "decisions"]

        assert 2 + undone == len(decisions)

    def test_nor_one_that_comes_first(self, store, grave):
        """Whichever of the two is read before the other."""
        last = "f" * 24
        with store.write() as connection:
            mine = t.decisions.update()
            connection.execute(mine.where(t.decisions.c.item == "c0").values(id=last))
            connection.execute(mine.where(t.decisions.c.item == "c1").values(revises=last))
        decisions = [r for r in export(store, "ana", by="dpo") if r["table"] == "decisions"]

        assert [("c1", False)] == [(each["item"], "revises" in each) for each in decisions]

    def test_it_is_told_how_much_is_withheld(self, store, grave):
        """Whoever hands it out learns that there is more."""
        said = []
        for whole in (False, True):
            list(export(store, "ana", by="dpo", whole=whole, on_withheld=said.append))

        assert [3] == said

    def test_a_court_gets_the_whole(self, store, grave):
        """Nothing is withheld where that is asked for, and the audit log says so."""
        rows = list(export(store, "ana", by="dpo", whole=True))

        assert (2, 2) == tuple(
            sum(row["table"] == name for row in rows) for name in ("decisions", "strikes")
        )

    def test_what_they_were_told(self, store):
        """A warning is theirs to have."""
        store.reports.warn("ana", by="rita", feature="video_comments")
        kinds = [row.get("kind") for row in export(store, "ana", by="dpo")]

        assert "warning" in kinds


def test_holds_are_listed(store):
    """What is held, and why."""
    hold(store, LegalHold("item", "c1", "case 7", "legal"))
    hold(store, LegalHold("item", "c1", "case 8", "legal"))

    assert ["case 8"] == [held.reason for held in holds(store)]
    assert release(store, "item", "c1", by="legal")
    assert not release(store, "item", "c1", by="legal")
