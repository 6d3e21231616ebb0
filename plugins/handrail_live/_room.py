"""What is remembered of one room: how busy it was lately, who came, who is on stage."""

from __future__ import annotations

import math
from collections import OrderedDict, deque
from collections.abc import Iterable

import attrs

from handrail import Actor

from ._arrivals import Arrivals

SLICE_S = 10.0
"""Seconds that are counted together."""

WINDOW = 6
"""Slices that are "now": a minute."""

_FADE = 360.0
"""Slices after which what came before now counts less by a factor of e: an hour."""

_BACKWARDS = 6
"""Slices a clock may go back and be taken for disorder; beyond that a room begins anew."""

_STAGE_S = 600.0
"""How long what is known of a stage holds."""

_YOUNG_S = 7200.0
"""How long it holds that somebody on stage said to be a minor: nobody grows up in a show."""

_RISK_S = 1200.0
"""How long somebody on stage counts as at risk."""

_SIGNS_MOST = 50
"""People of whom a room remembers what they said, or gave, to a minor."""

CHILD = 18


@attrs.frozen
class Stage:
    """Who is on stage, by age: nothing else of them is kept.

    Attributes:
        minors: People known to be under 18. unknown: People of unknown age, who are no adults.
        at: When that was, in seconds.
    """

    minors: int
    unknown: int
    at: float


@attrs.define
class _Slice:
    number: int
    messages: int = 0
    newcomers: int = 0
    new_accounts: int = 0
    unsaid: int = 0
    hostile: int = 0


@attrs.frozen
class Crowd:
    """A room now and as it usually is.

    Attributes:
        messages: Messages within a minute. newcomers: People who wrote here for the first time.
        new_accounts: How many of them have new accounts. unsaid: Of how many nobody says it.
        hostile: How many of their first messages were hostile.
        usual: Newcomers within a usual minute of about the hour before.
        known_s: Seconds for which the room is known.
    """

    messages: int
    newcomers: int
    new_accounts: int
    unsaid: int
    hostile: int
    usual: float
    known_s: float


class Room:
    """What one session is like: the last minute in slices of ten seconds, and its usual self.

    Attributes:
        stage: Who was on stage when somebody last said.
        advised: When slow mode was last advised. warned: When a crowd was last spoken of.
        young: When somebody on stage last said to be a minor. risk: When somebody there was last
            at risk. arrivals: Who joined or followed lately.
    """

    __slots__ = (
        "_faded", "_faded_at", "_first", "_gifts", "_signs", "_slices", "advised", "arrivals",
        "risk", "stage", "warned", "young",
    )  # fmt: skip

    def __init__(self) -> None:
        self._slices: deque[_Slice] = deque(maxlen=WINDOW + _BACKWARDS)
        self._signs: OrderedDict[int, frozenset[str]] = OrderedDict()
        self._gifts: dict[int, int] = {}
        self.arrivals = Arrivals()
        self.stage: Stage | None = None
        self.young = self.risk = float("-inf")
        self._begin(0)

    def _begin(self, number: int) -> None:
        self._first = self._faded_at = number
        self._faded = 0.0  # newcomers before now, those long ago faded
        self.advised = self.warned = float("-inf")

    def count(
        self, at: float, *, newcomer: bool, account: bool | None, hostile: bool = False
    ) -> None:
        """Count a message *at* a second; *account* says whether a newcomer's account is new."""
        part = self._slice(int(at // SLICE_S))
        part.messages += 1
        if newcomer:
            part.newcomers += 1
            part.new_accounts += account is True
            part.unsaid += account is None
            part.hostile += hostile

    def _slice(self, number: int) -> _Slice:
        parts = self._slices
        if parts and number < parts[-1].number - _BACKWARDS:
            parts.clear()
        if not parts:
            self._begin(number)
        if not parts or number > parts[-1].number:
            while parts and parts[0].number <= number - WINDOW:
                self._faded = self._fade(number) + parts.popleft().newcomers
                self._faded_at = number
            parts.append(_Slice(number))
        return parts[-1]

    def _fade(self, number: int) -> float:
        return self._faded * math.exp(min(0, self._faded_at - number) / _FADE)

    def crowd(self, at: float) -> Crowd:
        """Return what the room is like *at* a second."""
        number = int(at // SLICE_S)
        now, before = _Slice(number), self._fade(number)
        for part in list(self._slices):  # A copy: another thread may be adding.
            if part.number <= number - WINDOW:
                before += part.newcomers
                continue
            now.messages += part.messages
            now.newcomers += part.newcomers
            now.new_accounts += part.new_accounts
            now.unsaid += part.unsaid
            now.hostile += part.hostile
        known = max(0, number - self._first) if self._slices else 0
        weight = _FADE * (1 - math.exp(-max(known - WINDOW, 0) / _FADE)) / WINDOW
        usual = before / weight if weight else 0.0
        return Crowd(
            now.messages, now.newcomers, now.new_accounts, now.unsaid, now.hostile, usual,
            known * SLICE_S,
        )  # fmt: skip

    def rate(self, at: float) -> float:
        """Return messages a second over the last ten to twenty seconds."""
        number, messages = int(at // SLICE_S), 0
        for part in tuple(self._slices)[-2:]:
            if part.number >= number - 1:
                messages += part.messages
        return messages / (at - (number - 1) * SLICE_S)

    def on_stage(self, at: float) -> Stage | None:
        """Return who is on stage, if somebody said lately."""
        stage = self.stage
        return None if stage is None or abs(at - stage.at) > _STAGE_S else stage

    def young_on_stage(self, at: float) -> bool:
        """Whether a minor is on stage, as somebody there said."""
        return 0 <= at - self.young <= _YOUNG_S

    def risk_on_stage(self, at: float) -> bool:
        """Whether somebody on stage was at risk lately."""
        return 0 <= at - self.risk <= _RISK_S

    def signs(self, author: Actor | None) -> frozenset[str]:
        """Return what *author* said to a minor here before."""
        return frozenset() if author is None else self._signs.get(hash(author.id), frozenset())

    def sign(self, author: Actor, signs: frozenset[str]) -> None:
        """Remember what *author* said; who did so longest ago makes room."""
        key = hash(author.id)
        self._signs[key] = self._signs.pop(key, frozenset()) | signs
        if len(self._signs) > _SIGNS_MOST:
            self._signs.popitem(last=False)

    def gifts(self, author: Actor | None) -> int:
        """Return how many gifts *author* made here while a minor was on stage."""
        return 0 if author is None else self._gifts.get(hash(author.id), 0)

    def give(self, author: Actor) -> None:
        """Count a gift of *author*; who gave longest ago makes room."""
        key = hash(author.id)
        self._gifts[key] = self._gifts.pop(key, 0) + 1
        if len(self._gifts) > _SIGNS_MOST:
            del self._gifts[next(iter(self._gifts))]


def stage_of(people: Iterable[Actor], at: float) -> Stage:
    """Return *people* by age."""
    ages = [None if person.age is None else person.age.value for person in people]
    minors = sum(age is not None and age < CHILD for age in ages)
    return Stage(minors, ages.count(None), at)
