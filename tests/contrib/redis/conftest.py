"""What the tests of the state on Valkey share: states that are closed, a way that is slow."""

from __future__ import annotations

import contextlib
import itertools
import socket
import threading
import time
from urllib.parse import urlsplit

import pytest

from handrail_redis import RedisState

PATIENCE_MS = 20_000
"""What no healthy server needs, however busy the machine is."""

NAMES = itertools.count()


@pytest.fixture
def prefix():
    """A prefix that no other test of the run has."""
    return f"test{next(NAMES)}"


@pytest.fixture
def states():
    """Make states that are closed at the end."""
    made = []

    def make(url, **options):
        made.append(RedisState(url, **{"timeout_ms": PATIENCE_MS, **options}))
        made[-1].open()
        return made[-1]

    yield make
    for state in made:
        state.close()


class Way:
    """A way to the server on which everything takes *delay* seconds longer.

    Attributes:
        delay: Seconds. url: Of this end. carried: Bytes that went to the server.
    """

    def __init__(self, url):
        parts = urlsplit(url)
        self._there, self.delay, self.carried = (parts.hostname, parts.port), 0.0, 0
        self._door = socket.create_server(("127.0.0.1", 0))
        self.url = f"redis://127.0.0.1:{self._door.getsockname()[1]}/0"
        self._sockets = [self._door]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                here, _ = self._door.accept()
                there = socket.create_connection(self._there)
                self._sockets += [here, there]
                for ends in ((here, there, True), (there, here, False)):
                    threading.Thread(target=self._carry, args=ends, daemon=True).start()

    def _carry(self, start, end, forth):
        with contextlib.suppress(OSError):
            while part := start.recv(65536):
                if forth:
                    self.carried += len(part)
                    time.sleep(self.delay)
                end.sendall(part)
        for each in (start, end):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def close(self):
        """Cut it off."""
        with contextlib.suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        for each in self._sockets:
            each.close()


@pytest.fixture
def way(valkey_url):
    """A slow way to the server that the run shares."""
    made = Way(valkey_url)
    yield made
    made.close()
