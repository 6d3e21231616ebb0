"""What the tests of the HTTP face stand on: a face behind a real server on a loopback port."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from contextlib import contextmanager

import httpx
import pytest

from handrail import Feature, MemorySink
from handrail.testing import finding, make_async_safety
from handrail_asgi import Handrail, Limits, MemoryKeys, new_key
from handrail_asgi import _server as servers

FEATURES = (
    Feature(name="video_comments", surface="comments"),
    Feature(name="live_chat", surface="live"),
)

ITEM = {"id": "c-1", "text": "What a lovely video!", "author": {"id": "u-ada", "age": 17}}
ASK = {"feature": "video_comments", "item": ITEM}


def until(true, seconds=30):
    """Ask until it is true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.005)


class Served:
    """A face, the server that serves it, and how to reach it."""

    def __init__(self, face, keys, sink, module):
        self.face, self.keys, self.sink, self.module = face, keys, sink, module
        self.listener = servers.listen("127.0.0.1", 0)
        self.url = servers.address(self.listener)
        self.port = self.listener.getsockname()[1]
        self.server = servers.server(face, face.limits)
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        until(lambda: self.server.started)

    def _run(self):
        asyncio.run(self.server.serve(sockets=[self.listener]))

    def key(self, *features, **more):
        """Make a key; for every feature and everything where nothing is said."""
        text, key = new_key("a test", features or ("*",), **more)
        self.keys.add(key)
        self.face._gate._looked = -1e9
        return text

    def client(self, key=None, **more):
        """An httpx client that sends a key; None for one that may do everything."""
        bearer = {"authorization": f"Bearer {key or self.key()}"}
        return httpx.Client(base_url=self.url, headers=bearer, timeout=30, **more)

    def socket(self):
        """A bare connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=30)

    def stop(self):
        """Stop serving, as SIGTERM does, and wait for the end."""
        self.server.should_exit = True
        self._thread.join(30)
        assert not self._thread.is_alive()


@contextmanager
def serving(*modules, limits=None, decisions=None, reasons=(), **more):
    """Serve two features that find spam in every text with 'grumpf'."""
    module = finding(when=lambda item: "grumpf" in item.text)
    keys = MemoryKeys()
    sink = None if "store" in more else MemorySink()
    safety = make_async_safety(module, *modules, features=FEATURES, sink=sink, **more)
    face = Handrail(
        safety, keys, limits=limits or Limits(), decisions=decisions, reasons=reasons
    )  # fmt: skip
    served = Served(face, keys, sink, module)
    try:
        yield served
    finally:
        served.stop()


@pytest.fixture(name="serve", scope="session")
def _serve():
    """Serve with other limits or modules: ``with serve(limits=…) as served``."""
    return serving


@pytest.fixture(name="until", scope="session")
def _until():
    """Ask until something is true: ``until(lambda: …)``."""
    return until


@pytest.fixture(name="served", scope="module")
def _served():
    """A face that the tests of a module share."""
    with serving() as served:
        yield served


@pytest.fixture(name="client")
def _client(served):
    with served.client() as client:
        yield client


_numbers = iter(range(10**9))


@pytest.fixture(name="ask")
def _ask():
    """A question about an item of its own: ``ask(text="…")``."""

    def ask(feature="video_comments", **fields):
        item = {"id": f"c-{next(_numbers)}", "text": "a friendly word", **fields}
        return {"feature": feature, "item": item}

    return ask
