"""SafetyMiddleware: requests know who asks, and what is not published becomes a response."""

from __future__ import annotations

import asyncio
from typing import Annotated

import pytest
from fastapi import Depends, FastAPI, Request, WebSocket
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from handrail import Action, Actor, Feature, FeatureError, HostEvent, Item, MemorySink, Policy
from handrail.testing import finding, make_async_safety
from handrail_asgi import (
    Caller,
    NotPublishedError,
    RequestFeature,
    SafetyMiddleware,
    current_feature,
    feature,
    lifespan,
)

FEATURES = [Feature(name="video_comments", surface="comments")]
SCORES = {"ask": 0.3, "wait": 0.6, "grumpf": 0.9}
POLICY = Policy(
    issues={"integrity.spam": {"nudge": 0.3, "hold": 0.6, "block": 0.9}},
    holds={"within": "24h", "otherwise": "block"},
)
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
Comments = Annotated[RequestFeature, Depends(feature("video_comments"))]
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"


@pytest.fixture(name="modules")
def _modules():
    """A module for each first word that a text may have."""
    return [
        finding(when=lambda item, word=word: item.text == word, score=score, name=f"finds_{word}")
        for word, score in SCORES.items()
    ]


@pytest.fixture(name="sink")
def _sink():
    return MemorySink()


@pytest.fixture(name="safety")
def _safety(modules, sink):
    return make_async_safety(
        *modules, features=FEATURES, policy=POLICY, sink=sink, budget_ms=60_000
    )


class Drafts(list):
    """What the host keeps: drafts that wait."""

    async def keep(self, decision):
        """Keep one."""
        self.append(decision.id)


def app_of(safety, drafts=None, **options):
    """A FastAPI app with one route that publishes, under the middleware."""
    app = FastAPI()
    app.add_middleware(SafetyMiddleware, safety=safety, **options)
    keep = None if drafts is None else drafts.keep

    @app.post("/comments/{name}")
    async def post_comment(name: str, text: str, comments: Comments) -> dict[str, str]:
        await comments.admit(Item(name, text), pending=keep)
        return {"posted": name}

    return app


@pytest.fixture(name="drafts")
def _drafts():
    return Drafts()


@pytest.fixture(name="client")
def _client(safety, drafts):
    with TestClient(app_of(safety, drafts)) as client:
        yield client


class TestAnswers:
    """What is not published is answered; the handler goes on only for what may be."""

    def test_what_is_allowed_goes_on(self, client):
        """The handler publishes."""
        assert {"posted": "c-1"} == client.post("/comments/c-1", params={"text": "hello"}).json()

    def test_a_block_is_403(self, client):
        """Problem details say that it is not published, with what is safe to show."""
        answer = client.post("/comments/c-1", params={"text": "grumpf"})
        said = answer.json()

        assert (403, "application/problem+json") == (
            answer.status_code, answer.headers["content-type"],
        )  # fmt: skip
        assert ("urn:handrail:problem:blocked", "block", 403) == (
            said["type"], said["action"], said["status"],
        )  # fmt: skip
        assert said["notice"]
        assert "confirms" not in said

    def test_a_nudge_is_409_and_says_how_to_confirm(self, client):
        """The id that confirms is the decision's."""
        answer = client.post("/comments/c-1", params={"text": "ask"})
        said = answer.json()

        assert (409, "nudge", True) == (
            answer.status_code, said["action"], said["confirms"] == said["decision"],
        )  # fmt: skip

    def test_a_hold_is_202_once_the_draft_is_kept(self, client, drafts):
        """The host has kept the draft before anybody is told that it waits."""
        answer = client.post("/comments/c-1", params={"text": "wait"})

        assert (202, "hold", drafts) == (
            answer.status_code, answer.json()["action"], [answer.json()["decision"]],
        )  # fmt: skip

    def test_a_hold_that_nobody_keeps_is_a_block(self, safety):
        """A draft that is lost is not told to be waiting."""
        with TestClient(app_of(safety)) as client:
            assert 403 == client.post("/comments/c-1", params={"text": "wait"}).status_code

    def test_is_told_back(self, safety, client, sink):
        """What is not published counts as carried out; what may be is the host's to tell."""
        client.post("/comments/c-1", params={"text": "grumpf"})
        client.post("/comments/c-2", params={"text": "hello"})
        safety._core.flush()
        told = [entry for entry in sink.entries if isinstance(entry, HostEvent)]

        assert [("c-1", False)] == [(each.item, each.published) for each in told]

    def test_a_host_may_answer_itself(self, safety):
        """Its own response takes the place of ours."""

        def teapot(error: NotPublishedError) -> PlainTextResponse:
            return PlainTextResponse(error.decision.action.name, 418)

        with TestClient(app_of(safety, answer=teapot)) as client:
            answer = client.post("/comments/c-1", params={"text": "grumpf"})

        assert (418, "BLOCK") == (answer.status_code, answer.text)

    def test_an_answer_that_has_begun_is_not_followed_by_another(self, safety):
        """An error in the middle of a stream is the host's: nothing is sent after it."""

        async def stream(_):
            async def parts():
                yield b"begun"
                await current_feature("video_comments").admit(Item("c", "grumpf"), pending=None)

            return StreamingResponse(parts())

        app = Starlette(routes=[Route("/", stream)])
        app.add_middleware(SafetyMiddleware, safety=safety)
        with TestClient(app) as client, pytest.raises(NotPublishedError):
            client.get("/")


