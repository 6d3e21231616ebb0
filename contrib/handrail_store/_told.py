"""What the host tells back: views are summed by the hour, all else is one row each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, bindparam, update

from handrail import HostEvent, Receipt
from handrail_store._acknowledge import acknowledge
from handrail_store._rows import add_rows, merge_rows
from handrail_store._schema import events, items, views
from handrail_store._types import REVISION_MOST, new_id

if TYPE_CHECKING:
    from handrail_store._store import Store


def add_told(store: Store, connection: Connection, told: Sequence[HostEvent]) -> None:
    """Write what the host said, and mark the items that it is about."""
    _add_views(connection, [event for event in told if event.name == "viewed"])
    others = [event for event in told if event.name != "viewed"]
    add_rows(connection, events, [_row(event) for event in others])
    gone = [e for e in others if e.name == "withdrawn"]
    _mark(connection, "withdrawn_at", gone, [items.c.withdrawn_at.is_(None)])
    shown = [e for e in others if e.name == "carried_out" and e.published]
    _mark(connection, "published_at", shown, [
        items.c.published_at.is_(None), items.c.revision == bindparam("b_revision"),
    ])  # fmt: skip
    acknowledge(store, connection, [e for e in others if e.name == "carried_out"])
    for event in gone:
        store.withdrawn(connection, event)


def add_receipts(store: Store, connection: Connection, receipts: Sequence[Receipt]) -> None:
    """Write receipts of what was worked in process."""
    now = store.now()
    add_rows(connection, events, [
        {
            "id": r.id, "at": now, "name": "received", "feature": r.feature, "item": r.item,
            "revision": _revision(r.revision), "decision": r.id, "body": r.to_json(),
        }
        for r in receipts
    ])  # fmt: skip


def _row(event: HostEvent) -> dict[str, Any]:
    return {
        "id": new_id(), "at": event.at, "name": event.name, "feature": event.feature,
        "item": event.item, "revision": _revision(event.revision), "decision": event.decision,
        "body": {
            "published": event.published, "action": event.action and event.action.name.lower(),
        },
    }  # fmt: skip


def _revision(number: int | None) -> int | None:
    return None if number is None else min(number, REVISION_MOST)


def _mark(
    connection: Connection, column: str, told: Sequence[HostEvent], where: Sequence[Any]
) -> None:
    if not told:
        return
    marked = update(items).where(
        items.c.feature == bindparam("b_feature"), items.c.item == bindparam("b_item"), *where
    )
    rows = [
        {"b_feature": e.feature, "b_item": e.item, "b_revision": _revision(e.revision) or 0,
         "b_at": e.at}
        for e in sorted(told, key=lambda e: (e.feature, e.item))
    ]  # fmt: skip
    connection.execute(marked.values({column: bindparam("b_at")}), rows)


def _add_views(connection: Connection, seen: Sequence[HostEvent]) -> None:
    sums: dict[tuple[str, str, int, str, datetime], int] = {}
    for event in seen:
        hour = event.at.replace(minute=0, second=0, microsecond=0)
        key = (event.feature, event.item, _revision(event.revision) or 0, event.segment or "", hour)
        sums[key] = sums.get(key, 0) + (event.views or 0)
    names = ("feature", "item", "revision", "segment", "hour")
    rows = [{**dict(zip(names, key, strict=True)), "count": sums[key]} for key in sorted(sums)]
    merge_rows(connection, views, rows, {"count": "add"})
