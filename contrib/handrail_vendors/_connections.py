"""Connections to one service: the only file that knows httpx."""

from __future__ import annotations

import asyncio
import ssl
import weakref
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING

import attrs

from handrail import InvalidValueError, MissingExtraError
from handrail.settings import beside

from ._body import Body
from ._errors import (
    VendorAnswerError,
    VendorBusyError,
    VendorError,
    VendorTimeoutError,
    VendorUnreachableError,
)

if TYPE_CHECKING:
    import httpx

IDLE_S = 20.0
"""How long an unused connection is kept."""

MOST_BYTES = 1_000_000
"""Bytes of an answer that are read; a longer one is an error."""

POOL_SHARE = 0.8
"""The share of its time that a request may wait for a connection: it needs some itself."""

HEADERS = {
    "Content-Type": "application/json",
    "Accept": "application/json",
    "Accept-Encoding": "identity",
    "User-Agent": "handrail",
}


@attrs.frozen
class Answer:
    """What came back.

    Attributes:
        status: Of HTTP. retry_after: That header, or "". body: Only of a 200.
    """

    status: int
    retry_after: str
    body: bytes = attrs.field(repr=False)


class Connections:
    """Connections for each event loop that asks, closed when their loop ends.

    The SDK has one loop, and a new one where that is stuck or the process was forked. Below
    httpx's client lies a transport: it follows no redirect, keeps no cookies, takes no
    credentials or proxy from the environment, and logs no address.

    Args:
        most: Connections at a time.
        ca_file: Certificates to trust in place of the usual ones; verification is never off.
        proxy: The address of a proxy, or "".
    """

    def __init__(self, most: int, ca_file: str = "", proxy: str = "") -> None:
        _import()
        self._most, self._proxy = most, proxy or None
        self._tls = _context(ca_file)
        self._open: weakref.WeakKeyDictionary[
            asyncio.AbstractEventLoop, httpx.AsyncHTTPTransport
        ] = weakref.WeakKeyDictionary()

    async def post(self, url: str, headers: Mapping[str, str], body: Body, left: float) -> Answer:
        """Send JSON and return what comes; raises VendorError.

        Args:
            url: Where to.
            headers: Beside those of HEADERS.
            body: JSON.
            left: Seconds each step may take: a connection coming free, connecting, a read.
        """
        import httpx

        error: VendorError  # Raised behind the except: what httpx raises may know the request.
        try:
            return await self._post(url, headers, body, left)
        except httpx.PoolTimeout:
            error = VendorBusyError("concurrency: no connection came free in time")
        except httpx.TimeoutException:
            error = VendorTimeoutError("no answer in time")
        except httpx.TransportError:
            error = VendorUnreachableError("no connection, or it was lost")
        raise error

    async def _post(self, url: str, headers: Mapping[str, str], body: Body, left: float) -> Answer:
        import httpx

        request = httpx.Request(
            "POST",
            url,
            content=_parts(body),
            headers={**HEADERS, **headers, "Content-Length": str(len(body))},
            extensions={"timeout": httpx.Timeout(left, pool=left * POOL_SHARE).as_dict()},
        )
        response = await (await self._transport()).handle_async_request(request)
        try:
            said = await _read(response) if response.status_code == 200 else b""
        finally:
            await response.aclose()
        return Answer(response.status_code, response.headers.get("retry-after", ""), said)

    async def _transport(self) -> httpx.AsyncHTTPTransport:
        """The running loop's connections."""
        loop = asyncio.get_running_loop()
        transport = self._open.get(loop)
        if transport is not None:
            return transport
        transport = self._open[loop] = self._make()
        keeper = _keep(transport)
        await anext(keeper)  # From here on the loop knows it, and ends it when it ends.
        # Should we be gone before: left to the collector, sockets would be closed with a warning.
        weakref.finalize(self, _let_go, keeper).atexit = False
        return transport

    def _make(self) -> httpx.AsyncHTTPTransport:
        import httpx

        limits = httpx.Limits(
            max_connections=self._most,
            max_keepalive_connections=self._most,
            keepalive_expiry=IDLE_S,
        )
        return httpx.AsyncHTTPTransport(
            verify=self._tls, limits=limits, proxy=self._proxy, trust_env=False
        )


async def _keep(transport: httpx.AsyncHTTPTransport) -> AsyncGenerator[None]:
    """Close the connections in the end: a loop that ends ends the generators it knows."""
    try:
        yield
    finally:
        await transport.aclose()


def _let_go(_: AsyncGenerator[None]) -> None:
    """Let the last hold on a generator go: its loop, if it still runs, then ends it."""


def _import() -> None:
    """Import now what else the first request would; raises MissingExtraError.

    It takes some tenths of a second, for which the loop would be taken for stuck.
    """
    try:
        import_module("httpx")
    except ImportError:
        raise MissingExtraError("vendors", "a module that asks a vendor") from None
    for name in ("httpcore", "anyio._backends._asyncio"):
        with suppress(ImportError):  # Where httpx no longer wants it, nothing is lost.
            import_module(name)


def _context(ca_file: str) -> ssl.SSLContext:
    import httpx

    if not ca_file:
        return httpx.create_ssl_context(trust_env=False)
    try:
        return ssl.create_default_context(cafile=beside(ca_file))
    except (OSError, ValueError):
        raise InvalidValueError("ca_file: expected a readable file with certificates") from None


async def _parts(body: Body) -> AsyncIterator[bytes]:
    """The body's parts: between two of them the loop serves others."""
    for part in body:
        yield part


async def _read(response: httpx.Response) -> bytes:
    """The body, unless it is too long; raises VendorAnswerError."""
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        raise VendorAnswerError("answer: compressed, which was not asked for")
    body = bytearray()
    async for part in response.aiter_raw():
        body += part
        if len(body) > MOST_BYTES:
            raise VendorAnswerError(f"answer: more than {MOST_BYTES} bytes")
    return bytes(body)
