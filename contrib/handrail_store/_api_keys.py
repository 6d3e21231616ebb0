"""API keys of the HTTP face, as they are kept: only the hash of what a caller sends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import attrs
from sqlalchemy import insert, select, update

from handrail import Json
from handrail_store._schema import api_keys

if TYPE_CHECKING:
    from handrail_store._store import Store


@attrs.frozen(kw_only=True)
class ApiKey:
    """An API key as the store keeps it.

    Attributes:
        id: Its id, no secret. hash: SHA-256 of its secret, in hexadecimal; not in repr.
        name: What people call it. body: What it may do, as the face says it.
        made_at: When it was made; None is now. ends_at: When it ends by itself.
        revoked_at: When it was revoked.
    """

    id: str
    hash: str = attrs.field(repr=False)
    name: str
    body: Mapping[str, Json]
    made_at: datetime | None = None
    ends_at: datetime | None = None
    revoked_at: datetime | None = None


class ApiKeys:
    """The keys that are kept, with who made or revoked one in the audit log: ``Store.api_keys``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def read(self) -> Sequence[ApiKey]:
        """Return every key, revoked ones included."""
        with self._store.read() as connection:
            rows = connection.execute(select(api_keys)).mappings().all()
        return tuple(ApiKey(**row) for row in rows)

    def add(self, key: ApiKey) -> None:
        """Keep a new key."""
        row = attrs.asdict(key) | {"made_at": key.made_at or self._store.now()}
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
