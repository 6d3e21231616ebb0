"""How much one request, one key and all of them together may ask for."""

from __future__ import annotations

from typing import Any

import attrs

from handrail import InvalidValueError


def _positive(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value <= 0:
        raise InvalidValueError(f"Limits.{attribute.name}: expected a number above 0")


@attrs.frozen(kw_only=True)
class Limits:
    """What the face refuses before it works.

    Attributes:
        body_bytes: Bytes of a body. depth: Objects and arrays in one another.
        values: Values of a body, about: each costs time to check and to build.
        items: Items or events of one request.
        body_s: Seconds that a body may take to arrive.
        head_s: Seconds that the head of a request may take; only under ``serve``.
        head_bytes: Bytes of such a head; only under ``serve``.
        connections: Connections at once; only under ``serve``.
        in_flight: Requests being read or worked at once; more are answered 503.
        remembered: Answers remembered, so that the same question gets the same answer.
        remembered_s: Seconds they are remembered.
        drain_s: Seconds that ``serve`` lets requests finish when it is told to stop.

    Raises InvalidValueError for what is not above 0.
    """

    body_bytes: int = attrs.field(default=1024 * 1024, validator=_positive)
    depth: int = attrs.field(default=32, validator=_positive)
    values: int = attrs.field(default=10_000, validator=_positive)
    items: int = attrs.field(default=100, validator=_positive)
    body_s: float = attrs.field(default=10, validator=_positive)
    head_s: float = attrs.field(default=10, validator=_positive)
    head_bytes: int = attrs.field(default=32 * 1024, validator=_positive)
    connections: int = attrs.field(default=2048, validator=_positive)
    in_flight: int = attrs.field(default=512, validator=_positive)
    remembered: int = attrs.field(default=10_000, validator=_positive)
    remembered_s: float = attrs.field(default=600, validator=_positive)
    drain_s: float = attrs.field(default=30, validator=_positive)
