"""Keys in the durable store, for services on several machines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from handrail_asgi._key import Key
from handrail_store import Store
from handrail_store._schema import api_keys


class StoreKeys:
    """API keys in the store; whoever made or revoked one stands in its audit log.

    Args:
        store: The durable store.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def read(self) -> Sequence[Key]:
        """Return every key."""
        with self._store.read() as connection:
            return tuple(_key(row) for row in connection.execute(select(api_keys)).mappings())

    def add(self, key: Key) -> None:
        """Keep a new key."""
        body = {name: value for name, value in key.to_json().items() if name in _BODY}
        row = {
            "id": key.id, "hash": key.digest, "name": key.name, "body": body,
            "made_at": key.created_at or self._store.now(), "ends_at": key.expires_at,
            "revoked_at": key.revoked_at,
        }  # fmt: skip
        with self._store.write() as connection:
            connection.execute(insert(api_keys).values(row))
            self._store.audit(connection, "key_made", subject=key.id, name=key.name)

    def revoke(self, id: str, at: datetime) -> bool:  # noqa: A002 - the word for it
        """End the key of that id; return whether there is one."""
        with self._store.write() as connection:
            known = connection.execute(select(api_keys.c.id).where(api_keys.c.id == id)).first()
            valid = (api_keys.c.id == id) & api_keys.c.revoked_at.is_(None)
            ended = connection.execute(update(api_keys).where(valid).values(revoked_at=at))
            if ended.rowcount:
                self._store.audit(connection, "key_revoked", subject=id)
        return known is not None


_BODY = ("features", "scopes", "rate", "burst")


def _key(row: Any) -> Key:
    return Key(
        id=row["id"], name=row["name"], digest=row["hash"], **row["body"],
        created_at=row["made_at"], expires_at=row["ends_at"], revoked_at=row["revoked_at"],
    )  # fmt: skip
