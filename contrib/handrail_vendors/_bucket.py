"""A token bucket: how many requests a process may send in a second."""

from __future__ import annotations


class Bucket:
    """Tokens that come back at a rate; whoever takes one that is not there yet waits for it.

    Args:
        rate: Tokens a second; 0 is no limit.
        burst: How many may be taken at once.
    """

    def __init__(self, rate: float, burst: int) -> None:
        self._rate, self._burst = rate, float(burst)
        self._tokens, self._seen = float(burst), 0.0

    def take(self, now: float, most: float) -> float | None:
        """Take a token; return for how many seconds to wait, or None if more than *most*.

        *now* is in seconds, of a clock that does not go back. Nothing is taken with a None.
        """
        if not self._rate:
            return 0.0
        # Without a lock, which a fork could leave locked: all of it is on one loop. Where a stuck
        # loop was replaced two may meet, at the cost of a token.
        gained = max(0.0, now - self._seen) * self._rate
        tokens = min(self._burst, self._tokens + gained)
        wait = max(0.0, (1 - tokens) / self._rate)
        self._tokens, self._seen = tokens, max(now, self._seen)
        if wait > most:
            return None
        self._tokens -= 1
        return wait
