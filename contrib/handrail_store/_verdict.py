"""What a person decides about a case, and the decision that it becomes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import attrs

from handrail import Action, Decision, Effect, InvalidValueError, effect_specs, issue, merge_effects
from handrail.errors import unknown
from handrail_store._types import new_id

MAY = (Action.ALLOW, Action.LIMIT, Action.BLOCK)
"""Actions a person may decide; asking the author and waiting are over by then."""

REASON_MOST = 10_000
"""Characters of a reason."""

_HELPING = frozenset({"support", "review", "reach"})
"""Effects that may befall somebody whom nobody punishes."""


def _action(value: Action | str) -> Action:
    return Action.parse(value)


def _effects(value: Iterable[Effect | Mapping[str, Any]]) -> tuple[Effect, ...]:
    return tuple(each if isinstance(each, Effect) else Effect.from_json(each) for each in value)


@attrs.frozen(kw_only=True, repr=False)
class Verdict:
    """What a person decides about a case.

    Attributes:
        by: Who. action: ``allow``, ``limit`` or ``block``. effects: What else.
        issue: What it is, where that is not what the case says.
        reason: Why, in the person's words; kept sealed. notice: What the author is told.
        strike: Whether a violation is a strike for the author.
        unfounded: Whether the reports were manifestly unfounded (DSA Art. 23(2)).
        bad_faith: Whether they were meant so, as far as that can be seen.

    Raises InvalidValueError for an action that is none of these, an effect that no reviewer may
    order, and a reason of more than 10,000 characters.
    """

    by: str = attrs.field()
    action: Action = attrs.field(converter=_action)
    effects: tuple[Effect, ...] = attrs.field(default=(), converter=_effects)
    issue: str | None = None
    reason: str = attrs.field(default="")
    notice: str | None = None
    strike: bool = True
    unfounded: bool = False
    bad_faith: bool = False

    @by.validator
    def _check_by(self, _: object, value: object) -> None:
        if not isinstance(value, str) or not 0 < len(value) <= 512:
            raise InvalidValueError("by: expected the id of a person, 1 to 512 characters")

    @action.validator
    def _check_action(self, _: object, value: Action) -> None:
        if value not in MAY:
            raise InvalidValueError("action: a person decides allow, limit or block")

    @effects.validator
    def _check_effects(self, _: object, value: tuple[Effect, ...]) -> None:
        for each in value:
            if "reviewer" not in effect_specs()[each.name].ordered_by:
                raise InvalidValueError(f"effects: {each.name} is not a reviewer's to order")

    @reason.validator
    def _check_reason(self, _: object, value: str) -> None:
        if len(value) > REASON_MOST:
            raise InvalidValueError(f"reason: expected at most {REASON_MOST:,} characters")

    def __attrs_post_init__(self) -> None:
        if self.issue is not None:
            issue(self.issue)
        if self.unfounded and self.acts:
            raise InvalidValueError("unfounded: what was acted on was not unfounded")

    @property
    def acts(self) -> bool:
        """Whether something is done that the author is owed reasons for."""
        owed = any(effect_specs()[each.name].needs_statement for each in self.effects)
        return self.action is not Action.ALLOW or owed

    def check(self, name: str | None) -> None:
        """Refuse to punish for an issue that nobody is punished for; raises InvalidValueError."""
        named = self.issue or name
        if named is None or "non_punitive" not in issue(named).flags:
            return
        punishing = {each.name for each in self.effects} - _HELPING
        if self.action is Action.BLOCK or punishing:
            raise InvalidValueError(f"{named}: nobody is punished; {', '.join(sorted(_HELPING))}")

    def decision(
        self, original: Decision, *, more: Iterable[Effect], revision: int, at: datetime
    ) -> Decision:
        """The decision it becomes, about what *original* was about; *more* effects follow."""
        return Decision(
            action=self.action, id=new_id()[:24], item=original.item, revision=revision,
            feature=original.feature, stage=original.stage, notice=self.notice,
            effects=merge_effects((*self.effects, *more)), policy=original.policy,
            trace_id=original.trace_id, at=at,
        )  # fmt: skip

    def __repr__(self) -> str:
        return f"Verdict({self.action.name})"


def checked_state(state: str | None, known: Iterable[str]) -> None:
    """Refuse a state that there is not; raises UnknownNameError."""
    if state is not None and state not in known:
        raise unknown("state", state, known)
