"""Enforcements by each broker, for real: sent, received, carried out."""

from __future__ import annotations

import contextlib
import json
import threading
import time
import uuid

import pytest
from contrib.store.work.conftest import given
from servers.process import wait_until
from servers.valkey import DURABLE
from sqlalchemy import select

import handrail_stream
from handrail import Enforcement, InvalidValueError, Item, Safety
from handrail_store import Store, Worker
from handrail_store._schema import enforcements


@pytest.fixture(autouse=True)
def _key(monkeypatch):
    """The key that both sides have."""
    monkeypatch.setenv("HANDRAIL_WEBHOOK_KEY", "a key that both sides have")


@pytest.fixture(name="topic")
def _topic():
    """A stream that nobody else uses, and that gives up soon."""
    retries = handrail_stream.Retries(tries=2, first=0.01, most=0.05)
    return handrail_stream.Stream(
        name=f"t{uuid.uuid4().hex[:12]}", lanes=2, silence=3, retries=retries
    )


@contextlib.contextmanager
def receiving(carry_out, url, stream, **more):
    """A receiver in a thread of this process, for as long as a block lasts."""
    stop = threading.Event()
    receiver = threading.Thread(
        target=handrail_stream.receive, args=(carry_out, url, stream), kwargs={"stop": stop, **more}
    )
    receiver.start()
    try:
        yield
    finally:
        stop.set()
        receiver.join()


def made(number):
    """Enforcements of three items in turn."""
    return [
        Enforcement(id=f"e{n}", feature="video_comments", item=f"c{n % 3}", action="block")
        for n in range(number)
    ]


def test_what_is_sent_is_received(url, topic):
    """Each comes as it was sent, in order for its item."""
    sent, came = made(12), []
    with contextlib.closing(handrail_stream.Topic(url, topic)) as channel:
        carried_out = [channel.deliver(each) for each in sent]
    with receiving(came.append, url, topic):
        wait_until(lambda: len(came) >= 12, "all 12")

    assert [False] * 12 == carried_out
    for item in ("c0", "c1", "c2"):
        assert [e for e in sent if e.item == item] == [e for e in came if e.item == item]


@pytest.mark.server("nats")
def test_what_fails_is_tried_again(nats_url, topic):
    """A function that raises is called again for the same enforcement."""
    called = []

    def carry_out(enforcement):
        called.append(enforcement.id)
        if len(called) == 1:
            raise ConnectionError

    with contextlib.closing(handrail_stream.Topic(nats_url, topic)) as channel:
        channel.deliver(made(1)[0])
    with receiving(carry_out, nats_url, topic):
        wait_until(lambda: len(called) >= 2, "a second call")

    assert ["e0", "e0"] == called


@pytest.mark.server("nats")
def test_what_fails_for_good_holds_nobody_up(nats_url, topic):
    """After its last try the next enforcement of the same item comes."""
    came = []

    def carry_out(enforcement):
        came.append(enforcement.id)
        if enforcement.id == "e0":
            raise ConnectionError

    with contextlib.closing(handrail_stream.Topic(nats_url, topic)) as channel:
        for each in made(4):
            channel.deliver(each)
    with receiving(carry_out, nats_url, topic):
        wait_until(lambda: "e3" in came, "the item's next one")

    assert 2 == came.count("e0")


@pytest.mark.server("valkey")
def test_a_broker_that_is_away_gets_it_later(valkey_of_its_own, topic):
    """Nothing is called sent that the broker has not confirmed; the same topic sends it later."""
    server = valkey_of_its_own(*DURABLE)
    came = []
    with contextlib.closing(handrail_stream.Topic(server.url, topic)) as channel:
        channel.deliver(made(1)[0])
        server.kill()
        with pytest.raises(handrail_stream.NotSentError):
            channel.deliver(made(2)[1])
        server.start()
        channel.deliver(made(2)[1])
    with receiving(came.append, server.url, topic):
        wait_until(lambda: len(came) >= 2, "both")

    assert {"e0", "e1"} == {each.id for each in came}


def states(store):
    """The states of all enforcements."""
    with store.read() as connection:
        return list(connection.execute(select(enforcements.c.state)).scalars())


