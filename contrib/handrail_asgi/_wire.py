"""Requests read within limits, and answers written: the part that speaks ASGI."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any

import attrs
from starlette.types import Message, Receive, Scope, Send

from handrail_asgi._limits import Limits
from handrail_asgi._refused import RefusedError

JSON = b"application/json"
PROBLEM = b"application/problem+json"
HTML = b"text/html; charset=utf-8"
SECURITY_POLICY = b"content-security-policy"

_SECURITY: Sequence[tuple[bytes, bytes]] = (
    (b"cache-control", b"no-store"),
    (SECURITY_POLICY, b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
)

_encode = json.JSONEncoder(allow_nan=False, separators=(",", ":")).encode
_CLOSE = {"connection": "close"}


class GoneError(Exception):
    """The caller hung up before it had said everything: there is nobody to answer."""


@attrs.frozen
class Answer:
    """What is sent back.

    Attributes:
        status: The HTTP status. body: In UTF-8. type: Its media type.
        headers: More headers; none of them is what a caller sent. One of the security headers
            stands in the place of the usual one.
    """

    status: int
    body: bytes
    type: bytes = JSON
    headers: tuple[tuple[bytes, bytes], ...] = ()


def encoded(value: Any) -> bytes:
    """JSON in ASCII, which survives whatever is in between."""
    return _encode(value).encode("ascii")


def refusal(problem: RefusedError) -> Answer:
    """The answer that a problem is."""
    headers = tuple((k.encode("ascii"), v.encode("ascii")) for k, v in problem.headers.items())
    return Answer(problem.status, encoded(problem.to_json()), PROBLEM, headers)


def head_of(scope: Scope) -> dict[bytes, bytes]:
    """The headers of a request by their lower-case names; one that comes twice is joined.

    So RFC 9110 has it (5.3); of what may come once only, such as a key, that leaves nothing valid.
    """
    pairs: Sequence[tuple[bytes, bytes]] = scope["headers"]
    head = dict(pairs)
    if len(head) != len(pairs):
        head = {}
        for name, value in pairs:
            head[name] = head[name] + b", " + value if name in head else value
    return head


async def read_body(head: Mapping[bytes, bytes], receive: Receive, limits: Limits) -> bytes:
    """Read a JSON body within its limits.

    raises RefusedError 408, 413 or 415, and GoneError where the caller hangs up.
    """
    _check_type(head)
    length = head.get(b"content-length", b"0")
    if length.isdigit() and int(length[:20]) > limits.body_bytes:
        raise _too_large(limits)
    try:
        async with asyncio.timeout(limits.body_s):
            return await _all(receive, limits)
    except TimeoutError:
        told = f"A body has {limits.body_s:g} seconds to arrive."
        raise RefusedError(408, told, headers=_CLOSE) from None


def _check_type(head: Mapping[bytes, bytes]) -> None:
    kind, _, parameters = head.get(b"content-type", b"").lower().partition(b";")
    charset = parameters.strip().replace(b'"', b"")
    if kind.strip() != JSON or charset not in {b"", b"charset=utf-8"}:
        raise RefusedError(415, "Send application/json in UTF-8.")
    if head.get(b"content-encoding", b"identity").lower() != b"identity":
        raise RefusedError(415, "Send the body as it is, without a content encoding.")


def _too_large(limits: Limits) -> RefusedError:
    return RefusedError(413, f"A body has at most {limits.body_bytes} bytes.", headers=_CLOSE)


async def _all(receive: Receive, limits: Limits) -> bytes:
    message: Message = await receive()
    parts, size = [], 0
    while message["type"] == "http.request":
        part = message.get("body", b"")
        size += len(part)
        if size > limits.body_bytes:
            raise _too_large(limits)
        parts.append(part)
        if not message.get("more_body", False):
            return parts[0] if len(parts) == 1 else b"".join(parts)
        message = await receive()
    raise GoneError


async def write(send: Send, answer: Answer, more: Sequence[tuple[bytes, bytes]] = ()) -> None:
    """Send an answer with its security headers; *more* are headers of this response alone."""
    body = answer.body
    own = dict(answer.headers)
    headers = [
        (b"content-type", answer.type),
        (b"content-length", str(len(body)).encode()),
        *(each for each in _SECURITY if each[0] not in own),
        *answer.headers,
        *more,
    ]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
