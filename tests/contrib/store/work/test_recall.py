"""A report that only names its item is looked at with what is kept of that item."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import attrs
import pytest
from contrib.store.conftest import KEY
from contrib.store.work.conftest import given
from sqlalchemy import select, update

from handrail import Action, Actor, Age, Cause, Decision, Item, Report, Safety, Stage
from handrail_store import Keep, Store, Work, Worker, _erase, erase
from handrail_store._handler import Handler
from handrail_store._holds import LegalHold, hold, holds
from handrail_store._recall import ErasedError, recall
from handrail_store._rows import Rows
from handrail_store._schema import METADATA, cases, decisions, items, reports, snapshots
from handrail_store._snapshots import Content, add_snapshots
from handrail_store._types import new_id

ADA = Actor("ada", age=Age(15, "verified"), region="DE")


@pytest.fixture(name="store")
def _store(url, clock):
    """A store that keeps the content of one feature."""
    made = Store(
        url, key=KEY, clock=clock, upgrade=True, keep=Keep(opted={"video_comments": "30d"})
    )
    yield made
    made.close()


@pytest.fixture(name="look")
def _look(safety, store, clock):
    """Look at a report of an item as a worker does, and settle it; return the decision."""
    handler, numbers = Handler(safety, store), iter(range(10**9))

    def look(item="c1", feature="video_comments") -> Decision:
        report = Report(id=f"r{next(numbers)}", item_id=item, reporter=Actor("bo"))
        work = Work.of(feature, report, at=clock.at)
        made = handler.look(work)
        handler.settle([(work, made)])
        return made

    return look


@pytest.fixture(name="publish")
def _publish(safety, store, clock):
    """Have an item looked at once it is published."""
    handler = Handler(safety, store)

    def publish(text="a MUMBLE", item="c1", **more):
        made = Item(item, text, **{"author": ADA, **more})
        handler.handle(Work.of("video_comments", made, at=clock.at))
        return made

    return publish


def missing(made):
    """Whether the item was not there to be looked at."""
    return Cause.MISSING in {fault.cause for fault in made.faults}


def block(store, item):
    """Keep the content of an item that was blocked before anybody saw it."""
    with store.write() as connection:
        rows = Rows(connection)
        add_snapshots(store, rows, [Content("video_comments", item, new_id(), "blocked")])
        rows.write()


def only(store, table):
    """The only row of a table."""
    with store.read() as connection:
        return connection.execute(select(table)).mappings().one()


def test_kept_content_is_looked_at(publish, look):
    """Modules find in a named item what they would find in one that came along."""
    publish()
    made = look()

    assert (Action.LIMIT, False) == (made.action, missing(made))
    assert ["harassment.bullying"] == [finding.issue for finding in made.findings]


def test_case_knows_whose_it_is(store, publish, look):
    """The case of such a report has the author, the revision, and that a minor is around."""
    publish(revision=3)
    look()
    case, report = only(store, cases), only(store, reports)

    assert ("ada", 3, True) == (case["author"], case["revision"], case["body"]["minor"])
    assert (3, "open") == (report["revision"], report["state"])


def test_reported_content_is_kept_longer(store, publish, look):
    """What was reported is kept for as long as people may complain."""
    publish()
    before = only(store, snapshots)["keep_until"]
    look()

    assert timedelta(days=100) < only(store, snapshots)["keep_until"] - before


def test_nothing_known_stays_missing(look):
    """An item that nobody ever saw is a fault."""
    made = look("never")

    assert missing(made)


def test_not_kept_stays_missing(store, publish, look):
    """Of an item without content its author is known, and that it was not looked at."""
    publish()
    with store.write() as connection:
        connection.execute(snapshots.delete())
    made = look()

    assert missing(made)
    assert ("ada", True) == (only(store, cases)["author"], only(store, cases)["body"]["minor"])


def test_nothing_is_kept_of_what_was_not_there(store, publish, look):
    """An item without its content leaves no snapshot, which would pass for its content."""
    publish()
    with store.write() as connection:
        connection.execute(snapshots.delete())
    look()
    with store.read() as connection:
        assert [] == connection.execute(select(snapshots.c.id)).all()


def test_last_published_revision_counts(publish, look):
    """Of several revisions the last one that people see is looked at."""
    publish("a MUMBLE")
    publish("lovely", revision=2)
    made = look()

    assert (2, ()) == (made.revision, made.findings)


def test_edit_that_was_refused_is_not_looked_at(store, publish, look):
    """An edit that was blocked before anybody saw it is not what people report."""
    publish("lovely")
    block(store, Item("c1", "a GRUMPF", revision=2, author=ADA))

    assert (1, False) == (look().revision, missing(look()))


def test_which_was_seen_is_not_guessed(store, look):
    """Where nobody said which of several revisions was published, none is looked at."""
    for revision in (1, 2):
        block(store, Item("c9", "a MUMBLE", revision=revision, author=ADA))

    assert recall(store, "video_comments", "c9") is None
    assert missing(look("c9"))


def test_other_feature_is_another_item(store, publish):
    """The item of another feature with the same id is not looked at."""
    publish()

    assert recall(store, "profiles", "c1") is None


def test_withdrawn_item_is_looked_at(safety, store, publish, look):
    """That an item is gone does not undo what it was."""
    item = publish()
    safety.feature("video_comments").withdrawn(item)
    safety.flush()

    assert not missing(look())


def test_erased_author_is_left_alone(store, publish, look):
    """What somebody wrote who was erased since is not looked at, though an order keeps it."""
    publish()
    with store.write() as connection:
        connection.execute(
            update(snapshots).values(preserve_until=store.now() + timedelta(days=999))
        )
    erase(store, "ada", by="dpo")
    made = look()

    assert missing(made)
    assert "ada" == only(store, snapshots)["author"]
    assert only(store, cases)["author"] is None


@pytest.mark.parametrize("whole", [True, False])
def test_erased_while_it_is_looked_at(safety, store, publish, monkeypatch, whole):
    """What was found with what is gone since is not written: it is looked at once more."""
    publish()
    if not whole:
        with store.write() as connection:
            connection.execute(snapshots.delete())
    safety.feature("video_comments").report(Report(id="r1", item_id="c1"))
    look, erased = Handler.look, []

    def slow(handler, work):
        made = look(handler, work)
        erased or erased.append(erase(store, "ada", by="dpo"))
        return made

    monkeypatch.setattr(Handler, "look", slow)
    tally = Worker(safety, store).run(once=True)
    with store.read() as connection:
        kept = connection.execute(select(snapshots.c.id)).all()
        authors = {*connection.execute(select(decisions.c.author)).scalars()}

    assert (1, 0, []) == (tally.settled, tally.retried, kept)
    assert ("open", None) == (only(store, reports)["state"], only(store, cases)["author"])
    assert "ada" not in authors


def test_content_gone_while_it_is_looked_at(safety, store, publish, clock):
    """Its content is gone, and is not brought back."""
    publish()
    with store.write() as connection:
        connection.execute(items.delete())
    handler = Handler(safety, store)
    work = Work.of("video_comments", Report(id="r1", item_id="c1"), at=clock.at)
    made = handler.look(work)
    erase(store, "ada", by="dpo")
    with pytest.raises(ErasedError):
        handler.settle([(work, made)])

    assert missing(handler.look(work))


def test_held_item_is_looked_at(store, publish, look):
    """A legal hold keeps what is there: who reports the item is answered as ever."""
    publish()
    hold(store, LegalHold(kind="item", id="c1", reason="a case", by="counsel"))
    made = look()

    assert (Action.LIMIT, False, 1) == (made.action, missing(made), len([*holds(store)]))


def test_held_item_of_who_was_erased_is_for_who_holds_it(store, publish, look):
    """Content that a legal hold keeps of somebody who was erased since is not looked at."""
    publish()
    hold(store, LegalHold(kind="item", id="c1", reason="a case", by="counsel"))
    erase(store, "ada", by="dpo")
    made = look()

    assert missing(made)
    assert only(store, cases)["author"] is None


def test_held_item_is_looked_at_though_who_reported_it_was_erased(store, publish, look):
    """What a legal hold keeps of who reported an item is not in what modules look at."""
    publish()
    look()
    hold(store, LegalHold(kind="item", id="c1", reason="a case", by="counsel"))
    erase(store, "bo", by="dpo")

    assert (Action.LIMIT, False) == ((made := look()).action, missing(made))


def test_held_item_of_who_was_erased_as_its_recipient_is_not_looked_at(store, publish, look):
    """Content that names somebody who was erased since is theirs as well."""
    publish(recipients=[Actor("cy")])
    hold(store, LegalHold(kind="item", id="c1", reason="a case", by="counsel"))
    erase(store, "cy", by="dpo")

    assert missing(look())


def test_held_item_whose_author_is_erased_while_it_is_looked_at(safety, store, publish, clock):
    """What was found with content that is owed to its author since is not written."""
    publish()
    hold(store, LegalHold(kind="item", id="c1", reason="a case", by="counsel"))
    handler = Handler(safety, store)
    work = Work.of("video_comments", Report(id="r1", item_id="c1"), at=clock.at)
    made = handler.look(work)
    erase(store, "ada", by="dpo")
    with pytest.raises(ErasedError):
        handler.settle([(work, made)])

    assert missing(handler.look(work))


@pytest.mark.parametrize("table", [items, decisions])
def test_settled_between_two_steps_of_erasing(safety, store, publish, clock, monkeypatch, table):
    """Whenever a report is settled while its item's author is erased, no id of theirs is left."""
    publish()
    with store.write() as connection:  # Its author is known, and its content is not.
        connection.execute(snapshots.delete())
    handler = Handler(safety, store)
    work = Work.of("video_comments", Report(id="r1", item_id="c1"), at=clock.at)
    made, batches = handler.look(work), _erase._batches

    def between(*arguments):
        if arguments[1] is table:
            with suppress(ErasedError):
                handler.settle([(work, made)])
        return batches(*arguments)

    monkeypatch.setattr(_erase, "_batches", between)
    erase(store, "ada", by="dpo")
    with store.read() as connection:
        rows = [row for table in METADATA.sorted_tables
                for row in connection.execute(select(table)).mappings()]  # fmt: skip

    assert [] == [row for row in rows if "ada" in map(str, row.values())]


