"""Reports: kept whole, counted once, one case for each item, looked at in order."""

from __future__ import annotations

from datetime import timedelta

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from handrail import Actor, Feature, InvalidValueError, Item, Report, Safety
from handrail_store import Handler, Waiting, Worker, backlog
from handrail_store._gauges import GAUGES
from handrail_store._said import TEXT_MOST
from handrail_store._schema import audit, cases, reports
from handrail_store._types import new_id
from handrail_store._work import Work

CANARY = "canary-7f3a"
SPAM, THREAT = "integrity.spam", "violence.threat"


@pytest.fixture(name="safety")
def _safety(store):
    features = [Feature(name="video_comments", surface="comments")]
    with Safety(features=features, store=store, strict=False) as made:
        yield made


@pytest.fixture(name="report")
def _report(store, safety):
    """Report an item: ``report(item, by, issue, **fields)``; as a worker does it."""
    numbers, handler = iter(range(10**9)), Handler(safety, store)

    def report(item="i", by="bo", issue=SPAM, **fields):
        reporter = None if by is None else Actor(by)
        given = {"id": f"r{next(numbers)}", "reporter": reporter}
        given |= (
            {} if "item_id" in fields else {"item": item if isinstance(item, Item) else Item(item)}
        )
        made = Report(**{**given, "issue": issue, **fields})
        handler.handle(Work.of("video_comments", made, at=store.now()))
        return made

    return report


def kept(store, **fields):
    """The only report with these fields."""
    (found,) = [
        r
        for r in store.reports.list(state=None)
        if all(getattr(r, name) == value for name, value in fields.items())
    ]
    return found


def opened(store):
    """All cases, as rows."""
    with store.read() as connection:
        return list(connection.execute(select(cases).order_by(cases.c.id)).mappings())


class TestTaking:
    """What comes in is kept."""

    def test_is_open(self, store, report):
        """A report waits on a case."""
        report()

        assert opened(store)[0]["id"] == kept(store).case
        assert "open" == kept(store).state

    def test_content_is_sealed(self, store, report):
        """Nothing that somebody wrote is anywhere to be read."""
        report(text=CANARY, name=CANARY, email=CANARY, locations=[CANARY], reference=CANARY)
        with store.read() as connection:
            row = connection.execute(select(reports)).mappings().one()

        assert not [name for name, value in row.items() if CANARY in str(value)]
        assert CANARY.encode() not in row["sealed"]

    def test_content_is_opened_for_somebody(self, store, report):
        """Who may read it does, and the audit log says who did."""
        report(text=CANARY, email="bo@example.com", locations=["https://example.com/i"])
        shown = store.reports.show(kept(store).id, by="rita")
        with store.read() as connection:
            row = connection.execute(select(audit)).mappings().all()[-1]

        assert (CANARY, "bo@example.com") == (shown.said["text"], shown.said["email"])
        assert ("report_opened", "rita") == (row["what"], row["by"])

    def test_content_is_not_shown_by_itself(self, store, report):
        """Without saying who looks, there is nothing to read."""
        report(text=CANARY)

        assert store.reports.show(kept(store).id).said is None
        assert CANARY not in repr(store.reports.show(kept(store).id, by="rita"))

    def test_incomplete_notice_is_taken(self, store, report):
        """A notice that lacks something is looked at like any other, and says so."""
        report(source="notice", text="Wrong.")

        assert ("open", {"name", "email", "good_faith"}) == (
            kept(store).state, set(kept(store).missing)
        )  # fmt: skip

    def test_item_that_is_not_there(self, store, report):
        """A report may be about an item that nobody knows."""
        report(item_id="gone")

        assert ("gone", None) == (kept(store).item, kept(store).revision)

    def test_long_text_is_cut(self, store, report):
        """Of an oversized text so much is kept, and that it was cut."""
        report(text="x" * (TEXT_MOST + 1))
        said = store.reports.show(kept(store).id, by="rita").said

        assert (TEXT_MOST, True) == (len(said["text"]), said["cut"])

    def test_odd_characters_are_kept(self, store, report):
        """Whatever somebody types, it is taken."""
        report("i\x00\ud800", text="\x00 \ud800", name="\udfff")

        assert "\x00 \ud800" == store.reports.show(kept(store).id, by="rita").said["text"]

    def test_again_is_nothing(self, store, report):
        """A report that is delivered twice is kept once."""
        made = report()
        report(id=made.id)

        assert 1 == len(store.reports.list(state=None))

    def test_unknown_id(self, store):
        """A report that is not there is named as such."""
        with pytest.raises(InvalidValueError, match="no report"):
            store.reports.show("nothing", by="rita")


