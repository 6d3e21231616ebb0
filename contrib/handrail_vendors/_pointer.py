"""JSON Pointer (RFC 6901): where in an answer a value stands."""

from __future__ import annotations

from handrail import InvalidValueError

from ._reply import Reply

DEEPEST = 16


def pointer(text: str, field: str) -> tuple[str, ...]:
    """Read a pointer such as ``/results/0/spam``; raises InvalidValueError."""
    parts = text.split("/")
    if parts[0] or not text.isprintable() or len(parts) > DEEPEST + 1:
        raise InvalidValueError(f"{field}: expected a JSON pointer such as /results/0/score")
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in parts[1:])


def follow(reply: Reply, parts: tuple[str, ...]) -> Reply:
    """Go to where a pointer points; raises VendorAnswerError for a dead end."""
    for part in parts:
        listed = reply.is_list() and part.isascii() and part.isdigit() and len(part) < 10
        reply = reply.at(int(part) if listed else part)
    return reply
