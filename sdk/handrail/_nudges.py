"""The NUDGEs that were asked: what an author's confirmation is held against."""

from __future__ import annotations

import re
from collections import OrderedDict
from typing import TypeAlias

import attrs

from handrail._context import Context
from handrail._fields import number_text, numbers
from handrail._finding import Action, Stage
from handrail._item import Item
from handrail._locks import RenewedLock
from handrail._outcome import Outcome

NUDGES_MOST = 10_000
"""NUDGEs per feature that are remembered; an older one is asked again when it is confirmed."""

KNOWN, UNKNOWN, REFUSED = "known", "unknown", "refused"
"""A confirmation of a NUDGE of this process, of one that may be another's, and of no such NUDGE."""

_ID = re.compile(r"[0-9a-f]{24}")

Asked: TypeAlias = tuple[str, frozenset[str | None]]
"""What a NUDGE was about: the item's id, and the issues its author was asked about."""


class Nudges:
    """The last NUDGES_MOST NUDGEs of each feature, by decision id."""

    def __init__(self) -> None:
        self._asked: dict[str, OrderedDict[str, Asked]] = {}
        self._lock = RenewedLock()

    def settle(self, context: Context, outcome: Outcome) -> Outcome:
        """Let a NUDGE pass that its author has confirmed, or remember that it is asked."""
        issues = frozenset(m[0].issue for m in outcome.matched if m[2] is Action.NUDGE)
        if context._item.confirms is not None:
            context._confirms = self._weigh(context.feature, context._item, issues)
            if context._confirms != REFUSED:
                return _confirmed(context, outcome)
        if context.stage is Stage.PRE_PUBLISH:
            self._remember(context, issues)
        return outcome

    def _weigh(self, feature: str, item: Item, issues: frozenset[str | None]) -> str:
        """What a confirmation is worth: other issues than were asked about are asked about too."""
        named = item.confirms or ""
        if not _ID.fullmatch(named):
            return REFUSED
        asked = self._asked.get(feature, OrderedDict()).get(named)
        if asked is None:
            return REFUSED if numbers.ours(int(named, 16)) else UNKNOWN
        return KNOWN if asked[0] == item.id and issues <= asked[1] else REFUSED

    def _remember(self, context: Context, issues: frozenset[str | None]) -> None:
        with self._lock:
            asked = self._asked.setdefault(context.feature, OrderedDict())
            asked[number_text(context._number)] = context._item.id, issues
            while len(asked) > NUDGES_MOST:
                asked.popitem(last=False)


def _confirmed(context: Context, outcome: Outcome) -> Outcome:
    """An outcome, and what shadow made of it, with its NUDGE confirmed."""
    shadow = context._shadow
    if shadow is not None and shadow.action is Action.NUDGE:
        context._shadow = attrs.evolve(shadow, action=Action.ALLOW)
    return attrs.evolve(outcome, action=Action.ALLOW)
