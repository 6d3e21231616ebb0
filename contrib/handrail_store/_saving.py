"""Keeping what a process counts by itself: taken in when it starts, kept every so often, and last.

A process that is killed loses what it counted since it was kept last.
"""

from __future__ import annotations

import os
import re
import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import attrs
import structlog

from handrail import InvalidValueError
from handrail.settings import span
from handrail_store._counters import Counts, load_counts, save_counts

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
        name: Each process that counts by itself needs its own, the same after a restart.
        every: How often they are kept.
    """

    name: str = attrs.field()
    every: timedelta = attrs.field(default=EVERY, converter=span)

    @name.validator
    def _check_name(self, _: object, value: str) -> None:
        if not _NAME.fullmatch(value):
            raise InvalidValueError("name: expected letters, digits and . : @ - _, at most 128")


class Saver:
    """Keeps counts from now on; made by ``Store.keep_counts``."""

    def __init__(self, store: Store, counts: Counts, saving: Saving) -> None:
        self._store, self._counts, self._saving = store, counts, saving
        self._process, self._over = os.getpid(), threading.Event()
        load_counts(store, saving.name, counts)
        self._thread = threading.Thread(target=self._run, name="handrail-counts", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._over.wait(self._saving.every.total_seconds()):
            self._save()

    def _save(self) -> None:
        try:
            save_counts(self._store, self._saving.name, self._counts)
        except Exception as error:  # noqa: BLE001 - what cannot be kept now is kept later
            kind = type(error).__name__
            structlog.get_logger().error("handrail.call_failed", call="save_counts", error=kind)

    def close(self) -> None:
        """Keep them once more; a process that was forked off has none of its own."""
        self._over.set()
        if self._process == os.getpid():
            self._thread.join(LAST_S)
            self._save()
