"""Mounted in another app, or used by it: the same features under one roof."""

from __future__ import annotations

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from handrail import Feature
from handrail.testing import finding, make_async_safety
from handrail_asgi import Handrail, MemoryKeys, feature, lifespan, new_key

FEATURES = [Feature(name="video_comments", surface="comments")]


@pytest.fixture(name="safety")
def _safety():
    return make_async_safety(finding(), features=FEATURES)


@pytest.fixture(name="keyed")
def _keyed():
    text, key = new_key("a test", ["*"])
    keys = MemoryKeys()
    keys.add(key)
    return keys, {"authorization": f"Bearer {text}"}


async def comment(request: Request) -> JSONResponse:
    """A route of the host that asks its feature itself."""
    from handrail import Item

    decision = await feature("video_comments")(request).pre_publish(Item(**await request.json()))
    return JSONResponse({"action": decision.action.name})


def test_is_mounted_under_a_path(safety, keyed, ask):
    """Under a path of another app every path of the face works, and its life with the app's."""
    keys, bearer = keyed
    face = Handrail(safety, keys)
    app = Starlette(
        routes=[Mount("/safety", app=face), Route("/comment", comment, methods=["POST"])],
        lifespan=face.lifespan,
    )
    with TestClient(app, headers=bearer) as client:
        one = client.post("/safety/v1/pre_publish", json=ask())
        two = client.post("/comment", json={"id": "c-2"})
        found = client.get(f"/safety/v1/decisions/{one.json()['id']}")
        lost = client.get("/safety/v1/nothing")

    assert (200, "block", "BLOCK", 200, 404) == (
        one.status_code, one.json()["action"], two.json()["action"], found.status_code,
        lost.status_code,
    )  # fmt: skip
    assert safety._core.closed


def test_a_host_may_do_without_the_face(safety):
    """The lifespan and the dependency work in an app that has no HTTP face."""
    routes = [Route("/comment", comment, methods=["POST"])]
    with TestClient(Starlette(routes=routes, lifespan=lifespan(safety))) as client:
        answer = client.post("/comment", json={"id": "c-1"})

    assert ("BLOCK", True) == (answer.json()["action"], safety._core.closed)


def test_works_without_the_life_of_the_host(safety, keyed, ask):
    """A host that forgets the lifespan is answered all the same."""
    keys, bearer = keyed

    async def once():
        transport = httpx.ASGITransport(Handrail(safety, keys))
        async with httpx.AsyncClient(
            transport=transport, base_url="http://host", headers=bearer
        ) as client:
            answer = await client.post("/v1/pre_publish", json=ask())
        await safety.close()
        return answer.status_code

    import asyncio

    assert 200 == asyncio.run(once())


def test_websockets_are_closed(safety, keyed):
    """There are none here."""
    from starlette.websockets import WebSocketDisconnect

    with (
        TestClient(Handrail(safety, keyed[0])) as client, pytest.raises(WebSocketDisconnect),
        client.websocket_connect("/v1/pre_publish"),
    ):  # fmt: skip
        pass
