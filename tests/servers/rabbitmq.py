"""RabbitMQ, where Debian's package rabbitmq-server is installed, bound wholly to loopback."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import attrs
import pytest

from servers.process import Server, each_its_own, free_port, listens, running

PROGRAM = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
LOOPBACK = "{127,0,0,1}"


@attrs.define
class RabbitMQ(Server):
    """A server with a port mapper of its own: Erlang's usual one stays behind as a daemon."""

    mapper: Server | None = None

    def start(self) -> None:
        """Start the mapper if it does not run, then the server."""
        if self.mapper.process is None:
            self.mapper.start()
        super().start()

    def stop(self) -> None:
        """Stop both."""
        super().stop()
        self.mapper.stop()


def settings(directory: Path, port: int, mapper: int) -> dict[str, str]:
    """RabbitMQ's environment: every listener on loopback, every file in *directory*."""
    return {
        "HOME": str(directory),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "ERL_EPMD_PORT": str(mapper),
        "RABBITMQ_CONF_ENV_FILE": str(directory / "none"),
        "RABBITMQ_CONFIG_FILE": str(directory / "none"),
        "RABBITMQ_ADVANCED_CONFIG_FILE": str(directory / "none"),
        "RABBITMQ_DIST_PORT": str(free_port()),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(directory / "plugins"),
        "RABBITMQ_LOG_BASE": str(directory),
        "RABBITMQ_MNESIA_BASE": str(directory / "mnesia"),
        "RABBITMQ_NODENAME": f"test{port}@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_PID_FILE": str(directory / "pid"),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": f"-kernel inet_dist_use_interface {LOOPBACK}",
    }


def server(directory: Path) -> RabbitMQ:
    """A server with its files under *directory*, not yet started."""
    if not PROGRAM.exists():
        pytest.skip("RabbitMQ is missing: apt-get install rabbitmq-server")
    port, mapper = free_port(), free_port()
    (directory / "plugins").write_text("[].\n")
    epmd = shutil.which("epmd") or "/usr/bin/epmd"
    return RabbitMQ(
        name="rabbitmq",
        command=[str(PROGRAM)],
        directory=directory,
        url=f"amqp://guest:guest@127.0.0.1:{port}/",
        ready=lambda: listens(port),
        env=settings(directory, port, mapper),
        mapper=Server(
            name="epmd",
            command=[epmd, "-address", "127.0.0.1", "-port", str(mapper)],
            directory=directory,
            url="",
            ready=lambda: listens(mapper),
        ),
    )


@pytest.fixture(scope="session")
def rabbitmq_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a RabbitMQ server that the whole run shares: name queues by test."""
    with running(server(tmp_path_factory.mktemp("rabbitmq"))) as shared:
        yield shared.url


@pytest.fixture
def rabbitmq_of_its_own(tmp_path: Path) -> Iterator[Callable[[], Server]]:
    """A function that starts a RabbitMQ server which the test may kill and start again."""
    with each_its_own(tmp_path, server) as start:
        yield start
