"""What follows from decisions after publishing: what stands, and what the feature is told."""

from __future__ import annotations

import pytest
from contrib.store.work.conftest import Grumpf, given
from sqlalchemy import select

from handrail import Action, Effect, Enforcement, Item, Policy, Report, Safety, hookimpl
from handrail_store import Handler, Work
from handrail_store._schema import decisions, enforcements, outbox, outcomes, standing


def told(store, *states):
    """The enforcements of all items, in order; of those states, if any is named."""
    wanted = select(enforcements).order_by(enforcements.c.item, enforcements.c.number)
    if states:
        wanted = wanted.where(enforcements.c.state.in_(states))
    with store.read() as connection:
        rows = connection.execute(wanted).mappings().all()
    return [Enforcement.from_json(row["body"]) for row in rows]


def post(store, handler, text, revision=1):
    """Have an item that was published looked at."""
    item = Item("c1", text, revision=revision)
    return handler.handle(Work.of("video_comments", item, at=store.now()))


def test_what_is_fine_is_told_to_nobody(store, handler):
    """An ALLOW changes nothing."""
    post(store, handler, "fine")

    assert [] == told(store)


def test_takedown_is_told(store, handler):
    """A BLOCK after publishing becomes an enforcement, linked to its decision."""
    outcome = post(store, handler, "GRUMPF")
    (made,) = told(store, "waiting")

    assert (Action.BLOCK, "apply", outcome.decision, "decided", 1) == (
        made.action, made.kind, made.decision, made.reason, made.revision,
    )  # fmt: skip


def test_the_same_again_is_told_once(store, handler):
    """A report that leads to what stands already changes nothing."""
    post(store, handler, "GRUMPF")
    report = Report(id="r1", item=Item("c1", "GRUMPF"))
    handler.handle(Work.of("video_comments", report, at=store.now()))

    assert 1 == len(told(store))


def test_stricter_is_told(store, handler):
    """What is found later on top of what stands is told with all of it."""
    post(store, handler, "MUMBLE")
    report = Report(id="r1", item=Item("c1", "GRUMPF"))
    handler.handle(Work.of("video_comments", report, at=store.now()))
    first, second = told(store)

    assert (Action.LIMIT, Action.BLOCK) == (first.action, second.action)
    assert ((Effect("reach", 0.2),),) * 2 == (first.effects, second.effects)


def test_milder_report_leaves_what_stands(store, handler):
    """A report that finds nothing lifts nothing."""
    post(store, handler, "GRUMPF")
    report = Report(id="r1", item=Item("c1", "fine"))
    handler.handle(Work.of("video_comments", report, at=store.now()))

    assert 1 == len(told(store))


def test_edit_is_another_item(store, handler):
    """An edit takes back what was not delivered, and says how the new revision stands."""
    post(store, handler, "GRUMPF")
    post(store, handler, "fine", revision=2)
    with store.read() as connection:
        states = connection.execute(
            select(enforcements.c.state).order_by(enforcements.c.number)
        ).scalars()

        assert ["void"] == list(states)


def test_edit_ends_what_was_delivered(store, handler):
    """Once the feature knew of a takedown, it is told that the edit is fine."""
    post(store, handler, "GRUMPF")
    delivered(store)
    post(store, handler, "fine", revision=2)
    last = told(store)[-1]

    assert (Action.ALLOW, (), 2) == (last.action, last.effects, last.revision)


def delivered(store):
    """Have everything be delivered."""
    from sqlalchemy import update

    with store.write() as connection:
        connection.execute(update(enforcements).values(state="carried_out"))


def test_older_revision_that_comes_late_is_not_told(store, handler):
    """Work on a revision that was edited since is recorded, and told to nobody."""
    post(store, handler, "fine", revision=2)
    post(store, handler, "GRUMPF", revision=1)
    with store.read() as connection:
        recorded = connection.execute(select(decisions.c.action)).scalars().all()

    assert ([], ["allow", "block"]) == (told(store), sorted(recorded))


def test_withdrawn_item_cancels_its_work(store, comments, handler):
    """What waits for an item that is gone is cancelled, and what was to be told is void."""
    post(store, handler, "GRUMPF")
    comments.post_publish(Item("c1", "GRUMPF", revision=2))
    comments.withdrawn(Item("c1", revision=2))
    store_flush(comments)
    with store.read() as connection:
        kinds = connection.execute(select(outcomes.c.kind)).scalars().all()
        waits = connection.execute(select(outbox)).all()

    assert (["cancelled", "decided"], [], []) == (sorted(kinds), waits, told(store, "waiting"))


