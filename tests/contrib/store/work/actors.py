"""The processes that the tests of faults kill: a host that publishes, and workers.

``python -m contrib.store.work.actors host URL COUNT READY`` and ``… worker URL FILE READY``, run in
``tests``; they make the file READY once they begin.
``HANDRAIL_SABOTAGE`` breaks a promise, so that a test can see that it would notice:

- ``early``: a worker acknowledges what it claims before it has worked it;
- ``apart``: a host publishes, and hands in what it published in a transaction of its own;
- ``forget``: the same item, revision and stage is other work at every hand-in.

With ``HANDRAIL_BROKER`` workers stand on the broker of that URL.
"""

from __future__ import annotations

import os
import random
import sqlite3
import sys
import threading
import time
import zlib
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import attrs
from contrib.store.conftest import KEY
from contrib.store.work.conftest import given
from sqlalchemy import Column, Integer, MetaData, Table, func, insert, select
from sqlalchemy.exc import DBAPIError

from handrail import Item, Safety
from handrail_store import Handler, Outbox, Pace, SchemaError, Store, Work, Worker
from handrail_store._backoff import Backoff

PUBLISHED = Table("published", MetaData(), Column("number", Integer, primary_key=True))
"""The host's own content, in the same database."""

PACE = Pace(
    lease=timedelta(seconds=2), idle_s=0.05,
    backoff=Backoff(first=timedelta(milliseconds=50), most=timedelta(milliseconds=500)),
)  # fmt: skip

TOGETHER = 25
"""How many items the host publishes in one transaction."""


def item(number):
    """The item with that number: one in ten is bad, and one in ten a little."""
    return Item(f"c{number}", {0: "GRUMPF", 5: "MUMBLE"}.get(number % 10, "fine"))


def opened(url):
    """The store, once the database is there."""
    while True:
        try:
            return Store(url, key=KEY, upgrade=False)
        except (DBAPIError, SchemaError):
            time.sleep(0.1)


def host(url, count, ready):
    """Publish items, content and hand-in in one transaction; go on where a killed one was."""
    store = opened(url)
    if os.environ.get("HANDRAIL_SABOTAGE") == "forget":
        forget()
    with Safety(**given(store=store)) as safety:
        comments = safety.feature("video_comments")
        Path(ready).touch()
        while True:
            try:
                if not publish(store, comments, int(count)):
                    return
            except (DBAPIError, NotAcceptedError):
                time.sleep(0.1)


class NotAcceptedError(Exception):
    """The hand-in failed, so there is nothing published either."""


def publish(store, comments, count):
    """Publish the next few; hand some in again, as hosts do; False once all are there."""
    apart = os.environ.get("HANDRAIL_SABOTAGE") == "apart"
    with store.write() as connection, store.within(connection):
        there = connection.execute(select(func.count()).select_from(PUBLISHED)).scalar_one()
        numbers = range(there, min(there + TOGETHER, count))
        again = [random.randrange(there) for _ in range(2)] if there else []
        for number in numbers:
            connection.execute(insert(PUBLISHED).values(number=number))
        if not apart:
            hand_in(comments, [*numbers, *again])
    if apart:
        time.sleep(0.2)  # So that a kill at a random point finds them published alone.
        hand_in(comments, [*numbers, *again])
    return bool(numbers)


def hand_in(comments, numbers):
    """Hand in items; raises where one is not accepted."""
    for number in numbers:
        if comments.post_publish(item(number)).status != "accepted":
            raise NotAcceptedError


def forget():
    """Sabotage: no two hand-ins have the same key."""
    of = Work.of

    def fresh(*arguments, **more):
        return attrs.evolve(of(*arguments, **more), key=uuid4().hex * 2)

    Work.of = fresh


class Applying:
    """The feature: takes enforcements, and carries each out once."""

    def __init__(self, path):
        self.file = sqlite3.connect(path, timeout=30, check_same_thread=False)
        self.file.execute("PRAGMA journal_mode=WAL")
        self.file.execute("PRAGMA synchronous=OFF")  # It outlives processes, not the machine.
        self.file.execute("CREATE TABLE IF NOT EXISTS delivered (id TEXT)")
        self.file.execute("CREATE TABLE IF NOT EXISTS applied (id TEXT PRIMARY KEY, item TEXT)")

    def deliver(self, enforcement):
        """Note the delivery; carry it out unless that was done."""
        with self.file:
            self.file.execute("INSERT INTO delivered VALUES (?)", [enforcement.id])
            row = [enforcement.id, enforcement.item]
            self.file.execute("INSERT OR IGNORE INTO applied VALUES (?, ?)", row)
        return True


def worker(url, path, ready):
    """Work until told to stop."""
    store = opened(url)
    if os.environ.get("HANDRAIL_SABOTAGE") == "early":
        acknowledge_early()
    with Safety(**given(store=store)) as safety:
        broker = os.environ.get("HANDRAIL_BROKER")
        made = Worker(safety, store, PACE, channels={"*": Applying(path)}, intake=not broker)
        Path(ready).touch()
        if broker:
            on_broker(Handler(safety, store), store, broker, made)
        else:
            made.run()


def on_broker(handler, store, url, beside):
    """Relay to a broker and work what it delivers, while the worker does the rest."""
    import handrail_stream

    rest = threading.Thread(target=beside.run)
    rest.start()
    # A broker may serve several tests: each database has a stream of its own.
    name = f"t{zlib.crc32(str(store.engine.url).encode()):x}"
    stream = handrail_stream.Stream(name=name, lanes=8, silence=3, batch=50)
    handrail_stream.run(handler, Outbox(store, lease=PACE.lease), url, stream)
    beside.stop()
    rest.join()


def acknowledge_early():
    """Sabotage: what is claimed is forgotten at once."""
    claim = Outbox.claim

    def claimed(outbox, most):
        works = claim(outbox, most)
        outbox.sent(works)
        time.sleep(0.5)  # So that a kill at a random point finds them in hand.
        return works

    Outbox.claim = claimed


if __name__ == "__main__":
    {"host": host, "worker": worker}[sys.argv[1]](*sys.argv[2:])
