"""Dead letters: work that could not be done, kept with the reason."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import attrs
from sqlalchemy import Connection, RowMapping, delete, insert, select

from handrail_store._said import revision
from handrail_store._schema import dead, outbox, outcomes
from handrail_store._sql import insert_new
from handrail_store._work import DEAD, Work, pack

if TYPE_CHECKING:
    from handrail_store._store import Store

KEPT = ("key", "feature", "stage", "item", "revision", "lane", "sealed", "carrier", "accepted_at")
UNKNOWN = "unknown"


@attrs.frozen(repr=False)
class Burial:
    """A row of ``dead`` to be written."""

    row: Mapping[str, Any]

    @classmethod
    def of(cls, row: Mapping[str, Any] | RowMapping, reason: str) -> Burial:
        """That of a row of the outbox."""
        kept = {name: row[name] for name in KEPT}
        return cls({**kept, "tries": row["tries"], "reason": reason})

    @classmethod
    def carried(
        cls, store: Store, body: bytes, work: Work | None, reason: str, now: datetime
    ) -> Burial:
        """That of what came from a broker."""
        if work is None:
            key = hashlib.sha256(body).hexdigest()
            said: dict[str, Any] = {
                "key": key, "feature": UNKNOWN, "stage": UNKNOWN, "item": UNKNOWN,
                "revision": None, "lane": key, "sealed": body, "carrier": {}, "accepted_at": now,
            }  # fmt: skip
            return cls({**said, "tries": 1, "reason": reason})
        said = {
            "key": work.key, "feature": work.feature, "stage": work.stage.value,
            "item": work.item, "revision": revision(work.known), "lane": work.order,
            "sealed": store.seal(pack(work), work.key), "carrier": dict(work.carrier),
            "accepted_at": work.accepted_at,
        }  # fmt: skip
        return cls({**said, "tries": 1, "reason": reason})


def bury(connection: Connection, burials: Sequence[Burial], now: datetime) -> None:
    """Move work to the dead letters, with an outcome that says so; what is settled stays so."""
    rows = [{**each.row, "died_at": now} for each in burials]
    keys = [row["key"] for row in rows]
    settled = set(
        connection.execute(select(outcomes.c.key).where(outcomes.c.key.in_(keys))).scalars()
    )
    rows = [row for row in rows if row["key"] not in settled]
    if rows:
        connection.execute(insert_new(connection.dialect.name, dead), rows)
        connection.execute(insert(outcomes), [_outcome(row) for row in rows])
    connection.execute(delete(outbox).where(outbox.c.key.in_(keys)))


def _outcome(row: Mapping[str, Any]) -> dict[str, Any]:
    named = {name: row[name] for name in ("key", "feature", "stage", "item", "revision")}
    return {**named, "kind": DEAD, "accepted_at": row["accepted_at"], "at": row["died_at"]}
