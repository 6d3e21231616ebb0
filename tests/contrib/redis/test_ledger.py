"""The ledger of an HTTP face on Valkey: what every ledger keeps, in one trip, and its faults."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from contrib.ledgers import AnswersContract, DrawContract
from redis import Redis
from redis.exceptions import RedisError
from servers.valkey import DURABLE

from handrail import InvalidValueError
from handrail_redis import RedisLedger
from handrail_store import Store

pytestmark = pytest.mark.server("valkey")

PATIENCE_MS = 20_000
"""What no healthy server needs, however busy the machine is."""

RATE = {"rate": 2, "burst": 100}


class Clock:
    """A clock that goes on when it is told to."""

    def __init__(self):
        self.at = datetime.now(UTC)

    def __call__(self):
        return self.at

    def forward(self, **span):
        """Turn it forward, or back."""
        self.at += timedelta(**span)


@pytest.fixture(name="clock")
def _clock():
    return Clock()


@pytest.fixture(name="store", scope="module")
def _store(tmp_path_factory):
    """What seals."""
    made = Store(f"sqlite:///{tmp_path_factory.mktemp('seal')}/handrail.db")
    yield made
    made.close()


@pytest.fixture(name="ledgers")
def _ledgers(store, prefix, clock):
    """Make ledgers that are closed at the end."""
    made = []

    def make(url, **more):
        given = {"sealed_by": store, "prefix": prefix, "clock": clock, "timeout_ms": PATIENCE_MS}
        made.append(RedisLedger(url, **{**given, **more}))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture(name="ledger")
def _ledger(ledgers, valkey_url):
    return ledgers(valkey_url)


@pytest.fixture(name="client")
def _client(valkey_url):
    with Redis.from_url(valkey_url, protocol=2) as client:
        yield client


class TestDraw(DrawContract):
    """On Valkey."""

    def test_slow_key_is_kept(self, ledger, client, prefix):
        """A bucket that takes years to fill is kept as long as it has to be remembered."""
        ledger.draw("k", 10, 0, rate=1e-9, burst=10)

        assert [True] == [client.pttl(key) > 1e10 for key in client.keys(f"{{{prefix}}}:r:*")]


class TestAnswers(AnswersContract):
    """On Valkey."""

    def test_is_sealed(self, ledger, client, prefix):
        """Nobody reads an answer on the server, nor the id of a key."""
        ledger.begin("name-canary", "m", seconds=60)
        ledger.settle("name-canary", "m", status=200, body=b"body-canary", seconds=60)
        kept = [(key, client.hgetall(key)) for key in client.keys(f"{{{prefix}}}:a:*")]

        assert 1 == len(kept)
        assert "canary" not in str(kept)

    def test_goes_by_itself(self, ledger, client, prefix):
        """What is over is deleted by the server, some time later."""
        ledger.begin("n", "m", seconds=60)
        (key,) = client.keys(f"{{{prefix}}}:a:*")

        assert 60_000 < client.pttl(key) <= 121_000


def test_two_ledgers_share_it(ledgers, valkey_url):
    """Another process with the same prefix draws from the same bucket."""
    one, two = ledgers(valkey_url), ledgers(valkey_url)
    one.draw("k", 10, 0, rate=2, burst=10)

    assert (0, 0.5) == two.draw("k", 1, 0, rate=2, burst=10)


def test_one_trip_a_call(ledger, client):
    """Each call is one command of the server."""

    def calls():
        found = client.info("commandstats")
        return sum(each["calls"] for name, each in found.items() if "evalsha" in name)

    ledger.draw("k", 1, 0, rate=2, burst=10)
    before = calls()
    ledger.draw("k", 1, 0, rate=2, burst=10)
    ledger.begin("n", "m", seconds=60)
    ledger.renew("n", "m", seconds=60)
    ledger.settle("n", "m", status=200, body=b"", seconds=60)
    ledger.release("n", "m")

    assert 5 == calls() - before


def test_server_that_lost_everything_begins_anew(ledger, client, prefix):
    """Scripts and salt are made again; nobody notices but that buckets are full."""
    ledger.draw("k", 10, 0, rate=2, burst=10)
    client.delete(*client.keys(f"{{{prefix}}}:*"))
    client.script_flush()

    assert (10, 0) == ledger.draw("k", 10, 0, rate=2, burst=10)


def test_server_that_is_gone_raises_and_comes_back(ledgers, valkey_of_its_own):
    """Who asks is told at once, and goes on by itself; later the bucket is where it was."""
    server = valkey_of_its_own(*DURABLE)
    ledger = ledgers(server.url, timeout_ms=500)
    ledger.draw("k", 10, 0, rate=1e-6, burst=10)
    server.kill()
    begun = time.monotonic()
    with pytest.raises(RedisError):
        ledger.draw("k", 1, 0, rate=1e-6, burst=10)
    took = time.monotonic() - begun
    server.start()

    assert took < 20
    assert 0 == ledger.draw("k", 1, 0, rate=1e-6, burst=10)[0]


def test_full_server_raises(ledgers, valkey_of_its_own):
    """A server that has no room is a fault like any other."""
    server = valkey_of_its_own("--maxmemory", "1")
    with pytest.raises(Exception, match=r"OutOfMemory|OOM"):
        ledgers(server.url, key=bytes(32)).draw("k", 1, 0, rate=2, burst=10)


@pytest.mark.parametrize(
    ("more", "match"),
    [
        ({"timeout_ms": 0}, "timeout_ms"),
        ({"key": b"short"}, "key"),
        ({"prefix": "a b"}, "prefix"),
    ],
)
def test_what_cannot_work_is_refused(ledgers, valkey_url, more, match):
    """A wrong argument is said at the start."""
    with pytest.raises(InvalidValueError, match=match):
        ledgers(valkey_url, **more)


def test_repr_has_no_address(ledger):
    """Nothing shows where the server is."""
    assert "127.0.0.1" not in repr(ledger)


def test_threads_that_are_over_keep_no_connection(ledger, client):
    """A host that has each call in a new thread needs one connection for all of them."""

    def connections():
        return len(client.client_list())

    ledger.draw("k", 1, 0, rate=2, burst=10)
    before = connections()
    for _ in range(20):
        thread = threading.Thread(target=ledger.draw, args=("k", 1, 0), kwargs=RATE)
        thread.start()
        thread.join()

    assert before == connections()


def test_threads_at_a_time_have_a_connection_each(ledger):
    """Calls at the same time wait for no other, and take no more than there is."""
    with ThreadPoolExecutor(8) as threads:
        drawn = [threads.submit(ledger.draw, "k", 1, 0, rate=1e-9, burst=50) for _ in range(80)]

    assert 50 == sum(each.result()[0] for each in drawn)
