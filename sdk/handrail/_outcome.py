"""What matched rows say together: an outcome."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

import attrs

from handrail._effect import Effect, about, merge_effects
from handrail._finding import Action
from handrail._issues import flagged
from handrail._match import Hold, Match
from handrail._rows import (
    APPROVED,
    GENERAL,
    KEPT_UNDER_CEILING,
    Ease,
    Matched,
    Row,
    queue_of,
    review_for,
)
from handrail._rules import OF_A_PERSON, Rule
from handrail._values import duration

NOBODY: Mapping[int, tuple[str, ...]] = MappingProxyType({})
_WEIGHT = {level: number for number, level in enumerate(Rule.LEVELS)}


@attrs.define(eq=False)
class Outcome:
    """What the table says about one call; nobody changes it once it is made.

    Attributes:
        action, effects, hold: What it asks for. matched: The rows that led there.
        faults: What failed while it was worked out.
        subjects: The recipients that a row's condition was true for, by guard.
    """

    action: Action
    matched: Sequence[Matched] = ()
    effects: tuple[Effect, ...] = ()
    faults: Sequence[tuple[Any, ...]] = ()
    hold: Hold | None = None
    subjects: Mapping[int, tuple[str, ...]] = NOBODY

    @property
    def rules(self) -> tuple[Match, ...]:
        """The rules that matched, each once: most severe first, then weightiest, then by name."""
        found: dict[tuple[str, str, str | None], Match] = {}
        for row, score, taken, eases in sorted(self.matched, key=_order):
            found.setdefault(
                (row.policy, row.rule, row.issue),
                Match(
                    rule=row.rule, policy=row.policy, issue=row.issue, action=taken, score=score,
                    at=row.at, hash=row.hash, level=row.level,
                    eased_by=tuple(sorted(e.name for e in eases)),
                    asked=row.weight if eases else None,
                    clause=row.clause.get("id"), notice=row.say,
                ),
            )  # fmt: skip
        return tuple(found.values())

    @property
    def decided_by(self) -> str | None:
        """The rule that decided the action; of several as severe, the weightiest."""
        first = self.decider
        return first.rule if first else None

    @property
    def decider(self) -> Row | None:
        """The row that decided the action, if one did."""
        first = min(self.matched, key=_order, default=None)
        return first[0] if first and first[2] is self.action else None

    @property
    def exceptions(self) -> tuple[str, ...]:
        """The exceptions and approvals that eased something."""
        return tuple(sorted({ease.name for *_, eases in self.matched for ease in eases}))


def _order(matched: Matched) -> tuple[Any, ...]:
    row, _, taken, _ = matched
    return -taken, _WEIGHT[row.level], row.policy, row.rule, row.issue or "", -row.action


CLEAR = Outcome(Action.ALLOW)

MERGED_MOST = 1_000
"""Sets of rows whose effects are kept; a bound, for the memory."""


def effects_of(
    matched: Sequence[Matched], now: datetime, subjects: Mapping[int, tuple[str, ...]]
) -> tuple[Effect, ...]:
    """The effects that matched rows ask for, merged."""
    top = _outdone(matched)
    asked = (e for m in matched for e in _asked(m, now, top, subjects))
    return _restrict(merge_effects(asked), matched)


class Merged:
    """Effects by the rows that ask for them together, merged once: few sets of rows ever match.

    Safe in threads: what is kept is only ever added, or thrown away as a whole.
    """

    def __init__(self) -> None:
        self._kept: dict[tuple[tuple[Row, Action, tuple[Ease, ...]], ...], tuple[Effect, ...]] = {}

    def effects_of(
        self, matched: Sequence[Matched], now: datetime, subjects: Mapping[int, tuple[str, ...]]
    ) -> tuple[Effect, ...]:
        """The effects that matched rows ask for; those with an end or recipients are not kept."""
        together = tuple([(row, taken, eases) for row, _, taken, eases in matched])
        effects = self._kept.get(together)
        if effects is None:
            effects = effects_of(matched, now, subjects)
            if not any(map(_of_this_call, matched)):
                if len(self._kept) >= MERGED_MOST:
                    self._kept.clear()
                self._kept[together] = effects
        return effects


def _of_this_call(one: Matched) -> bool:
    row = one[0]
    return row.lasts is not None or (row.guard is not None and row.guard.each)


def hold_of(matched: Iterable[Matched], now: datetime) -> Hold:
    """How a HOLD ends: at the soonest end, with the most severe action of those that matched."""
    holding = [m for m in matched if m[2] is Action.HOLD]
    holds = [
        each
        for row, _, taken, eases in holding
        for each in ([e.holds for e in eases if e.at_most is taken and e.holds] or [row.holds])
    ]
    otherwise = max(h.otherwise for h in holds)
    limits = (e for row, *_ in holding for e in row.limits) if otherwise is Action.LIMIT else ()
    return Hold(
        until=now + min(h.within for h in holds),
        otherwise=otherwise,
        waits_for="staff" if any(h.waits_for == "staff" for h in holds) else "creator",
        effects=merge_effects(limits),
    )


def _outdone(matched: Iterable[Matched]) -> Mapping[str | None, Action]:
    """For each issue that needs no queue of its own, the most severe action left of its rows."""
    top: dict[str | None, Action] = {}
    for row, _, taken, _ in matched:
        if row.issue is not None and queue_of(row.issue) == GENERAL:
            top[row.issue] = max(taken, top.get(row.issue, taken))
    return top


def _asked(
    one: Matched, now: datetime, top: Mapping[str | None, Action],
    subjects: Mapping[int, tuple[str, ...]],
) -> Iterable[Effect]:  # fmt: skip
    """The effects a matched row asks for, ended in time, and lowered where it was eased.

    The review that a HOLD implies is for the HOLD: where the same issue is blocked, nobody
    has to look, unless a rule or the issue itself demands it.
    """
    row, _, taken, eases = one
    if eases:
        effects = _eased(row, taken, eases)
    elif top.get(row.issue, taken) > taken:
        effects = row.effects
    else:
        effects = (*row.effects, *row.review)
    if row.lasts is not None:
        until = now + row.lasts
        effects = tuple(attrs.evolve(e, until=until) for e in effects)
    if row.guard is None or not row.guard.each:
        return effects
    return [each for e in effects for each in _for_each(e, subjects.get(id(row.guard), ()))]


def _for_each(effect: Effect, subjects: Iterable[str]) -> Iterable[Effect]:
    if effect.target not in OF_A_PERSON:
        return [effect]
    return [about(effect, subject) for subject in subjects]


def _eased(row: Row, taken: Action, eases: tuple[Ease, ...]) -> tuple[Effect, ...]:
    """What is left of a row's effects, and the case for what was above."""
    if APPROVED in eases:
        return tuple(e for e in row.effects if e.name == "support")
    effects = tuple(e for e in row.effects if e.name in KEPT_UNDER_CEILING)
    if taken is Action.LIMIT:
        effects = (*effects, *row.limits)
    reviews = [e.review for e in eases if e.review is not None]
    if not reviews and row.weight >= Action.LIMIT and any(e.cased for e in eases):
        reviews = [review_for(row.issue, row.holds)]
    return (*effects, *reviews)


def _restrict(effects: tuple[Effect, ...], matched: Iterable[Matched]) -> tuple[Effect, ...]:
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
    return merge_effects(moved)


def _soonest(effect: Effect) -> str:
    return str(min(effect.value.values(), key=duration))
