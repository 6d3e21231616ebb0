"""Taking back: a reversed decision undoes what it asked for, and a batch all of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from contrib.store.work.conftest import given
from sqlalchemy import select

from handrail import Action, Effect, Item, Policy, Report, Safety, UnknownNameError
from handrail_store import Handler, Sweep, Work, Worker
from handrail_store._schema import audit, batches, decisions, enforcements


class Box(list):
    """A channel that keeps what it is given."""

    def deliver(self, enforcement):
        """Keep one."""
        self.append(enforcement)
        return True


@pytest.fixture(name="box")
def _box():
    return Box()


@pytest.fixture(name="deliver")
def _deliver(safety, store, box):
    return lambda: Worker(safety, store, channels={"*": box}).run(once=True)


def post(store, handler, text, item="c1"):
    """Have an item that was published looked at; return the decision's id."""
    return handler.handle(Work.of("video_comments", Item(item, text), at=store.now())).decision


def test_delivered_takedown_is_revoked(store, handler, deliver, box):
    """What the feature carried out is undone by a revoke that names it."""
    decision = post(store, handler, "GRUMPF")
    deliver()
    store.reverse(decision, by="reviewer")
    deliver()
    first, second = box

    assert ("revoke", first.id, Action.ALLOW, "reversed") == (
        second.kind, second.revokes, second.action, second.reason,
    )  # fmt: skip


def test_waiting_takedown_never_comes(store, handler, deliver, box):
    """What was not delivered yet is void, and the feature hears of nothing."""
    store.reverse(post(store, handler, "GRUMPF"), by="reviewer")
    deliver()

    assert [] == box


def test_reversed_twice_is_once(store, handler, deliver, box):
    """A second reversal does nothing."""
    decision = post(store, handler, "GRUMPF")
    deliver()
    made = [store.reverse(decision, by="reviewer") for _ in range(2)]

    assert (True, None) == (made[0] is not None, made[1])


def test_what_others_ask_for_stays(store, handler, deliver, box):
    """A reversal takes back one decision; what a report led to stands."""
    post(store, handler, "MUMBLE")
    report = Report(id="r1", item=Item("c1", "GRUMPF"))
    second = handler.handle(Work.of("video_comments", report, at=store.now()))
    deliver()
    store.reverse(second.decision, by="reviewer")
    deliver()

    assert (Action.LIMIT, (Effect("reach", 0.2),)) == (box[-1].action, box[-1].effects)


def test_who_reversed_is_in_the_audit_log(store, handler):
    """Who took a decision back can be told later."""
    decision = post(store, handler, "GRUMPF")
    store.reverse(decision, by="reviewer")
    wanted = select(audit).where(audit.c.what == "reversed")
    with store.read() as connection:
        row = connection.execute(wanted).mappings().one()

    assert (decision, "reviewer") == (row["subject"], row["by"])


def test_unknown_decision_is_nothing(store):
    """What asked for nothing has nothing to be undone."""
    assert None is store.reverse("0" * 24, by="reviewer")


def sweep(store, items, **more):
    """A sweep, under stricter policies, of what the host says is published."""
    policy = Policy(name="new", issues={"harassment.bullying": {"block": 0.4}})
    with Safety(**given(store=store, policy=policy)) as safety:
        made = Sweep(safety, store, by="lead", rate=10_000, **more)
        published = [("video_comments", item) for item in items]
        return made.run(published, since=store.now() - timedelta(days=1))


def test_sweep_applies_the_policies_in_force_now(store, handler, deliver, box):
    """A rule that is new is applied to what is published, under a batch."""
    post(store, handler, "MUMBLE")
    deliver()
    swept = sweep(store, [Item("c1", "MUMBLE"), Item("c2", "fine")])
    deliver()

    assert (2, 1, 1) == (swept.looked, swept.acted, swept.told)
    assert (Action.BLOCK, "swept", swept.batch) == (box[-1].action, box[-1].reason, box[-1].batch)


