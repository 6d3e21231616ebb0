"""What is carried to the server and back: counts, questions, tags."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from threading import Event
from typing import Any, Protocol

from handrail import Answer, Cause, Count, Read, Trip

from ._keys import Keys
from ._near import Near
from ._scripts import ADD, ASK, TAG
from ._server import Command

ONCE_S = 3600
"""How long it is remembered that a revision was counted, so that no process counts it again."""


class Work(Protocol):
    """One thing to carry.

    Attributes:
        lasts: Whether it waits while the server is away. size: How many counts it is.
    """

    lasts: bool

    @property
    def size(self) -> int:
        """How many counts are lost with it."""
        ...

    def command(self, keys: Keys) -> Command:
        """What the server is told; doing it twice does nothing more."""
        ...

    def done(self, reply: Any) -> None:
        """Take the server's answer."""
        ...

    def failed(self, cause: Cause, error: BaseException | None) -> None:
        """Learn that there will be none."""
        ...


class Adding:
    """Counts of one revision; they wait as long as the server is away."""

    lasts = True

    def __init__(
        self, counts: Sequence[Count], at: datetime, once: str, *, now: Callable[[], datetime],
        keep: Callable[[str], timedelta],
    ) -> None:  # fmt: skip
        self._counts, self._at, self._once = tuple(counts), at, once
        self._now, self._keep = now, keep

    @property
    def size(self) -> int:
        """How many counts there are."""
        return len(self._counts)

    def command(self, keys: Keys) -> Command:
        """Count them, unless that was done before."""
        named = [keys.of_once(self._once)]
        args: list[str | int] = [
            ONCE_S * 1000, repr(self._at.timestamp()), repr(self._now().timestamp())
        ]  # fmt: skip
        for count in self._counts:
            named += keys.of_counter(count.name, count.key)
            member = "" if count.member is None else keys.hide(str(count.member))
            keep = int(self._keep(count.name) / timedelta(milliseconds=1))
            args += [repr(float(count.by)), member, keep]
        return Command(ADD, named, args)

    def done(self, reply: Any) -> None:
        """Do nothing: it is counted, now or before."""

    def failed(self, cause: Cause, error: BaseException | None) -> None:
        """Do nothing: who carries it counts what is lost."""


class Asking:
    """The questions of one trip."""

    lasts, size = False, 0

    def __init__(self, trip: Trip, near: Near) -> None:
        self._trip, self._near = trip, near
        # Here, where the call runs: what is slow beside must not hold up the others.
        self._beside = {
            read: near.tags_beside(read.name, read.key) or frozenset[str]()
            for read in trip.reads
            if read.what == "tags"
        }

    def command(self, keys: Keys) -> Command:
        """Ask for each."""
        named, args = [], []
        for read in self._trip.reads:
            if read.at is None or read.window is None:
                named.append(keys.of_tags(read.name, read.key))
                since = self._near.now.timestamp()
            else:
                events, members = keys.of_counter(read.name, read.key)
                named.append(events if read.what == "recent" else members)
                since = read.at.timestamp() - read.window.total_seconds()
            args += [read.what, repr(since)]
        return Command(ASK, named, args)

    def done(self, reply: Any) -> None:
        """Settle the trip."""
        told = zip(self._trip.reads, reply, strict=True)
        self._trip.answer([self._answer(read, answer) for read, answer in told])

    def _answer(self, read: Read, told: Any) -> Answer:
        """What the server counted, or what this process did where that is more.

        It is more where the server lost its data, or has not been told yet.
        """
        if read.what == "tags":
            ends: Mapping[str, float] = {
                told[n]: float(told[n + 1]) for n in range(0, len(told), 2)
            }
            return self._near.keep_tags(read.name, read.key, ends) | self._beside[read]
        own: Any = read.of(self._near)
        number = float(told) if read.what == "recent" else int(told)
        return number if own is None or own < number else own

    def failed(self, cause: Cause, error: BaseException | None) -> None:
        """Settle the trip without answers."""
        self._trip.fail(cause, error)


class Tagging:
    """A tag to put on or take off; somebody waits for it.

    Attributes:
        over: Set once it is. error: What failed, if anything did.
    """

    lasts, size = False, 0

    def __init__(self, thing: tuple[str, str], tag: str, now: datetime, ends: str) -> None:
        self._thing, self._tag, self._now, self._ends = thing, tag, now, ends
        self.over = Event()
        self.error: BaseException | str | None = None

    def command(self, keys: Keys) -> Command:
        """Put it on until it ends, or take it off where nothing says when."""
        args = [repr(self._now.timestamp()), self._tag, self._ends]
        return Command(TAG, [keys.of_tags(*self._thing)], args)

    def done(self, reply: Any) -> None:
        """Wake who waits."""
        self.over.set()

    def failed(self, cause: Cause, error: BaseException | None) -> None:
        """Wake who waits, with the reason."""
        self.error = error or cause.value
        self.over.set()
