"""For Python hosts that are ASGI apps themselves: a guarded feature as a dependency."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from starlette.requests import Request

from handrail import AsyncGuardedFeature, AsyncSafety


def lifespan(safety: AsyncSafety) -> Callable[[object], AbstractAsyncContextManager[Any]]:
    """Return the lifespan of a Starlette or FastAPI app that asks *safety* itself.

    Requests find it as ``request.state.safety``; in the end it is closed, its record written.
    """

    @asynccontextmanager
    async def life(app: object) -> AsyncIterator[Mapping[str, AsyncSafety]]:
        try:
            yield {"safety": safety}
        finally:
            await safety.close()

    return life


def feature(name: str) -> Callable[[Request], AsyncGuardedFeature]:
    """Return what gives a request the guarded feature *name*: a dependency for FastAPI.

    Needs the lifespan of this package; the feature raises FeatureError where it is unknown.
    """

    def guarded(request: Request) -> AsyncGuardedFeature:
        safety: AsyncSafety = request.state.safety
        return safety.feature(name)

    return guarded
