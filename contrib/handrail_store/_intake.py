"""The way in: what is published or reported is accepted here, to be worked later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handrail import Item, Report

if TYPE_CHECKING:
    from handrail_store._store import Store


class Outbox:
    """Takes in ``post_publish`` and ``report``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def accept(self, feature: str, subject: Item | Report) -> bool:
        """Return True once *subject* cannot be lost any more."""
        return False
