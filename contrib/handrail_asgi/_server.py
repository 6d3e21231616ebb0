"""The server: uvicorn, with a limit on heads that do not end, and an end that loses nothing."""

from __future__ import annotations

import errno
import gc
import os
import signal
import socket
from asyncio import TimerHandle, Transport
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from handrail_asgi._app import Handrail
from handrail_asgi._limits import Limits


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that takes connections; raises OSError, with host and port, if it cannot."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sends small answers at once only on sockets that say they are TCP.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(1024)
    except OSError as error:
        listener.close()
        taken = " (name another with --port)" if error.errno == errno.EADDRINUSE else ""
        what = f"cannot listen on {host}:{port}: {error.strerror or error}{taken}"
        raise OSError(what) from None
    except BaseException:
        listener.close()
        raise
    return listener


def address(listener: socket.socket) -> str:
    """The address of a listening socket, as people type it."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def server(app: ASGIApp, limits: Limits) -> uvicorn.Server:
    """Return a server for *app*: ``serve(sockets=[…])`` runs it, ``should_exit`` ends it."""
    config = uvicorn.Config(
        app,
        http=type("Patient", (Patient,), {"limits": limits}),
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=limits.connections,
        timeout_graceful_shutdown=max(1, round(limits.drain_s)),
    )
    return uvicorn.Server(config)


def serve(face: Handrail, listener: socket.socket) -> None:
    """Serve until SIGTERM or SIGINT; then take nothing new, finish what was begun, and close."""
    # What is loaded by now stays: the collector need not walk it again and again.
    gc.collect()
    gc.freeze()
    with _calm():
        server(face, face.limits).run(sockets=[listener])


@contextmanager
def _calm() -> Iterator[None]:
    """After its end uvicorn raises the signal again that ended it: that has been seen to."""
    before = {each: signal.signal(each, _nothing) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _nothing(*_: object) -> None:
    return


class Patient(HttpToolsProtocol):
    """The protocol of uvicorn, patient with the head of a request only so long and so far."""

    limits = Limits()
    _timer: TimerHandle | None = None
    _head = 0

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override] # As uvicorn.
        """Begin to wait for a head."""
        super().connection_made(transport)
        self._begin()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._end()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """Begin to wait for the rest of a head."""
        super().on_message_begin()
        self._begin()

    def on_headers_complete(self) -> None:
        """Wait no more: the app has its own patience with bodies."""
        self._end()
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        """Count what belongs to a head that has not ended."""
        super().data_received(data)
        if self._timer is not None:
            self._head += len(data)
            if self._head > self.limits.head_bytes:
                self._refuse()

    def _begin(self) -> None:
        self._end()
        self._timer = self.loop.call_later(self.limits.head_s, self._refuse)

    def _end(self) -> None:
        self._head = 0
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _refuse(self) -> None:
        self._end()
        if not self.transport.is_closing():
            self.send_400_response("The head of the request is too slow or too large.")
