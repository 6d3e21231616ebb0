"""The record, kept in tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from handrail import Decision, Entry, item_of
from handrail_store._schema import decisions

if TYPE_CHECKING:
    from handrail_store._store import Store


class StoreSink:
    """Writes decisions in batches."""

    durable = True

    def __init__(self, store: Store) -> None:
        self._store = store

    def write(self, batch: Sequence[Entry]) -> None:
        """Write a batch, in order."""
        rows = [_row(entry) for entry in batch if isinstance(entry, Decision)]
        if rows:
            with self._store.write() as connection:
                connection.execute(
                    insert(decisions).prefix_with("OR IGNORE", dialect="sqlite"), rows
                )

    def commit(self, decisions: Sequence[Decision]) -> bool:
        """Write decisions that open a case, durably; return whether they now are."""
        self.write(decisions)
        return True

    def close(self) -> None:
        """Do nothing: the store is closed by itself."""


def _row(decision: Decision) -> dict[str, Any]:
    item, policy = item_of(decision), decision.policy
    author = None if item is None or item.author is None else item.author.id
    return {
        "id": decision.id, "at": decision.at, "feature": decision.feature,
        "stage": decision.stage.value, "item": decision.item, "revision": decision.revision,
        "author": author, "action": decision.action.name.lower(),
        "decided_by": decision.decided_by, "policy": policy and policy.name,
        "policy_revision": policy and policy.revision, "bundle": policy and policy.bundle,
        "final": decision.final, "complete": decision.complete, "degraded": decision.degraded,
        "trace": decision.trace_id, "latency_us": decision.latency_us, "body": decision.to_json(),
    }  # fmt: skip
