"""Counts over the last minutes, hours or days, kept in process and bounded."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

import attrs

from handrail._locks import RenewedLock
from handrail._values import Json
from handrail.errors import InvalidValueError

EVENTS_MOST = 1000
"""Events kept of one key, the latest: a count stops there."""

MEMBERS_MOST = 1000
"""Different members kept of one key, the latest: what is told apart stops there."""

KEYS_MOST = 100_000
"""Keys kept where nothing else is said."""

SNAPSHOT_MOST = 1_000_000
"""Events that a snapshot has."""

BACKWARDS_S = 60.0
"""How far a clock may go backwards and be taken for disorder; beyond that a key begins anew."""


@attrs.frozen
class Count:
    """One more of something, for the SDK to add up: ``Count("sent", author.id)``.

    Attributes:
        name: The counter, one of ``Manifest.counters``.
        key: Whose it is: an id, or several in one string.
        member: What is told apart, such as a recipient's id; None where events are counted.
        by: How much it adds: 1, or the value of a gift.
    """

    name: str
    key: str
    member: str | None = None
    by: float = attrs.field(default=1.0, kw_only=True)


class _Series:
    """What happened under one key: when, how much so far, and which members when last."""

    __slots__ = ("base", "members", "sums", "times")

    def __init__(self) -> None:
        self.times = array("d")
        self.sums: array[float] | None = None  # made once something counts other than one
        self.base = 0.0  # what was added up before the first that is kept
        self.members: dict[str, float] | None = None

    def add(self, count: Count, at: float) -> None:
        times = self.times
        if times and at < times[-1]:
            at = times[-1]
        times.append(at)
        if self.sums is not None or count.by != 1:
            self._sum(count.by)
        if len(times) > 2 * EVENTS_MOST:
            del times[:EVENTS_MOST]
            if self.sums is not None:
                self.base = self.sums[EVENTS_MOST - 1]
                del self.sums[:EVENTS_MOST]
        if count.member is not None:
            self._meet(count.member, at)

    def _sum(self, by: float) -> None:
        if self.sums is None:
            self.sums = array("d", range(1, len(self.times)))
        self.sums.append((self.sums[-1] if self.sums else self.base) + by)

    def outran(self, at: float) -> bool:
        """Whether the clock was set back since: what is kept here is of no time to come."""
        return bool(self.times) and at < self.times[-1] - BACKWARDS_S

    def _meet(self, member: str, at: float) -> None:
        members = self.members = {} if self.members is None else self.members
        members.pop(member, None)
        members[member] = at
        if len(members) > MEMBERS_MOST:
            del members[next(iter(members))]

    def to_json(self) -> list[Json]:
        sums = None if self.sums is None else list(self.sums)
        members: Json = None if self.members is None else dict(self.members)
        return [list(self.times), cast("Json", sums), self.base, members]

    @classmethod
    def from_json(cls, data: Sequence[Any]) -> _Series:
        times, sums, base, members = data
        made = cls()
        made.times = array("d", times[-2 * EVENTS_MOST :])
        made.sums = None if sums is None else array("d", sums[-2 * EVENTS_MOST :])
        made.base, made.members = float(base), members
        if made.sums is not None and len(made.sums) != len(made.times):
            raise InvalidValueError("counts: times and sums differ")
        return made

    def recent(self, since: float) -> float:
        before = bisect_right(self.times, since)
        if self.sums is None or before == len(self.times):
            return float(len(self.times) - before)
        return self.sums[-1] - (self.sums[before - 1] if before else self.base)

    def distinct(self, since: float) -> int:
        if not self.members:
            return 0
        met = list(self.members.values())  # In order: who is met again goes to the end.
        return len(met) - bisect_right(met, since)


class Windows:
    """Sliding windows over what was counted, by counter and key; safe to use from any thread.

    Beyond *most* keys those added to least lately are forgotten, and from then on a key that is
    not held is unknown (None) instead of zero. Of one key the latest EVENTS_MOST events count
    in any case, and twice as many at most.
    """

    __slots__ = ("_forgot", "_most", "_series", "_window_lock")

    def __init__(self, most: int = KEYS_MOST) -> None:
        if type(most) is not int or most < 1:
            raise InvalidValueError("most: expected a whole number, 1 or more")
        self._most, self._window_lock, self._forgot = most, RenewedLock(), False
        self._series: OrderedDict[str, _Series] = OrderedDict()

    def add(self, counts: Iterable[Count], at: datetime) -> None:
        """Add *counts*, which happened *at* that moment."""
        moment = at.timestamp()
        with self._window_lock:
            for count in counts:
                key = f"{count.name} {count.key}"  # No counter has a space in its name.
                series = self._series.get(key)
                if series is None or series.outran(moment):
                    series = self._series[key] = _Series()
                else:
                    self._series.move_to_end(key)
                series.add(count, moment)
            while len(self._series) > self._most:
                self._series.popitem(last=False)
                self._forgot = True

    def snapshot(self, most: int = SNAPSHOT_MOST) -> dict[str, Json]:
        """Return what is kept, the keys added to last first, up to *most* events, as JSON."""
        with self._window_lock:
            kept: list[Json] = []
            for key in reversed(self._series):
                series = self._series[key]
                most -= len(series.times)
                if most < 0:
                    break
                kept.append([key, *series.to_json()])
            return {"keys": kept, "forgot": self._forgot or len(kept) < len(self._series)}

    def restore(self, data: Mapping[str, Any]) -> None:
        """Take in a snapshot; a key that was counted since stays as it is.

        Raises InvalidValueError for what is no snapshot.
        """
        try:
            read = {key: _Series.from_json(rest) for key, *rest in reversed(data["keys"])}
            forgot = bool(data["forgot"])
        except (LookupError, TypeError, ValueError) as error:
            raise InvalidValueError(f"counts: no snapshot ({type(error).__name__})") from None
        with self._window_lock:
            read.update(self._series)
            self._series = OrderedDict(read)
            self._forgot = self._forgot or forgot
            while len(self._series) > self._most:
                self._series.popitem(last=False)
                self._forgot = True

    def recent(self, name: str, key: str, window: timedelta, at: datetime) -> float | None:
        """Return what was counted under *key* within *window* before *at*, or None if unknown."""
        with self._window_lock:
            series = self._series.get(f"{name} {key}")
            if series is not None:
                return series.recent(at.timestamp() - window.total_seconds())
        return None if self._forgot else 0.0

    def distinct(self, name: str, key: str, window: timedelta, at: datetime) -> int | None:
        """Return how many different members were counted under *key*, or None if unknown."""
        with self._window_lock:
            series = self._series.get(f"{name} {key}")
            if series is not None:
                return series.distinct(at.timestamp() - window.total_seconds())
        return None if self._forgot else 0
