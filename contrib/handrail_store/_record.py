"""The record of decisions: their rows, written in the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from handrail import Decision
from handrail_store._schema import decisions as table
from handrail_store._sink import _row
from handrail_store._sql import insert_new

if TYPE_CHECKING:
    from handrail_store._store import Store

_NONE: Mapping[str, str] = {}


def record(
    store: Store, connection: Connection, decisions: Sequence[Decision],
    *, revises: Mapping[str, str] = _NONE, batch: str | None = None,
) -> None:  # fmt: skip
    """Write decisions made here, with all that is kept of them; those that are there stay.

    Args:
        store: Where.
        connection: The transaction.
        decisions: The decisions.
        revises: By the id of a decision, the one that it replaces.
        batch: The sweep that they came in.
    """
    rows: list[dict[str, Any]] = [
        {**_row(each), "revises": revises.get(each.id), "batch": batch} for each in decisions
    ]
    if rows:
        connection.execute(insert_new(connection.dialect.name, table), rows)
