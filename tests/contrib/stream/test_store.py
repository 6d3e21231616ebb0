"""A stream on the real store: from ``post_publish`` to a recorded decision."""

from __future__ import annotations

import threading

import pytest
from servers.process import wait_until
from sqlalchemy import func, select

import handrail_stream
from handrail import Feature, Finding, Item, Manifest, Policy, Safety, hookimpl
from handrail_store import Handler, Store
from handrail_store._schema import decisions, outbox, outcomes


class Grumpf:
    """Finds a stand-in for an insult."""

    MANIFEST = Manifest(
        name="grumpf", version="1", issues={"harassment.bullying"}, surfaces={"*"}, languages={"*"}
    )

    @hookimpl
    def post_publish(self, item):
        """Find it."""
        if "GRUMPF" in item.text:
            yield Finding("harassment.bullying", 1.0, "a stand-in for an insult")


@pytest.fixture(
    name="store", params=["sqlite", pytest.param("postgres", marks=pytest.mark.server("postgres"))]
)
def _store(request, tmp_path):
    if request.param == "sqlite":
        store = Store(f"sqlite:///{tmp_path / 'handrail.db'}")
    else:
        store = Store(request.getfixturevalue("postgres_url"), key=bytes(32), upgrade=True)
    yield store
    store.close()


@pytest.fixture(name="safety")
def _safety(store):
    with Safety(
        features=[Feature(name="video_comments", surface="comments")],
        modules=[Grumpf()],
        policy=Policy(issues={"harassment.bullying": {"block": 0.9}}),
        store=store,
        trace_share=0,
        strict=False,
        budget_ms=60_000,
    ) as safety:
        yield safety


def number(store, table, *where) -> int:
    """Rows of a table."""
    with store.read() as connection:
        return connection.execute(select(func.count()).select_from(table).where(*where)).scalar()


def test_what_is_published_is_decided(store, safety, url, stream):
    """Every accepted comment has one outcome and one decision, and the outbox is empty."""
    comments = safety.feature("video_comments")
    for n in range(60):
        comments.post_publish(Item(f"c{n}", "GRUMPF" if n % 3 == 0 else "hello"))
    stop = threading.Event()
    worker = threading.Thread(
        target=handrail_stream.run,
        args=(Handler(safety, store), store.outbox, url, stream),
        kwargs={"stop": stop},
    )
    worker.start()
    try:
        wait_until(lambda: number(store, outcomes) == 60, "60 outcomes")
        # Where a fault may have hidden something, a second look is due minutes later.
        due = outbox.c.due_at <= store.now()
        wait_until(lambda: number(store, outbox, due) == 0, "an outbox with nothing due")
    finally:
        stop.set()
        worker.join()

    assert 60 == number(store, decisions)
    assert 20 == number(store, decisions, decisions.c.action == "block")