def store_flush(feature):
    """Have the record written out."""
    feature._core.flush()


def test_work_that_a_broker_has_is_cancelled_too(store, comments, handler):
    """Work on a revision that was withdrawn meanwhile has its outcome, and no decision."""
    comments.withdrawn(Item("c1"))
    store_flush(comments)

    assert ("cancelled", None) == (post(store, handler, "GRUMPF").kind, None)
    assert [] == told(store)


def test_later_revision_than_the_withdrawn_is_worked(store, comments, handler):
    """Who posts anew after taking back is looked at again."""
    comments.withdrawn(Item("c1"))
    store_flush(comments)

    assert "decided" == post(store, handler, "GRUMPF", revision=2).kind
    assert 1 == len(told(store))


def test_report_of_a_withdrawn_item_is_worked(store, comments, handler):
    """That an item is gone does not undo what it was; nobody is told to hide it again."""
    comments.withdrawn(Item("c1"))
    store_flush(comments)
    report = Report(id="r1", item=Item("c1", "GRUMPF"))
    outcome = handler.handle(Work.of("video_comments", report, at=store.now()))

    assert ("decided", []) == (outcome.kind, told(store))


class Moody(Grumpf):
    """Fails at the first look at each item, and finds at the second."""

    def __init__(self):
        self.seen = set()

    @hookimpl
    def post_publish(self, item):
        """Fail once."""
        if item.id not in self.seen:
            self.seen.add(item.id)
            raise OSError
        return self._find(item)


@pytest.fixture(name="moody")
def _moody(store):
    with Safety(**given(store=store, modules=[Moody()])) as safety:
        yield Handler(safety, store)


def test_partial_now(store, moody):
    """Where something failed to look, the decision is not final, and a later look is due."""
    outcome = post(store, moody, "GRUMPF")
    with store.read() as connection:
        final = connection.execute(select(decisions.c.final)).scalar_one()
        due = connection.execute(select(outbox.c.due_at)).scalar_one()

    assert ("decided", False, True) == (outcome.kind, final, due > store.now())


def test_final_later(store, moody, clock):
    """The later look revises the first, and its enforcement is told."""
    first = post(store, moody, "GRUMPF")
    clock.forward(minutes=6)
    (work,) = store.outbox.claim(5)
    second = moody.handle(work)
    with store.read() as connection:
        row = connection.execute(
            select(decisions).where(decisions.c.id == second.decision)
        ).mappings().one()  # fmt: skip

    assert (first.decision, True) == (row["revises"], row["final"])
    assert [second.decision] == [made.decision for made in told(store)]


def test_there_is_no_third_look(store, clock):
    """A module that fails for ever costs one more look, not ever more."""

    class Broken(Grumpf):
        @hookimpl
        def post_publish(self, item):
            """Fail."""
            raise OSError

    with Safety(**given(store=store, modules=[Broken()])) as safety:
        handler = Handler(safety, store)
        post(store, handler, "fine")
        clock.forward(minutes=6)
        handler.handle_all(works := store.outbox.claim(5), lambda c: store.outbox.settled(c, works))

    assert [] == store.outbox.claim(5)


def test_what_was_told_before_publishing_stands(store, comments):
    """A LIMIT that the caller was given is what stands: nobody is told the same again."""
    limiting = Policy(issues={"harassment.bullying": {"limit": 0.4}}, limits={"reach": 0.2})

    class Always(Grumpf):
        @hookimpl
        def pre_publish(self, item):
            """Find it before."""
            return self._find(item)

    modules = [Always()]
    with Safety(**given(store=store, modules=modules, policy=limiting)) as safety:
        safety.feature("video_comments").pre_publish(Item("c1", "MUMBLE"))
        safety.flush()
        post(store, Handler(safety, store), "MUMBLE")
    with store.read() as connection:
        stages = connection.execute(select(standing.c.stage).order_by(standing.c.made_at))

        assert ({"pre_publish", "post_publish"}, []) == (set(stages.scalars()), told(store))


def test_enforcement_belongs_to_the_trace_of_the_call(store, handler):
    """What is told carries the trace context of the call that handed in."""
    carrier = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
    item = Item("c1", "GRUMPF")
    handler.handle(Work.of("video_comments", item, at=store.now(), carrier=carrier))

    assert [carrier] == [dict(made.carrier) for made in told(store)]
