"""AWS Signature Version 4, in the Authorization header: what one POST with JSON needs.

After https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html;
botocore, which has a signer too, weighs 32 MB.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from urllib.parse import parse_qsl, quote, urlsplit

import attrs

ALGORITHM = "AWS4-HMAC-SHA256"


@attrs.frozen
class Credentials:
    """Who signs.

    Attributes:
        access: The access key's id. secret: The secret key. token: A session's token, or "".
    """

    access: str = attrs.field(repr=False)
    secret: str = attrs.field(repr=False)
    token: str = attrs.field(default="", repr=False)


@attrs.frozen
class Scope:
    """For which region and service a signature holds."""

    region: str
    service: str


@attrs.frozen(kw_only=True)
class Request:
    """What is signed.

    Attributes:
        method: Such as ``POST``. url: As it is sent, its path percent-encoded once.
        headers: Those to sign beside host, date and token.
        digest: The body's SHA-256, in hexadecimal.
    """

    method: str = "POST"
    url: str
    headers: Mapping[str, str] = attrs.field(factory=dict)
    digest: str


def signed_headers(
    request: Request, who: Credentials, scope: Scope, now: datetime
) -> dict[str, str]:
    """Return the headers to add: Authorization, X-Amz-Date and, for a session, its token."""
    stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    added = {"X-Amz-Date": stamp, **({"X-Amz-Security-Token": who.token} if who.token else {})}
    host = urlsplit(request.url).netloc
    headers = {**request.headers, **added, "Host": host}
    lines = {name.lower(): " ".join(value.split()) for name, value in headers.items()}
    names = ";".join(sorted(lines))
    place = f"{stamp[:8]}/{scope.region}/{scope.service}/aws4_request"
    digest = hashlib.sha256(_canonical(request, lines).encode()).hexdigest()
    text = f"{ALGORITHM}\n{stamp}\n{place}\n{digest}"
    signature = _sign(_key(who.secret, place.split("/")), text)
    added["Authorization"] = (
        f"{ALGORITHM} Credential={who.access}/{place}, SignedHeaders={names}, "
        f"Signature={signature.hex()}"
    )
    return added


def _canonical(request: Request, lines: Mapping[str, str]) -> str:
    """The request as both sides write it down (the path encoded a second time)."""
    parts = urlsplit(request.url)
    pairs = sorted(
        (quote(name, safe="-_.~"), quote(value, safe="-_.~"))
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
    )
    return "\n".join(
        [
            request.method,
            quote(parts.path or "/", safe="/-_.~"),
            "&".join(f"{name}={value}" for name, value in pairs),
            *(f"{name}:{lines[name]}" for name in sorted(lines)),
            "",
            ";".join(sorted(lines)),
            request.digest,
        ]
    )


def _key(secret: str, place: Iterable[str]) -> bytes:
    """The key of a day, region and service."""
    key = f"AWS4{secret}".encode()
    for part in place:
        key = _sign(key, part)
    return key


def _sign(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()
