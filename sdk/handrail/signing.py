"""Signing what goes from one service to another, and checking it there: webhooks and topics alike.

The header ``Handrail-Signature`` is ``t=SECONDS,v1=HEX``, with a further ``v1`` for every further
key: HMAC-SHA256 over the seconds, a dot and the body.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from handrail.errors import HandrailError, InvalidValueError

HEADER = "Handrail-Signature"
"""The header with time and signatures."""

KEY = "HANDRAIL_WEBHOOK_KEY"
"""The environment's variable with the keys: several with commas between, the newest first."""

KEY_LEAST = 16
"""The shortest key, in bytes; 32 that chance made are better."""

KEYS_MOST = 8
"""The most keys at a time: so many signatures fit in a header."""

WINDOW = timedelta(minutes=5)
"""How old, or how far ahead, a signature may be: what is replayed later is refused."""

BODY_MOST = 1_000_000
"""The largest body that is looked at, in bytes."""

_SIGNED = re.compile(r"t=(\d{1,12})((?:,v1=[0-9a-f]{64}){1,8})")


class SignatureError(HandrailError):
    """What is not from us, or not from now."""


def sign(body: bytes, keys: bytes | Iterable[bytes], now: datetime) -> str:
    """Return the header's value for *body*, signed with every key; raises as ``check_keys``."""
    keys = check_keys(keys)
    seconds = int(now.timestamp())
    signatures = "".join(f",v1={_hmac(body, seconds, key)}" for key in keys)
    return f"t={seconds}{signatures}"


def check(
    body: bytes, headers: Mapping[str, str], key: bytes | Iterable[bytes],
    now: datetime | None = None, *, window: timedelta = WINDOW,
) -> int:  # fmt: skip
    """Check that *body* is from us and from now; return when it was signed, in Unix seconds.

    Args:
        body: As it came, unchanged.
        headers: What came with it; capitals do not matter.
        key: The key, or several while they are changed.
        now: The time; by default this machine's.
        window: How far the signature's time may be from it.

    Raises SignatureError for what is not signed with one of the keys, or not within the window,
    and as ``check_keys``.
    """
    keys = check_keys(key)
    said = next((v for name, v in headers.items() if name.lower() == HEADER.lower()), "")
    found = _SIGNED.fullmatch(said) if len(said) < 1000 else None
    if found is None or len(body) > BODY_MOST:
        raise SignatureError(f"signature: no {HEADER} of ours, or too large a body")
    seconds, given = int(found[1]), found[2].split(",v1=")[1:]
    # Every pair is compared: how long it takes says nothing of which key it was.
    matches = [
        hmac.compare_digest(_hmac(body, seconds, each), one) for each in keys for one in given
    ]
    if not any(matches):
        raise SignatureError("signature: signed with no key that is known here")
    age = abs((now or datetime.now(UTC)).timestamp() - seconds)
    if age > window.total_seconds():
        raise SignatureError("signature: signed too long ago, or in the future: check the clocks")
    return seconds


def check_keys(keys: bytes | Iterable[bytes]) -> tuple[bytes, ...]:
    """Return keys, or the one that was given, as they can be used.

    Raises InvalidValueError, which never says a key, for none, for more than ``KEYS_MOST``, and
    for one that is no bytes or shorter than ``KEY_LEAST``.
    """
    known: tuple[Any, ...] = (keys,) if isinstance(keys, (bytes, str)) else tuple(keys)
    fit = all(isinstance(key, bytes) and len(key) >= KEY_LEAST for key in known)
    if not fit or not 1 <= len(known) <= KEYS_MOST:
        raise InvalidValueError(
            f"keys: expected 1 to {KEYS_MOST} keys of {KEY_LEAST} bytes or more each"
        )
    return known


def read_keys(text: str | None = None) -> tuple[bytes, ...]:
    """Return the keys of the environment; raises InvalidValueError for what are none.

    They are 1 to ``KEYS_MOST``, in UTF-8, of ``KEY_LEAST`` bytes or more.
    """
    said = os.environ.get(KEY, "") if text is None else text
    if not said and text is None:
        raise InvalidValueError(f"{KEY} is not set: 1 to {KEYS_MOST} keys, commas between")
    # What is no UTF-8 makes no key; the codec's error would hold all of them.
    if said.encode(errors="ignore").decode() == said:
        with suppress(InvalidValueError):
            return check_keys(part.strip().encode() for part in said.split(",") if part.strip())
    raise InvalidValueError(
        f"{KEY}: expected 1 to {KEYS_MOST} keys of {KEY_LEAST} bytes or more each, in UTF-8"
    )


def _hmac(body: bytes, seconds: int, key: bytes) -> str:
    return hmac.new(key, f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
