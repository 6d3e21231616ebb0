"""The rows of a table, and what they say together: an outcome."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

import attrs

from handrail._condition import Condition, Input, Unknown, resolve
from handrail._decision import Hold, Match
from handrail._effect import Effect, merge
from handrail._finding import Action
from handrail._issues import flagged, issues
from handrail._ladders import SOFT
from handrail._policy import Policy
from handrail._rules import ExceptionRule, Holds, Override, Rule
from handrail._values import duration, duration_text

if TYPE_CHECKING:
    from handrail._context import Context


PLATFORM_EFFECTS = frozenset({"strike", "review", "preserve", "report_to"})
"""Effects that the platform carries out itself; no feature has to be able to."""


_KEPT_UNDER_CEILING = frozenset({"review", "support", "label"})


GENERAL = "general"
"""The queue of issues that need none of their own."""

_QUEUES = (
    ("no_general_queue", "restricted"),
    ("specialist_queue", "specialist"),
    ("legal_review", "legal"),
    ("imminent_harm_check", "imminent_harm"),
    ("intel_review", "intelligence"),
)


def queue_of(issue: str | None) -> str:
    """The review queue that an issue's flags demand."""
    flags = issues()[issue].flags if issue else frozenset()
    return next((queue for flag, queue in _QUEUES if flag in flags), GENERAL)


@attrs.frozen(eq=False)
class Guard:
    """A condition ready to run: its inputs resolved, whose it is, and what hangs on it."""

    condition: Condition
    inputs: tuple[tuple[Input, bool], ...]
    unknown: Unknown | None
    rule: str
    issues: frozenset[str]

    @classmethod
    def of(cls, rule: Rule | Override | ExceptionRule, issues: Iterable[str]) -> Guard | None:
        """Resolve the inputs of a rule's condition; None where it has none."""
        when = rule.when
        if when is None:
            return None
        read = tuple((resolve(i.removesuffix("?"), ""), i.endswith("?")) for i in when.inputs)
        return cls(when, read, rule.unknown, rule.id, frozenset(issues))


@attrs.frozen(eq=False)
class Row:
    """One thing that can match."""

    rule: str
    policy: str
    issue: str | None
    action: Action
    effects: tuple[Effect, ...]
    lasts: timedelta | None
    at: float | None
    guard: Guard | None
    protected: bool
    holds: Holds
    limits: tuple[Effect, ...]
    hash: str
    review: tuple[Effect, ...] = ()  # what a HOLD implies


Matched: TypeAlias = tuple[Row, float | None, Action]
"""A row that matched, the score it saw, and the action that was left of it."""


@attrs.define(eq=False)
class Outcome:
    """What the table says about one call; nobody changes it once it is made."""

    action: Action
    matched: Sequence[Matched] = ()
    effects: tuple[Effect, ...] = ()
    faults: Sequence[tuple[Any, ...]] = ()
    exceptions: tuple[str, ...] = ()
    hold: Hold | None = None

    @property
    def rules(self) -> tuple[Match, ...]:
        """The rows that matched, each once, most severe first, then by policy and rule."""
        ordered = sorted(
            self.matched, key=lambda m: (-m[2], m[0].policy, m[0].rule, m[0].issue or "")
        )
        found = (
            Match(
                rule=r.rule, policy=r.policy, issue=r.issue, action=a, score=s, at=r.at, hash=r.hash
            )
            for r, s, a in ordered
        )
        return tuple(dict.fromkeys(found))

    @property
    def decided_by(self) -> str | None:
        """The rule that decided the action; of several as severe, the first by name."""
        rules = self.rules
        return rules[0].rule if rules and rules[0].action is self.action else None


ALLOW, NUDGE, HOLD = Action.ALLOW, Action.NUDGE, Action.HOLD


CLEAR = Outcome(ALLOW)


def limits_of(policy: Policy, issue: str | None) -> tuple[Effect, ...]:
    """The effects of a LIMIT that names none of its own; no punishment for a person at risk."""
    if issue is None or not flagged(issue, "non_punitive"):
        return policy.limits
    return tuple(e for e in policy.limits if e.name in SOFT)


def review_for(issue: str | None, holds: Holds | None) -> Effect:
    """The review that an issue demands, in the queue its flags name."""
    within = duration_text(holds.within) if holds else "24h"
    return Effect("review", {"queue": queue_of(issue), "within": within})


def outdone(matched: Iterable[Matched]) -> Mapping[str | None, Action]:
    """For each issue that needs no queue of its own, the most severe action left of its rows."""
    top: dict[str | None, Action] = {}
    for row, _, taken in matched:
        if row.issue is not None and queue_of(row.issue) == GENERAL:
            top[row.issue] = max(taken, top.get(row.issue, taken))
    return top


def asked(
    row: Row, taken: Action, context: Context, top: Mapping[str | None, Action]
) -> Iterable[Effect]:
    """The effects a matched row asks for, ended in time, and lowered where it was capped.

    The review that a HOLD implies is for the HOLD: where the same issue is blocked, nobody
    has to look, unless a rule or the issue itself demands it.
    """
    effects = row.effects if top.get(row.issue, taken) > taken else (*row.effects, *row.review)
    if taken is not row.action:
        effects = tuple(e for e in effects if e.name in _KEPT_UNDER_CEILING)
        effects = (*effects, *(row.limits if taken is Action.LIMIT else ()))
        effects = (*effects, review_for(row.issue, row.holds))
    if row.lasts is not None:
        until = context.now + row.lasts
        effects = tuple(attrs.evolve(e, until=until) for e in effects)
    return effects


def restrict(effects: tuple[Effect, ...], matched: list[Any]) -> tuple[Effect, ...]:
    """Keep general reviewers away from an item that an issue with ``no_general_queue`` is about.

    Its reviews move into the restricted queues, with the soonest deadline of all.
    """
    flags = [m[0].issue for m in matched if m[0].issue and flagged(m[0].issue, "no_general_queue")]
    if not flags:
        return effects
    moved = (
        attrs.evolve(e, value=dict.fromkeys([queue_of(flags[0])], _soonest(e)))
        if e.name == "review" else e
        for e in effects
    )  # fmt: skip
    return merge(moved)


def _soonest(effect: Effect) -> str:
    return str(min(effect.value.values(), key=duration))


def hold_until(matched: list[Any], now: datetime) -> Hold:
    """How a HOLD ends: at the soonest end, with the most severe action of those that matched."""
    holds = [row.holds for row, _, action in matched if action is Action.HOLD]
    return Hold(
        until=now + min(h.within for h in holds),
        otherwise=max(h.otherwise for h in holds),
        waits_for="staff" if any(h.waits_for == "staff" for h in holds) else "creator",
    )
