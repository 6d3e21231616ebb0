"""Metrics of what waits, as observable instruments of OpenTelemetry: lag and age."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from opentelemetry.metrics import CallbackOptions, Observation, get_meter
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from handrail_store._schema import dead, enforcements, replies

if TYPE_CHECKING:
    from handrail_store._store import Store

_WATCHED: weakref.WeakSet[Store] = weakref.WeakSet()


@contextmanager
def watched(store: Store) -> Iterator[None]:
    """Report what waits in *store* meanwhile."""
    _instruments()
    _WATCHED.add(store)
    try:
        yield
    finally:
        _WATCHED.discard(store)


@cache
def _instruments() -> None:
    """Make the instruments, once: OpenTelemetry takes only the first of a name."""
    meter = get_meter("handrail")
    for name, (unit, text, read) in GAUGES.items():
        meter.create_observable_gauge(name, [_reader(read)], unit=unit, description=text)


def _reader(
    read: Callable[[Store], float],
) -> Callable[[CallbackOptions], Iterable[Observation]]:
    def observe(options: CallbackOptions) -> Iterable[Observation]:
        for store in list(_WATCHED):
            try:
                yield Observation(read(store))
            except SQLAlchemyError:
                # A database that is away has no numbers; the worker says that it is away.
                continue

    return observe


def _waiting(store: Store) -> float:
    return store.outbox.waiting().count


def _age(store: Store) -> float:
    oldest = store.outbox.waiting().oldest
    return 0.0 if oldest is None else max((store.now() - oldest).total_seconds(), 0.0)


def _told(state: str) -> Callable[[Store], float]:
    """Counting the enforcements of a state."""

    def read(store: Store) -> float:
        counted = select(func.count()).select_from(enforcements)
        with store.read() as connection:
            found = connection.execute(counted.where(enforcements.c.state == state))
            return float(found.scalar_one())

    return read


def _dead(store: Store) -> float:
    with store.read() as connection:
        found = connection.execute(select(func.count()).select_from(dead)).scalar_one()
    return float(found) + _told("failed")(store) + _owed("failed")(store)


def _owed(state: str) -> Callable[[Store], float]:
    """Counting the replies of a state."""

    def read(store: Store) -> float:
        counted = select(func.count()).select_from(replies).where(replies.c.state == state)
        with store.read() as connection:
            return float(connection.execute(counted).scalar_one())

    return read


GAUGES: dict[str, tuple[str, str, Callable[[Store], float]]] = {
    "handrail.outbox.waiting": (
        "{work}", "Accepted works that wait for a worker", _waiting,
    ),
    "handrail.outbox.age": ("s", "Since when the oldest of them waits", _age),
    "handrail.enforcements.waiting": (
        "{enforcement}", "Enforcements to be delivered", _told("waiting"),
    ),
    "handrail.enforcements.delivered": (
        "{enforcement}", "Enforcements that are not acknowledged yet", _told("delivered"),
    ),
    "handrail.replies.waiting": (
        "{reply}", "Replies to who reported that are to be sent", _owed("waiting"),
    ),
    "handrail.dead": (
        "{work}", "Dead letters, enforcements and replies that failed among them", _dead,
    ),
}  # fmt: skip
"""By name: the unit, what it says, and how it is read."""