class TestCases:
    """One case answers all reports of an item."""

    def test_one_for_an_item(self, store, report):
        """Many who report one item make one case."""
        for n in range(5):
            report(by=f"p{n}")

        assert [5] == [case["reports"] for case in opened(store)]

    def test_one_for_each_item(self, store, report):
        """Two items are two cases."""
        report("i")
        report("j")

        assert 2 == len(opened(store))

    def test_same_person_counts_once(self, store, report):
        """Who says the same again changes nothing, and is answered with the first."""
        for _ in range(3):
            report()
        repeated = store.reports.list(state="repeated")

        assert [1] == [case["reports"] for case in opened(store)]
        assert {kept(store, state="open").id} == {r.same_as for r in repeated}

    def test_same_person_about_an_edit(self, store, report):
        """What was changed since is what the case is about; it still counts once."""
        for number in (1, 2):
            report(item=Item("i", revision=number))
        (case,) = store.cases.list()

        assert (2, 1) == (case.revision, case.reports)

    def test_same_person_may_say_more(self, store, report):
        """Another issue is another report."""
        report(issue=SPAM)
        report(issue=THREAT)

        assert 2 == len(store.reports.list())

    @pytest.mark.parametrize(
        ("source", "due"), [("notice", 24), ("trusted_flagger", 12), ("authority", 3)]
    )
    def test_same_person_may_say_it_by_law(self, store, report, clock, source, due):
        """What was said in the app and comes as a notice or an order is due as that."""
        report()
        report(source=source)

        assert (2, clock.at + timedelta(hours=due)) == (
            len(store.reports.list()), opened(store)[0]["deadline"]
        )  # fmt: skip

    def test_each_order_is_one(self, store, report):
        """An authority that first asks who it was and then orders to act orders two things."""
        for order in ("inform", "act"):
            report(by="police", source="authority", order=order)

        assert ["open"] * 2 == [r.state for r in store.reports.list(state=None)]

    def test_unnamed_people_are_never_the_same(self, store, report):
        """Two reports without a name are two."""
        report(by=None)
        report(by=None)

        assert 2 == len(store.reports.list())

    def test_soonest_deadline_counts(self, store, report, clock):
        """A case is due when the first of its reports is."""
        report()
        report(by="police", source="authority")

        assert clock.at + timedelta(hours=3) == opened(store)[0]["deadline"]

    def test_order_comes_before_spam(self, store, report):
        """What is grave, and from those who know, comes first."""
        report("i")
        report("j", issue=THREAT, source="trusted_flagger")

        assert ["j", "i"] == [r.item for r in store.reports.list()]

    def test_more_people_raise_it(self, store, report):
        """Each further person makes a case more urgent."""
        report(by="p0")
        before = opened(store)[0]["priority"]
        report(by="p1")

        assert opened(store)[0]["priority"] > before


class TestFlood:
    """Too many from one account are kept, and make no work."""

    @pytest.fixture(autouse=True)
    def _few(self, store):
        store.reports.misuse = attrs.evolve(store.reports.misuse, flood=3)

    def test_rest_is_set_aside(self, store, report):
        """Beyond so many in a day a report opens no case, and is not lost."""
        for n in range(10):
            report(f"i{n}")

        assert (3, 3, 7) == (
            len(opened(store)), len(store.reports.list()),
            len(store.reports.list(state="set_aside")),
        )  # fmt: skip

    def test_threats_always_count(self, store, report):
        """Who cried wolf is heard when it is about life."""
        for n in range(10):
            report(f"i{n}")
        report("j", issue=THREAT)

        assert "open" == kept(store, item="j").state

    @pytest.mark.parametrize("source", ["notice", "trusted_flagger", "authority"])
    def test_who_has_the_law_behind_them_is_heard(self, store, report, source):
        """However many come in a day: a notice has to be decided, an order even more."""
        for n in range(10):
            report(f"i{n}", source=source)

        assert (10, 10) == (len(opened(store)), store.replies.waiting())

    def test_next_day_counts_again(self, store, report, clock):
        """A day later the account is heard again."""
        for n in range(4):
            report(f"i{n}")
        clock.forward(days=1)
        report("j")

        assert "open" == kept(store, item="j").state

    def test_is_taken_up(self, store, report):
        """A person may have what was set aside looked at after all."""
        for n in range(4):
            report(f"i{n}")
        (aside,) = store.reports.list(state="set_aside")
        case = store.reports.take_up(aside.id, by="rita")

        assert ("open", case) == (kept(store, id=aside.id).state, kept(store, id=aside.id).case)
        assert 1 == store.cases.show(case).reports

    @pytest.mark.parametrize("source", ["trusted_flagger", "authority"])
    def test_what_the_law_asks_for_is_not_too_much(self, store, report, source):
        """Who sends orders or notices by the hundred has not used up what they may say besides."""
        for n in range(10):
            report(f"i{n}", source=source)
        report("j")

        assert "open" == kept(store, item="j").state
        assert 1 == store.reports.reporter("bo").today

    def test_only_what_was_set_aside(self, store, report):
        """What waits already is not taken up."""
        report()
        with pytest.raises(InvalidValueError, match="open, not set_aside"):
            store.reports.take_up(kept(store).id, by="rita")

    def test_receipts_are_bounded(self, store, report):
        """One receipt tells that further ones are not looked at; the rest give none."""
        for n in range(10):
            report(f"i{n}")

        assert 4 == store.replies.waiting()

    def test_many(self, store, safety):
        """Thousands in batches leave a few cases, and none is lost."""
        handler, mallory = Handler(safety, store), Actor("mallory")
        for start in range(0, 2000, 200):
            made = [
                Report(id=f"r{n}", item=Item(f"i{n}"), reporter=mallory, issue=SPAM)
                for n in range(start, start + 200)
            ]
            handler.handle_all([Work.of("video_comments", m, at=store.now()) for m in made])
        with store.read() as connection:
            count = connection.execute(select(func.count()).select_from(reports)).scalar_one()

        assert (2000, 3) == (count, len(opened(store)))


