"""What stands on an item: what each decision asks for, until it ends, is reversed or replaced."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import attrs
from sqlalchemy import RowMapping

from handrail import Action, Decision, Effect, FrozenMap, Hold, Item, merge_effects

HOUSE = frozenset({"strike", "review", "preserve", "report_to"})
"""Effects that are seen to here; the feature has nothing to carry out for them."""

STANDS, ENDED, REVERSED, REPLACED, SUPERSEDED = (
    "stands", "ended", "reversed", "replaced", "superseded",
)  # fmt: skip
"""What a demand can be: in force; over by itself; taken back; followed by a later one; followed by
a later answer to the author about the same revision.
"""

PRE, POST, GONE = "pre_publish", "post_publish", "withdrawn"
"""Stages of demands; the last stands for an item that was taken back."""

EVERY_REVISION = 2**31 - 1


@attrs.frozen(kw_only=True, repr=False)
class Demand:
    """What one decision asks of the feature.

    Attributes:
        decision: Its id. feature, item, revision, stage, author: What it is about.
        action, effects, hold, notice: What it asks for, as long as it stands.
        state: ``stands``, ``ended``, ``reversed``, ``replaced`` or ``superseded``.
        batch: The sweep it came in.
        carrier: The trace it belongs to. made_at: When it was made.
    """

    decision: str
    feature: str
    item: str
    revision: int
    stage: str
    author: str | None = None
    action: Action = Action.ALLOW
    effects: tuple[Effect, ...] = ()
    hold: Hold | None = None
    notice: str | None = None
    state: str = STANDS
    batch: str | None = None
    carrier: FrozenMap = attrs.field(factory=FrozenMap, converter=FrozenMap)
    made_at: datetime

    @classmethod
    def of(
        cls, decision: Decision, item: Item | None, at: datetime,
        *, carrier: Mapping[str, Any] | None = None, batch: str | None = None,
    ) -> Demand:  # fmt: skip
        """What *decision* asks for; a NUDGE is between the author and the feature."""
        action = Action.ALLOW if decision.action is Action.NUDGE else decision.action
        author = None if item is None or item.author is None else item.author.id
        return cls(
            decision=decision.id, feature=decision.feature, item=decision.item,
            revision=min(decision.revision, EVERY_REVISION), stage=decision.stage.value,
            author=author, action=action, hold=decision.hold, notice=decision.notice,
            effects=tuple(e for e in decision.effects if e.name not in HOUSE), batch=batch,
            carrier=FrozenMap(carrier), made_at=at,
        )  # fmt: skip

    @property
    def empty(self) -> bool:
        """Whether the feature has nothing to do for it."""
        return self.action is Action.ALLOW and not self.effects

    @property
    def ends_at(self) -> datetime | None:
        """When the hold, or the first effect, is over; None where nothing ends by itself."""
        ends = [effect.until for effect in self.effects if effect.until is not None]
        if self.action is Action.HOLD and self.hold is not None:
            ends.append(self.hold.until)
        return min(ends, default=None) if self.state == STANDS else None

    def after(self, now: datetime) -> Demand:
        """What is left of it *now*: a hold has become what it says, effects in time are over."""
        made = self
        if made.action is Action.HOLD and made.hold is not None and made.hold.until <= now:
            effects = merge_effects((*made.effects, *made.hold.effects))
            made = attrs.evolve(
                made, action=made.hold.otherwise, effects=effects, hold=None, notice=None
            )
        left = tuple(e for e in made.effects if e.until is None or e.until > now)
        made = attrs.evolve(made, effects=left)
        return attrs.evolve(made, state=ENDED) if made.empty else made

    def shown(self) -> Demand:
        """The same once the item was published: what kept it back is over."""
        if self.action in (Action.ALLOW, Action.LIMIT):
            return self
        return attrs.evolve(self, action=Action.ALLOW, hold=None, notice=None)

    def row(self) -> dict[str, Any]:
        """Its row in the table ``standing``."""
        body = {
            "effects": [effect.to_json() for effect in self.effects],
            "hold": None if self.hold is None else {
                "until": self.hold.until.isoformat(), "waits_for": self.hold.waits_for,
                "otherwise": self.hold.otherwise.name.lower(),
                "effects": [effect.to_json() for effect in self.hold.effects],
            },
            "notice": self.notice, "carrier": dict(self.carrier),
        }  # fmt: skip
        plain = ("decision", "feature", "item", "revision", "stage", "author", "state", "batch")
        return {
            **{name: getattr(self, name) for name in plain}, "action": self.action.name.lower(),
            "body": body, "made_at": self.made_at, "ends_at": self.ends_at,
        }  # fmt: skip

    @classmethod
    def from_row(cls, row: RowMapping) -> Demand:
        """Read its row."""
        plain = ("decision", "feature", "item", "revision", "stage", "author", "state", "batch")
        body = row["body"]
        return cls(
            **{name: row[name] for name in plain}, made_at=row["made_at"],
            action=Action[row["action"].upper()], notice=body["notice"], carrier=body["carrier"],
            effects=tuple(Effect.from_json(each) for each in body["effects"]),
            hold=None if body["hold"] is None else Hold(**body["hold"]),
        )  # fmt: skip


@attrs.frozen(kw_only=True)
class Outlook:
    """What becomes of an item: the strictest action, and the effects of all that stands."""

    action: Action = Action.ALLOW
    effects: tuple[Effect, ...] = ()
    hold: Hold | None = None

    @classmethod
    def of(cls, demands: Iterable[Demand]) -> Outlook:
        """Bring together what *demands* ask for."""
        demands = list(demands)
        action = max((each.action for each in demands), default=Action.ALLOW)
        holds = [each.hold for each in demands if each.hold is not None]
        hold = max(holds, key=lambda each: each.until, default=None)
        return cls(
            action=action, effects=merge_effects(e for each in demands for e in each.effects),
            hold=hold if action is Action.HOLD else None,
        )  # fmt: skip


NOTHING = Outlook()
"""What becomes of an item that nothing is asked of."""
