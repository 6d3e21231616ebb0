"""Cases: decided by people, once; the feature is told, and so are those who reported."""

from __future__ import annotations

from datetime import timedelta

import pytest
from contrib.store.conftest import FEATURES, POLICY, READER
from sqlalchemy import event, insert, select
from sqlalchemy.exc import IntegrityError

from handrail import (
    Action,
    Actor,
    Decision,
    Effect,
    HostEvent,
    InvalidValueError,
    Item,
    Match,
    Policy,
    Report,
    Safety,
    UnknownNameError,
)
from handrail_store import Handler
from handrail_store._cases import Asked, open_case
from handrail_store._decide import decide
from handrail_store._lookup import Patience
from handrail_store._schema import appeals, cases, enforcements, reports
from handrail_store._settle import settle
from handrail_store._types import keepable, new_id
from handrail_store._verdict import Verdict
from handrail_store._weigh import weigh
from handrail_store._work import Work

SPAM = "integrity.spam"
CANARY = "canary-7f3a"
ANN = Actor("ann")


@pytest.fixture(name="comments")
def _comments(open_safety):
    return open_safety().feature("video_comments")


@pytest.fixture(name="held")
def _held(comments, store):
    """The case of a comment that was held before publishing."""
    comments.pre_publish(Item("i", "hold this", author=ANN))
    (case,) = store.cases.list()
    return case


@pytest.fixture(name="report")
def _report(store, open_safety):
    """Report a comment: ``report(by, item)``."""
    numbers, handler = iter(range(10**9)), Handler(open_safety(), store)

    def report(by="bo", item="i", text="fine", **fields):
        about = item if isinstance(item, Item) else Item(item, text, author=ANN)
        given = {"id": f"r{next(numbers)}", "item": about, "issue": SPAM}
        given |= {"reporter": None if by is None else Actor(by)}
        work = Work.of("video_comments", Report(**{**given, **fields}), at=store.now())
        handler.handle(work)

    return report


def told(store):
    """What the feature has to be told: kind, action and effects, in order."""
    with store.read() as connection:
        rows = connection.execute(select(enforcements).order_by(enforcements.c.number)).mappings()
        return [(r["kind"], r["body"]["action"], r["body"].get("effects", [])) for r in rows]


def decided(store, case, action="allow", **fields):
    return store.cases.decide(case, Verdict(by="rita", action=action, **fields))


def asks_for(store, item, issue):
    """A decision for an issue has somebody look at an item within a day."""
    rule = Match(rule="r", policy="p", issue=issue, action="hold", score=0.9)
    decision = Decision(
        id=new_id(),
        action="hold",
        feature="video_comments",
        item=item,
        rules=[rule],
        decided_by="r",
    )
    with store.write() as connection:
        open_case(connection, decision, None, Asked("q", within=timedelta(days=1)), store.now())


def answers(store):
    """Every reply, by kind, with what it says."""
    said = []
    store.replies.on_reply(said.append)
    store.replies.deliver(1000)
    return {(reply.kind, reply.reporter): dict(reply.body) for reply in said}


@pytest.mark.parametrize("author", ["half \ud800", "nul\0"])
def test_joins_though_no_engine_keeps_the_author(comments, store, author):
    """An id with what databases refuse loses no decision that joins an open case."""
    for revision in (1, 2):
        comments.pre_publish(Item("i", "hold this", revision=revision, author=Actor(author)))
    (case,) = store.cases.list()

    assert (2, keepable(author)) == (case.revision, case.author)


