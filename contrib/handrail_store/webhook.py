"""Signed webhooks: sending enforcements to a service of the host's, and checking them there.

A request is a POST of the enforcement's JSON form. Its header ``Handrail-Signature`` is
``t=SECONDS,v1=HEX``, with a further ``v1`` for every further key: HMAC-SHA256 over the seconds, a
dot and the body. Who receives it asks ``verify`` before anything else, and answers 2xx once the
enforcement cannot be lost; it may come more than once, under the same id.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from handrail import Enforcement, HandrailError, InvalidValueError, Json, MissingExtraError
from handrail_store._replies import Reply

HEADER = "Handrail-Signature"
"""The header with time and signatures."""

KEY = "HANDRAIL_WEBHOOK_KEY"
"""The environment's variable with the keys: several with commas between, the newest first."""

KEY_LEAST = 16
"""The shortest key, in bytes; 32 that chance made are better."""

WINDOW = timedelta(minutes=5)
"""How old, or how far ahead, a signature may be: what is replayed later is refused."""

BODY_MOST = 1_000_000
"""The largest body that is looked at, in bytes."""

_SIGNED = re.compile(r"t=(\d{1,12})((?:,v1=[0-9a-f]{64}){1,8})")
_LOCAL = {"localhost", "127.0.0.1", "::1"}


class SignatureError(HandrailError):
    """A request that is not from us, or not from now."""


class NotTakenError(HandrailError):
    """The receiver did not take an enforcement."""


def sign(body: bytes, keys: Iterable[bytes], now: datetime) -> str:
    """The header's value for *body*, signed with every key."""
    seconds = int(now.timestamp())
    signatures = "".join(f",v1={_hmac(body, seconds, key)}" for key in keys)
    return f"t={seconds}{signatures}"


def verify(
    body: bytes, headers: Mapping[str, str], key: bytes | Iterable[bytes],
    now: datetime | None = None, *, window: timedelta = WINDOW,
) -> Enforcement:  # fmt: skip
    """Check a request, and return the enforcement in it.

    Args:
        body: As it came, unchanged.
        headers: The request's headers; capitals do not matter.
        key: The key, or several while they are changed.
        now: The time; by default this machine's.
        window: How far the signature's time may be from it.

    Raises SignatureError for what is not signed with one of the keys, or not within the window,
    and InvalidValueError for a signed body that is no enforcement.
    """
    _check(body, headers, key, now, window)
    try:
        return Enforcement.from_json(json.loads(body))
    except (ValueError, TypeError, RecursionError):
        raise InvalidValueError("webhook: the body is no enforcement") from None


def verify_reply(
    body: bytes, headers: Mapping[str, str], key: bytes | Iterable[bytes],
    now: datetime | None = None, *, window: timedelta = WINDOW,
) -> Reply:  # fmt: skip
    """Check a request, and return the reply in it, to be sent to who reported; see ``verify``."""
    _check(body, headers, key, now, window)
    try:
        return Reply.from_json(json.loads(body))
    except (ValueError, TypeError, RecursionError):
        raise InvalidValueError("webhook: the body is no reply") from None


def _check(
    body: bytes, headers: Mapping[str, str], key: bytes | Iterable[bytes], now: datetime | None,
    window: timedelta,
) -> None:  # fmt: skip
    """Raise SignatureError for what is not from us, or not from now."""
    keys = [key] if isinstance(key, bytes) else list(key)
    said = next((v for name, v in headers.items() if name.lower() == HEADER.lower()), "")
    found = _SIGNED.fullmatch(said) if len(said) < 1000 else None
    if found is None or len(body) > BODY_MOST:
        raise SignatureError(f"webhook: no {HEADER} of ours, or too large a body")
    seconds, given = int(found[1]), found[2].split(",v1=")[1:]
    # Every pair is compared: how long it takes says nothing of which key it was.
    matches = [
        hmac.compare_digest(_hmac(body, seconds, each), one) for each in keys for one in given
    ]
    if not any(matches):
        raise SignatureError("webhook: signed with no key that is known here")
    age = abs((now or datetime.now(UTC)).timestamp() - seconds)
    if age > window.total_seconds():
        raise SignatureError("webhook: signed too long ago, or in the future: check the clocks")


def _hmac(body: bytes, seconds: int, key: bytes) -> str:
    return hmac.new(key, f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()


def read_keys(text: str | None = None) -> tuple[bytes, ...]:
    """The keys of the environment; raises InvalidValueError for none, or one too short."""
    said = os.environ.get(KEY, "") if text is None else text
    keys = tuple(part.strip().encode() for part in said.split(",") if part.strip())
    if not keys or any(len(key) < KEY_LEAST for key in keys):
        raise InvalidValueError(f"webhook: {KEY}: expected keys of {KEY_LEAST} characters or more")
    return keys


def check_url(url: str) -> str:
    """Return *url*; raises InvalidValueError, without repeating it, where it cannot be used."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        host = None
    safe = host and (parts.scheme == "https" or (parts.scheme == "http" and host in _LOCAL))
    if not safe:
        raise InvalidValueError("webhook: url: expected https://…; http:// only to localhost")
    return url


class Webhook:
    """Sends enforcements to a URL, signed; a Channel. Needs httpx.

    Args:
        url: ``https://…``; ``http://…`` only to this machine.
        keys: Every one signs, so that the receiver can be given a new one first; by default those
            of the environment.
        timeout_s: How long the receiver may take, in seconds.
        client: An ``httpx.Client`` of the host's, with its own proxies and certificates.

    Raises InvalidValueError for a URL that cannot be used, without repeating it.
    """

    def __init__(
        self, url: str, keys: Iterable[bytes] | None = None, *, timeout_s: float = 10,
        client: Any = None,
    ) -> None:  # fmt: skip
        try:
            import httpx
        except ModuleNotFoundError:
            raise MissingExtraError("store", "sending webhooks") from None
        self._url = check_url(url)
        self._keys = tuple(keys) if keys is not None else read_keys()
        self._client = client or httpx.Client(timeout=timeout_s, follow_redirects=False)

    def deliver(self, enforcement: Enforcement) -> bool:
        """Send one; False, for the receiver has still to say that it was carried out.

        Raises NotTakenError for an answer that is not 2xx, and what httpx raises.
        """
        self._post(enforcement.to_json(), enforcement.carrier)
        return False

    def reply(self, reply: Reply) -> None:
        """Send what somebody who reported is owed: a function for ``on_reply``; raises as above."""
        self._post(reply.to_json(), {})

    def _post(self, said: Mapping[str, Json], carrier: Mapping[str, object]) -> None:
        body = json.dumps(said, separators=(",", ":")).encode()
        headers = {
            "Content-Type": "application/json", HEADER: sign(body, self._keys, datetime.now(UTC)),
            **{name: str(value) for name, value in carrier.items()},
        }  # fmt: skip
        # The answer's body is not wanted, however large it is.
        with self._client.stream("POST", self._url, content=body, headers=headers) as answer:
            if not 200 <= answer.status_code < 300:
                raise NotTakenError(f"webhook: answered {answer.status_code}")

    def __repr__(self) -> str:
        return f"Webhook({len(self._keys)} keys)"
