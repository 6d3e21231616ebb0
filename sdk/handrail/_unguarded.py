"""What is published without, or against, a decision: as far as this process knows."""

from __future__ import annotations

from collections.abc import Mapping

from handrail._context import Context
from handrail._finding import Action, Stage
from handrail._host_event import HostEvent
from handrail._plan import Tally
from handrail._tally import REMEMBERED, shorten

_AGAINST = {
    Action.NUDGE: "against the nudge",
    Action.HOLD: "against the decision",
    Action.BLOCK: "against the decision",
}
"""What is said of an item that is visible although this was decided."""


class Unguarded:
    """Watches what is visible, and says of each revision once why it should not be.

    Args:
        tallies: What was decided, by feature and stage.
    """

    def __init__(self, tallies: Mapping[tuple[str, Stage], Tally]) -> None:
        self._tallies = tallies
        self._told: dict[str, dict[str, int | None]] = {}
        self._before: dict[str, Tally] = {}

    def published(self, context: Context) -> str | None:
        """What is wrong with what was handed in once it was visible."""
        plan, item = context._plan, context._item
        if plan.stage is not Stage.POST_PUBLISH:
            return None
        known = self._decided(plan.feature.name, item.id, item.revision)
        return self._visible(plan.feature.name, item.id, item.revision, known)

    def told(self, event: HostEvent) -> str | None:
        """What is wrong with what the host says is visible."""
        if not event.published:
            return None
        known = event.action
        if known is None:
            known = self._decided(event.feature, event.item, event.revision)
        if known is None:
            return None
        return self._visible(event.feature, event.item, event.revision, known)

    def _visible(
        self, feature: str, item: str, revision: int | None, action: Action | None
    ) -> str | None:
        """Why an item should not be visible, once per revision whoever tells of it."""
        reason = "no decision" if action is None else _AGAINST.get(action)
        told = self._told.setdefault(feature, {})
        if reason is None or told.get(item) == revision:
            return None
        told[item] = revision
        shorten(told, REMEMBERED)
        return reason

    def _decided(self, feature: str, item: str, revision: int | None) -> Action | None:
        """The action last decided for an item's revision, as far back as is remembered."""
        tally = self._before.get(feature) or self._tallies.get((feature, Stage.PRE_PUBLISH))
        if tally is None:
            return None
        self._before[feature] = tally
        code = tally.decided.get(item)
        return None if code is None or code >> 3 != revision else Action(code & 7)