class TestCaller:
    """Who asks is looked up once and goes with every item that does not say it itself."""

    @pytest.fixture(name="seen")
    def _seen(self, modules):
        """The last item that a module saw."""
        return lambda: modules[0].seen[-1]

    def _post(self, safety, caller, text="hello"):
        with TestClient(app_of(safety, caller=caller)) as client:
            return client.post("/comments/c-1", params={"text": text}, headers={"x-user": "u-ada"})

    @pytest.mark.parametrize("asynchronous", [False, True])
    def test_fills_the_author(self, safety, seen, asynchronous):
        """The host's function, plain or async, is given the request and says who it is."""

        def plain(request):
            return Actor(request.headers["x-user"], age=17)

        async def awaited(request):
            return plain(request)

        self._post(safety, awaited if asynchronous else plain)

        assert ("u-ada", 17) == (seen().author.id, seen().author.age.value)

    @pytest.mark.parametrize(("own", "region"), [(None, "DE"), ("US", "US")])
    def test_fills_region_and_session(self, safety, seen, own, region):
        """The region of the request is the actor's where the account has none."""
        who = Caller(actor=Actor("u", region=own), region="DE", session_id="s-1")
        self._post(safety, lambda _: who)

        assert (region, "s-1") == (seen().author.region, seen().session_id)

    def test_nobody_is_nobody(self, safety, seen):
        """A caller who has not signed in is no author."""
        assert (200, None) == (self._post(safety, lambda _: None).status_code, seen().author)

    def test_is_looked_up_once(self, safety):
        """Two questions in a request are one look-up, and a request that asks nothing none."""
        asked = []

        async def twice(request):
            comments = feature("video_comments")(request)
            for number in range(2):
                await comments.pre_publish(Item(f"c-{number}", "hello"))
            return JSONResponse(comments.surface)

        async def never(_):
            return JSONResponse("no")

        app = Starlette(routes=[Route("/twice", twice), Route("/never", never)])
        app.add_middleware(SafetyMiddleware, safety=safety, caller=asked.append)
        with TestClient(app) as client:
            said = client.get("/twice").json()
            client.get("/never")

        assert ("comments", 1) == (said, len(asked))

    def test_what_the_item_says_stays(self, safety, seen):
        """An author whom the host names is not replaced."""

        async def post(request):
            item = Item("c-1", "hello", author=Actor("u-bo"), session_id="s-2")
            await feature("video_comments")(request).pre_publish(item)
            return JSONResponse({})

        app = Starlette(routes=[Route("/", post)])
        who = Caller(actor=Actor("u-ada"), session_id="s-1")
        app.add_middleware(SafetyMiddleware, safety=safety, caller=lambda _: who)
        with TestClient(app) as client:
            client.get("/")

        assert ("u-bo", "s-2") == (seen().author.id, seen().session_id)

    def test_what_is_no_caller_is_told(self, safety):
        """A function that returns something else is a mistake, told without repeating it."""
        with pytest.raises(ValueError, match="expected a Caller, an Actor or None"):
            self._post(safety, lambda _: "u-ada")


