"""PostgreSQL's disk is full for a while: nothing is lost, everybody says so, and it passes."""

from __future__ import annotations

import random
import string

import pytest
from contrib.store.conftest import KEY
from contrib.store.work.actors import PACE
from contrib.store.work.conftest import given
from contrib.store.work.test_away import Feature, away, check, done, running
from servers.disk import ShortFiles, small
from servers.postgres import make
from servers.process import running as server_running
from servers.process import wait_until
from sqlalchemy.exc import DBAPIError
from structlog.testing import capture_logs

from handrail import Item, Safety
from handrail_store import Store, Worker

LONG = 90_000
"""Characters of an item: a few hundred fill the disk."""

pytestmark = [
    pytest.mark.server("postgres"),
    pytest.mark.skipif("sys.platform != 'linux'", reason="needs a small disk, or prlimit"),
]


def item(number):
    """The item with that number; nothing makes it shorter."""
    word = {0: "GRUMPF", 5: "MUMBLE"}.get(number % 10, "fine")
    letters = random.Random(number).choices(string.ascii_lowercase, k=LONG)
    return Item(f"c{number}", f"{word} {''.join(letters)}")


@pytest.fixture(name="disk", params=["small", "files"])
def _disk(request, postgres_directory):
    """A small disk, or files that end; where we may not mount, it is the latter both times."""
    if request.param == "files":
        yield ShortFiles()
        return
    with small(postgres_directory) as made:
        yield made


@pytest.fixture(name="server")
def _server(disk, postgres_installed, postgres_directory):
    """A server on that disk, with a small log."""
    options = ("-c", "max_wal_size=48MB", "-c", "min_wal_size=32MB")
    with server_running(make(postgres_installed, postgres_directory, *options)) as made:
        yield made


@pytest.fixture(name="feature")
def _feature():
    return Feature()


def back(server):
    """Have the server answer: one that could not write its log has ended, and is started again."""
    if server.process.poll() is not None:
        print("PostgreSQL had ended", end=", ")
        server.start()
    wait_until(server.ready, "an answer of PostgreSQL")


def settled(store):
    """Whether nothing waits, as far as the database tells."""
    try:
        return done(store)
    except DBAPIError:
        return False


def test_full_disk_passes(disk, server, feature):
    """What was accepted is worked once there is room; what was not is refused, and says so."""
    store = Store(server.url, key=KEY, upgrade=True)
    said = {"accepted": [], "pending": []}
    with Safety(**given(store=store)) as safety, capture_logs() as events:
        comments = safety.feature("video_comments")

        def publish(number):
            said[comments.post_publish(item(number)).status].append(f"c{number}")

        for number in range(20):
            publish(number)
        disk.fill(server)
        while len(said["pending"]) < 3:
            number += 1
            publish(number)
        with running(Worker(safety, store, PACE, channels={"*": feature})):
            if not isinstance(disk, ShortFiles):
                wait_until(lambda: away(events) >= 3, "a word of the worker")
            disk.free(server)
            back(server)
            wait_until(lambda: settled(store), "an end of the work")
            publish(number + 1)
            wait_until(lambda: settled(store), "an end of the last work")
        refused = [each for each in events if each["event"] == "handrail.call_failed"]
        check(store, said["accepted"], feature.applied, f", refused {len(said['pending'])}")
    store.close()

    assert 3 <= len(refused)
    assert f"c{number + 1}" in said["accepted"]
