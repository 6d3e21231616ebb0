"""API keys: what one may do, and how it is told from all others; never what it is.

A key is ``hr_<id>_<secret>``: 32 random bytes, shown once. What is kept is their SHA-256, which
is enough for a secret nobody can guess: slow hashes are for what people make up.
"""

from __future__ import annotations

import enum
import hmac
import re
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Protocol

import attrs

from handrail import InvalidValueError, Json
from handrail.errors import unknown

EVERY = "*"
"""Stands for every feature."""

_FORM = re.compile(r"hr_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_SHOWN = re.compile(r"[\w .:@/+-]{1,64}")
_NOBODY = "0" * 64


class Scope(enum.StrEnum):
    """What a key may do.

    ``ask`` is pre_publish, ``publish`` post_publish and events, ``report`` reports, ``read``
    decisions; ``identities`` lets it see ids of people in decisions that it reads.
    """

    ASK = "ask"
    PUBLISH = "publish"
    REPORT = "report"
    READ = "read"
    IDENTITIES = "identities"


USUAL = frozenset(Scope) - {Scope.IDENTITIES}
"""The scopes of a key that says nothing of them."""


def _scopes(value: Iterable[str]) -> frozenset[Scope]:
    known = [scope.value for scope in Scope]
    for each in value:
        if each not in known:
            raise unknown("scope", each, known)
    return frozenset(Scope(each) for each in value)


def _features(value: Iterable[str]) -> frozenset[str]:
    features = frozenset(value)
    if not features or "" in features:
        raise InvalidValueError("Key.features: expected at least one feature, or '*' for all")
    return features


def _time(value: datetime | str | None) -> datetime | None:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise InvalidValueError("Key: a time is not ISO 8601") from None
    if value is not None and value.tzinfo is None:
        raise InvalidValueError("Key: a time needs a zone, such as datetime.now(UTC)")
    return value


@attrs.frozen(kw_only=True)
class Key:
    """An API key as it is kept: everything but the key.

    Attributes:
        id: Twelve hexadecimal digits, part of the key and no secret.
        name: What people call it. digest: SHA-256 of its secret, in hexadecimal; not in repr.
        features: The features it is for; ``*`` is every one.
        scopes: What it may do.
        rate: Items a second, on average; None limits nothing. burst: Items at once.
        created_at: When it was made. expires_at: When it ends. revoked_at: When it was revoked.

    Raises InvalidValueError for what no key can be.
    """

    id: str = attrs.field(validator=attrs.validators.matches_re(r"[0-9a-f]{12}"))
    name: str = attrs.field()
    digest: str = attrs.field(repr=False)
    features: frozenset[str] = attrs.field(converter=_features)
    scopes: frozenset[Scope] = attrs.field(default=USUAL, converter=_scopes)
    rate: float | None = attrs.field(default=None)
    burst: int = attrs.field(default=100)
    created_at: datetime | None = attrs.field(default=None, converter=_time)
    expires_at: datetime | None = attrs.field(default=None, converter=_time)
    revoked_at: datetime | None = attrs.field(default=None, converter=_time)

    @name.validator
    def _check_name(self, _: object, value: object) -> None:
        if not isinstance(value, str) or not _SHOWN.fullmatch(value):
            raise InvalidValueError("Key.name: expected 1 to 64 letters, digits and . : @ / + - _")

    @digest.validator
    def _check_digest(self, _: object, value: object) -> None:
        if not isinstance(value, str) or not _DIGEST.fullmatch(value):
            raise InvalidValueError("Key.digest: expected 64 hexadecimal digits")

    @rate.validator
    def _check_rate(self, _: object, value: float | None) -> None:
        if value is not None and not 0 < value <= 1_000_000:
            raise InvalidValueError("Key.rate: expected more than 0, at most 1000000 a second")

    @burst.validator
    def _check_burst(self, _: object, value: int) -> None:
        if not 1 <= value <= 1_000_000:
            raise InvalidValueError("Key.burst: expected 1 to 1000000")

    def is_for(self, feature: str) -> bool:
        """Whether the key is for a feature."""
        return feature in self.features or EVERY in self.features

    def ended(self, now: datetime) -> bool:
        """Whether the key is revoked or has expired."""
        revoked, expires = self.revoked_at, self.expires_at
        return (revoked is not None and revoked <= now) or (expires is not None and expires <= now)

    def to_json(self) -> dict[str, Json]:
        """Return the JSON form, digest included."""
        times = {n: getattr(self, n) for n in ("created_at", "expires_at", "revoked_at")}
        return {
            "id": self.id,
            "name": self.name,
            "digest": self.digest,
            "features": sorted(self.features),
            "scopes": sorted(scope.value for scope in self.scopes),
            "rate": self.rate,
            "burst": self.burst,
            **{name: at.isoformat() for name, at in times.items() if at is not None},
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Key:
        """Read the JSON form; raises InvalidValueError or TypeError for anything else."""
        return cls(**data)


class Keys(Protocol):
    """Where API keys are kept. Its methods may block: the face calls them off its loop."""

    def read(self) -> Sequence[Key]:
        """Return every key, revoked ones included."""
        ...

    def add(self, key: Key) -> None:
        """Keep a new key."""
        ...

    def revoke(self, id: str, at: datetime) -> bool:  # noqa: A002 - the word for it
        """End the key of that id; return whether there is one."""
        ...


class MemoryKeys:
    """Keys of one process; forgotten with it. For tests and demos."""

    def __init__(self) -> None:
        self._keys: dict[str, Key] = {}

    def read(self) -> Sequence[Key]:
        """Return every key."""
        return tuple(self._keys.values())

    def add(self, key: Key) -> None:
        """Keep a new key."""
        self._keys[key.id] = key

    def revoke(self, id: str, at: datetime) -> bool:  # noqa: A002 - the word for it
        """End the key of that id; return whether there is one."""
        if (key := self._keys.get(id)) is None:
            return False
        self._keys[id] = attrs.evolve(key, revoked_at=key.revoked_at or at)
        return True


def new_key(name: str, features: Iterable[str], **more: Any) -> tuple[str, Key]:
    """Make a key: the text to hand over, which nobody can show again, and what to keep.

    Args:
        name: What people call it.
        features: What it is for.
        **more: Other fields of Key.
    """
    id_, secret = secrets.token_hex(6), urlsafe_b64encode(secrets.token_bytes(32)).decode()[:43]
    key = Key(
        id=id_, name=name, digest=digest(secret), features=features,
        created_at=datetime.now(UTC), **more,
    )  # fmt: skip
    return f"hr_{id_}_{secret}", key


def digest(secret: str) -> str:
    """What is kept of a secret."""
    return sha256(secret.encode()).hexdigest()


def matching(text: str, keys: Mapping[str, Key]) -> Key | None:
    """Return the key that *text* is, or None.

    The comparison takes as long for an id that nobody has as for a wrong secret.
    """
    form = _FORM.fullmatch(text)
    key = keys.get(form[1]) if form else None
    same = hmac.compare_digest(
        digest(form[2]) if form else _NOBODY, key.digest if key else _NOBODY[:-1] + "1"
    )
    return key if same else None
