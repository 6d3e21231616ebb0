"""Several workers on one stream: each has its share, also one that comes late."""

from __future__ import annotations

import pytest
from contrib.stream.ledger import events
from servers.process import wait_until

SHARED = [
    pytest.param(name, marks=pytest.mark.server(name)) for name in ("nats", "kafka", "valkey")
]
"""On RabbitMQ a lane stays with the worker that came first."""


@pytest.mark.parametrize("name", SHARED)
def test_a_late_worker_gets_its_share(request, ledger, spawn, name):
    """A worker that joins while another one works soon works too."""
    url = request.getfixturevalue(f"{name}_url")
    ledger.accept(events(20_000, orders=200))

    first = spawn(url, pause=0.003)
    wait_until(lambda: ledger.count("outcomes") > 100, "100 outcomes")
    second = spawn(url, pause=0.003)
    wait_until(lambda: ledger.workers().get(second.pid, 0) > 100, "100 outcomes of the second")
    before = ledger.workers()[first.pid]
    wait_until(lambda: ledger.workers()[first.pid] > before, "one more outcome of the first")

    assert {first.pid, second.pid} == set(ledger.workers())
    assert (0, []) == (ledger.doubles(), ledger.overtaken())


@pytest.mark.server("rabbitmq")
def test_a_standby_takes_over(rabbitmq_url, ledger, spawn, settled):
    """On RabbitMQ the second worker goes on where the first one stops, with much out to it."""
    ledger.accept(events(1500, orders=40))
    first = spawn(rabbitmq_url, pause=0.02)
    wait_until(lambda: not ledger.count("outbox"), "all on the broker")
    spawn(rabbitmq_url)
    first.terminate()
    settled(1500)

    assert (0, []) == (ledger.doubles(), ledger.overtaken())
