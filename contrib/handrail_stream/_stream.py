"""How a stream is laid out and worked: data, the same for every broker."""

from __future__ import annotations

import random
import zlib

import attrs
from attrs.validators import ge, gt, le, matches_re


@attrs.frozen
class Retries:
    """How often, and how far apart, a piece of work is tried before it is a dead letter.

    Attributes:
        tries: Attempts in one process, the first included.
        first: Seconds before the second attempt; it doubles from there.
        most: Seconds at most between two.
        deliveries: Deliveries of one message after which it is taken for one that ends its worker.
    """

    tries: int = attrs.field(default=8, validator=ge(1))
    first: float = attrs.field(default=0.1, validator=gt(0))
    most: float = attrs.field(default=30.0, validator=gt(0))
    deliveries: int = attrs.field(default=20, validator=ge(2))

    def delay(self, failed: int) -> float:
        """Seconds to wait after so many failures: doubling, and half of it by chance."""
        longest = min(self.most, self.first * 2.0 ** min(failed - 1, 30))
        return longest * random.uniform(0.5, 1.0)


@attrs.frozen
class Stream:
    """One stream of work on a broker.

    Attributes:
        name: What the broker's streams, topics, queues and groups begin with.
        lanes: Into how many ordered parts it is cut. All relays and workers of a stream must say
            the same; a changed number needs a new name, or an empty stream.
        copies: On how many brokers of a cluster a new stream is kept.
        batch: Pieces of work fetched, published, or written in one transaction, 1 to 1,000.
        threads: Pieces of work handled at a time in one process.
        silence: Seconds without a sign of life after which a broker gives a worker's work to
            another; longer than any pause of a healthy process.
        grace: Seconds that work begun may take after the order to stop.
        retries: What happens to work that fails.
    """

    name: str = attrs.field(default="handrail", validator=matches_re(r"[a-z][a-z0-9_-]{0,40}"))
    lanes: int = attrs.field(default=16, validator=ge(1))
    copies: int = attrs.field(default=1, validator=ge(1))
    batch: int = attrs.field(default=100, validator=[ge(1), le(1000)])
    threads: int = attrs.field(default=8, validator=ge(1))
    silence: float = attrs.field(default=30.0, validator=ge(1))
    grace: float = attrs.field(default=20.0, validator=gt(0))
    retries: Retries = attrs.field(factory=Retries)

    def lane(self, order: str) -> int:
        """The lane of everything that has this order: the same in every process."""
        return zlib.crc32(order.encode()) % self.lanes
