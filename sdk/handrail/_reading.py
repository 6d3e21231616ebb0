"""What a call reads of a State that processes share: answered at once, and asked for afterwards.

While hooks run they are answered from what this process counted itself, and what they read is
noted. Then one trip asks the shared State, and hooks that were told something else run again.
So nobody has to foresee what a hook will read, and no hook waits for a server.
"""

from __future__ import annotations

import asyncio
import threading
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from handrail._finding import Cause
from handrail._item import Item
from handrail._kin import Kin, Names
from handrail._ledger import Ledger
from handrail._shared import Answer, Read, Shared, Trip

if TYPE_CHECKING:
    from handrail._counting import Counting

READS_MOST = 1000
"""Things that one call asks for; what it reads beyond is what this process knows."""

DEEP, AWAY, RULES = -1, -2, -3
"""Who read what was read inside a derivation: everybody; who reads off the caller's thread: those
that run there; who reads tags along with them: conditions.
"""


_UNASKED: Any = object()


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
    # Since Python 3.12 isinstance sees through no proxy that answers for another State.
    able = all(hasattr(state, name) for name in _SHARED)
    return Sharing(cast("Shared", state)) if able else None


_SHARED = ("source", "timeout_ms", "near", "up", "lost", "open", "ask")
"""What only a Shared has."""


class Reading:
    """What one call reads of a shared State: a State for its hooks.

    It knows the call's ledger but not the call: no cycle.

    Attributes:
        blind: Whether the State was not worth asking when the call first read something: then
            nothing is noted. touched: Whether anything was read so.
        slot: Which inline hook runs again just now; None while all run for the first time.
        over: Whether nothing more will be asked: what is read now is what this process knows.
        guessed: How often that was so. alone: Trips that hooks made that run elsewhere.
        failures: Why some of those failed.
    """

    __slots__ = ("_answers", "_blinded", "_guesses", "_ledger", "_names", "_near", "_readers",
                 "_sharing", "alone", "blind", "failures", "guessed", "over", "slot",
                 "touched")  # fmt: skip

    def __init__(self, sharing: Sharing, ledger: Ledger) -> None:
        self._sharing, self._ledger, self._near = sharing, ledger, sharing.state.near
        self._answers: dict[Read, Answer] = {}
        self._guesses: dict[Read, Answer] = {}
        self._readers: dict[Read, set[int]] = {}
        self._blinded: set[int] = set()
        self.failures: list[tuple[Cause, BaseException | None]] = []
        self._names: Names = ()
        self.slot: int | None = None
        self.blind, self.touched = not sharing.state.up, False
        self.over, self.guessed, self.alone = False, 0, 0

    def recent(self, name: str, key: str, window: timedelta, at: datetime) -> float | None:
        """Return what was counted under *key* within *window* before *at*, or None if unknown."""
        if self.blind:
            self._touch()
            return self._near.recent(name, key, window, at)
        answer: Any = self._read(Read("recent", name, key, window, at))
        return None if answer is None else float(answer)

    def distinct(self, name: str, key: str, window: timedelta, at: datetime) -> int | None:
        """Return how many different members were counted under *key*, or None if unknown."""
        if self.blind:
            self._touch()
            return self._near.distinct(name, key, window, at)
        answer: Any = self._read(Read("distinct", name, key, window, at))
        return None if answer is None else int(answer)

    def tags(self, kind: str, id: str) -> frozenset[str] | None:  # noqa: A002 - the word for it
        """Return the tags kept on an actor, item, session or thread, or None."""
        if self.blind:
            self._touch()
            return self._near.tags(kind, id)
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

    def _touch(self) -> None:
        """Note who was told what this process knows, where nobody is asked."""
        self.touched = True
        self._blinded.add(AWAY if self._ledger.elsewhere else self._reader)

    def unsure(self) -> set[int]:
        """The inline hooks whose questions are not answered, or DEEP, AWAY or RULES."""
        open_ = (who for read, who in self._readers.items() if read not in self._answers)
        return self._blinded.union(*open_, (AWAY,) if self.failures else ())

    def _read(self, read: Read) -> Answer:
        answer: Answer = self._answers.get(read, _UNASKED) if self._answers else _UNASKED
        if answer is not _UNASKED:
            return answer
        if self._ledger.elsewhere:
            return self._ask_alone(read)
        if self.over or not self._note(read):
            self.guessed += 1
            self._sharing.kin.learn(read, tuple(self._answers), self._names)
        return self._guess(read)

    def _note(self, read: Read) -> bool:
        """Note who reads what, for the next trip; False where that is full."""
        readers = self._readers.get(read)
        if readers is None:
            if len(self._readers) >= READS_MOST:
                self._blinded.add(self._reader)
                return False
            readers = self._readers[read] = set()
        readers.add(self._reader)
        return True

    def _guess(self, read: Read) -> Answer:
        guess: Answer = self._guesses.get(read, _UNASKED)
        if guess is _UNASKED:
            guess = self._guesses[read] = read.of(self._near)
        return guess

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
        self.touched = True
        self._readers.setdefault(read, set()).add(RULES)
        self._blinded |= {RULES} if self.blind else set()

    def open(self, names: Names) -> list[Read]:
        """What was read and is not answered yet, and what goes with it."""
        self._names = names
        kin, known = self._sharing.kin, self._answers
        asked = dict.fromkeys(self._readers)
        if known:
            asked = {read: None for read in asked if read not in known}
            for late in asked:
                kin.learn(late, tuple(known), names)
        for read in [*asked] if kin else ():
            asked.update((more, None) for more in kin.of(read, names) if more not in known)
        return list(asked)[:READS_MOST]

    def take(self, trip: Trip) -> set[int]:
        """Take over the answers; return which inline hooks were told something else, or DEEP."""
        again: set[int] = set()
        for read, answer in zip(trip.reads, trip.answers, strict=True):
            self._answers[read] = answer
            guess = self._guesses.get(read, _UNASKED)
            if guess is not _UNASKED and guess != answer:
                again |= self._readers.get(read, set()) - {RULES}
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