@settings(
    deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(said=st.lists(st.tuples(*map(st.sampled_from, (["a", "b"], ["i", "j"], [SPAM, THREAT]))),
                     max_size=8))  # fmt: skip
def test_each_counts_once(store, safety, said):
    """However often people say the same: one report counts, none is lost, none counts twice."""
    batch, handler = new_id(), Handler(safety, store)
    works = [
        Work.of(
            "video_comments",
            Report(id=f"{batch}{n}", item=Item(batch + item), reporter=Actor(batch + who),
                   issue=issue),
            at=store.now(),
        )
        for n, (who, item, issue) in enumerate(said)
    ]  # fmt: skip
    handler.handle_all(works)
    with store.read() as connection:
        wanted = select(reports.c.state).where(reports.c.item.startswith(batch))
        states = list(connection.execute(wanted).scalars())

    assert len(said) == len(states)
    assert len(set(said)) == states.count("open")


class TestSuspended:
    """Misuse has consequences, a warning first (DSA Art. 23)."""

    def test_needs_a_warning(self, store):
        """Nobody is suspended who was not warned."""
        with pytest.raises(InvalidValueError, match="warning comes first"):
            store.reports.suspend("bo", by="rita", feature="video_comments")

    def test_is_set_aside(self, store, report):
        """What a suspended person reports is kept and not looked at."""
        store.reports.warn("bo", by="rita", feature="video_comments")
        store.reports.suspend("bo", by="rita", feature="video_comments")
        report()

        assert "set_aside" == kept(store).state

    @pytest.mark.parametrize("issue", [THREAT, "self_harm.at_risk", "child_safety.grooming"])
    def test_life_and_children_are_heard(self, store, report, issue):
        """Whoever says so."""
        store.reports.warn("bo", by="rita", feature="video_comments")
        store.reports.suspend("bo", by="rita", feature="video_comments")
        report(issue=issue)

        assert "open" == kept(store).state

    @pytest.mark.parametrize(("source", "state"), [("notice", "set_aside"), ("authority", "open")])
    def test_orders_are_heard(self, store, report, source, state):
        """Notices may be suspended, an order of an authority cannot be."""
        store.reports.warn("bo", by="rita", feature="video_comments")
        store.reports.suspend("bo", by="rita", feature="video_comments")
        report(source=source)

        assert state == kept(store).state

    def test_ends(self, store, report, clock):
        """A suspension has an end."""
        store.reports.warn("bo", by="rita", feature="video_comments")
        store.reports.suspend("bo", by="rita", feature="video_comments")
        clock.forward(days=30)
        report()

        assert "open" == kept(store).state

    def test_is_told_and_written_down(self, store):
        """The person is told of both, and the audit log has the four factors."""
        store.reports.warn("bo", by="rita", feature="video_comments")
        store.reports.suspend("bo", by="rita", feature="video_comments")
        told = []
        store.replies.on_reply(told.append)
        store.replies.deliver()
        with store.read() as connection:
            rows = connection.execute(select(audit).order_by(audit.c.number)).mappings().all()

        assert {"warning", "suspension"} == {reply.kind for reply in told}
        assert {"number", "share", "gravity", "intent"} <= set(rows[0]["body"])


class TestReplies:
    """Who reports is told."""

    def test_receipt(self, store, report):
        """A receipt says what is missing, by when it is decided, and to whom it goes."""
        report(source="notice", email="bo@example.com", name="Bo", text=CANARY)
        told = []
        store.replies.on_reply(told.append)

        assert 1 == store.replies.deliver()
        assert ("receipt", "bo", "bo@example.com") == (
            told[0].kind, told[0].reporter, told[0].email
        )  # fmt: skip
        assert ("good_faith",) == told[0].body["missing"]
        assert "example.com" not in repr(told[0])

    def test_unnamed_without_address(self, store, report):
        """Nobody can be told who left no way to be."""
        report(by=None)

        assert 0 == store.replies.waiting()

    def test_failure_is_tried_again(self, store, report, clock):
        """What could not be sent waits, and is sent later."""
        report()
        told = []
        store.replies.on_reply(lambda reply: told.append(reply.id) or len(told) > 1)

        assert (0, 0) == (store.replies.deliver(), store.replies.deliver())
        clock.forward(minutes=1)
        assert 1 == store.replies.deliver()
        assert told[0] == told[1]

    def test_slow_sending_leaves_the_rest_for_the_next_time(self, store, report):
        """What is begun late would be sent by somebody else, too; one at least is sent."""
        for item in "abc":
            report(item)
        sent = []
        store.replies.on_reply(sent.append)

        assert [1, 1, 1, 0] == [store.replies.deliver(within=-1) for _ in range(4)]
        assert 3 == len({each.id for each in sent})

    def test_raising_is_a_failure(self, store, report):
        """The host's function may raise anything."""
        report()
        store.replies.on_reply(lambda reply: 1 / 0)

        assert (0, 1) == (store.replies.deliver(), store.replies.waiting())

    def test_worker_sends(self, store, safety):
        """A worker sends what is due beside its work."""
        told = []
        store.replies.on_reply(told.append)
        safety.feature("video_comments").report(
            Report(id="r", item=Item("i"), reporter=Actor("bo"), issue=SPAM)
        )
        Worker(safety, store).run(once=True)

        assert ["receipt"] == [reply.kind for reply in told]

    def test_nobody_sends(self, store, report):
        """Without a function that sends them, replies wait."""
        report()

        assert (0, 1) == (store.replies.deliver(), store.replies.waiting())

    @pytest.fixture(name="given_up")
    def _given_up(self, store, safety, report, clock, monkeypatch):
        """The key of a reply that nobody sent for a week."""
        monkeypatch.setattr("handrail_store._chores.FIRST_PURGE_S", -1)
        report()
        ended = []
        for days in (6, 1):
            clock.forward(days=days)
            Worker(safety, store).step()
            ended.append([each.key for each in store.letters.all()])
        assert [0, 1] == [*map(len, ended)]
        return ended[-1][0]

    def test_nobody_sends_for_a_week(self, store, given_up):
        """A worker ends them as dead letters with a reason, which are counted."""
        (letter,) = store.letters.all()

        assert ("reply", "i", "nobody sends replies") == (letter.stage, letter.item, letter.reason)
        assert (0, 1.0) == (store.replies.waiting(), GAUGES["handrail.dead"][2](store))
        assert Waiting(1, letter.died_at) == backlog(store)["dead"]

    def test_given_up_is_sent_after_all(self, store, given_up):
        """Once there is somebody who sends, what was given up is tried again."""
        told = []
        store.replies.on_reply(told.append)

        assert (1, 1) == (store.letters.retry([given_up], by="ada"), store.replies.deliver())
        assert given_up == told[0].id

    def test_given_up_is_dropped(self, store, given_up):
        """A host that tells nobody says so once, and is warned no more."""
        dropped = [store.letters.drop([given_up], by="ada") for _ in range(2)]

        assert ([1, 0], (), 0) == (dropped, store.letters.all(), store.replies.waiting())

    def test_a_worker_that_sends_gives_nothing_up(self, store, safety, report, clock, monkeypatch):
        """After a week in which no worker ran all is sent."""
        monkeypatch.setattr("handrail_store._chores.FIRST_PURGE_S", -1)
        report()
        clock.forward(days=9)
        told = []
        store.replies.on_reply(told.append)
        Worker(safety, store).step()

        assert (1, ()) == (len(told), store.letters.all())
