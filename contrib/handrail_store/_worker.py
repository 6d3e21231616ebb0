"""The worker: works off what was accepted, one batch after another, until it is told to stop."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from time import monotonic
from typing import TYPE_CHECKING

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from handrail import Decision, Safety
from handrail.events import log
from handrail_store._away import AWAY, is_away, patience
from handrail_store._channels import Channel, Channels
from handrail_store._chores import Chores
from handrail_store._fit import misfit
from handrail_store._gauges import watched
from handrail_store._handler import Handler
from handrail_store._intake import Outbox
from handrail_store._pace import Pace, Tally
from handrail_store._queue import Claimed
from handrail_store._reason import reason_of
from handrail_store._recall import ErasedError
from handrail_store._signals import signals
from handrail_store._work import Work

if TYPE_CHECKING:
    from handrail_store._store import Store

CHORES_S = 0.25
"""How often what is due beside the work is looked for while there is work, in seconds."""

LONGEST_LOOK_S = 1.0
"""Work is looked at for so long before what was found is written: more could be lost at once."""


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
        self._ahead: Sequence[Work] = ()
        self._unsure = False
        self._chores_at = 0.0
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

        Raises SchemaError where the database was brought to a schema that this version cannot work
        with any more; what is in hand is given back.

        Args:
            once: Whether to end where nothing is left that is due.
            progress: Called after every round.
        """
        failures = 0
        with signals(self._stop), watched(self._store), self._renewing():
            while not self._stop.is_set():
                try:
                    done, failures = self._round(), 0
                except (*AWAY, DBAPIError) as error:
                    self._check_fit(error)
                    if not isinstance(error, AWAY):
                        raise
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
            with suppress(*AWAY):  # What is not given back comes again when its lease is over.
                self._give_back()
        return self.tally

    def _check_fit(self, error: BaseException) -> None:
        """Give back what is in hand, and raise SchemaError, where the schema fits no more."""
        if (wrong := misfit(self._store, error)) is not None:
            with suppress(SQLAlchemyError):
                self._give_back()
            raise wrong from None

    def step(self) -> int:
        """Do one round of everything that is due; return how much there was."""
        with self._renewing():
            return self._work_off() + self._do_chores()

    def _round(self) -> int:
        """Work, and what is due beside it now and then: looking for it costs a transaction."""
        done = self._work_off()
        if not done or monotonic() >= self._chores_at:
            done += self._do_chores()
            self._chores_at = monotonic() + CHORES_S
        return done

    def _do_chores(self) -> int:
        done = self._chores.step()
        self.tally.chores += done
        return done

    def _give_back(self) -> None:
        keys = [work.key for work in (*self._held, *self._ahead)]
        if keys or self._unsure:
            self._outbox.free(None if self._unsure else keys)
        self._held, self._ahead, self._unsure = (), (), False
        self._chores_at = 0.0

    def _work_off(self) -> int:
        """Settle a batch of what waits; return how much it was."""
        if self._unsure:
            self._give_back()  # The database went away; what it was asked for it may have done.
        self._unsure = True
        works, self._ahead = self._ahead, ()
        if not works and self._intake:
            works = self._outbox.claim(self._pace.batch)
        self._held = works
        if works:
            self._work(works)
        self._held, self._unsure = (), False
        return len(works)

    def _work(self, works: Sequence[Work], *, again: bool = False) -> None:
        """Settle a batch; where it cannot be settled as one, one by one."""
        taken: list[Sequence[Claimed]] = []
        try:
            looked = self._look(works, again=again)
            keys = [work for work, _ in looked]

            def then(held: Connection) -> None:
                if len(keys) == len(self._held) and self._goes_on():
                    # The next batch is taken in the same transaction: each waits for the disk.
                    taken.append(self._outbox.turn(held, keys, self._pace.batch))
                else:
                    self._outbox.settled(held, keys)

            self._handler.enter(looked, then)
            self.tally.settled += len(looked)
            self._ahead = [work for rows in taken for work in self._outbox.opened(rows)]
            if len(looked) < len(works):
                self._outbox.release(works[len(looked) :])
        except Exception as error:
            if is_away(error) or misfit(self._store, error) is not None:
                raise
            if isinstance(error, DBAPIError) and error.connection_invalidated:
                raise OperationalError(None, None, error) from error
            if len(works) == 1 and not isinstance(error, ErasedError):
                self._fail(works[0], error)
            else:
                for work in works:
                    self._work([work], again=True)

    def _goes_on(self) -> bool:
        """Whether the next batch comes at once, with nothing beside it before."""
        return monotonic() < self._chores_at and not self._stop.is_set()

    def _look(self, works: Sequence[Work], *, again: bool) -> list[tuple[Work, Decision | None]]:
        # What went wrong with the batch may have done so after it was written.
        known = self._handler.settled(works) if again else {}
        looked: list[tuple[Work, Decision | None]] = []
        end = monotonic() + LONGEST_LOOK_S
        for work in works:
            if work.bare and any(b.order == work.order and not b.bare for b, _ in looked):
                break  # What is written before it may tell what its item is.
            looked.append(
                (work, None if work.settled or work.key in known else self._handler.look(work))
            )
            if monotonic() > end or self._stop.is_set():
                break
        return looked

    def _fail(self, work: Work, error: BaseException) -> None:
        reason = reason_of(error)
        most, backoff = self._pace.tries, self._pace.backoff
        least = patience(error)
        if self._outbox.fail(work, reason, most=most, backoff=backoff, patience=least):
            self.tally.retried += 1
            _log("handrail.work_retried", feature=work.feature, reason=reason)
        else:
            self.tally.buried += 1
            _log("handrail.work_buried", feature=work.feature, reason=reason)

    @contextmanager
    def _renewing(self) -> Iterator[None]:
        """Hold on to what is in hand for as long as it takes."""
        done = threading.Event()

        def renew() -> None:
            while not done.wait(self._pace.lease.total_seconds() / 3):
                try:
                    if works := [*self._held, *self._ahead]:
                        self._outbox.renew(works)
                except Exception as error:  # noqa: BLE001 - nobody starts the thread again
                    _log("handrail.store_away", error=type(error).__name__)

        thread = threading.Thread(target=renew, name="handrail-lease", daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()


def _log(event: str, **facts: str) -> None:
    log(event, "warning", **facts)
