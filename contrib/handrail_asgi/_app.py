"""The ASGI app: which path is what, and the frame around each request."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from hashlib import sha256
from traceback import extract_tb
from types import MappingProxyType
from typing import Any

from starlette.routing import Router
from starlette.types import Receive, Scope, Send

from handrail import AsyncSafety
from handrail_asgi import _openapi
from handrail_asgi._bodies import Wrong
from handrail_asgi._decisions import Decisions
from handrail_asgi._gate import Gate
from handrail_asgi._handlers import Handlers, Work
from handrail_asgi._json import JsonError, read_json
from handrail_asgi._key import Keys
from handrail_asgi._key import Scope as KeyScope
from handrail_asgi._ledger import Ledger
from handrail_asgi._limits import Limits
from handrail_asgi._page import page
from handrail_asgi._refused import RefusedError, busy
from handrail_asgi._trace import conclude, served, trace_headers
from handrail_asgi._wire import Answer, GoneError, encoded, head_of, read_body, refusal, write

Reason = Callable[[], str | None]
"""Says why the service is not ready, in a sentence, or None where it is."""

_log = logging.getLogger("handrail")
_DECISIONS = "/v1/decisions/"
_GET = "GET, HEAD"
_AGAIN = re.compile(rb"[!-~]{1,255}")


class Handrail:
    """The features of an AsyncSafety over HTTP: an ASGI app, to be served or mounted.

    Args:
        safety: What is asked. Its features are got ready when the app starts.
        keys: The API keys.
        decisions: Where older decisions are looked up; by default the store of *safety*, if any.
        ledger: Where rates and answers are shared with other processes; by default in the store of
            *safety*, if any.
        limits: What is too much.
        reasons: More reasons not to be ready, such as a store that is away.

    Raises FeatureError for a feature that cannot be guarded as it asks, MissingExtraError.
    """

    def __init__(  # noqa: PLR0913 - keyword-only, and the public constructor
        self,
        safety: AsyncSafety,
        keys: Keys,
        *,
        decisions: Decisions | None = None,
        ledger: Ledger | None = None,
        limits: Limits | None = None,
        reasons: Sequence[Reason] = (),
    ) -> None:
        self.safety, self.limits = safety, limits or Limits()
        store: Any = safety.store
        ledger = ledger or getattr(store, "ledger", None)
        self._gate, self._reasons = Gate(keys, ledger), tuple(reasons)
        self._document = _openapi.document(self.limits)
        self._openapi = Answer(200, encoded(self._document))
        self._page = page(self._document)
        schemas: Any = self._document["components"]
        older = decisions or (store if hasattr(store, "decision") else None)
        made = Handlers(safety, self._gate, older, self.limits, schemas["schemas"])
        self._handlers = made
        self._posts = _posts(made)
        self._gets: Mapping[str, Callable[[], Awaitable[Answer]]] = MappingProxyType({
            "/healthz": self._healthz, "/readyz": self._readyz, "/openapi.json": self._said,
            "/docs": self._shown,
        })  # fmt: skip
        self._in_flight = 0
        self._closing = False
        self._alone = Router(lifespan=self.lifespan)

    def lifespan(self, app: object = None) -> AbstractAsyncContextManager[Mapping[str, Any]]:
        """Run the app's life: for ``Starlette(lifespan=face.lifespan)`` where it is mounted.

        Requests of the host find the AsyncSafety as ``request.state.safety``; in the end it is
        closed, with its record written.
        """
        return self._life()

    @asynccontextmanager
    async def _life(self) -> AsyncIterator[Mapping[str, Any]]:
        await self._gate.look()
        try:
            yield {"safety": self.safety}
        finally:
            self._closing = True
            await self.safety.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or run the app's life."""
        if scope["type"] == "lifespan":
            await self._alone.lifespan(scope, receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1000})

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        head = head_of(scope)
        path = scope["path"].removeprefix(scope.get("root_path", "")) or "/"
        traced: list[tuple[bytes, bytes]] = []
        if b"traceparent" in head:
            with served(head, scope["method"], self._route(path)) as span:
                traced = trace_headers()
                answer = await self._answered(path, scope["method"], head, receive)
                conclude(span, answer)
        else:
            answer = await self._answered(path, scope["method"], head, receive)
        if answer is not None:
            await write(send, answer, traced)

    async def _answered(
        self, path: str, method: str, head: Mapping[bytes, bytes], receive: Receive
    ) -> Answer | None:
        """The answer, whatever happens; None where nobody waits for it any more."""
        try:
            return await self._routed(path, method, head, receive)
        except RefusedError as refused:
            return refusal(refused)
        except GoneError:
            return None
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller gets an answer.
            _log.error("handrail.http_failed error=%s place=%s", *_told(error))
            return refusal(RefusedError(500, "This is our mistake, and it has been logged."))

    def _route(self, path: str) -> str:
        """The path as the document has it; what it has not is told from nothing."""
        if path in self._posts or path in self._gets:
            return path
        return f"{_DECISIONS}{{id}}" if path.startswith(_DECISIONS) else "*"

    async def _routed(
        self, path: str, method: str, head: Mapping[bytes, bytes], receive: Receive
    ) -> Answer:
        if (post := self._posts.get(path)) is not None:
            _only(method, "POST")
            return await self._posted(path, post, head, receive)
        if (get := self._gets.get(path)) is not None:
            _only(method, _GET)
            return await get()
        if path.startswith(_DECISIONS) and "/" not in path[len(_DECISIONS) :]:
            _only(method, _GET)
            key = await self._gate.enter(head.get(b"authorization"))
            return await self._handlers.decision(key, path[len(_DECISIONS) :])
        raise RefusedError(
            404, "The paths of this service are in /openapi.json, and for people in /docs."
        )

    async def _posted(
        self, path: str, post: tuple[str, KeyScope, Work], head: Mapping[bytes, bytes],
        receive: Receive,
    ) -> Answer:  # fmt: skip
        key = await self._gate.enter(head.get(b"authorization"))
        if self._in_flight >= self.limits.in_flight or self._closing:
            raise busy("Too many requests are being worked; try again.")
        self._in_flight += 1
        try:
            name, needed, work = post
            raw = await read_body(head, receive, self.limits)
            asked = self._handlers.checked(name, key, needed, _read(raw, self.limits))
            if (again := head.get(b"idempotency-key")) is None:
                return await work(asked)
            mark = sha256(path.encode() + b"\n" + raw).digest()
            return await self._handlers.remembered(asked, _short(again), mark, work)
        finally:
            self._in_flight -= 1

    async def _healthz(self) -> Answer:
        return Answer(200, b'{"status":"ok"}')

    async def _readyz(self) -> Answer:
        await self._gate.look()
        reasons = [r for r in (self._gate.reason, *(each() for each in self._reasons)) if r]
        if (away := await asyncio.to_thread(_away, self.safety.store)) is not None:
            reasons.append(away)
        if self._closing:
            reasons.append("The service is shutting down.")
        if not self.safety.features:
            reasons.append("The settings declare no feature.")
        if reasons:
            return Answer(503, encoded({"status": "not ready", "reasons": reasons}))
        return Answer(200, b'{"status":"ok"}')

    async def _said(self) -> Answer:
        return self._openapi

    async def _shown(self) -> Answer:
        return self._page