class TestDecide:
    """A person decides."""

    def test_is_closed(self, store, held):
        """A decided case waits no more, and says who and what."""
        made = decided(store, held.id)
        case = store.cases.show(held.id)

        assert ("decided", "rita", made.id) == (case.state, case.closed_by, case.outcome)
        assert () == store.cases.list()

    def test_is_in_the_record(self, store, held):
        """The decision stands in the record like any other."""
        made = decided(store, held.id, "block")

        assert (Action.BLOCK, "i") == (store.decision(made.id).action, made.item)

    def test_happens_once(self, store, held):
        """What is decided is not decided again."""
        decided(store, held.id)
        with pytest.raises(InvalidValueError, match="decided already"):
            decided(store, held.id, "block")

    def test_unknown_case(self, store):
        """A case that is not there is named as such."""
        with pytest.raises(InvalidValueError, match="no case"):
            decided(store, "nothing")

    def test_feature_is_told(self, store, held):
        """What was held is released."""
        decided(store, held.id)

        assert [("apply", "allow", [])] == told(store)

    def test_violation_reaches_the_feature(self, store, held):
        """What a person blocks is blocked."""
        decided(store, held.id, "block", strike=False)

        assert [("apply", "block", [])] == told(store)

    def test_let_pass_is_not_asked_again(self, store, held, comments):
        """The same revision under the same rule goes through from now on."""
        decided(store, held.id)

        assert Action.ALLOW is comments.pre_publish(Item("i", "hold this", author=ANN)).action

    def test_blocked_is_no_approval(self, store, held, comments):
        """What a person blocked is held again when it is sent again."""
        decided(store, held.id, "block")

        assert Action.HOLD is comments.pre_publish(Item("i", "hold this", author=ANN)).action

    def test_violation_is_a_strike(self, store, held):
        """A confirmed violation counts, and what follows reaches the feature."""
        decided(store, held.id, "block")

        assert [SPAM] == [strike.issue for strike in store.strikes.of("ann")]
        assert ["support"] == [effect["name"] for effect in told(store)[0][2]]

    def test_nothing_wrong_is_no_strike(self, store, held):
        """What was fine counts for nothing."""
        decided(store, held.id)

        assert () == store.strikes.of("ann")

    def test_nobody_is_punished_for_being_at_risk(self, store, held):
        """An issue that nobody is punished for takes no block."""
        with pytest.raises(InvalidValueError, match="nobody is punished"):
            decided(store, held.id, "block", issue="self_harm.at_risk")

    def test_reason_is_sealed(self, store, held):
        """Why it was decided is read by who may, and the audit log says who did."""
        decided(store, held.id, reason=CANARY)

        assert store.cases.show(held.id).reason is None
        assert CANARY == store.cases.show(held.id, by="saul").reason
        assert CANARY not in repr(store.cases.show(held.id, by="saul"))

    @pytest.mark.parametrize(
        "wrong",
        [
            pytest.param({"action": "hold"}, id="hold"),
            pytest.param({"action": "nudge"}, id="nudge"),
            pytest.param({"by": ""}, id="nobody"),
            pytest.param({"action": "block", "unfounded": True}, id="acted on what is unfounded"),
            pytest.param({"issue": "hate.speach"}, id="unknown issue"),
            pytest.param({"reason": "x" * 10_001}, id="long reason"),
        ],
    )
    def test_nonsense_is_refused(self, wrong):
        """A verdict that cannot be is refused when it is made."""
        with pytest.raises(InvalidValueError):
            Verdict(**{"by": "rita", "action": "allow", **wrong})

    def test_late_cases_come_first(self, store, comments, clock):
        """What is late goes before what is urgent."""
        comments.pre_publish(Item("a", "hold", author=ANN))
        clock.forward(hours=20)
        comments.pre_publish(Item("b", "hold", author=ANN))
        with store.write() as connection:
            connection.execute(cases.update().where(cases.c.item == "b").values(priority=0.9))
        before = [case.item for case in store.cases.list()]
        clock.forward(hours=10)

        assert (["b", "a"], ["a", "b"]) == (before, [case.item for case in store.cases.list()])

    def test_what_modules_found_has_its_place(self, store):
        """A threat that nobody reported is looked at before spam that is due as soon."""
        for name, issue in (("a", "integrity.spam"), ("b", "violence.threat")):
            asks_for(store, name, issue)

        assert ["b", "a"] == [case.item for case in store.cases.list()]

    def test_a_report_never_sets_a_case_back(self, store):
        """What was found goes on counting when somebody reports something milder."""
        asks_for(store, "a", "violence.threat")
        (before,) = store.cases.list()
        with store.write() as connection:
            weigh(connection, {before.id: 1}, store.now())

        assert 0 < before.priority <= store.cases.list()[0].priority

    @pytest.mark.parametrize("first", ["integrity.spam", "violence.threat"])
    def test_the_gravest_finding_counts(self, store, first):
        """Whichever decision asked first, an open case has the place of the more urgent one."""
        for issue in (first, "violence.threat"):
            asks_for(store, "a", issue)
        asks_for(store, "b", "violence.threat")

        assert 1 == len({case.priority for case in store.cases.list()})

    def test_unknown_state(self, store):
        """States have names."""
        with pytest.raises(UnknownNameError, match="open"):
            store.cases.list(state="opne")


