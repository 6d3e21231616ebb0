"""Keeping what a process counts by itself: taken in when it starts, kept every so often, and last.

A process that is killed loses what it counted since it was kept last.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import attrs

from handrail import InvalidValueError
from handrail.events import log
from handrail.settings import span
from handrail_store._counters import Counts, load_counts, save_counts
from handrail_store._leases import drop_lease, hold_lease
from handrail_store._seal import OtherKeyError
from handrail_store._types import new_id

if TYPE_CHECKING:
    from handrail_store._store import Store

EVERY = timedelta(minutes=1)
"""How often where nothing else is said."""

_NAME = re.compile(r"[\w.:@-]{1,128}", re.ASCII)

LAST_S = 10.0
"""How long closing waits for one that is being kept, in seconds."""


@attrs.frozen(kw_only=True)
class Saving:
    """What the counts of this process are kept as.

    Attributes:
        name: Each process that counts by itself needs its own, the same after a restart; one that
            finds its name taken logs ``handrail.counters_name_taken`` and keeps nothing meanwhile.
        every: How often they are kept.
    """

    name: str = attrs.field()
    every: timedelta = attrs.field(default=EVERY, converter=span)

    @name.validator
    def _check_name(self, _: object, value: str) -> None:
        if not _NAME.fullmatch(value):
            raise InvalidValueError("name: expected letters, digits and . : @ - _, at most 128")


class Saver:
    """Keeps counts from now on; made by ``Store.keep_counts``.

    A name is one process's at a time. Who finds it taken says so and keeps nothing, so that two
    never write over each other; once the other is gone, the name is theirs.
    """

    def __init__(self, store: Store, counts: Counts, saving: Saving) -> None:
        self._store, self._counts, self._saving = store, counts, saving
        self._process, self._over = os.getpid(), threading.Event()
        self._lease, self._holder, self._ours = f"counters {saving.name}", new_id(), True
        self._load()
        self._try(self._hold)
        self._thread = threading.Thread(target=self._run, name="handrail-counts", daemon=True)
        self._thread.start()

    def _load(self) -> None:
        """Take in what was kept; where no key here opens it the process counts from nothing."""
        try:
            load_counts(self._store, self._saving.name, self._counts)
        except OtherKeyError:
            log("handrail.counters_lost", "error", name=self._saving.name)

    def _run(self) -> None:
        while not self._over.wait(self._saving.every.total_seconds()):
            self._try(self._save)

    def _hold(self) -> bool:
        """Hold the name for as long as three may be missed; whether it is ours."""
        span = 3 * self._saving.every
        was, self._ours = self._ours, hold_lease(self._store, self._lease, self._holder, span)
        if was and not self._ours:
            log("handrail.counters_name_taken", "error", name=self._saving.name)
        return self._ours

    def _save(self) -> None:
        if self._hold():
            save_counts(self._store, self._saving.name, self._counts)

    def _last(self) -> None:
        self._save()
        drop_lease(self._store, self._lease, self._holder)

    @staticmethod
    def _try(work: Callable[[], object]) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 - what cannot be kept now is kept later
            kind = type(error).__name__
            log("handrail.call_failed", "error", call="save_counts", error=kind)

    def close(self) -> None:
        """Keep them once more; a process that was forked off has none of its own."""
        self._over.set()
        if self._process == os.getpid():
            self._thread.join(LAST_S)
            self._try(self._last)
