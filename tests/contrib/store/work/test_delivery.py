"""Enforcements reach the feature: in order, at least once, with their state to be seen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from contrib.store.work.conftest import given
from sqlalchemy import select

from handrail import Action, Effect, Item, Report, Safety
from handrail_store import Acknowledgement, Handler, Pace, Work, Worker
from handrail_store._backoff import Backoff
from handrail_store._gauges import GAUGES
from handrail_store._schema import audit, enforcements


class Box:
    """A channel that keeps what it is given, and fails when told to."""

    def __init__(self):
        self.got, self.fails, self.done = [], 0, True

    def deliver(self, enforcement):
        """Keep one."""
        if self.fails:
            self.fails -= 1
            raise OSError("canary")
        self.got.append(enforcement)
        return self.done


@pytest.fixture(name="box")
def _box():
    return Box()


@pytest.fixture(name="worker")
def _worker(safety, store, box):
    return Worker(safety, store, channels={"*": box})


def post(store, handler, text, item="c1", **more):
    """Have an item that was published looked at."""
    subject = Item(item, text, **more)
    return handler.handle(Work.of("video_comments", subject, at=store.now()))


def states(store):
    """The states of all enforcements."""
    wanted = select(enforcements.c.state).order_by(enforcements.c.item, enforcements.c.number)
    with store.read() as connection:
        return list(connection.execute(wanted).scalars())


def test_is_delivered_and_carried_out(store, handler, worker, box):
    """What a channel carries out is over."""
    post(store, handler, "GRUMPF")
    worker.run(once=True)

    assert ([Action.BLOCK], ["carried_out"]) == ([e.action for e in box.got], states(store))


def test_waits_for_the_acknowledgement(store, handler, worker, box, comments):
    """What is only delivered is carried out once the host says so."""
    box.done = False
    post(store, handler, "GRUMPF")
    worker.run(once=True)
    before = states(store)
    comments.carried_out(box.got[0])
    comments._core.flush()

    assert (["delivered"], ["carried_out"]) == (before, states(store))


def test_function_of_the_host_carries_out(store, handler, safety, comments):
    """Where the host registered a function here, it is called."""
    got = []
    comments.on_enforcement(got.append)
    post(store, handler, "GRUMPF")
    Worker(safety, store).run(once=True)

    assert ([Action.BLOCK], ["carried_out"]) == ([e.action for e in got], states(store))


def test_function_that_raises_is_asked_again(store, handler, safety, comments, clock):
    """What the host could not carry out waits for another try."""
    answers = [False, True]
    comments.on_enforcement(lambda enforcement: answers.pop(0))
    post(store, handler, "GRUMPF")
    Worker(safety, store).run(once=True)
    before = states(store)
    clock.forward(seconds=2)
    Worker(safety, store).run(once=True)

    assert (["waiting"], ["carried_out"]) == (before, states(store))


def test_without_a_channel_it_waits(store, handler, safety):
    """What nobody takes is not tried, and not lost."""
    post(store, handler, "GRUMPF")
    Worker(safety, store).run(once=True)
    with store.read() as connection:
        row = connection.execute(select(enforcements)).mappings().one()

    assert ("waiting", 0) == (row["state"], row["tries"])


def test_order_of_an_item_is_kept(store, handler, worker, box, clock):
    """While an earlier enforcement waits for its next try, a later one of the item waits too."""
    post(store, handler, "MUMBLE")
    report = Report(id="r1", item=Item("c1", "GRUMPF"))
    handler.handle(Work.of("video_comments", report, at=store.now()))
    post(store, handler, "GRUMPF", "c2")
    box.fails = 1
    worker.run(once=True)
    first = [(e.item, e.action) for e in box.got]
    clock.forward(seconds=2)
    worker.run(once=True)

    assert [("c2", Action.BLOCK)] == first
    assert [("c1", Action.LIMIT), ("c1", Action.BLOCK)] == [(e.item, e.action) for e in box.got[1:]]


def test_fails_after_its_tries(store, handler, safety, box, clock):
    """What cannot be delivered has failed, with class and place of the error, without its text."""
    post(store, handler, "GRUMPF")
    box.fails = 1_000
    worker = Worker(safety, store, channels={"*": box})
    for _ in range(25):
        worker.run(once=True)
        clock.forward(minutes=10)
    with store.read() as connection:
        row = connection.execute(select(enforcements)).mappings().one()

    assert ("failed", 20) == (row["state"], row["tries"])
    assert row["error"].startswith("OSError at test_delivery.py:")
    assert "canary" not in row["error"]


def test_worker_that_dies_delivers_again(store, handler, worker, box, clock, monkeypatch):
    """Killed between delivery and the note of it, it comes again under the same id."""
    post(store, handler, "GRUMPF")
    delivery = worker._chores._delivery
    monkeypatch.setattr("handrail_store._delivery._still", die)
    with pytest.raises(ZeroDivisionError):
        worker.run(once=True)
    monkeypatch.undo()
    clock.forward(seconds=61)
    worker.run(once=True)

    assert delivery is worker._chores._delivery
    assert (2, 1) == (len(box.got), len({e.id for e in box.got}))


def die(row):
    """Be killed."""
    raise ZeroDivisionError


def test_acknowledged_before_it_was_noted(store, handler, safety, comments):
    """A host that says so from within the delivery is heard."""

    class Quick(Box):
        def deliver(self, enforcement):
            """Say that it was carried out, before answering."""
            store.carried_out(enforcement.id)
            return False

    post(store, handler, "GRUMPF")
    Worker(safety, store, channels={"*": Quick()}).run(once=True)

    assert ["carried_out"] == states(store)


def test_acknowledged_twice_is_once(store, handler, worker):
    """A second acknowledgement does nothing."""
    post(store, handler, "GRUMPF")
    worker.run(once=True)
    with store.read() as connection:
        made = connection.execute(select(enforcements.c.id)).scalar_one()

    assert (False, False) == (store.carried_out(made), store.carried_out("unknown"))


def test_what_happened_is_in_the_audit_log(store, handler, worker):
    """That it was made, and that it was carried out, can be told later."""
    post(store, handler, "GRUMPF")
    worker.run(once=True)
    with store.read() as connection:
        said = connection.execute(select(audit.c.what).order_by(audit.c.number)).scalars().all()

    assert ["enforcement_made", "enforcement_carried_out"] == said


def wait(worker, clock, **span):
    """Let time go by, then have the worker do what is due."""
    clock.forward(**span)
    worker.run(once=True)


def row_of(store):
    """The row of the only enforcement."""
    with store.read() as connection:
        return connection.execute(select(enforcements)).mappings().one()


def test_unacknowledged_is_delivered_again(store, handler, worker, box, clock):
    """What nobody says was carried out comes again under the same id, and no sooner than stated."""
    box.done = False
    post(store, handler, "GRUMPF")
    worker.run(once=True)
    wait(worker, clock, minutes=9)
    early = len(box.got)
    wait(worker, clock, minutes=2)

    assert (1, 2, 1) == (early, len(box.got), len({each.id for each in box.got}))


def test_acknowledged_is_not_delivered_again(store, handler, worker, box, clock):
    """What was carried out is over."""
    box.done = False
    post(store, handler, "GRUMPF")
    worker.run(once=True)
    store.carried_out(box.got[0].id)
    wait(worker, clock, days=2)

    assert (1, ["carried_out"]) == (len(box.got), states(store))


def test_unacknowledged_waits_longer_each_time(store, handler, worker, box, clock):
    """The second repetition comes twice as long after the first."""
    box.done = False
    post(store, handler, "GRUMPF")
    worker.run(once=True)
    wait(worker, clock, minutes=10)
    wait(worker, clock, minutes=19)
    early = len(box.got)
    wait(worker, clock, minutes=1)

    assert (2, 3) == (early, len(box.got))


def test_unacknowledged_becomes_a_dead_letter(store, handler, worker, box, clock):
    """After its times it has failed, says why, and lies among the dead letters."""
    box.done = False
    store.acknowledgement = Acknowledgement(within=timedelta(minutes=1), times=3)
    post(store, handler, "GRUMPF")
    worker.run(once=True)
    for _ in range(5):
        wait(worker, clock, minutes=10)
    (letter,) = store.letters.all()

    assert (3, ["failed"]) == (len(box.got), states(store))
    assert ("enforcement", "not acknowledged", box.got[0].id) == (
        letter.stage, letter.reason, letter.key,
    )  # fmt: skip


def test_dead_enforcement_is_retried(store, handler, worker, box, clock):
    """`retry` has it delivered as if it were new, and its times begin again."""
    box.done = False
    store.acknowledgement = Acknowledgement(within=timedelta(minutes=1), times=1)
    post(store, handler, "GRUMPF")
    worker.run(once=True)
    wait(worker, clock, minutes=2)
    done = store.letters.retry([store.letters.all()[0].key], by="operator")
    worker.run(once=True)

    assert (1, 2, ["delivered"], ()) == (
        done, len(box.got), states(store), store.letters.all(),
    )  # fmt: skip


def test_late_acknowledgement_counts(store, handler, worker, box, clock):
    """One that had failed is carried out once the host says so after all."""
    box.done = False
    store.acknowledgement = Acknowledgement(within=timedelta(minutes=1), times=1)
    post(store, handler, "GRUMPF")
    worker.run(once=True)
    wait(worker, clock, minutes=2)
    failed = states(store)
    store.carried_out(box.got[0].id)

    assert (["failed"], ["carried_out"], ()) == (failed, states(store), store.letters.all())


def test_later_one_overtakes(store, handler, worker, box, clock):
    """What a later enforcement of the item makes moot does not come after it."""
    box.done = False
    post(store, handler, "MUMBLE")
    worker.run(once=True)
    clock.forward(minutes=30)
    report = Report(id="r1", item=Item("c1", "GRUMPF"))
    handler.handle(Work.of("video_comments", report, at=store.now()))
    worker.run(once=True)
    store.carried_out(box.got[1].id)
    wait(worker, clock, days=1)

    assert [Action.LIMIT, Action.BLOCK] == [each.action for each in box.got]
    assert ["overtaken", "carried_out"] == states(store)


def test_overtaken_dead_letter_is_over(store, handler, worker, box, clock):
    """One that failed is no dead letter once a later one came, and is not retried."""
    store.acknowledgement = Acknowledgement(within=timedelta(minutes=1), times=1)
    box.done = False
    post(store, handler, "MUMBLE")
    worker.run(once=True)
    wait(worker, clock, minutes=2)
    (dead,) = store.letters.all()
    report(store, handler)
    worker.run(once=True)
    done = store.letters.retry([dead.key], by="operator")

    assert (0, ["overtaken", "delivered"]) == (done, states(store))
    assert ((), 0) == (store.letters.all(), GAUGES["handrail.dead"][2](store))


def test_overtaken_dead_letter_may_be_acknowledged(store, handler, worker, box, clock):
    """That it was carried out counts all the same, and undoes nothing later."""
    store.acknowledgement = Acknowledgement(within=timedelta(minutes=1), times=1)
    box.done = False
    post(store, handler, "MUMBLE")
    worker.run(once=True)
    wait(worker, clock, minutes=2)
    report(store, handler)
    worker.run(once=True)
    store.carried_out(box.got[0].id)

    assert ["carried_out", "delivered"] == states(store)


def report(store, handler):
    """Have a report about c1 be looked at, which asks for more than what stands."""
    subject = Report(id="r1", item=Item("c1", "GRUMPF"))
    handler.handle(Work.of("video_comments", subject, at=store.now()))


def waiting(store):
    """The id of the enforcement that waits."""
    wanted = select(enforcements.c.id).where(enforcements.c.state == "waiting")
    with store.read() as connection:
        return connection.execute(wanted.order_by(enforcements.c.number.desc())).scalars().first()


def test_acknowledged_while_it_waits_overtakes(store, handler, worker, box, clock):
    """What the host has carried out before it was delivered makes moot what was delivered."""
    box.done = False
    post(store, handler, "MUMBLE")
    worker.run(once=True)
    report(store, handler)
    store.carried_out(waiting(store))
    clock.forward(days=3)

    assert ["overtaken", "carried_out"] == states(store)
    assert 0 == GAUGES["handrail.enforcements.delivered"][2](store)
    assert not worker._chores._delivery._due(store.now())


def test_acknowledged_before_an_earlier_came(store, handler, worker, box):
    """What still waits does not come after a later one that the host has carried out."""
    post(store, handler, "MUMBLE")
    report(store, handler)
    store.carried_out(waiting(store))
    worker.run(once=True)

    assert ([], ["overtaken", "carried_out"]) == (box.got, states(store))


def test_overtakes_only_its_item(store, handler, worker, box):
    """What is said of one item leaves the others, and what comes later, as they are."""
    box.done = False
    post(store, handler, "MUMBLE", "c2")
    post(store, handler, "MUMBLE")
    worker.run(once=True)
    report(store, handler)
    store.carried_out(next(each.id for each in box.got if each.item == "c1"))

    assert ["carried_out", "waiting", "delivered"] == states(store)


def test_edit_ends_the_repetitions(store, handler, worker, box, clock):
    """What was not acknowledged about an older revision is not said again of a newer one."""
    box.done = False
    post(store, handler, "GRUMPF")
    worker.run(once=True)
    post(store, handler, "fine", revision=2)
    wait(worker, clock, days=1)

    assert ([1, 2], "overtaken") == ([each.revision for each in box.got], states(store)[0])


def test_repetition_that_fails_counts(store, handler, worker, box, clock):
    """A channel that is gone when it is said again uses up one of the times."""
    box.done = False
    store.acknowledgement = Acknowledgement(within=timedelta(minutes=1), times=2)
    post(store, handler, "GRUMPF")
    worker.run(once=True)
    box.fails = 1
    wait(worker, clock, minutes=1)
    between = dict(row_of(store))
    wait(worker, clock, minutes=5)

    assert ("delivered", 2) == (between["state"], between["tries"])
    assert (1, ["failed"]) == (len(box.got), states(store))


def test_nothing_of_an_item_comes_while_an_earlier_is_repeated(
    store, handler, worker, box, clock, safety
):  # fmt: skip
    """A later one waits for a repetition that another worker is at."""
    box.done = False
    post(store, handler, "MUMBLE")
    worker.run(once=True)
    clock.forward(minutes=10)
    report = Report(id="r1", item=Item("c1", "GRUMPF"))
    other = Worker(safety, store, channels={"*": box})
    came = []

    def meanwhile(enforcement):
        came.append(enforcement)
        handler.handle(Work.of("video_comments", report, at=store.now()))
        came.append(other._chores._delivery.step())
        return False

    box.deliver = meanwhile
    worker._chores._delivery.step()
    del box.deliver
    worker.run(once=True)

    assert (Action.LIMIT, 0) == (came[0].action, came[1])
    assert Action.BLOCK is box.got[-1].action


def hold(store, otherwise="limit", **more):
    """A Safety whose policy holds GRUMPF for an hour."""
    from handrail import Policy

    policy = Policy(
        applies={"stages": ["pre_publish", "post_publish"]},
        issues={"harassment.bullying": {"hold": 0.9}},
        holds={"within": "1h", "otherwise": otherwise},
        limits={"reach": 0.2},
    )
    return Safety(**given(store=store, policy=policy, **more))


def test_hold_ends_by_itself(store, box):
    """A hold that nobody answered becomes what it says, on time, once."""
    clock = store._clock
    with hold(store) as safety:
        worker = Worker(safety, store, channels={"*": box})
        outcome = post(store, Handler(safety, store), "GRUMPF")
        worker.run(once=True)
        clock.forward(minutes=59)
        worker.run(once=True)
        early = len(box.got)
        # The decision's own time is the machine's.
        clock.at = box.got[0].hold.until + timedelta(seconds=1)
        worker.run(once=True)
        worker.run(once=True)
    first, second = box.got

    assert (1, Action.HOLD, Action.LIMIT) == (early, first.action, second.action)
    assert ("ended", outcome.decision) == (second.reason, second.decision)
    assert (Effect("reach", 0.2),) == second.effects


def test_hold_before_publishing_ends_by_itself(store, box):
    """What a caller was told to hold is told to the feature when its time is over."""
    from contrib.store.work.conftest import Grumpf

    from handrail import hookimpl

    class Before(Grumpf):
        @hookimpl
        def pre_publish(self, item):
            """Find it before."""
            return self._find(item)

    with hold(store, "block", modules=[Before()]) as safety:
        decision = safety.feature("video_comments").pre_publish(Item("c1", "GRUMPF"))
        safety.flush()
        store._clock.at = decision.hold.until + timedelta(seconds=1)
        Worker(safety, store, channels={"*": box}).run(once=True)

    assert [(Action.BLOCK, "ended", decision.id)] == [
        (e.action, e.reason, e.decision) for e in box.got
    ]


def test_effects_end_on_time(store, box):
    """A limit in time is over when it says so."""
    from handrail import Policy

    policy = Policy(
        issues={},
        rules=[{
            "id": "cool-down", "issue": "harassment.bullying", "at": 0.5,
            "then": {"action": "limit", "reach": 0.5, "for": "2h"},
        }],
    )  # fmt: skip
    with Safety(**given(store=store, policy=policy)) as safety:
        worker = Worker(safety, store, channels={"*": box})
        post(store, Handler(safety, store), "GRUMPF")
        worker.run(once=True)
        store._clock.at = box.got[0].effects[0].until + timedelta(seconds=1)
        worker.run(once=True)

    assert [0.5] == [effect.value for effect in box.got[0].effects]
    assert () == box.got[1].effects


def test_pace_of_delivery_is_its_own(store, handler, safety, box):
    """Deliveries do not wait for work that is put off."""
    store.outbox.accept("reviews", Item("r1"))
    post(store, handler, "GRUMPF")
    pace = Pace(backoff=Backoff(first=timedelta(hours=1)))
    Worker(safety, store, pace, channels={"*": box}).run(once=True)

    assert 1 == len(box.got)


def test_one_trace_to_the_takedown(store, comments, safety):
    """From the call that handed in to what carries out, it is one trace."""
    from opentelemetry import trace
    from opentelemetry.sdk.trace import TracerProvider

    seen = []
    comments.on_enforcement(
        lambda e: seen.append(trace.get_current_span().get_span_context().trace_id)
    )
    with TracerProvider().get_tracer("host").start_as_current_span("publish") as span:
        comments.post_publish(Item("c1", "GRUMPF"))
    Worker(safety, store).run(once=True)

    assert [span.get_span_context().trace_id] == seen


def test_slow_feature_keeps_no_work_waiting(store, handler, worker, box, monkeypatch):
    """Where an answer takes long, others wait for the next round, and not for all of them."""
    monkeypatch.setattr("handrail_store._delivery.LONGEST_S", -1)
    for number in range(3):
        post(store, handler, "GRUMPF", f"c{number}")
    worker.step()
    first = len(box.got)
    worker.run(once=True)

    assert (1, ["c0", "c1", "c2"]) == (first, [each.item for each in box.got])
