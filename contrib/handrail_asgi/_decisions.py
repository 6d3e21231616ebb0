"""Decisions looked up by id: those this process answered, then what a store knows."""

from __future__ import annotations

import json
from collections import OrderedDict
from typing import Any, Protocol

from handrail import Decision, Json


class Decisions(Protocol):
    """Where decisions can be looked up, such as a store. It may block: no loop waits for it."""

    def decision(self, id: str) -> Decision | None:  # noqa: A002 - the word for it
        """Return the decision of that id, or None."""
        ...


class RecentDecisions:
    """The latest answers of this process, as they were sent.

    Args:
        most: How many are kept.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[str, tuple[str, bytes]] = OrderedDict()

    def keep(self, decision: str, feature: str, body: bytes) -> None:
        """Keep an answer, and let go of the oldest."""
        self._kept[decision] = feature, body
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def find(self, decision: str) -> tuple[str, dict[str, Json]] | None:
        """Return the feature and the JSON form of a decision, or None."""
        kept = self._kept.get(decision)
        return None if kept is None else (kept[0], json.loads(kept[1]))


def without_people(data: dict[str, Any]) -> dict[str, Any]:
    """A decision's JSON form without the ids of people: effects no longer say about whom."""
    made = {**data, "effects": [_nobody(e) for e in data.get("effects", ())]}
    if shadow := data.get("shadow"):
        made["shadow"] = {**shadow, "effects": [_nobody(e) for e in shadow.get("effects", ())]}
    return made


def _nobody(effect: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in effect.items() if key != "subject"}