@pytest.mark.server("nats")
def test_a_decision_is_carried_out_elsewhere(nats_url, topic, tmp_path):
    """From a decision through worker and topic to the feature, which acknowledges it."""
    with (
        contextlib.closing(Store(f"sqlite:///{tmp_path / 'handrail.db'}")) as store,
        Safety(**given(store=store)) as safety,
        contextlib.closing(handrail_stream.Topic(nats_url, topic)) as channel,
    ):
        comments = safety.feature("video_comments")
        comments.post_publish(Item("c1", "GRUMPF"))
        Worker(safety, store, channels={"*": channel}).run(once=True)
        before = states(store)
        with receiving(comments.carried_out, nats_url, topic):
            wait_until(lambda: states(store) == ["carried_out"], "the acknowledgement")

    assert ["delivered"] == before


@pytest.mark.server("nats")
def test_what_another_key_signed_is_refused(nats_url, topic):
    """Who can write to the broker, and has no key, has nothing taken down."""
    came, (first, second) = [], made(2)
    with contextlib.closing(handrail_stream.Topic(nats_url, topic, [b"the key of a thief"])) as his:
        his.deliver(first)
    with contextlib.closing(handrail_stream.Topic(nats_url, topic)) as ours:
        ours.deliver(second)
    with receiving(came.append, nats_url, topic):
        wait_until(lambda: came, "ours")

    assert [second] == came


@pytest.mark.server("nats")
def test_sent_again_is_carried_out_once(nats_url, topic):
    """An acknowledgement that was lost is given again; nothing is carried out again."""
    came, said, (only,) = [], [], made(1)
    with (
        contextlib.closing(handrail_stream.Topic(nats_url, topic)) as channel,
        receiving(came.append, nats_url, topic, acknowledge=said.append),
    ):
        channel.deliver(only)
        wait_until(lambda: len(said) == 1, "the first acknowledgement")
        begun = int(time.time())
        wait_until(lambda: int(time.time()) > begun, "another second, in which it is signed")
        channel.deliver(only)
        wait_until(lambda: len(said) == 2, "the second acknowledgement")

    assert [only] == came


def test_a_key_is_needed(monkeypatch):
    """Neither side begins without a key."""
    monkeypatch.delenv("HANDRAIL_WEBHOOK_KEY")
    with pytest.raises(InvalidValueError, match="HANDRAIL_WEBHOOK_KEY"):
        handrail_stream.Topic("nats://127.0.0.1:1")
    with pytest.raises(InvalidValueError, match="HANDRAIL_WEBHOOK_KEY"):
        handrail_stream.receive(print, "nats://127.0.0.1:1")


@pytest.mark.server("nats")
def test_no_content_travels(nats_url, topic, tmp_path):
    """What goes over a topic is ids, actions and words of ours, never what somebody wrote."""
    came = []
    with (
        contextlib.closing(Store(f"sqlite:///{tmp_path / 'handrail.db'}")) as store,
        Safety(**given(store=store)) as safety,
        contextlib.closing(handrail_stream.Topic(nats_url, topic)) as channel,
    ):
        safety.feature("video_comments").post_publish(Item("c1", "GRUMPF canary"))
        Worker(safety, store, channels={"*": channel}).run(once=True)
    with receiving(came.append, nats_url, topic):
        wait_until(lambda: came, "the enforcement")

    assert "canary" not in json.dumps(came[0].to_json())


@pytest.mark.parametrize("keys", [(), [b""], [b"a key that both sides have"] * 9])
def test_keys_are_checked(keys):
    """Neither side begins with keys that cannot sign."""
    with pytest.raises(InvalidValueError, match="expected 1 to 8 keys"):
        handrail_stream.Topic("nats://127.0.0.1:1", keys=keys)
    with pytest.raises(InvalidValueError, match="expected 1 to 8 keys"):
        handrail_stream.receive(print, "nats://127.0.0.1:1", keys=keys)


def test_one_key_is_taken():
    """A single key is no row of numbers."""
    topic = handrail_stream.Topic("nats://127.0.0.1:1", keys=b"a key that both sides have")
    with contextlib.closing(topic):
        assert "Topic('enforcements')" == repr(topic)
