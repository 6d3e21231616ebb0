"""A State that processes share: asked in one trip for all that the hooks of a call have read.

While hooks run they are answered from what this process counted itself, and what they read is
noted. Then one trip asks the shared State, and hooks that were told something else run again.
So nobody has to foresee what a hook will read, and no hook waits for a server.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, runtime_checkable

import attrs

from handrail._finding import Cause
from handrail._item import Item
from handrail._ledger import Ledger
from handrail._seams import Counted, NoState, State
from handrail._windows import Count

if TYPE_CHECKING:
    from handrail._seams import Counting

Answer: TypeAlias = float | int | frozenset[str] | None
"""What a State says: of ``recent``, ``distinct`` or ``tags``."""

SHAPES_MOST = 32
"""Other reads that are remembered to go with a counter."""

READS_MOST = 1000
"""Things that one call asks for; what it reads beyond is what this process knows."""

COUNTERS_MOST = 1000
"""Counters of which that is remembered."""

DEEP = -1
"""Who read what was read inside a derivation: everybody."""


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


class Kin:
    """Which reads go with a counter: what calls have asked under one key, bounded.

    A hook that reads on only when a first count is high does so in its second run. The next
    call asks for that along with the first count, and needs no second trip.
    """

    def __init__(self) -> None:
        self._shapes: dict[str, dict[tuple[str, str, timedelta | None], None]] = {}

    def learn(self, late: Read, known: Sequence[Read]) -> None:
        """Remember that *late* was read in a call that had read *known* before."""
        shape = late.what, late.name, late.window
        for name in {read.name for read in known if read.key == late.key}:
            shapes = self._shapes.get(name)
            if shapes is None and len(self._shapes) < COUNTERS_MOST:
                shapes = self._shapes[name] = {}
            if shapes is not None and len(shapes) < SHAPES_MOST:
                shapes[shape] = None

    def of(self, read: Read) -> Iterator[Read]:
        """Yield what will be read next, as far as is known."""
        for what, name, window in tuple(self._shapes.get(read.name, ())):
            yield Read(what, name, read.key, window, read.at)


class Sharing:
    """A shared State as plans hold it, and what was learned of how it is read.

    Attributes:
        was_up, was_lost: What housekeeping saw last.
    """

    def __init__(self, state: Shared) -> None:
        self.state, self.kin = state, Kin()
        self.was_up, self.was_lost = True, 0


def sharing(state: Counting) -> Sharing | None:
    """Return how a State is shared; None where it is kept in this process."""
    return Sharing(state) if isinstance(state, Shared) else None


class Apart(NoState):
    """A State in this process in place of a configured one, while something is only tried out."""

    __slots__ = ()


class Reading:
    """What one call reads of a shared State: a State for its hooks.

    It knows the call's ledger but not the call: no cycle.

    Attributes:
        slot: Which inline hook runs again just now; None while all run for the first time.
        over: Whether nothing more will be asked: what is read now is what this process knows.
        guessed: How often that was so. alone: Trips that hooks made that run elsewhere.
        failures: Why some of those failed.
    """

    __slots__ = ("_answers", "_guesses", "_ledger", "_readers", "_sharing", "alone", "failures",
                 "guessed", "over", "slot")  # fmt: skip

    def __init__(self, sharing: Sharing, ledger: Ledger) -> None:
        self._sharing, self._ledger = sharing, ledger
        self._answers: dict[Read, Answer] = {}
        self._guesses: dict[Read, Answer] = {}
        self._readers: dict[Read, set[int]] = {}
        self.failures: list[tuple[Cause, BaseException | None]] = []
        self.slot: int | None = None
        self.over, self.guessed, self.alone = False, 0, 0

    def recent(self, name: str, key: str, window: timedelta, at: datetime) -> float | None:
        """Return what was counted under *key* within *window* before *at*, or None if unknown."""
        answer: Any = self._read(Read("recent", name, key, window, at))
        return None if answer is None else float(answer)

    def distinct(self, name: str, key: str, window: timedelta, at: datetime) -> int | None:
        """Return how many different members were counted under *key*, or None if unknown."""
        answer: Any = self._read(Read("distinct", name, key, window, at))
        return None if answer is None else int(answer)

    def tags(self, kind: str, id: str) -> frozenset[str] | None:  # noqa: A002 - the word for it
        """Return the tags kept on an actor, item, session or thread, or None."""
        answer: Any = self._read(Read("tags", kind, id))
        return None if answer is None else frozenset(answer)

    def counter(self, name: str, item: Item) -> float | None:
        """Return what stands beside the shared State says."""
        return self._sharing.state.counter(name, item)

    def strikes(self, actor: str, issue: str, days: int) -> float | None:
        """Return what stands beside the shared State says."""
        return self._sharing.state.strikes(actor, issue, days)

    def session(self, session: str, issue: str, segments: int) -> int | None:
        """Return what stands beside the shared State says."""
        return self._sharing.state.session(session, issue, segments)

    def _read(self, read: Read) -> Answer:
        if read in self._answers:
            return self._answers[read]
        if self._ledger.elsewhere:
            return self._ask_alone(read)
        guess = self._guess(read)
        full = len(self._readers) >= READS_MOST and read not in self._readers
        if self.over or full:
            self.guessed += 1
            self._sharing.kin.learn(read, tuple(self._answers))
        else:
            self._readers.setdefault(read, set()).add(self._reader)
        return guess

    def _guess(self, read: Read) -> Answer:
        if read not in self._guesses:
            self._guesses[read] = read.of(self._sharing.state.near)
        return self._guesses[read]

    @property
    def _reader(self) -> int:
        if self._ledger.deriving:
            return DEEP
        return self._ledger.hook if self.slot is None else self.slot

    def _ask_alone(self, read: Read) -> Answer:
        """Ask for one thing from a thread that may wait; a loop may not, and gets a guess."""
        state, done = self._sharing.state, threading.Event()
        if _in_loop() or not state.up:
            self.failures.append((Cause.MISSING if _in_loop() else Cause.BREAKER_OPEN, None))
            return self._guess(read)
        self.alone += 1
        trip = begun(state, Trip([read], done.set))
        done.wait(state.timeout_ms / 1000)
        if not trip.settled or trip.cause is not None:
            self.failures.append((trip.cause or Cause.TIMEOUT, trip.error))
            return self._guess(read)
        self._answers[read] = trip.answers[0]
        return self._answers[read]

    def foresee(self, read: Read) -> None:
        """Ask for something along with what hooks read."""
        self._readers.setdefault(read, set())

    def open(self) -> list[Read]:
        """What was read and is not answered yet, and what goes with it."""
        kin, known = self._sharing.kin, self._answers
        asked = {read: None for read in self._readers if read not in known}
        if known:
            for late in asked:
                kin.learn(late, tuple(known))
        for read in [*asked]:
            asked.update((more, None) for more in kin.of(read) if more not in known)
        return list(asked)[:READS_MOST]

    def take(self, trip: Trip) -> set[int]:
        """Take over the answers; return which inline hooks were told something else, or DEEP."""
        again: set[int] = set()
        for read, answer in zip(trip.reads, trip.answers, strict=True):
            self._answers[read] = answer
            if read in self._guesses and self._guesses[read] != answer:
                again |= self._readers.get(read, set())
        return again


def begun(state: Shared, trip: Trip) -> Trip:
    """Hand a trip over; a state that raises has failed, and the call goes on."""
    try:
        state.ask(trip)
    except Exception as error:
        trip.fail(Cause.ERROR, error)
    return trip


def _in_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
