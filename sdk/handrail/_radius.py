"""The blast-radius cap: a young rule that acts on too many established people is demoted.

Its share is counted on distinct established actors, because floods and raids come from fresh
accounts: a good spam rule acts on most of the messages of a wave, and on hardly anybody who has
been around.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from time import monotonic

import attrs

from handrail._actor import Actor
from handrail._caps import Caps, MemoryCaps
from handrail._context import Context
from handrail._finding import Action
from handrail._item import Item
from handrail._outcome import Outcome
from handrail._rows import Row
from handrail._values import duration
from handrail.errors import InvalidValueError

ACTORS_MOST = 50_000
"""Actors that are remembered one by one; of more, an even sample."""


def _percent(_: object, attribute: attrs.Attribute[float], value: float) -> None:
    if type(value) not in (int, float) or not 0 < value <= 100:
        raise InvalidValueError(f"cap: {attribute.name}: expected a percent above 0, at most 100")


def _whole(_: object, attribute: attrs.Attribute[int], value: int) -> None:
    if type(value) is not int or value < 1:
        raise InvalidValueError(f"cap: {attribute.name}: expected a whole number, 1 or more")


@attrs.frozen(kw_only=True)
class Cap:
    """How much of its established people a young rule may act on.

    Attributes:
        share: Percent of the established actors seen. least: Established actors it must have
            acted on before it can trip, so that a few do not.
        within: Over how long actors are counted. young: For how long a rule that is new or
            changed is watched; somebody's confirmation ends it.
        tenure_days: From when on an actor is established. items: Or after how many earlier
            items that this process saw.
        caps: Where what happened is remembered.
    """

    share: float = attrs.field(default=5.0, validator=_percent)
    least: int = attrs.field(default=20, validator=_whole)
    within: timedelta = attrs.field(default=timedelta(hours=1), converter=duration)
    young: timedelta = attrs.field(default=timedelta(days=14), converter=duration)
    tenure_days: int = attrs.field(default=30, validator=_whole)
    items: int = attrs.field(default=20, validator=_whole)
    caps: Caps = attrs.field(factory=MemoryCaps)


@attrs.frozen
class Watched:
    """A rule that is watched: its hash and id, its share, and whether it may only alarm."""

    mark: str
    rule: str
    share: float
    alarms: bool


class Radius:
    """Counts distinct established actors, seen and acted upon; used by the drain alone.

    Args:
        cap: The limits.

    Attributes:
        unwritten: Why what was seen last could not be written down; None where it was.
    """

    def __init__(self, cap: Cap) -> None:
        self.cap = cap
        self.watched: Mapping[str, Watched] = {}
        self.unwritten: OSError | None = None
        self._alarmed: set[str] = set()
        self._items: dict[int, int] = {}
        self._every = 1
        self._half = 0
        self._until = monotonic() + cap.within.total_seconds() / 2
        # Actors, each with the half of the window in which it was last there.
        self._seen: dict[int, int] = {}
        self._hit: dict[str, dict[int, int]] = {}

    def watch(self, rows: Iterable[Row], now: datetime | None = None) -> None:
        """Watch the rows that are young and that nobody has confirmed.

        Raises OSError where that could not be written down; they are watched all the same.
        """
        rules = {row.hash: row for row in rows if row.weight >= Action.LIMIT}
        self.unwritten = None
        try:
            since = self.cap.caps.first_seen(rules)
        except OSError as error:
            self.unwritten, since = error, dict.fromkeys(rules, datetime.now(UTC))
        confirmed = self.cap.caps.confirmed()
        latest = (now or datetime.now(UTC)) - self.cap.young
        self.watched = {
            mark: Watched(mark, row.rule, row.cap or self.cap.share, _alarms(row))
            for mark, row in rules.items()
            if mark not in confirmed and (since[mark] > latest or row.cap is not None)
        }
        if self.unwritten is not None:
            raise self.unwritten

    def observe(self, contexts: Iterable[Context]) -> list[Watched]:
        """Count what a batch of calls did; return the watched rules that are now over.

        It looks after each call, so that how calls are batched never shows.
        """
        if not self.watched:
            return []
        if monotonic() > self._until:
            self._turn()
        over: dict[str, Watched] = {}
        for context in contexts:
            for mark in self._count(context):
                # Another thread may just have others watched.
                watched = self.watched.get(mark)
                if watched is not None and mark not in over and self._over(watched):
                    over[mark] = watched
        return [over[mark] for mark in sorted(over)]

    def _turn(self) -> None:
        """Begin another half of the window, and forget who was last there before the one past."""
        past, self._half = self._half, self._half + 1
        self._until = monotonic() + self.cap.within.total_seconds() / 2
        self._keep(lambda _, half: half >= past)

    def _keep(self, stays: Callable[[int, int], bool]) -> None:
        self._seen = {who: half for who, half in self._seen.items() if stays(who, half)}
        self._hit = {
            mark: {who: half for who, half in each.items() if stays(who, half)}
            for mark, each in self._hit.items()
            if mark in self.watched
        }

    def _count(self, context: Context) -> Iterable[str]:
        item: Item = context.item
        author = item.author
        if author is None:
            return ()
        who = hash(author.id)
        if who % self._every or not self._established(author, who):
            return ()
        self._seen[who] = self._half
        if len(self._seen) > ACTORS_MOST:
            self._thin()
        outcome = context._outcome
        return () if outcome is None else self._acted(outcome, who)

    def _acted(self, outcome: Outcome, who: int) -> list[str]:
        marks = [
            row.hash
            for row, _, taken, eases in outcome.matched
            if row.hash in self.watched and (taken >= Action.LIMIT or (row.restricts and not eases))
        ]
        for mark in marks:
            self._hit.setdefault(mark, {})[who] = self._half
        return marks

    def _established(self, author: Actor, who: int) -> bool:
        if author.tenure_days is not None:
            return author.tenure_days >= self.cap.tenure_days
        count = self._items[who] = self._items.pop(who, 0) + 1
        if len(self._items) > ACTORS_MOST:
            self._forget()
        return count > self.cap.items

    def _forget(self) -> None:
        """Forget who was new, and of the established all but those last there."""
        known = [(who, count) for who, count in self._items.items() if count >= self.cap.items]
        self._items = dict(known[-(ACTORS_MOST // 2) :])

    def _thin(self) -> None:
        """Keep every other actor, of those seen and of those acted upon alike."""
        self._every = every = self._every * 2
        self._keep(lambda who, _: not who % every)

    def _over(self, watched: Watched) -> bool:
        seen, hit = self.counts(watched.mark)
        if hit < self.cap.least or hit * 100 <= watched.share * seen:
            return False
        if not watched.alarms:
            return True
        new = watched.mark not in self._alarmed
        self._alarmed.add(watched.mark)
        return new

    def counts(self, mark: str) -> tuple[int, int]:
        """How many established actors were seen, and how many a rule acted on."""
        return len(self._seen) * self._every, len(self._hit.get(mark, ())) * self._every


def _alarms(row: Row) -> bool:
    """Whether it is never demoted: the law, a mandatory report and child safety only alarm."""
    family = (row.issue or "").partition(".")[0]
    return row.protected or family == "child_safety"
