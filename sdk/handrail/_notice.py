"""What a notice may speak of, read off the record of a call when the notice is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handrail._judged import Judged

if TYPE_CHECKING:
    from handrail._context import Context
    from handrail._rows import Row


def judged(context: Context, decision: str) -> Judged:
    """Return what became of a call's item, without the item; *decision* is the decision's id."""
    outcome, author = context._outcome or context._plan.clear, context.item.author
    # A row without a score and a condition stands for a fault: nothing was found.
    seen = [row for row, *_ in outcome.matched if row.at is not None or row.guard]
    decider = outcome.decider
    told = decider if decider in seen else None
    return Judged(
        action=outcome.action,
        effects=outcome.effects,
        issue=told.issue if told else None,
        issues=tuple(sorted({row.issue for row in seen if row.issue})),
        language=(author.language if author else None) or context.item.language,
        region=author.region if author else None,
        stage=context._plan.stage,
        decision=decision,
        clause=told.clause if told else {},
        law=told.law if told else None,
        hold=outcome.hold,
        unseen=decider is not None and told is None,
        say=_say(told, seen),
    )


def _say(decider: Row | None, seen: list[Row]) -> str:
    """Nothing where the deciding rule says so; neutral where any rule asks for either."""
    if decider is not None and decider.say == "none":
        return "none"
    return "usual" if all(row.say == "usual" for row in seen) else "neutral"