class TestReporters:
    """Who reported is answered, and is known better afterwards."""

    def test_everybody_is_answered(self, store, report):
        """Each gets the decision, how it was made, and what they may do."""
        report("bo")
        report("cy")
        decided(store, store.cases.list()[0].id, "block")
        said = answers(store)["decision", "bo"]

        assert (True, False) == (said["acted_on"], said["automated"])
        assert ("complaint", "out_of_court", "court") == said["redress"]

    def test_who_says_it_later_may_complain_too(self, store, report):
        """What was decided already is told with what they may do (DSA Art. 16(5))."""
        report("bo", id="first")
        decided(store, store.cases.list()[0].id)
        first = answers(store)["decision", "bo"]
        report("bo")

        assert {**first, "same_as": "first"} == answers(store)["decision", "bo"]

    def test_what_was_reported_is_kept(self, store, report):
        """The revision is kept for those who complain, however harmless modules found it."""
        report("bo", text="fine words")

        assert "fine words" == store.snapshot("video_comments", "i", 1, by="rita").text

    def test_what_was_reported_in_process_is_kept(self, store):
        """So it is where no worker looks at it, but the call itself."""
        options = {"modules": [READER], "policy": POLICY, "sink": store.sink}
        said = Report(id="r1", item=Item("i", "fine words", author=ANN), issue=SPAM)
        with Safety(FEATURES, **options) as safety:
            safety.feature("video_comments").report(said)

        assert "fine words" == store.snapshot("video_comments", "i", 1, by="rita").text

    def test_state_of_the_reports(self, store, report):
        """A report says what became of it."""
        report("bo")
        made = decided(store, store.cases.list()[0].id)
        (kept,) = store.reports.list(state="not_acted_on")

        assert made.id == kept.outcome

    def test_repeated_report_is_answered(self, store, report):
        """Who said it twice is answered twice, and counts once."""
        report("bo")
        report("bo")
        decided(store, store.cases.list()[0].id, "block")

        assert 2 == len(store.reports.list(state="acted_on"))
        assert 1 == store.reports.reporter("bo").upheld

    def test_reputation(self, store, report):
        """Right and wrong reports count for who filed them."""
        report("bo", "i")
        report("bo", "j")
        first, second = store.cases.list()
        decided(store, first.id, "block")
        decided(store, second.id)

        assert (1, 1) == (
            store.reports.reporter("bo").upheld,
            store.reports.reporter("bo").dismissed,
        )

    def test_reputation_is_what_modules_read(self, store, report, clock):
        """The module for reports counts by what the store knows."""
        report("bo")
        decided(store, store.cases.list()[0].id, "block")
        lookup = store.state._outcomes
        lookup._patience = Patience(30.0)

        day = timedelta(days=1)
        assert 1 == store.state.recent("reports_upheld", "bo", day, clock.at)
        assert 0 == store.state.recent("reports_dismissed", "bo", day, clock.at)

    @pytest.mark.parametrize("source", ["trusted_flagger", "authority", "notice"])
    def test_law_has_no_reputation(self, store, report, source):
        """Whoever the law gives a voice is not weighed."""
        report("flagger", source=source)
        decided(store, store.cases.list()[0].id)

        assert 0 == store.reports.reporter("flagger").dismissed

    def test_misuse_is_counted(self, store, report):
        """The four factors of Art. 23 are numbers, and suggest a warning first."""
        for n in range(6):
            report("bo", f"i{n}")
        for case in store.cases.list():
            decided(store, case.id, unfounded=True, bad_faith=True)
        factors = store.reports.factors("bo")

        assert (6, 1, 6, "warn") == (
            factors.number, factors.share, factors.intent, factors.suggests
        )  # fmt: skip
        store.reports.warn("bo", by="rita", feature="video_comments")
        assert "suspend" == store.reports.factors("bo").suggests

    def test_answers_go_on_where_they_stopped(self, store, report):
        """A crash between two batches loses no answer."""
        for n in range(3):
            report(f"p{n}")
        (case,) = store.cases.list()
        verdict = Verdict(by="rita", action="block")
        with store.write() as connection:
            decide(store, connection, case.id, verdict)
            connection.execute(reports.update().values(state="open"))

        assert 3 == store.cases.catch_up()
        assert 0 == store.cases.catch_up()

    def test_answers_come_in_batches(self, store, report):
        """A transaction answers no more than it is told to."""
        for n in range(3):
            report(f"p{n}")
        (case,) = store.cases.list()
        decided(store, case.id)
        with store.write() as connection:
            connection.execute(reports.update().values(state="open"))
            row = connection.execute(select(cases)).mappings().one()
            assert [2, 1, 0] == [settle(store, connection, row, 2) for _ in range(3)]


