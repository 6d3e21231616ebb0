"""Signed webhooks: sending enforcements to a service of the host's, and checking them there.

A request is a POST of the enforcement's JSON form, signed as ``handrail.signing`` says. Who
receives it asks ``verify`` before anything else, and answers 2xx once the enforcement cannot be
lost; it may come more than once, under the same id.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from handrail import Enforcement, InvalidValueError, Json, MissingExtraError
from handrail.signing import (
    BODY_MOST,
    HEADER,
    KEY,
    KEY_LEAST,
    WINDOW,
    SignatureError,
    check,
    check_keys,
    read_keys,
    sign,
)
from handrail_store._overdue import OverdueError, Patience
from handrail_store._reason import SaidError
from handrail_store._replies import Reply

__all__ = [
    "BODY_MOST",
    "HEADER",
    "KEY",
    "KEY_LEAST",
    "WINDOW",
    "NotTakenError",
    "SignatureError",
    "Webhook",
    "check_url",
    "read_keys",
    "sign",
    "verify",
    "verify_reply",
]

_LOCAL = {"localhost", "127.0.0.1", "::1"}


class NotTakenError(SaidError):
    """The receiver did not take an enforcement.

    Args:
        said: How it answered, such as ``answered 401``; our words, for people on call to read.
    """

    def __init__(self, said: str) -> None:
        super().__init__(f"webhook: {said}")
        self.said = said


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
    check(body, headers, key, now, window=window)
    try:
        return Enforcement.from_json(json.loads(body))
    except (ValueError, TypeError, RecursionError):
        raise InvalidValueError("webhook: the body is no enforcement") from None


def verify_reply(
    body: bytes, headers: Mapping[str, str], key: bytes | Iterable[bytes],
    now: datetime | None = None, *, window: timedelta = WINDOW,
) -> Reply:  # fmt: skip
    """Check a request, and return the reply in it, to be sent to who reported; see ``verify``."""
    check(body, headers, key, now, window=window)
    try:
        return Reply.from_json(json.loads(body))
    except (ValueError, TypeError, RecursionError):
        raise InvalidValueError("webhook: the body is no reply") from None


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


Trace: TypeAlias = Callable[[str, object], None]
"""What httpx calls with each step of a request."""


def _sent_by(end: float) -> Trace:
    """What keeps a request from being sent that was given up: a later one may have overtaken it."""

    def trace(event: str, _: object) -> None:
        if "send_request" in event and monotonic() >= end:
            raise OverdueError("took too long")

    return trace


class Webhook:
    """Sends enforcements to a URL, signed; a Channel. Needs httpx.

    Args:
        url: ``https://…``; ``http://…`` only to this machine.
        keys: Every one signs, so that the receiver can be given a new one first; by default those
            of the environment.
        timeout_s: How long a delivery may take in all, in seconds, however its receiver answers.
        client: An ``httpx.Client`` of the host's, with its own proxies and certificates.

    Raises InvalidValueError for a URL that cannot be used, without repeating it, and for keys that
    cannot (``handrail.signing.check_keys``).
    """

    def __init__(
        self, url: str, keys: bytes | Iterable[bytes] | None = None, *, timeout_s: float = 10,
        client: Any = None,
    ) -> None:  # fmt: skip
        try:
            import httpx
        except ModuleNotFoundError:
            raise MissingExtraError("store", "sending webhooks") from None
        self._url = check_url(url)
        self._keys = check_keys(keys) if keys is not None else read_keys()
        self._lost = httpx.TransportError
        self._client = client or httpx.Client(timeout=timeout_s, follow_redirects=False)
        self._timeout_s, self._patience = timeout_s, Patience(timeout_s)

    def deliver(self, enforcement: Enforcement) -> bool:
        """Send one; False, for the receiver has still to say that it was carried out.

        Raises NotTakenError for an answer that is not 2xx, and where there is none.
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
        try:
            trace = _sent_by(monotonic() + self._timeout_s)
            status = self._patience.call(lambda: self._status(body, headers, trace))
        except self._lost as error:
            raise NotTakenError(f"no answer ({type(error).__name__})") from None
        except OverdueError as error:
            raise NotTakenError(f"no answer ({error.said})") from None
        if not 200 <= status < 300:
            raise NotTakenError(f"answered {status}")

    def _status(self, body: bytes, headers: Mapping[str, str], trace: Trace) -> int:
        # The answer's body is not wanted, however large; and what is signed goes nowhere else.
        asked = self._client.stream(
            "POST", self._url, content=body, headers=headers, follow_redirects=False,
            extensions={"trace": trace},
        )  # fmt: skip
        with asked as answer:
            return int(answer.status_code)

    def __repr__(self) -> str:
        return f"Webhook({len(self._keys)} keys)"
