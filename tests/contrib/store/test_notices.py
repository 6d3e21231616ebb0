"""Notices: who is judged or reports is told of what no call decided, in their language."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from handrail import Action, Actor, Item, Policy, Report, Rule
from handrail_notices import Catalogue
from handrail_store import Handler, Verdict, Wanted, Work
from handrail_store._schema import audit, enforcements

SPAM = "integrity.spam"
ANN = Actor("ann", language="de")
TAKEN_BACK = "Das wurde noch einmal angesehen: Es ist nicht mehr eingeschränkt."
CHANGED = "Das wurde noch einmal angesehen, und es wurde anders entschieden."


@pytest.fixture(name="safety")
def _safety(open_safety):
    return open_safety(notices=Catalogue())


@pytest.fixture(name="comments")
def _comments(safety):
    return safety.feature("video_comments")


@pytest.fixture(name="post")
def _post(safety, store):
    """Have an item that was published looked at; return the decision's id."""
    handler = Handler(safety, store)

    def post(text, item="i", **more):
        subject = Item(item, text, author=ANN, **more)
        return handler.handle(Work.of("video_comments", subject, at=store.now())).decision

    return post


@pytest.fixture(name="report")
def _report(safety, store):
    """Report a comment: ``report(by)``."""
    handler = Handler(safety, store)

    def report(by, language=None):
        said = Report(
            id=f"r-{by}", item=Item("i", "fine", author=ANN), issue=SPAM,
            reporter=Actor(by, language=language),
        )  # fmt: skip
        handler.handle(Work.of("video_comments", said, at=store.now()))

    return report


def told(store):
    """What features are told, in order: bodies of enforcements."""
    with store.read() as connection:
        wanted = select(enforcements.c.body).order_by(enforcements.c.number)
        return connection.execute(wanted).scalars().all()


def decide(store, action="allow", **fields):
    (case,) = store.cases.list()
    return store.cases.decide(case.id, Verdict(by="rita", action=action, **fields))


def replies(store):
    """Every reply by kind and reader."""
    said = []
    store.replies.on_reply(said.append)
    store.replies.deliver(1000)
    return {(reply.kind, reply.reporter): reply for reply in said}


class TestReversal:
    """What is taken back."""

    def test_author_reads_their_own(self, store, post):
        """What was delivered is revoked with a text."""
        decision = post("block")
        with store.write() as connection:
            connection.execute(enforcements.update().values(state="delivered"))

        assert TAKEN_BACK == store.reverse(decision, by="rita").notice

    def test_says_what_it_revises(self, store, post):
        """The reversal is a decision of its own, linked to the other from both sides."""
        decision = post("block")
        with store.write() as connection:
            connection.execute(enforcements.update().values(state="delivered"))
        made = store.reverse(decision, by="rita")
        kept = store.decision(made.decision)

        assert (decision, Action.ALLOW, TAKEN_BACK) == (made.revises, kept.action, kept.notice)
        with store.read() as connection:
            wanted = select(audit.c.body).where(audit.c.what == "reversed")
            assert made.decision == connection.execute(wanted).scalar_one()["decision"]

    def test_what_is_left_is_said(self, store, post, report):
        """Where another decision still stands, the author reads what it asks for."""
        post("limit")
        report("bo")
        made = decide(store, "block")
        with store.write() as connection:
            connection.execute(enforcements.update().values(state="delivered"))
        left = store.reverse(made.id, by="saul")

        assert Action.LIMIT is left.action
        assert [CHANGED, "Das wird an weniger Stellen gezeigt."] == left.notice.splitlines()[:2]

    def test_hold_that_ended_is_explained(self, store, comments, clock):
        """A hold that nobody answered becomes a block, with its reasons."""
        from handrail_store._timers import end_due

        held = comments.pre_publish(Item("i", "hold", author=ANN))
        clock.at = held.hold.until + timedelta(seconds=1)
        end_due(store)
        (made,) = told(store)

        assert ("block", "ended") == (made["action"], made["reason"])
        assert made["notice"].splitlines()[0] == CHANGED

    def test_rule_that_forbids_a_word_forbids_this_one(self, store, open_safety):
        """Who was told nothing by law is not told that it is over either."""
        law = {"law": "An Act", "ground": "illegal"}
        rule = Rule(id="quiet", issue=SPAM, at=0.5, then="block", source=law, notice="none")
        safety = open_safety(notices=Catalogue(), policy=Policy(rules=[rule]))
        work = Work.of("video_comments", Item("i", "hold", author=ANN), at=store.now())
        decision = Handler(safety, store).handle(work).decision
        with store.write() as connection:
            connection.execute(enforcements.update().values(state="delivered"))
        made = store.reverse(decision, by="rita")

        assert (Action.ALLOW, None) == (made.action, made.notice)


