"""A server as a process: start it, wait by asking, kill it, start it again, stop it by its id."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import attrs

PATIENCE = 60.0
"""Seconds a server may take to answer, on a machine that does much else."""


def free_port() -> int:
    """A port on loopback that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(holds: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
    """Ask until it holds; say *what* did not happen when the time is over."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError(f"{what} did not happen within {seconds:g} s")
        time.sleep(0.02)


def listens(port: int) -> bool:
    """Whether something accepts connections on that port of loopback."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


@attrs.define
class Server:
    """One server: the same command, directory and port each time it starts."""

    name: str
    command: Sequence[str]
    directory: Path
    url: str
    ready: Callable[[], bool]
    env: Mapping[str, str] = attrs.field(factory=dict)
    user: str | None = None
    farewell: signal.Signals = signal.SIGTERM
    process: subprocess.Popen | None = None

    def start(self) -> None:
        """Start the server and wait until it answers."""
        log = self.directory / "log"
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command,
                env=os.environ | self.env,
                user=self.user,
                extra_groups=self.user and [],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            wait_until(self.answers, f"an answer of {self.name}")
        except Exception:
            self.kill()
            raise

    def answers(self) -> bool:
        """Whether the server is ready; an error with its last words if it has ended."""
        if self.process.poll() is not None:
            words = (self.directory / "log").read_text(errors="replace")[-2000:]
            raise RuntimeError(f"{self.name} ended with {self.process.returncode}: {words}")
        return self.ready()

    def kill(self) -> None:
        """End the server and its children at once, as a power cut would."""
        self.end(signal.SIGKILL)

    def stop(self) -> None:
        """Ask the server to end, and end it if it does not."""
        self.end(self.farewell)

    def end(self, by: signal.Signals) -> None:
        """Send a signal to the server's own process group, and wait until nothing answers."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, by)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.process = None
        # Its children may outlive it for a moment, and answer in the place of the next one.
        wait_until(lambda: not self.ready(), f"silence of {self.name}")


@contextlib.contextmanager
def running(server: Server) -> Iterator[Server]:
    """One server, started, and stopped at the end."""
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextlib.contextmanager
def each_its_own(directory: Path, make: Callable[..., Server]) -> Iterator[Callable[..., Server]]:
    """A function that makes and starts a server each time, all stopped at the end."""
    started: list[Server] = []

    def start(*options: str) -> Server:
        place = directory / f"server{len(started)}"
        place.mkdir()
        started.append(make(place, *options))
        started[-1].start()
        return started[-1]

    try:
        yield start
    finally:
        for server in started:
            server.stop()