class TestContext:
    """Code deep below the handler finds its request."""

    def test_is_found_below_the_handler(self, safety):
        """Without being handed the request, in a plain route too, which runs in a thread."""
        app = FastAPI()
        app.add_middleware(SafetyMiddleware, safety=safety)

        @app.get("/")
        def name() -> str:
            return current_feature("video_comments").name

        with TestClient(app) as client:
            assert "video_comments" == client.get("/").json()

    def test_ends_with_the_request(self, safety):
        """Outside of a request there is none, and the error says what is missing."""

        async def app(*_):
            current_feature("video_comments")

        async def once():
            await SafetyMiddleware(app, safety)({"type": "http", "headers": []}, None, None)
            current_feature("video_comments")

        with pytest.raises(FeatureError, match="no request under SafetyMiddleware"):
            asyncio.run(once())

    def test_continues_the_caller_s_trace(self, safety):
        """Decisions carry the trace id of the request."""
        app = FastAPI()
        app.add_middleware(SafetyMiddleware, safety=safety)

        @app.get("/")
        async def trace() -> str | None:
            made = await current_feature("video_comments").pre_publish(Item("c-1", "grumpf"))
            return made.trace_id

        with TestClient(app) as client:
            told = client.get("/", headers={"traceparent": PARENT}).json()
            none = client.get("/", headers={"traceparent": "grumpf"}).json()

        assert (TRACE, True) == (told, none != TRACE)

    def test_a_websocket_asks_and_stays_open(self, safety, modules):
        """One line that is refused does not end the connection."""
        app = FastAPI()
        app.add_middleware(SafetyMiddleware, safety=safety, caller=lambda _: Actor("u-ada"))

        @app.websocket("/live")
        async def live(socket: WebSocket, chat: Comments) -> None:
            await socket.accept()
            for number in range(2):
                text = await socket.receive_text()
                made = await chat.pre_publish(Item(f"l-{number}", text))
                await socket.send_text(made.action.name)

        with TestClient(app) as client, client.websocket_connect("/live") as socket:
            said = []
            for text in ("grumpf", "hello"):
                socket.send_text(text)
                said.append(socket.receive_text())

        assert (["BLOCK", "ALLOW"], "u-ada") == (said, modules[0].seen[-1].author.id)


class TestStart:
    """What cannot work is told early."""

    def test_an_unknown_feature_with_its_safety(self, safety):
        """Where the AsyncSafety is given, a misspelled feature is told when the route is made."""
        with pytest.raises(FeatureError, match="video_coments"):
            feature("video_coments", safety)

    def test_an_app_without_either(self):
        """The error says what to add."""

        async def ask(request: Request):
            feature("video_comments")(request)

        with (
            TestClient(Starlette(routes=[Route("/", ask)])) as client,
            pytest.raises(FeatureError, match="add SafetyMiddleware"),
        ):
            client.get("/")

    def test_lifespan_is_enough_for_the_feature(self, safety):
        """Without the middleware a feature is asked all the same; nobody is its caller."""

        async def ask(request: Request):
            made = await feature("video_comments")(request).pre_publish(Item("c", "grumpf"))
            return JSONResponse(made.action.name)

        app = Starlette(routes=[Route("/", ask)], lifespan=lifespan(safety))
        with TestClient(app) as client:
            assert Action.BLOCK.name == client.get("/").json()

    def test_closes_with_the_app(self, safety, sink):
        """When the app ends, the record is written, without a lifespan of the host's."""
        with TestClient(app_of(safety)) as client:
            client.post("/comments/c-1", params={"text": "hello"})

        assert ["c-1"] == [entry.item for entry in sink.entries]
        assert safety._core.closed
