"""A cluster of Valkey: all keys of a prefix are on one node, and that is where we go."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from redis import Redis
from servers.process import free_port, wait_until

from handrail import Count

pytestmark = pytest.mark.server("valkey")

SLOTS = 16_384
DAY = timedelta(days=1)


def node(server):
    """A client of one node."""
    return Redis.from_url(server.url, protocol=2, decode_responses=True)


@pytest.fixture(name="cluster")
def _cluster(valkey_of_its_own):
    """Three nodes that know each other and have a third of the slots each."""
    buses = [free_port() for _ in range(3)]
    nodes = [
        valkey_of_its_own("--cluster-enabled", "yes", "--cluster-port", str(bus)) for bus in buses
    ]
    clients = [node(each) for each in nodes]
    third = SLOTS // 3
    for number, client in enumerate(clients):
        last = SLOTS - 1 if number == 2 else (number + 1) * third - 1
        client.execute_command("CLUSTER", "ADDSLOTSRANGE", number * third, last)
        port = client.connection_pool.connection_kwargs["port"]
        clients[0].execute_command("CLUSTER", "MEET", "127.0.0.1", port, buses[number])
    for client in clients:
        wait_until(lambda c=client: "cluster_state:ok" in _info(c), "a cluster")
    yield nodes
    for client in clients:
        client.close()


def _info(client):
    """What a node says of the cluster, as text."""
    said = client.execute_command("CLUSTER", "INFO")
    return said if isinstance(said, str) else "".join(f"{k}:{v} " for k, v in said.items())


def test_any_node_leads_to_the_one(cluster, states, prefix):
    """Whichever node the URL names, counts and tags of a prefix are the same."""
    now = datetime.now(UTC)
    made = [states(each.url, prefix=prefix) for each in cluster]
    made[0].tag("actor", "ann", "seen")
    made[0].add([Count("items", "ann", by=3)], now)
    wait_until(lambda: made[1].recent("items", "ann", DAY, now) == 3, "the count")

    assert [3, 3, 3] == [each.recent("items", "ann", DAY, now) for each in made]
    assert [{"seen"}] * 3 == [each.tags("actor", "ann") for each in made]
    assert [True] * 3 == [each.up for each in made]
