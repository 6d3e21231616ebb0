"""What goes wrong with a request, as problem details (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from handrail import Json
from handrail_asgi._bodies import Wrong

PROBLEMS: Mapping[int, tuple[str, str]] = MappingProxyType({
    400: ("malformed", "The request is malformed"),
    401: ("unauthenticated", "No valid API key"),
    403: ("forbidden", "The API key does not allow this"),
    404: ("not-found", "There is nothing here"),
    405: ("method-not-allowed", "The method is not allowed here"),
    408: ("too-slow", "The body did not arrive in time"),
    409: ("conflict", "Something else was sent under this name"),
    413: ("too-large", "The request is too large"),
    415: ("unsupported-media-type", "The body is not plain JSON"),
    422: ("invalid", "The body is not what the schema says"),
    429: ("too-many-requests", "The API key asks too often"),
    500: ("failed", "The service failed"),
    503: ("unavailable", "The service cannot take this now"),
})  # fmt: skip
"""The kind and the title of each status that is not a success."""


class RefusedError(Exception):
    """Ends a request with problem details.

    Args:
        status: The HTTP status, one of PROBLEMS. detail: What to do, never what was sent.
        errors: What is wrong with the body. headers: More headers, such as ``Retry-After``.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        errors: Sequence[Wrong] = (),
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail
        self.errors, self.headers = errors, headers

    def to_json(self) -> dict[str, Json]:
        """Return the problem details."""
        kind, title = PROBLEMS[self.status]
        made: dict[str, Json] = {
            "type": f"urn:handrail:problem:{kind}",
            "title": title,
            "status": self.status,
            "detail": self.detail,
        }
        if self.errors:
            made["errors"] = [{"detail": e.detail, "pointer": e.pointer} for e in self.errors]
        return made


def busy(detail: str, seconds: int = 1) -> RefusedError:
    """A refusal for now: try again after so many seconds."""
    return RefusedError(503, detail, headers={"retry-after": str(seconds)})


def flooded() -> RefusedError:
    """A refusal of what an account sends beyond what is kept: try again in an hour."""
    detail = "This account has handed in more reports than are kept within a day."
    return RefusedError(429, detail, headers={"retry-after": "3600"})
