"""A backup is restored: what came since is worked anew, once, and nobody is told it as the same."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, insert, select

from handrail import Item
from handrail_store import Worker
from handrail_store._audit import head_of, verify
from handrail_store._schema import METADATA, decisions, enforcements

HARSH = Item("c1", "a GRUMPF")


@pytest.fixture(name="backup")
def _backup(store):
    """A function that notes all rows, and returns what brings them back."""

    def backup():
        tables = METADATA.sorted_tables
        with store.read() as connection:
            kept = {t: [dict(r) for r in connection.execute(select(t)).mappings()] for t in tables}

        def restore():
            with store.write() as connection:
                for table in reversed(tables):
                    connection.execute(delete(table))
                for table, rows in kept.items():
                    if rows:
                        connection.execute(insert(table), rows)

        return restore

    return backup


class Told:
    """A channel that notes what it is given."""

    def __init__(self):
        self.ids = []

    def deliver(self, enforcement):
        """Take it, and leave it to be acknowledged."""
        self.ids.append(enforcement.id)
        return False


@pytest.fixture(name="told")
def _told():
    return Told()


@pytest.fixture(name="worker")
def _worker(safety, store, told):
    return Worker(safety, store, channels={"*": told})


def all_of(store, column):
    """What stands in a column."""
    with store.read() as connection:
        return connection.execute(select(column)).scalars().all()


def test_what_a_broker_still_holds_is_settled_once(store, comments, handler, backup):
    """A message that was worked since comes again: it has one decision, and tells once."""
    restore = backup()
    comments.post_publish(HARSH)
    (work,) = store.outbox.claim(1)
    before = handler.handle(work)
    restore()
    after = [handler.handle(work) for _ in range(2)]

    assert before.decision != after[0].decision == after[1].decision
    assert [after[0].decision] == all_of(store, decisions.c.id)
    assert [after[0].decision] == all_of(store, enforcements.c.decision)


def test_what_waited_comes_again_under_its_id(store, comments, handler, worker, told, backup):
    """Who was told what the backup still has waiting knows it by the same id."""
    comments.post_publish(HARSH)
    handler.handle_all(store.outbox.claim(1))
    restore = backup()
    worker.step()
    restore()
    worker.step()

    assert (2, 1) == (len(told.ids), len({*told.ids}))


def test_what_was_decided_since_is_not_known(store, comments, handler, backup):
    """By the id of a decision a feature finds what nobody would end or take back any more."""
    restore = backup()
    comments.post_publish(HARSH)
    (outcome,) = handler.handle_all(store.outbox.claim(1))
    known = store.decision(outcome.decision)
    restore()

    assert (outcome.decision, None) == (known.id, store.decision(outcome.decision))


def test_the_audit_log_goes_on_and_a_noted_head_tells(store, comments, handler, backup):
    """The chain holds after it; that rows are gone is found by the head that was noted since."""
    restore = backup()
    with store.write() as connection:
        store.audit(connection, "decided", subject="c9")
    store.chain()
    with store.read() as connection:
        _, head = head_of(connection)
    restore()
    comments.post_publish(HARSH)
    handler.handle_all(store.outbox.claim(1))
    store.chain()
    with store.read() as connection:
        said = [each.what for each in verify(connection, head)]
        alone = [*verify(connection)]

    assert ([], ["the head that was noted is not in the chain: rows are gone"]) == (alone, said)
