"""What a notice may speak of, read off the record of a call when the notice is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handrail._seams import Judged

if TYPE_CHECKING:
    from handrail._context import Context
    from handrail._decision import Match
    from handrail._rules import Rule


def judged(context: Context, decision: str) -> Judged:
    """Return what became of a call's item, without the item; *decision* is the decision's id."""
    outcome, author = context._outcome or context._plan.clear, context.item.author
    # A row without a score and a condition stands for a fault: nothing was found.
    rows = (matched[0] for matched in outcome.matched)
    found = {(row.policy, row.rule) for row in rows if row.at is not None or row.guard}
    seen = [match for match in outcome.rules if (match.policy, match.rule) in found]
    decided = next((m for m in outcome.rules if m.rule == outcome.decided_by), None)
    rule = _rule(context, decided) if decided in seen else None
    return Judged(
        action=outcome.action,
        effects=outcome.effects,
        issue=decided.issue if decided in seen else None,
        issues=tuple(sorted({match.issue for match in seen if match.issue})),
        language=(author.language if author else None) or context.item.language,
        region=author.region if author else None,
        stage=context._plan.stage,
        decision=decision,
        clause=rule.clause if rule else {},
        law=rule.source.get("law") if rule else None,
        hold=outcome.hold,
        unseen=decided is not None and decided not in seen,
        say=_say(rule, [_rule(context, match) for match in seen]),
    )


def _rule(context: Context, match: Match) -> Rule | None:
    """The rule that matched; None where it was a ladder."""
    policies = (p for p in context._plan.table.policies if p.name == match.policy)
    return next((rule for p in policies for rule in p.rules if rule.id == match.rule), None)


def _say(decided: Rule | None, rules: list[Rule | None]) -> str:
    """Nothing where the deciding rule says so; neutral where any rule asks for either."""
    if decided is not None and decided.notice == "none":
        return "none"
    usual = all(rule.notice == "usual" for rule in rules if rule is not None)
    return "usual" if usual else "neutral"