def _posts(made: Handlers) -> Mapping[str, tuple[str, KeyScope, Work]]:
    """For each path that takes a body: its schema, the scope it needs, and what answers it."""
    return MappingProxyType({
        "/v1/pre_publish": ("PrePublish", KeyScope.ASK, made.pre_publish),
        "/v1/pre_publish/batch": ("PrePublishBatch", KeyScope.ASK, made.pre_publish_batch),
        "/v1/post_publish": ("PostPublish", KeyScope.PUBLISH, made.post_publish),
        "/v1/reports": ("NewReport", KeyScope.REPORT, made.reports),
        "/v1/events": ("Events", KeyScope.PUBLISH, made.events),
    })  # fmt: skip


def _away(store: Any) -> str | None:
    """Why a store cannot be used now; None where it can, or where there is none to ask."""
    if not hasattr(store, "read"):
        return None
    try:
        with store.read():
            return None
    except Exception as error:  # noqa: BLE001 - a database raises what it likes.
        return f"The store cannot be read ({type(error).__name__})."


def _told(error: Exception) -> tuple[str, str]:
    """An exception's type and place; its text may be content."""
    (*_, last) = extract_tb(error.__traceback__)
    return type(error).__name__, f"{last.filename.rpartition('/')[2]}:{last.lineno}"


def _only(method: str, allowed: str) -> None:
    if method not in allowed.split(", "):
        raise RefusedError(405, f"Use {allowed} here.", headers={"allow": allowed})


def _read(raw: bytes, limits: Limits) -> Any:
    try:
        return read_json(raw, depth=limits.depth, values=limits.values)
    except JsonError as error:
        wrong = Wrong(detail=str(error), pointer=error.pointer)
        raise RefusedError(400, "Send strict JSON.", errors=[wrong]) from None


def _short(key: bytes) -> bytes:
    if not _AGAIN.fullmatch(key):
        raise RefusedError(400, "An Idempotency-Key has 1 to 255 characters, without spaces.")
    return key
