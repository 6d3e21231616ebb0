"""A host and a worker whose disk is full for a while; run in a process of its own.

``python -m contrib.store.work.full URL``, in ``tests``; prints what was accepted, refused,
recorded and applied. A limit on the size of files is the full disk.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import threading
from pathlib import Path

from contrib.store.conftest import KEY
from contrib.store.work.actors import PACE, acknowledge_early, item
from contrib.store.work.conftest import given
from servers.process import wait_until
from sqlalchemy import func, make_url, select
from structlog.testing import capture_logs

from handrail import Safety
from handrail_store import Store, Worker
from handrail_store._audit import verify
from handrail_store._schema import enforcements, outbox, outcomes

FIRST, AWAY, ROOM = 150, 3, 65_536
"""Events before the disk is full, failures to wait for, bytes that still fit."""


class Feature:
    """Carries out what it is told, and keeps it in memory."""

    def __init__(self):
        self.applied = []

    def deliver(self, enforcement):
        """Carry it out."""
        self.applied.append(enforcement.id)
        return True


def left(store):
    """How much waits to be worked or delivered."""
    with store.read() as connection:
        waits = select(func.count()).select_from(outbox)
        told = select(func.count()).where(enforcements.c.state == "waiting")
        return connection.execute(waits).scalar() + connection.execute(told).scalar()


def limit(size):
    """Have no file grow beyond *size*; return the limit that there was."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    return soft


def play(store, url, safety):
    """Publish and work while the disk is full, and after; return what came of it."""
    comments, feature = safety.feature("video_comments"), Feature()
    worker = Worker(safety, store, PACE, channels={"*": feature})
    thread = threading.Thread(target=worker.run)
    said = {"accepted": [], "refused": []}

    def publish(number):
        taken = comments.post_publish(item(number)).status == "accepted"
        said["accepted" if taken else "refused"].append(f"c{number}")

    with capture_logs() as events:
        for number in range(FIRST):
            publish(number)
        before = limit(Path(f"{make_url(url).database}-wal").stat().st_size + ROOM)
        thread.start()
        while sum(each["event"] == "handrail.store_away" for each in events) < AWAY:
            number += 1
            publish(number)
        limit(before)
        wait_until(lambda: not left(store), "an end of the work")
        worker.stop()
        thread.join()
    return said | {"applied": feature.applied}


def main(url):
    """Play, and say what there is."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    if os.environ.get("HANDRAIL_SABOTAGE") == "early":
        acknowledge_early()
    store = Store(url, key=KEY, upgrade=False)
    with Safety(**given(store=store)) as safety:
        said = play(store, url, safety)
    store.chain()
    with store.read() as connection:
        said["recorded"] = list(connection.execute(select(outcomes.c.item)).scalars())
        said["made"] = list(connection.execute(select(enforcements.c.id)).scalars())
        said["broken"] = [each.what for each in verify(connection)]
    store.close()
    print(json.dumps(said))


if __name__ == "__main__":
    main(*sys.argv[1:])