def test_kept_by_order_alone_is_not_looked_at(store, publish, look, clock):
    """Content that only an order still keeps is for who gave the order."""
    publish()
    with store.write() as connection:
        connection.execute(
            update(snapshots).values(preserve_until=store.now() + timedelta(days=999))
        )
    clock.forward(days=31)

    assert missing(look())


def test_without_the_key_it_is_missing(publish, url, store, clock):
    """Content that no key here opens is not there, and stops nobody."""
    publish()
    other = Store(url, key=bytes(32), clock=clock, keep=store.keep)
    found = recall(other, "video_comments", "c1")
    other.close()

    assert ("ada", "", False) == (found.item.author.id, found.item.text, found.whole)


def test_in_one_batch_with_its_item(store, clock):
    """A report right after its item is looked at once that is written."""
    with Safety(**given(store=store)) as safety:
        comments = safety.feature("video_comments")
        comments.post_publish(Item("c1", "a MUMBLE", author=ADA))
        comments.report(Report(id="r1", item_id="c1"))
        tally = Worker(safety, store).run(once=True)

    assert (2, 1) == (tally.settled, only(store, reports)["revision"])


def test_many_that_only_name_an_item_are_one_batch(store, monkeypatch):
    """None of them says what the item is, so none waits for the other."""
    monkeypatch.setattr("handrail_store._worker.LONGEST_LOOK_S", 60)
    rounds = []
    with Safety(**given(store=store)) as safety:
        comments = safety.feature("video_comments")
        for number in range(5):
            comments.report(Report(id=f"r{number}", item_id="c1"))
        worker = Worker(safety, store)
        worker.run(once=True, progress=lambda tally: rounds.append(tally.settled))

    assert 5 == rounds[0]


def test_a_later_look_is_not_given_the_content(store, clock):
    """What waits to be looked at again holds the id alone: its content may be erased meanwhile."""
    with Safety(**given(store=store)) as safety:
        handler = Handler(safety, store)
        handler.handle(Work.of("video_comments", Item("c1", "a MUMBLE"), at=clock.at))
        work = Work.of("video_comments", Report(id="r1", item_id="c1"), at=clock.at)
        handler.settle([(work, attrs.evolve(handler.look(work), final=False))])
        clock.forward(hours=1)
        (again,) = store.outbox.claim(5)

    assert (Stage.REPORT, True, 2) == (again.stage, again.bare, again.look)
