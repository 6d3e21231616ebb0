"""What a process counted, kept over a restart: sealed, for its keys are people's ids."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import select

from handrail import InvalidValueError, Json
from handrail_store._rows import merge_rows
from handrail_store._schema import counters

if TYPE_CHECKING:
    from handrail_store._store import Store

BYTES_MOST = 200_000_000
"""Bytes of a snapshot, unpacked."""


class Counts(Protocol):
    """What counts in process: a MemoryState."""

    def snapshot(self) -> dict[str, Json]:
        """Return what is kept, as JSON."""
        ...

    def restore(self, data: Mapping[str, Any]) -> None:
        """Take in a snapshot."""
        ...


def save_counts(store: Store, name: str, counts: Counts) -> None:
    """Keep what a process called *name* has counted, in the place of what it kept before."""
    packed = zlib.compress(json.dumps(counts.snapshot()).encode())
    row = {"name": name, "at": store.now(), "packed": store.seal(packed, f"counters {name}")}
    with store.write() as connection:
        merge_rows(connection, counters, [row], {"at": "new", "packed": "new"})


def load_counts(store: Store, name: str, counts: Counts) -> bool:
    """Take in what a process called *name* had counted; False where nothing is kept.

    Raises InvalidValueError for what cannot be opened.
    """
    with store.read() as connection:
        sealed = connection.execute(
            select(counters.c.packed).where(counters.c.name == name)
        ).scalar()
    if sealed is None:
        return False
    opening = zlib.decompressobj()
    said = opening.decompress(store.unseal(sealed, f"counters {name}"), BYTES_MOST)
    if opening.unconsumed_tail:
        raise InvalidValueError(f"counters: a snapshot of more than {BYTES_MOST} bytes")
    counts.restore(json.loads(said))
    return True
