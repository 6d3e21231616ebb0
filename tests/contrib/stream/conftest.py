"""What the tests of a stream share: a ledger, workers in this process and in their own."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from contrib.stream.ledger import Ledger
from servers.process import wait_until

import handrail_stream

WORKER = Path(__file__).with_name("worker.py")

ENGINES = [
    pytest.param(name, marks=pytest.mark.server(name))
    for name in ("nats", "kafka", "rabbitmq", "valkey")
]


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest) -> str:
    """The URL of each broker in turn."""
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """A new ledger."""
    made = Ledger(tmp_path / "ledger.db").create()
    yield made
    made.close()


@pytest.fixture
def stream() -> handrail_stream.Stream:
    """A stream that nobody else uses, and that is soon taken over."""
    retries = handrail_stream.Retries(tries=3, first=0.01, most=0.05)
    return handrail_stream.Stream(
        name=f"t{uuid.uuid4().hex[:12]}", silence=3, threads=4, lanes=8, retries=retries
    )


@pytest.fixture(name="working")
def _working(ledger: Ledger, stream: handrail_stream.Stream):
    """A worker in a thread of this process, for as long as a block lasts."""

    @contextlib.contextmanager
    def working(url: str, handler: object = ledger) -> Iterator[threading.Event]:
        stop = threading.Event()
        worker = threading.Thread(
            target=handrail_stream.run, args=(handler, ledger, url, stream), kwargs={"stop": stop}
        )
        worker.start()
        try:
            yield stop
        finally:
            stop.set()
            worker.join()

    return working


@pytest.fixture(name="spawn")
def _spawn(ledger: Ledger, stream: handrail_stream.Stream) -> Iterator[Callable]:
    """Start a worker process; what still runs at the end is killed."""
    started: list[subprocess.Popen] = []

    def spawn(url: str, **options: object) -> subprocess.Popen:
        facts = {"name": stream.name, "silence": 3, "threads": 4, "lanes": 8}
        said = {"url": url, "path": str(ledger.path), "stream": facts, **options}
        command = [sys.executable, str(WORKER), json.dumps(said)]
        # Not a pipe: a client that logs each failure would fill it, and wait for its reader.
        with (ledger.path.parent / f"worker{len(started)}.log").open("wb") as log:
            started.append(subprocess.Popen(command, stderr=log))
        return started[-1]

    yield spawn
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture(name="settled")
def _settled(ledger: Ledger):
    """Wait until as many events have ended, and the outbox is empty."""

    def settled(number: int, seconds: float = 120) -> None:
        def ended() -> bool:
            return ledger.ended() >= number and not ledger.count("outbox")

        wait_until(ended, f"the end of {number} events", seconds)

    return settled