def test_sweep_is_recorded(store, handler):
    """Its decisions and its end are in the record."""
    swept = sweep(store, [Item("c1", "MUMBLE")])
    with store.read() as connection:
        batch = connection.execute(select(batches)).mappings().one()
        recorded = connection.execute(select(decisions.c.batch)).scalars().all()

    assert ("done", "lead", [swept.batch]) == (batch["state"], batch["by"], recorded)


def rows_of(store):
    """What the audit log says was done, in order."""
    with store.read() as connection:
        return [*connection.execute(select(audit.c.what).order_by(audit.c.number)).scalars()]


def test_sweep_is_reverted(store, handler, deliver, box):
    """A batch is taken back as one: what stood before stands again."""
    post(store, handler, "MUMBLE")
    deliver()
    swept = sweep(store, [Item(f"c{number}", "MUMBLE") for number in range(1, 4)])
    deliver()
    box.clear()
    undone = store.revert(swept.batch, by="lead")
    deliver()

    assert 3 == undone
    assert {"c1": Action.LIMIT, "c2": Action.ALLOW, "c3": Action.ALLOW} == {
        e.item: e.action for e in box
    }
    assert {"reverted"} == {e.reason for e in box}


def test_batch_is_reverted_once(store, handler, clock):
    """Asked a second time, nothing happens: no decision, no row in the audit log, no other time."""
    swept = sweep(store, [Item("c1", "MUMBLE")])
    store.revert(swept.batch, by="lead")
    before = store.batches(), rows_of(store)
    clock.forward(hours=1)
    undone = store.revert(swept.batch, by="another")

    assert (0, before) == (undone, (store.batches(), rows_of(store)))


def test_empty_batch_is_reverted_once(store, clock):
    """A sweep that asked for nothing is noted as reverted, and no second time."""
    swept = sweep(store, [Item("c1", "lovely")])
    for _ in range(2):
        store.revert(swept.batch, by="lead")
        clock.forward(hours=1)

    assert ("reverted", 1) == (store.batches()[0].state, rows_of(store).count("batch_reverted"))


def test_batch_that_is_not_there(store):
    """A batch that nobody made cannot be taken back."""
    with pytest.raises(UnknownNameError):
        store.revert("0" * 32, by="lead")


def test_sweep_is_capped_in_rate(store):
    """So many items a second, and no more."""
    from time import monotonic

    items = [("video_comments", Item(f"c{number}")) for number in range(100)]
    with Safety(**given(store=store)) as safety:
        start = monotonic()
        Sweep(safety, store, by="lead", rate=200).run(items, since=store.now())

    assert monotonic() - start >= 0.5


def test_sweep_stops_early(store):
    """A sweep that is stopped ends after its page, and says so."""
    items = [("video_comments", Item(f"c{number}")) for number in range(200)]
    with Safety(**given(store=store)) as safety:
        made = Sweep(safety, store, by="lead", rate=10_000)
        swept = made.run(items, since=store.now(), progress=lambda _: made.stop.set())
    with store.read() as connection:
        assert (50, "stopped") == (
            swept.looked, connection.execute(select(batches.c.state)).scalar_one(),
        )  # fmt: skip


def test_what_is_kept_can_be_swept(url, clock):
    """Where a feature's content is kept, nobody has to bring it."""
    from contrib.store.conftest import KEY

    from handrail_store import Keep, Store, kept

    keep = Keep(opted={"video_comments": "30d"})
    store = Store(url, key=KEY, clock=clock, upgrade=True, keep=keep)
    with Safety(**given(store=store)) as safety:
        handler = Handler(safety, store)
        for number in range(3):
            post(store, handler, "fine", f"c{number}")
        found = list(kept(store, clock.at - timedelta(days=1)))

    assert ["c0", "c1", "c2"] == [item.id for _, item in found]


def test_enforcements_of_a_batch_are_listed(store):
    """What a sweep led to can be asked for."""
    swept = sweep(store, [Item("c1", "MUMBLE")])
    with store.read() as connection:
        wanted = select(enforcements.c.item).where(enforcements.c.batch == swept.batch)
        assert ["c1"] == connection.execute(wanted).scalars().all()
