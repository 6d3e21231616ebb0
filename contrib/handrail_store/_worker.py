"""The worker: works off what was accepted, one batch after another, until it is told to stop."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic
from types import FrameType
from typing import TYPE_CHECKING

import attrs
import structlog
from sqlalchemy.exc import DBAPIError, InterfaceError, InternalError, OperationalError

from handrail import Decision, InvalidValueError, Safety
from handrail_store._backoff import Backoff
from handrail_store._channels import Channel, Channels
from handrail_store._chores import Chores
from handrail_store._gauges import watched
from handrail_store._handler import Handler
from handrail_store._intake import LEASE, Outbox
from handrail_store._reason import reason_of
from handrail_store._work import Work

if TYPE_CHECKING:
    from handrail_store._store import Store

AWAY = (OperationalError, InterfaceError, InternalError)
"""The database cannot be reached, is locked or full: nobody's fault, and it may get better.

Where a quota is used up, and not the disk, PostgreSQL calls it an internal error.
"""

BATCH_MOST = 1_000
"""The largest batch: its keys have to fit into one statement."""

LONGEST_LOOK_S = 1.0
"""Work is looked at for so long before what was found is written: more could be lost at once."""


@attrs.define
class Tally:
    """What a worker has done: works settled, put off and buried; chores done."""

    settled: int = 0
    retried: int = 0
    buried: int = 0
    chores: int = 0


@attrs.frozen(kw_only=True)
class Pace:
    """How a worker goes about it.

    Attributes:
        batch: How many works are claimed, and settled in one transaction, from 1 to 1,000.
        tries: How often work is tried before it becomes a dead letter.
        lease: How long claimed work is left alone should this process die.
        idle_s: Seconds to wait where there is nothing to do.
        backoff: How long work that failed is put off.
    """

    batch: int = attrs.field(default=100)
    tries: int = attrs.field(default=8)
    lease: timedelta = LEASE
    idle_s: float = 0.2
    backoff: Backoff = attrs.field(factory=Backoff)

    @batch.validator
    def _check_batch(self, _: object, value: int) -> None:
        if not 1 <= value <= BATCH_MOST:
            raise InvalidValueError(f"Pace: batch: expected 1 to {BATCH_MOST}")

    @tries.validator
    def _check_tries(self, _: object, value: int) -> None:
        if value < 1:
            raise InvalidValueError("Pace: tries: expected 1 or more")


class Worker:
    """Works off the outbox of a store; several may run at once, here and elsewhere.

    Args:
        safety: Has the features, modules and policies. store: Holds the outbox.
        pace: Sizes of batches, numbers of tries, times.
        channels: How enforcements reach features, by name, ``*`` for all others; without one, by
            the function that the host registered with ``on_enforcement`` in this process.
        intake: Whether the outbox is worked; without, only the rest is done (deliveries, ends of
            holds, the audit chain), as beside a broker.
    """

    def __init__(
        self, safety: Safety, store: Store, pace: Pace | None = None,
        *, channels: Mapping[str, Channel] | None = None, intake: bool = True,
    ) -> None:  # fmt: skip
        self._pace = pace or Pace()
        self._store, self._handler = store, Handler(safety, store)
        self._outbox = Outbox(store, lease=self._pace.lease)
        self._intake = intake
        self._safety, self._reached = safety, Channels(safety, channels or {})
        self._chores = Chores(store, self._reached, self._pace.lease)
        self._stop = threading.Event()
        self._held: Sequence[Work] = ()
        self.tally = Tally()

    @property
    def untold(self) -> tuple[str, ...]:
        """The features that nothing tells what is decided after publishing; there it waits."""
        names = (feature.name for feature in self._safety.features)
        return tuple(name for name in names if self._reached.of(name) is None)

    def stop(self) -> None:
        """Have ``run`` end once what it has in hand is settled."""
        self._stop.set()

    def run(
        self, *, once: bool = False, progress: Callable[[Tally], object] | None = None
    ) -> Tally:
        """Work until ``stop``, or SIGTERM or SIGINT in the main thread; return what was done.

        Args:
            once: Whether to end where nothing is left that is due.
            progress: Called after every round.
        """
        failures = 0
        with _signals(self._stop), watched(self._store):
            while not self._stop.is_set():
                try:
                    done, failures = self.step(), 0
                except AWAY as error:
                    failures += 1
                    _log("handrail.store_away", error=type(error).__name__)
                    self._stop.wait(self._pace.backoff.after(failures).total_seconds())
                    continue
                if progress is not None:
                    progress(self.tally)
                if not done and once:
                    self._chores.close()
                    break
                if not done:
                    self._stop.wait(self._pace.idle_s)
        return self.tally

    def step(self) -> int:
        """Do one round of everything that is due; return how much there was."""
        if self._held:
            # The database went away with these in hand.
            self._outbox.release(self._held)
            self._held = ()
        works = self._outbox.claim(self._pace.batch) if self._intake else ()
        if works:
            self._held = works
            with self._renewing(works):
                self._work(works)
            self._held = ()
        done = self._chores.step()
        self.tally.chores += done
        return len(works) + done

    def _work(self, works: Sequence[Work]) -> None:
        """Settle a batch; where it cannot be settled as one, one by one."""
        try:
            looked = self._look(works)
            keys = [work for work, _ in looked]
            self._handler.settle(looked, lambda held: self._outbox.settled(held, keys))
            self.tally.settled += len(looked)
            if len(looked) < len(works):
                self._outbox.release(works[len(looked) :])
        except AWAY:
            raise
        except Exception as error:
            if isinstance(error, DBAPIError) and error.connection_invalidated:
                raise OperationalError(None, None, error) from error
            if len(works) == 1:
                self._fail(works[0], error)
            else:
                for work in works:
                    self._work([work])

    def _look(self, works: Sequence[Work]) -> list[tuple[Work, Decision | None]]:
        known = self._handler.settled(works)
        looked: list[tuple[Work, Decision | None]] = []
        end = monotonic() + LONGEST_LOOK_S
        for work in works:
            looked.append((work, None if work.key in known else self._handler.look(work)))
            if monotonic() > end or self._stop.is_set():
                break
        return looked

    def _fail(self, work: Work, error: BaseException) -> None:
        reason = reason_of(error)
        if self._outbox.fail(work, reason, most=self._pace.tries, backoff=self._pace.backoff):
            self.tally.retried += 1
            _log("handrail.work_retried", feature=work.feature, reason=reason)
        else:
            self.tally.buried += 1
            _log("handrail.work_buried", feature=work.feature, reason=reason)

    @contextmanager
    def _renewing(self, works: Sequence[Work]) -> Iterator[None]:
        """Hold on to works for as long as it takes."""
        done = threading.Event()

        def renew() -> None:
            while not done.wait(self._pace.lease.total_seconds() / 3):
                try:
                    self._outbox.renew(works)
                except AWAY as error:
                    _log("handrail.store_away", error=type(error).__name__)

        thread = threading.Thread(target=renew, name="handrail-lease", daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()


def _log(event: str, **facts: str) -> None:
    structlog.get_logger("handrail").warning(event, **facts)


@contextmanager
def _signals(stop: threading.Event) -> Iterator[None]:
    """Have SIGTERM and SIGINT set *stop*; only the main thread may say so."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def drain(number: int, frame: FrameType | None) -> None:
        stop.set()

    before = {each: signal.signal(each, drain) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