class TestPerson:
    """What a person decides."""

    def test_author_is_told_without_being_written_to(self, store, comments):
        """A decision has its reasons where the reviewer wrote none, and says that it was theirs."""
        comments.pre_publish(Item("i", "hold", author=ANN))
        made = decide(store, "block", issue="hate.speech")
        lines = told(store)[-1]["notice"].splitlines()

        assert CHANGED == lines[0]
        assert "Das hat ein Mensch entschieden." in lines
        assert told(store)[-1]["notice"] == store.decision(made.id).notice

    def test_own_words_go_first(self, store, comments):
        """What the reviewer wrote to the author is what they read."""
        comments.pre_publish(Item("i", "hold", author=ANN))
        decide(store, "block", notice="Bitte nicht.")

        assert "Bitte nicht." == told(store)[-1]["notice"]

    def test_let_pass_is_said(self, store, comments):
        """What was held and is let pass is said to be free."""
        comments.pre_publish(Item("i", "hold", author=ANN))
        decide(store)

        assert TAKEN_BACK == told(store)[-1]["notice"]

    def test_author_never_hears_of_a_report(self, store, report):
        """Where nothing was done, nothing is said: not even that somebody reported."""
        report("bo")
        made = decide(store)

        assert ([], None) == (told(store), store.decision(made.id).notice)

    def test_without_notices(self, store, comments, monkeypatch):
        """What raises costs the notice and nothing else."""
        monkeypatch.setattr(store, "notices", object())
        comments.pre_publish(Item("i", "hold", author=ANN))
        decide(store, "block")

        assert ("block", None) == (told(store)[-1]["action"], told(store)[-1].get("notice"))


class TestWonAppeal:
    """An appeal that is won, for everybody."""

    @pytest.fixture(name="blocked")
    def _blocked(self, store, report):
        """The id of a decision to block what bo reported."""
        report("bo", "fr-CA")
        return decide(store, "block").id

    @pytest.fixture(name="won")
    def _won(self, store, blocked):
        with store.write() as connection:
            connection.execute(enforcements.update().values(state="delivered"))
        case = store.cases.appeal(blocked, by="ann").case
        return store.cases.decide(case, Verdict(by="saul", action="allow"))

    def test_author_is_told(self, store, won, blocked):
        """The author reads that it is over; the enforcement names both decisions."""
        last = told(store)[-1]

        assert (TAKEN_BACK, won.id, blocked) == (
            last["notice"], last["decision"], last["revises"]
        )  # fmt: skip

    def test_is_one_decision(self, store, blocked, won):
        """The verdict is the reversal: no second decision says the same."""
        made = [each.id for each in store.decisions(Wanted(feature="video_comments"))]

        assert 3 == len(made)
        assert won.id in made

    def test_who_appealed_is_answered(self, store, won, blocked):
        """The answer to the appeal names both decisions, in words of the author's language."""
        reply = replies(store)["appeal", "ann"]

        assert (won.id, blocked) == (reply.body["decision"], reply.body["revises"])
        assert "Wir haben es noch einmal angesehen und die Entscheidung geändert." == reply.notice

    def test_who_reported_is_told(self, store, won, blocked):
        """Who was told that something was done is told that it is undone, and may complain."""
        reply = replies(store)["reversal", "bo"]
        (kept,) = store.reports.list(state="not_acted_on")

        assert (won.id, blocked, False) == (
            reply.body["decision"], reply.body["revises"], reply.body["acted_on"]
        )  # fmt: skip
        assert reply.notice.startswith("Ce que vous avez signalé a été réexaminé")
        assert store.reports.complain(kept.id).decision == won.id

    def test_who_reported_is_told_each_time(self, store, won):
        """What is done at last and undone once more is told once more, each under its own id."""
        (kept,) = store.reports.list(state="not_acted_on")
        first = store.reports.complain(kept.id).case
        done = store.cases.decide(first, Verdict(by="tom", action="block"))
        store.reverse(done.id, by="uma")
        (kept,) = store.reports.list(state="not_acted_on")
        second = store.reports.complain(kept.id).case
        store.cases.decide(second, Verdict(by="vic", action="allow"))
        said = []
        store.replies.on_reply(said.append)
        store.replies.deliver(1000)
        theirs = [reply for reply in said if reply.reporter == "bo"]

        assert ["appeal"] * 2 + ["decision", "receipt"] + ["reversal"] * 2 == sorted(
            reply.kind for reply in theirs
        )
        assert len(theirs) == len({reply.id for reply in theirs})


class TestReplies:
    """What people who report are told."""

    def test_in_their_language(self, store, report):
        """A receipt and a decision are sentences in the reporter's language."""
        report("bo", "es")
        decide(store)
        said = replies(store)

        assert said["receipt", "bo"].notice.startswith("Gracias.")
        assert said["decision", "bo"].notice.startswith("Hemos revisado lo que denunció y no")

    def test_warning(self, store, report):
        """A warning is in the language of their last report."""
        report("bo", "es")
        store.reports.warn("bo", by="rita", feature="video_comments")

        assert replies(store)["warning", "bo"].notice.startswith("Algunas de sus denuncias")

    def test_notices_without_words_for_reporters(self, store, report):
        """Notices of a host that speak to authors only leave the sentences to the host."""
        store.notices = type("Own", (), {"notice": lambda self, judged: "x"})()
        report("bo")

        assert None is replies(store)["receipt", "bo"].notice
