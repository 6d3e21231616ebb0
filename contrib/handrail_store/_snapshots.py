"""Snapshots: the content of what was held, blocked or reported, sealed, for as long as needed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import attrs
from sqlalchemy import Connection, select

from handrail import Action, Decision, Item, Stage
from handrail_store._rows import Rows
from handrail_store._schema import snapshots
from handrail_store._types import REVISION_MOST

if TYPE_CHECKING:
    from handrail_store._store import Store

OPTED = "opted"
"""Why content is kept that nothing was wrong with: its feature asks for it."""

_MERGED = {"keep_until": "most", "preserve_until": "most"}


@attrs.frozen
class Content:
    """An item whose content is to be kept: of which decision, why, and whether by order."""

    feature: str
    item: Item
    decision: str
    why: str
    preserve_until: datetime | None = None


def add_snapshots(store: Store, into: Rows, contents: Iterable[Content]) -> None:
    """Keep contents among rows that are to be written, once for each revision.

    What is kept already is kept for as long as the later of both asks.
    """
    rows: dict[str, dict[str, Any]] = {}
    for content in contents:
        row = snapshot_row(store, content)
        before = rows.get(row["id"])
        if before is not None:
            ends = (before["preserve_until"], row["preserve_until"])
            row["preserve_until"] = max((e for e in ends if e is not None), default=None)
            row["keep_until"] = max(before["keep_until"], row["keep_until"])
        rows[row["id"]] = row
    into.merge(snapshots, [rows[key] for key in sorted(rows)], _MERGED)


def wanted(store: Store, decision: Decision, item: Item) -> Content | None:
    """What is to be kept of the item of a decision; None where nothing is."""
    asked = [effect.value for effect in decision.effects if effect.name == "preserve"]
    why = OPTED if decision.feature in store.keep.opted else None
    if asked:
        why = "preserved"
    why = _ACTIONS.get(decision.action, why)
    if decision.stage is Stage.REPORT:
        why = "reported"
    if why is None:
        return None
    until = store.now() + max(asked) if asked else None
    return Content(decision.feature, item, decision.id, why, until)


_ACTIONS = {Action.HOLD: "held", Action.BLOCK: "blocked"}


def snapshot_row(store: Store, content: Content) -> dict[str, Any]:
    """The row of a content that is to be kept."""
    now, item, feature = store.now(), content.item, content.feature
    mark = mark_of(feature, item.id, item.revision)
    keep = store.keep.opted[feature] if content.why == OPTED else store.keep.snapshots
    said = json.dumps(item.to_json(), separators=(",", ":")).encode()
    return {
        "id": mark, "feature": feature, "item": item.id,
        "revision": min(item.revision, REVISION_MOST), "author": item.author and item.author.id,
        "reason": content.why, "decision": content.decision, "sealed": store.seal(said, mark),
        "made_at": now, "keep_until": now + keep, "preserve_until": content.preserve_until,
    }  # fmt: skip


def mark_of(feature: str, item: str, revision: int) -> str:
    """The id of the snapshot of a revision."""
    said = json.dumps([feature, item, revision]).encode()
    return hashlib.blake2b(said, digest_size=16).hexdigest()


def open_snapshot(
    store: Store, connection: Connection, feature: str, item: str, revision: int
) -> Item | None:
    """Return the content of a revision as it was looked at, or None where none is kept."""
    mark = mark_of(feature, item, revision)
    sealed = connection.execute(select(snapshots.c.sealed).where(snapshots.c.id == mark)).scalar()
    return None if sealed is None else Item.from_json(json.loads(store.unseal(sealed, mark)))
