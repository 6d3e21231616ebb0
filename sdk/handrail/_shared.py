"""The seam of a State that processes share: questions, trips, and what such a State can do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeAlias, runtime_checkable

import attrs

from handrail._counting import Counted, NoState, State
from handrail._finding import Cause
from handrail._windows import Count

Answer: TypeAlias = float | int | frozenset[str] | None
"""What a State says: of ``recent``, ``distinct`` or ``tags``."""


@attrs.frozen(repr=False, cache_hash=True)
class Read:
    """One question to a shared State: the name of its method, and the arguments.

    Attributes:
        what: ``recent``, ``distinct`` or ``tags``. name: The counter, or the kind of tagged thing.
        key: Whose it is. window, at: Of a counter, as its method takes them.
    """

    what: str
    name: str
    key: str
    window: timedelta | None = None
    at: datetime | None = None

    def __repr__(self) -> str:
        return f"Read({self.what}, {self.name!r})"

    def of(self, state: Any) -> Answer:
        """Ask *state* in this process."""
        ask = getattr(state, self.what)
        answer: Answer
        if self.window is None:
            answer = ask(self.name, self.key)
        else:
            answer = ask(self.name, self.key, self.window, self.at)
        return answer


class Trip:
    """What is asked at one go, and what came of it; settled once, from any thread.

    Once ``settled`` is true it has ``answers``, one for each of ``reads``, or a ``cause`` why not.

    Args:
        reads: The questions. notify: Called once it is settled, from whichever thread.
    """

    __slots__ = ("_notify", "answers", "cause", "error", "reads", "settled")

    def __init__(self, reads: Sequence[Read], notify: Callable[[], None]) -> None:
        self.reads, self._notify = tuple(reads), notify
        self.answers: Sequence[Answer] = ()
        self.cause: Cause | None = None
        self.error: BaseException | None = None
        self.settled = False

    def answer(self, answers: Sequence[Answer]) -> None:
        """Give the answers."""
        self.answers = answers
        self._settle()

    def fail(self, cause: Cause, error: BaseException | None = None) -> None:
        """Say why there will be none."""
        self.cause, self.error = cause, error
        self._settle()

    def _settle(self) -> None:
        self.settled = True
        self._notify()


@runtime_checkable
class Shared(State, Protocol):
    """A State kept elsewhere for many processes: its counters and tags take a trip to ask for.

    Attributes:
        source: What its faults are called, such as ``redis``.
        timeout_ms: How long a call waits for one trip.
        near: What this process knows by itself: the answer until the trip is back, and instead
            of it where there is none.
        up: Whether it is worth asking: False while its breaker is open, which costs a call nothing.
        lost: How many counts so far will never reach it.
    """

    source: str
    timeout_ms: float

    @property
    def near(self) -> Counted:
        """What this process knows by itself."""
        ...

    @property
    def up(self) -> bool:
        """Whether it is worth asking."""
        ...

    @property
    def lost(self) -> int:
        """How many counts will never reach it."""
        ...

    def open(self) -> None:
        """Connect, at start-up; waits for a moment at most, never raises."""
        ...

    def ask(self, trip: Trip) -> None:
        """Have *trip* settled soon, from another thread; never waits, never raises."""
        ...

    def add(self, counts: Sequence[Count], at: datetime, once: str | None = None) -> None:
        """Count soon what happened *at* that moment; never waits, never raises.

        What was added with the same *once* lately, by whichever process, is not counted again.
        """
        ...

    def close(self) -> None:
        """Send what waits, for a grace, and let go of threads and connections."""
        ...


class Apart(NoState):
    """A State in this process in place of a configured one, while something is only tried out."""

    __slots__ = ()