class TestQueues:
    """One question may wait in a special queue and in the general one."""

    @pytest.fixture(name="both")
    def _both(self, open_safety):
        """Hold a comment in two queues."""
        then = {"action": "hold", "review": {"queue": "legal", "within": "1h"}}
        rule = {"id": "law", "issue": SPAM, "at": 0.5, "then": then}
        policy = Policy(rules=[rule], holds={"within": "1h", "otherwise": "block"})
        open_safety(policy=policy).feature("reviews").pre_publish(Item("i", "hold", author=ANN))

    @pytest.mark.parametrize("action", ["allow", "block"])
    def test_special_answers_for_both(self, store, both, action):
        """What the special queue has decided is not looked at once more."""
        (case,) = store.cases.list(queue="legal")
        decided(store, case.id, action)

        assert () == store.cases.list()
        assert ["general"] == [each.queue for each in store.cases.list(state="lapsed")]

    def test_general_does_not(self, store, both):
        """What needs special people waits for them."""
        (case,) = store.cases.list(queue="general")
        decided(store, case.id)

        assert ["legal"] == [each.queue for each in store.cases.list()]


class TestGone:
    """An item may be gone before anybody looked."""

    def gone(self, store, now):
        event = HostEvent(name="withdrawn", feature="video_comments", item="i", at=now)
        with store.write() as connection:
            store.withdrawn(connection, event)

    def test_case_is_cancelled(self, store, held, clock):
        """There is nothing left to look at."""
        self.gone(store, clock.at)

        assert "cancelled" == store.cases.show(held.id).state

    def test_report_is_looked_at(self, store, report, clock):
        """That it is gone does not undo what somebody reported."""
        report()
        self.gone(store, clock.at)

        assert 1 == len(store.cases.list())

    @pytest.fixture(name="edited")
    def _edited(self, store, report):
        """Somebody reports a comment, and once more as it was edited: that is held."""
        report(item=Item("i", "fine", revision=1))
        report(item=Item("i", "hold this", revision=2))

    def test_edit_that_was_reported_is_looked_at(self, store, edited, clock):
        """In another queue the second report counts for itself, so that its case stays."""
        self.gone(store, clock.at)

        assert {"reports": (1, 1), "general": (2, 1)} == {
            case.queue: (case.revision, case.reports) for case in store.cases.list()
        }

    def test_both_reports_are_answered(self, store, edited, clock):
        """Whatever becomes of the item, no report is left without a decision (DSA Art. 16(5))."""
        self.gone(store, clock.at)
        for case in store.cases.list():
            decided(store, case.id)

        assert ["not_acted_on"] * 2 == [each.state for each in store.reports.list(state=None)]

    def test_who_says_so_again_counts_once_there(self, store, edited, report):
        """A third report of the edit changes nothing in its case."""
        report(item=Item("i", "hold this", revision=2))
        report(item=Item("i", "hold this", revision=3))

        assert {1} == {case.reports for case in store.cases.list()}

    def test_child_safety_is_looked_at(self, store, held, clock):
        """Nor what it may have done to a child."""
        with store.write() as connection:
            connection.execute(cases.update().values(issue="child_safety.grooming"))
        self.gone(store, clock.at)

        assert 1 == len(store.cases.list())


