"""What two bundles decide otherwise about the same items."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime

import attrs

from handrail import Action, Decision, Effect, Item, Match
from handrail_cli import show

BANDS = ((13, "under 13"), (16, "13-15"), (18, "16-17"), (200, "18+"))
"""Bands of ages: each ends below its number."""

EXAMPLES = 3
"""So many items are shown of each kind of change."""


@attrs.frozen(order=True)
class Change:
    """One kind of change: where, about what, from what to what, and for whom.

    Attributes:
        feature: Where. issue: What it is about. before, after: What is decided.
        effects: What of the effects comes or goes, such as ``+reach 0.2``.
        region: Where the author is. age: The author's band of ages.
    """

    feature: str
    issue: str
    before: Action
    after: Action
    effects: tuple[str, ...]
    region: str
    age: str


@attrs.define
class Changes:
    """Counts changes.

    Attributes:
        totals: Items decided, by feature. counts: Of each kind of change, how many.
        examples: The first few items of each change of action.
    """

    totals: Counter[str] = attrs.field(factory=Counter)
    counts: Counter[Change] = attrs.field(factory=Counter)
    examples: dict[tuple[Action, Action], list[tuple[Item, Change]]] = attrs.field(factory=dict)

    def add(self, item: Item, decision: Decision) -> None:
        """Take in an item, and what was decided about it by both bundles."""
        self.totals[decision.feature] += 1
        other = decision.shadow
        if other is None or not other.differs:
            return
        change = Change(
            feature=decision.feature,
            issue=_issue(decision.rules, other.rules),
            before=decision.action,
            after=other.action,
            effects=tuple(_moved(decision.effects, other.effects, decision.at)),
            region=_region(item),
            age=band(item),
        )
        self.counts[change] += 1
        some = self.examples.setdefault((change.before, change.after), [])
        if len(some) < EXAMPLES:
            some.append((item, change))

    def changed(self, feature: str) -> int:
        """How many items of a feature are decided otherwise."""
        return sum(n for change, n in self.counts.items() if change.feature == feature)


def band(item: Item) -> str:
    """Return the author's band of ages; one that is not known is its own."""
    if item.author is None or item.author.age is None:
        return "unknown"
    age = item.author.age.value
    return next(name for end, name in BANDS if age < end)


def _region(item: Item) -> str:
    return (item.author and item.author.region) or item.region or "unknown"


def _issue(before: Iterable[Match], after: Iterable[Match]) -> str:
    """What a change is about: the gravest rule that only one of the two matched, or counted so."""
    old, new = list(before), list(after)
    apart = [m for m in (*old, *new) if (m in old) is not (m in new)] or [*old, *new]
    first = max(apart, key=lambda m: m.action, default=None)
    return (first and first.issue) or "none"


def _moved(
    before: Iterable[Effect], after: Iterable[Effect], now: datetime | None
) -> Iterator[str]:
    """The effects that come or go."""
    old, new = ({_told(e, now) for e in each} for each in (before, after))
    yield from sorted(f"-{told}" for told in old - new)
    yield from sorted(f"+{told}" for told in new - old)


def _told(effect: Effect, now: datetime | None) -> str:
    told = show.effect(effect)
    return told if effect.until is None or now is None else f"{told} for {effect.until - now}"
