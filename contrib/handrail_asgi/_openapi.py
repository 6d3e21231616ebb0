"""The OpenAPI document, written from the model: classes give schemas, docstrings meanings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs

import handrail
from handrail import Decision, Json, Receipt
from handrail_asgi import _bodies
from handrail_asgi._examples import EXAMPLES
from handrail_asgi._limits import Limits
from handrail_asgi._refused import PROBLEMS
from handrail_asgi._schema import REFS, Schema, Schemas

_ASKED = (
    _bodies.PrePublish, _bodies.PrePublishBatch, _bodies.PostPublish, _bodies.NewReport,
    _bodies.Events,
)  # fmt: skip
_ANSWERED = (
    Decision, _bodies.Decided, Receipt, _bodies.Taken, _bodies.Health, _bodies.ProblemDetails,
)  # fmt: skip

_ABOUT = """\
Ask before publishing, hand in what was published or reported, tell what became of it.

Every path under `/v1` needs an API key: `Authorization: Bearer hr_…`.
A key is for some features and may do some things (scopes).

The same item, revision and stage is worked once: the same request gets the same answer, with
`Idempotent-Replayed: true`; another one under that name is a conflict (409).
"""

_POSTED = (400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 503)

_KEY: Schema = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key and body within some minutes get the same answer, whatever "
    "happened in between.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    "example": "9c2f0a-1",
}
_TRACE: Schema = {
    "name": "traceparent",
    "in": "header",
    "required": False,
    "description": "W3C trace context: the span that what happens here becomes a part of; what is "
    "none is passed over.",
    "schema": {"type": "string"},
    "example": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
}
_DECISION_ID: Schema = {
    "name": "id",
    "in": "path",
    "required": True,
    "description": "The decision's id, 24 hexadecimal digits.",
    "schema": {"type": "string", "pattern": "^[0-9a-f]{24}$"},
    "example": "8f14e45fceea167a5a36dedd",
}
_HEADERS: Mapping[int, tuple[str, Schema, str]] = {
    401: ("WWW-Authenticate", {"type": "string"}, "How to authenticate."),
    405: ("Allow", {"type": "string"}, "The methods that are allowed."),
    429: ("Retry-After", {"type": "integer"}, "Seconds to wait."),
    503: ("Retry-After", {"type": "integer"}, "Seconds to wait."),
}


@attrs.frozen
class _Post:
    """A path that takes a body.

    Attributes:
        path, id, title, about: Of the operation. body: What it takes.
        status: Of success. answer: What it then holds.
    """

    path: str
    id: str
    title: str
    about: str
    body: str
    status: int
    answer: str


_POSTS = (
    _Post(
        "/v1/pre_publish", "prePublish", "Ask before publishing",
        "What becomes of one item, before anyone can see it. Needs the scope `ask`.",
        "PrePublish", 200, "Decision",
    ),
    _Post(
        "/v1/pre_publish/batch", "prePublishBatch", "Ask about many items at once",
        "The same for many items of one feature, answered in their order; each counts against "
        "the key's rate. If one is malformed, none is looked at. Needs the scope `ask`.",
        "PrePublishBatch", 200, "Decided",
    ),
    _Post(
        "/v1/post_publish", "postPublish", "Hand in what was published",
        "An item that people can see now, to be looked at more deeply. Needs the scope `publish`.",
        "PostPublish", 202, "Receipt",
    ),
    _Post(
        "/v1/reports", "report", "Hand in a report",
        "What somebody says about an item. Needs the scope `report`.",
        "NewReport", 202, "Receipt",
    ),
    _Post(
        "/v1/events", "tell", "Tell what became of it",
        "Decisions carried out, items seen or withdrawn. Needs the scope `publish`.",
        "Events", 202, "Taken",
    ),
)  # fmt: skip


def document(limits: Limits | None = None) -> dict[str, Json]:
    """Return the OpenAPI 3.1 document of the face, under those limits."""
    schemas = Schemas(_ASKED, _ANSWERED).made
    _within(schemas, limits or Limits())
    for name, example in EXAMPLES.items():
        schemas[name]["examples"] = [example]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Handrail",
            "version": handrail.__version__,
            "summary": "Feature safety over HTTP.",
            "description": _ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"apiKey": []}],
        "paths": dict(_paths()),
        "components": {
            "schemas": {**schemas},
            "securitySchemes": {
                "apiKey": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An API key, made by `handrail keys add`.",
                }
            },
        },
    }


def _within(schemas: Mapping[str, Schema], limits: Limits) -> None:
    for name, field in (("PrePublishBatch", "items"), ("Events", "events")):
        properties: Any = schemas[name]["properties"]
        properties[field]["maxItems"] = limits.items


def _paths() -> Iterator[tuple[str, Json]]:
    for post in _POSTS:
        yield post.path, {"post": _posted(post)}
    yield "/v1/decisions/{id}", {"get": _decision()}
    yield "/healthz", {"get": _open("health", "Whether the process answers", "Health", ())}
    yield "/readyz", {"get": _open("ready", "Whether it takes requests, or why not", "Health",
                                   (503,))}  # fmt: skip
    yield "/openapi.json", {"get": _open("openapi", "This document", None, ())}
    yield "/docs", {"get": _shown()}


def _posted(post: _Post) -> dict[str, Json]:
    return {
        "operationId": post.id,
        "summary": post.title,
        "description": post.about,
        "parameters": [_KEY, _TRACE],
        "requestBody": {"required": True, "content": _content(post.body)},
        "responses": {
            str(post.status): _success(post.answer),
            **_refusals(_POSTED),
        },
    }


def _decision() -> dict[str, Json]:
    return {
        "operationId": "decision",
        "summary": "Look a decision up",
        "description": "A decision of a feature that the key is for. Ids of people are left out "
        "unless the key has the scope `identities`. Needs the scope `read`.",
        "parameters": [_DECISION_ID, _TRACE],
        "responses": {
            "200": _success("Decision"),
            **_refusals((401, 403, 404, 405, 429, 503)),
        },
    }


def _open(name: str, title: str, schema: str | None, ill: Sequence[int]) -> dict[str, Json]:
    whole: dict[str, Json] = {"application/json": {"schema": {"type": "object"}}}
    good: dict[str, Json] = {
        "description": "As asked.",
        "content": _content(schema) if schema else whole,
    }
    bad = {str(s): {**good, "description": "Not now; `reasons` say why."} for s in ill}
    return {
        "operationId": name,
        "summary": title,
        "security": [],
        "responses": {"200": good, **bad, **_refusals((405,))},
    }


def _shown() -> dict[str, Json]:
    """The page for people, made of this document."""
    made = _open("docs", "This document, to read in a browser", None, ())
    responses: Any = made["responses"]
    responses["200"] = {
        "description": "As asked.",
        "content": {"text/html": {"schema": {"type": "string"}}},
    }
    return made


def _success(schema: str) -> dict[str, Json]:
    replayed: Json = {
        "description": "`true` where the answer is the one given before.",
        "schema": {"type": "string", "enum": ["true"]},
    }
    parent: Json = {
        "description": "The trace it became a part of, where the caller sent one.",
        "schema": {"type": "string"},
    }
    return {
        "description": "As asked.",
        "headers": {"Idempotent-Replayed": replayed, "traceparent": parent},
        "content": _content(schema),
    }


def _content(schema: str, kind: str = "application/json") -> dict[str, Json]:
    return {kind: {"schema": {"$ref": f"{REFS}{schema}"}}}


def _refusals(statuses: Sequence[int]) -> dict[str, Json]:
    return {str(status): _refused(status) for status in statuses}


def _refused(status: int) -> dict[str, Json]:
    made: dict[str, Json] = {
        "description": f"{PROBLEMS[status][1]}.",
        "content": _content("ProblemDetails", "application/problem+json"),
    }
    if status in _HEADERS:
        name, schema, about = _HEADERS[status]
        made["headers"] = {name: {"description": about, "required": True, "schema": schema}}
    return made
