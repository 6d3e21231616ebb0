"""The HTTP face beside a bare Starlette echo of the same bodies, both behind the same uvicorn.

CPU time of the server's thread: the client's, in another thread, does not count.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from harness import Row, paired
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from handrail import AsyncSafety, Feature, starting_policy
from handrail.testing import silent
from handrail_asgi import Handrail, Limits, MemoryKeys, new_key
from handrail_asgi import _server as servers

TEXT = "What a lovely video, thank you for the recipe and for all of the tips in it!"
BATCH = 50
MODULES = ["comments", "links", "text"]
_numbers = itertools.count()


def item() -> dict[str, object]:
    """An item like any other, with an id of its own."""
    author = {"id": "u-ada", "age": 30, "tenure_days": 400}
    return {"id": f"c-{next(_numbers)}", "text": TEXT, "language": "en", "author": author}


async def _echo(request: Request) -> Response:
    return JSONResponse(await request.json())


class Served:
    """An app behind uvicorn in a thread, and one connection to it."""

    def __init__(self, app: object, path: str, key: str, make: Callable[[], object]) -> None:
        self._head = (
            f"POST {path} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n"
            f"authorization: Bearer {key}\r\ncontent-length: "
        ).encode()
        self._make = make
        listener = servers.listen("127.0.0.1", 0)
        self._server = servers.server(app, Limits())
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._server.serve(sockets=[listener])), daemon=True
        )
        self._thread.start()
        self._connection = socket.create_connection(listener.getsockname())
        self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._read = self._connection.makefile("rb")

    def cpu_ns(self) -> int:
        """CPU time that the server's thread has taken."""
        return time.clock_gettime_ns(time.pthread_getcpuclockid(self._thread.ident or 0))

    def stop(self) -> None:
        """Stop serving."""
        self._read.close()
        self._connection.close()
        self._server.should_exit = True
        self._thread.join()

    def ask(self, times: int) -> None:
        """Send so many requests, one after the other."""
        for _ in range(times):
            body = json.dumps(self._make()).encode()
            self._connection.sendall(b"%b%d\r\n\r\n%b" % (self._head, len(body), body))
            if not self._read.readline().startswith(b"HTTP/1.1 200"):
                raise RuntimeError("not answered")
            length = 0
            while (line := self._read.readline()) != b"\r\n":
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            self._read.read(length)


def _server_ns(batch: Any, times: int) -> float:
    """CPU time of the thread that serves, per request, in nanoseconds."""
    server: Served = batch.__self__
    start = server.cpu_ns()
    batch(times)
    return (server.cpu_ns() - start) / times


def _face(modules: object) -> tuple[Handrail, str]:
    keys = MemoryKeys()
    text, key = new_key("a bench", ["*"])
    keys.add(key)
    feature = Feature(name="video_comments", surface="comments")
    policy = starting_policy("comments")
    safety = AsyncSafety([feature], modules=modules, policy=policy)
    return Handrail(safety, keys), text


def _one() -> object:
    return {"feature": "video_comments", "item": item()}


def _many() -> object:
    return {"feature": "video_comments", "items": [item() for _ in range(BATCH)]}


def rows() -> list[Row]:
    """One item a request with nothing to look at it, with the usual modules, and fifty items."""
    cases = (
        ("one item, one silent module", [silent()], "/v1/pre_publish", _one, 200),
        ("one item, comments, links, text", MODULES, "/v1/pre_publish", _one, 200),
        (f"{BATCH} items, one silent module", [silent()], "/v1/pre_publish/batch", _many, 10),
    )
    return [_measured(*case) for case in cases]


def _measured(what: str, modules: object, path: str, make: Callable[[], object], times: int) -> Row:
    face, key = _face(modules)
    echo = Starlette(routes=[Route(path, _echo, methods=["POST"])])
    ours, theirs = Served(face, path, key, make), Served(echo, path, key, make)
    try:
        return paired(
            f"HTTP: {what}", ours.ask, "Starlette's JSON echo of the same body", theirs.ask,
            times=times, rounds=21, clock=_server_ns,
        )  # fmt: skip
    finally:
        ours.stop()
        theirs.stop()
