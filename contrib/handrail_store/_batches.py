"""Sweeps as people ask for them: which there were, and how far each came."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import attrs
from sqlalchemy import select

from handrail import FrozenMap
from handrail_store._schema import batches

if TYPE_CHECKING:
    from handrail_store._store import Store


@attrs.frozen(kw_only=True)
class Batch:
    """A sweep, which ``revert`` takes back.

    Attributes:
        id: Ours. kind: ``sweep``. by: Who asked for it.
        state: ``running``, ``done``, ``stopped`` or ``reverted``.
        body: ``since`` and ``rate``; once it ended ``looked``, ``acted`` and ``told``.
        made_at, ended_at: When.
    """

    id: str
    kind: str
    by: str | None
    state: str
    body: FrozenMap = attrs.field(converter=FrozenMap)
    made_at: datetime
    ended_at: datetime | None


def read_batches(store: Store, most: int) -> tuple[Batch, ...]:
    """The sweeps, the latest first."""
    wanted = select(batches).order_by(batches.c.id.desc()).limit(most)
    with store.read() as connection:
        return tuple(Batch(**row) for row in connection.execute(wanted).mappings())
