"""Keys in the durable store, for services on several machines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from handrail_asgi._key import Key
from handrail_store import ApiKey, Store

_BODY = ("features", "scopes", "rate", "burst")


class StoreKeys:
    """API keys in the store; whoever made or revoked one stands in its audit log.

    Args:
        store: The durable store.
    """

    def __init__(self, store: Store) -> None:
        self._kept = store.api_keys

    def read(self) -> Sequence[Key]:
        """Return every key."""
        return tuple(_key(kept) for kept in self._kept.read())

    def add(self, key: Key) -> None:
        """Keep a new key."""
        body = {name: value for name, value in key.to_json().items() if name in _BODY}
        self._kept.add(ApiKey(
            id=key.id, hash=key.digest, name=key.name, body=body, made_at=key.created_at,
            ends_at=key.expires_at, revoked_at=key.revoked_at,
        ))  # fmt: skip

    def revoke(self, id: str, at: datetime) -> bool:  # noqa: A002 - the word for it
        """End the key of that id; return whether there is one."""
        return self._kept.revoke(id, at)


def _key(kept: ApiKey) -> Key:
    return Key.from_json({
        **kept.body, "id": kept.id, "name": kept.name, "digest": kept.hash,
        "created_at": kept.made_at, "expires_at": kept.ends_at, "revoked_at": kept.revoked_at,
    })  # fmt: skip