class TestAppeals:
    """A decision may be wrong."""

    @pytest.fixture(name="blocked")
    def _blocked(self, store, held):
        """The id of a decision to block."""
        return decided(store, held.id, "block").id

    def won(self, store, blocked):
        case = store.cases.appeal(blocked, by="ann", text="It is a joke.").case
        return store.cases.decide(case, Verdict(by="saul", action="allow"))

    def test_other_person_decides(self, store, blocked):
        """Who decided does not decide the appeal."""
        case = store.cases.appeal(blocked, by="ann").case
        with pytest.raises(InvalidValueError, match="somebody else"):
            decided(store, case)

    def test_won_reverses(self, store, blocked):
        """The item is back, the strike is gone, what follows from it ends."""
        self.won(store, blocked)

        assert ("allow", []) == told(store)[-1][1:]
        assert 0 == store.strikes.weight("ann")
        assert store.strikes.of("ann")[0].undone_by == "saul"

    def test_is_against_what_stands(self, store, blocked, held):
        """Who names the first decision appeals what a person made of it, to somebody else."""
        made = store.cases.appeal(held.decision, by="ann")
        store.cases.decide(made.case, Verdict(by="saul", action="allow"))

        assert (blocked, "rita") == (made.decision, made.not_by)
        assert ("allow", []) == told(store)[-1][1:]
        assert 0 == store.strikes.weight("ann")

    def test_reads_no_table_through(self, store, blocked):
        """However many cases there are, what an appeal asks for is found by an index."""
        asked = []

        def note(connection, cursor, statement, parameters, *_):
            asked.append((statement, parameters))

        event.listen(store.engine, "before_cursor_execute", note)
        store.cases.appeal(blocked, by="ann")
        event.remove(store.engine, "before_cursor_execute", note)
        explain, whole = "EXPLAIN QUERY PLAN", "SCAN "
        with store.read() as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("SET LOCAL enable_seqscan = off")  # Small tables.
                explain, whole = "EXPLAIN", "Seq Scan"
            plans = [
                str(row[-1]) for said, given in asked if said.startswith("SELECT")
                for row in connection.exec_driver_sql(f"{explain} {said}", given)
            ]  # fmt: skip

        assert plans
        assert [] == [plan for plan in plans if whole in plan]

    def test_won_is_let_pass(self, store, blocked, comments):
        """The same revision is not held again."""
        self.won(store, blocked)

        assert Action.ALLOW is comments.pre_publish(Item("i", "hold this", author=ANN)).action

    def test_lost_changes_nothing(self, store, blocked):
        """The decision stands."""
        before = told(store)
        case = store.cases.appeal(blocked, by="ann").case
        store.cases.decide(case, Verdict(by="saul", action="block"))

        assert before == told(store)
        with store.read() as connection:
            assert "lost" == connection.execute(select(appeals.c.state)).scalar_one()

    @pytest.mark.parametrize(("action", "won"), [("allow", True), ("block", False)])
    def test_author_is_told(self, store, blocked, action, won):
        """Whoever appeals is told how it ended."""
        case = store.cases.appeal(blocked, by="ann").case
        store.cases.decide(case, Verdict(by="saul", action=action))

        assert won is answers(store)["appeal", "ann"]["won"]

    def test_once(self, store, blocked):
        """A decision is appealed once."""
        store.cases.appeal(blocked, by="ann")
        with pytest.raises(InvalidValueError, match="before"):
            store.cases.appeal(blocked, by="ann")

    def test_only_the_author(self, store, blocked):
        """Nobody appeals for somebody else."""
        with pytest.raises(InvalidValueError, match="not about what this person made"):
            store.cases.appeal(blocked, by="bo")

    def test_six_months(self, store, blocked, clock):
        """After six months it is too late."""
        clock.forward(days=184)
        with pytest.raises(InvalidValueError, match="six months"):
            store.cases.appeal(blocked, by="ann")

    def test_reporter_complains(self, store, report):
        """Who reported in vain complains, another person looks, and something is done."""
        report("bo")
        decided(store, store.cases.list()[0].id)
        (kept,) = store.reports.list(state="not_acted_on")
        case = store.reports.complain(kept.id, text="Look again.").case
        store.cases.decide(case, Verdict(by="saul", action="block"))

        assert "acted_on" == store.reports.show(kept.id).state
        assert answers(store)["appeal", "bo"]["won"]
        assert "block" == told(store)[-1][1]

    def test_nothing_to_complain_about(self, store, report):
        """An open report, and one that was acted on, are no reason to complain."""
        report("bo")
        (kept,) = store.reports.list()
        with pytest.raises(InvalidValueError, match="open, not not_acted_on"):
            store.reports.complain(kept.id)


class TestOpen:
    """One open case for each item and queue."""

    def test_same_queue_is_joined(self, store, open_safety):
        """A second of the same item and queue joins the first; another queue is another case."""
        decision = open_safety().feature("reviews").pre_publish(Item("x", "fine"))
        with store.write() as connection:
            one = open_case(connection, decision, None, Asked("a"), store.now())
            two = open_case(connection, decision, None, Asked("a"), store.now())
            other = open_case(connection, decision, None, Asked("b"), store.now())

        assert (one[0], True, False) == (two[0], one[1], two[1])
        assert other[0] != one[0]

    def test_no_second_open_case_fits(self, store, held):
        """The database itself keeps a second one out."""
        with store.read() as connection:
            row = dict(connection.execute(select(cases)).mappings().one())
        with pytest.raises(IntegrityError), store.write() as connection:
            connection.execute(insert(cases).values({**row, "id": new_id()}))

    def test_later_revision_joins(self, store, held, comments):
        """An edit while a case is open is looked at in the same case."""
        comments.pre_publish(Item("i", "hold that", author=ANN, revision=2))
        (case,) = store.cases.list()

        assert (held.id, 2) == (case.id, case.revision)


def test_effects_of_reviewers_only():
    """An effect that only others may order is not a reviewer's."""
    assert Verdict(by="r", action="limit", effects=[Effect("reach", 0.1)]).acts
