"""For Python hosts that are ASGI apps themselves: guarded features within their requests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from handrail import AsyncSafety, FeatureError
from handrail_asgi._caller import CURRENT, Asking, RequestFeature, Whose
from handrail_asgi._published import NotPublishedError, response_to
from handrail_asgi._trace import joined
from handrail_asgi._wire import head_of

_ASKING = "handrail_asgi.asking"


def lifespan(safety: AsyncSafety) -> Callable[[object], AbstractAsyncContextManager[Any]]:
    """Return the lifespan of a Starlette or FastAPI app that asks *safety* itself.

    Requests find it as ``request.state.safety``; in the end it is closed, its record written.
    An app with SafetyMiddleware needs none.
    """

    @asynccontextmanager
    async def life(app: object) -> AsyncIterator[Mapping[str, AsyncSafety]]:
        try:
            yield {"safety": safety}
        finally:
            await safety.close()

    return life


class SafetyMiddleware:
    """Gives every request of an ASGI app its caller and trace, and answers what is not published.

    ``request.state.safety`` is the AsyncSafety; ``feature`` and ``current_feature`` give guarded
    features that know who asks. Where the request has a ``traceparent`` and the host has begun no
    span, calls become a part of the caller's trace. When the app ends, *safety* is closed, with
    its record written. On a websocket NotPublishedError passes: one line that is refused ends no
    connection.

    Args:
        app: The app; ``add_middleware`` gives it.
        safety: What is asked. Its features are got ready when the app starts.
        caller: Says who is behind a request: a function of Starlette's HTTPConnection, plain or
            async, that returns a Caller, an Actor or None. It is asked once, when a feature is
            first asked; what it raises is the host's own.
        answer: What a client is told of a NotPublishedError.

    Raises FeatureError for a feature that cannot be guarded as it asks.
    """

    def __init__(
        self, app: ASGIApp, safety: AsyncSafety, *, caller: Whose | None = None,
        answer: Callable[[NotPublishedError], Response] = response_to,
    ) -> None:  # fmt: skip
        self._app, self._safety, self._whose, self._answer = app, safety, caller, answer
        for each in safety.features:
            safety.feature(each.name)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, within its context; or the app's life, and close in the end."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, self._closing(send))
        elif scope["type"] in {"http", "websocket"}:
            await self._request(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _closing(self, send: Send) -> Send:
        async def told(message: Message) -> None:
            if message["type"] in {"lifespan.shutdown.complete", "lifespan.shutdown.failed"}:
                await self._safety.close()
            await send(message)

        return told

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        asking = Asking(self._safety, HTTPConnection(scope, receive), self._whose)
        scope.setdefault("state", {})["safety"] = self._safety
        scope[_ASKING] = asking
        begun = False

        async def noted(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        token = CURRENT.set(asking)
        try:
            with joined(head_of(scope)):
                await self._app(scope, receive, noted)
        except NotPublishedError as error:
            if begun or scope["type"] != "http":
                raise
            await self._answer(error)(scope, receive, send)
        finally:
            CURRENT.reset(token)


def feature(
    name: str, safety: AsyncSafety | None = None
) -> Callable[[HTTPConnection], RequestFeature]:
    """Return what gives a request the guarded feature *name*: a dependency for FastAPI.

    With *safety* the feature is got ready now: FeatureError is raised where it is unknown or not
    covered. Without, the app needs SafetyMiddleware or the lifespan of this package, and that
    error comes with the first request.
    """
    if safety is not None:
        safety.feature(name)

    def guarded(request: HTTPConnection) -> RequestFeature:
        asking = request.scope.get(_ASKING)
        if not isinstance(asking, Asking) or (safety and asking.safety is not safety):
            asking = Asking(safety or _safety_of(request), request, None)
        return RequestFeature(asking.safety.feature(name), asking)

    return guarded


def current_feature(name: str) -> RequestFeature:
    """Return the guarded feature *name* in the request that is being worked, however deep.

    Raises FeatureError where it is unknown, and outside of a request under SafetyMiddleware.
    """
    asking = CURRENT.get(None)
    if asking is None:
        raise FeatureError(f"current_feature({name!r}): no request under SafetyMiddleware here")
    return RequestFeature(asking.safety.feature(name), asking)


def _safety_of(request: HTTPConnection) -> AsyncSafety:
    safety = getattr(request.state, "safety", None)
    if not isinstance(safety, AsyncSafety):
        raise FeatureError(
            "handrail_asgi.feature: this app has no AsyncSafety: add SafetyMiddleware, or give it "
            "lifespan(safety)"
        )
    return safety
