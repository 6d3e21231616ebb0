"""Enforcements by each broker, for real: sent, received, carried out."""

from __future__ import annotations

import contextlib
import threading
import uuid

import pytest
from contrib.store.work.conftest import given
from servers.process import wait_until
from servers.valkey import DURABLE
from sqlalchemy import select

import handrail_stream
from handrail import Enforcement, Item, Safety
from handrail_store import Store, Worker
from handrail_store._schema import enforcements


@pytest.fixture(name="topic")
def _topic():
    """A stream that nobody else uses, and that gives up soon."""
    retries = handrail_stream.Retries(tries=2, first=0.01, most=0.05)
    return handrail_stream.Stream(
        name=f"t{uuid.uuid4().hex[:12]}", lanes=2, silence=3, retries=retries
    )


@contextlib.contextmanager
def receiving(carry_out, url, stream):
    """A receiver in a thread of this process, for as long as a block lasts."""
    stop = threading.Event()
    receiver = threading.Thread(
        target=handrail_stream.receive, args=(carry_out, url, stream), kwargs={"stop": stop}
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
