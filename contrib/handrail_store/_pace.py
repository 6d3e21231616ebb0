"""How a worker goes about its work, and what it has done."""

from __future__ import annotations

from datetime import timedelta

import attrs

from handrail import InvalidValueError
from handrail_store._backoff import Backoff
from handrail_store._intake import LEASE

BATCH_MOST = 1_000
"""The largest batch: its keys have to fit into one statement."""


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
