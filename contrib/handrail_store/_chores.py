"""What a worker does beside the work itself: what is due by the clock, or by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handrail import Safety

if TYPE_CHECKING:
    from handrail_store._store import Store


class Chores:
    """Takes audit rows into their chain.

    Args:
        safety: Has the features. store: Where it is done.
    """

    def __init__(self, safety: Safety, store: Store) -> None:
        self._safety, self._store = safety, store

    def step(self) -> int:
        """Do what is due; return how much there was."""
        return self._store.chain()
